"""Self-check of the installation: settings, database, keys, room on the disk."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from recovery import context
from recovery.addresses import is_loopback
from recovery.db import db, reading
from recovery.queries import clinics, migrations
from recovery.services import keys
from recovery.services.findings import Finding, State, counted, mend, ok, warn

UPGRADE = "run: flask --app wsgi db upgrade"
TIGHT, FULL = 2_000_000_000, 200_000_000  # bytes left on the disk of the embedded database


def settings() -> Iterator[Finding]:
    """What the environment says, as far as it starts at all."""
    config = context.config()
    if config.sms_gateway != "twilio":
        return
    yield _public_url(config.public_url)
    if not config.is_production:
        yield warn(
            "environment",
            "Texts go out through Twilio, but RECOVERY_ENV is not production: a protocol that nobody "
            "signed is sent, and weak secrets are let through. Set RECOVERY_ENV=production for patients.",
        )
    if config.twilio_api_base_url and not _is_twilio(config.twilio_api_base_url):
        yield warn(
            "twilio_address",
            f"Texts are handed to {config.twilio_api_base_url} in place of Twilio "
            "(TWILIO_API_BASE_URL). Unset it unless that is meant.",
        )
    if len(config.twilio_auth_tokens) > 1:
        yield warn(
            "twilio_token",
            "TWILIO_AUTH_TOKEN holds two tokens: a change is under way. Once the new one is Twilio's "
            "primary token, leave only that one here and restart: as long as the old one stands here, "
            "whoever has it can speak to us as Twilio.",
        )
    yield _privacy(config.twilio_redact_bodies)


def database() -> Iterator[Finding]:
    """Whether it serves; what comes first and is to be mended hides the rest."""
    if migrations.have_no_file():
        yield mend("database", f"There is no database yet; {UPGRADE}")
        return
    try:
        with reading():
            finding = _migrations()
            wrong = keys.wrong() if finding.state is State.OK else []
    except SQLAlchemyError as error:
        yield unusable(error)
        return
    yield finding
    for name in wrong:
        yield mend(
            "keys",
            f"{name} is not the key that this database was written with, so names, numbers and texts "
            "cannot be read. Set it to the old value; for DATA_KEYS, put the old key after the new one.",
        )


def unusable(error: SQLAlchemyError) -> Finding:
    """The database does not serve; only the first line of what it said, for what follows may quote a row."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    said = str(cause).strip().partition("\n")[0][:200].rstrip(".")
    return mend("database", f"The database cannot be used: {said}. Is it running, and is DATABASE_URL right?")


def kept() -> Iterator[Finding]:
    """What stands in a database that serves: keys, demonstration, room. Inside a unit of work."""
    older = keys.under_older_keys()
    if older:
        rows = counted(older, "row is", "rows are")
        yield warn(
            "keys",
            f"The keys open this database, but {rows} still sealed under an older one of DATA_KEYS. "
            "Run: flask --app wsgi keys rotate, and only then drop the older key.",
        )
    else:
        yield ok("keys", "The keys open this database, and nothing is under an older one.")
    if clinics.has_demo_clinic() and context.config().sms_gateway == "twilio":
        yield mend(
            "demonstration",
            "This database holds the demonstration, whose people and numbers are made up, while texts go "
            "out through Twilio. Use a database of its own for patients (DATABASE_URL).",
        )
    yield from _room()


def _public_url(url: str) -> Finding:
    if is_loopback(url):
        return mend(
            "public_url",
            f"PUBLIC_URL is {url}, which leads back to this machine: Twilio refuses our texts and cannot "
            "hand us what patients write. Set it to the https address under which Twilio reaches us.",
        )
    if not url.lower().startswith("https:"):
        return mend(
            "public_url",
            f"PUBLIC_URL is {url}: without https what patients write can be read on its way. "
            "Put TLS before this service and set PUBLIC_URL to the https address.",
        )
    return ok("public_url", f"PUBLIC_URL is {url}, with https and no loopback address.")


def _is_twilio(url: str) -> bool:
    return f".{urlsplit(url).hostname or ''}".endswith(".twilio.com")


def _privacy(redacts: bool) -> Finding:
    if redacts:
        return ok("privacy", "Texts are emptied in Twilio's log a few minutes after their last status.")
    return ok(
        "privacy",
        "Texts stay readable in Twilio's log for as long as Twilio keeps them; TWILIO_REDACT_BODIES=1 "
        "empties them.",
    )


def _migrations() -> Finding:
    if migrations.are_done():
        return ok("database", "The database is reached and its tables are those of this version.")
    if not migrations.standing():
        return mend("database", f"The database lacks our tables; {UPGRADE}")
    if migrations.are_all_known():
        return mend("database", f"The database has the tables of an older version; {UPGRADE}")
    return mend(
        "database",
        "The database has the tables of a newer version than this program. Start the newer version, "
        "or restore the backup from before the upgrade.",
    )


def _room() -> Iterator[Finding]:
    """Of the embedded database only: a server's disk is seen from there."""
    name = db.engine.url.database or ""
    if db.engine.dialect.name != "sqlite" or name.startswith("file:"):
        return
    free = shutil.disk_usage(Path(name).parent).free
    left = f"{free / 1_000_000_000:.1f} GB are left on the disk of the database"
    if free < FULL:
        yield mend("disk", f"Only {left}: when it is full, no text is sent nor stored. Make room.")
    elif free < TIGHT:
        yield warn("disk", f"Only {left}. Make room before it is full.")
    else:
        yield ok("disk", f"{left}.")
