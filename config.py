"""Every setting, read once from the environment, strictly, into one frozen object."""

import base64
import binascii
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from recovery.addresses import is_loopback, is_sound
from recovery.kept_keys import kept

INSTANCE = Path(__file__).resolve().parent / "instance"
LONGEST_SHOWN = 60
MOST_IN_FLIGHT = 64  # as many connections to Twilio are kept
_WEAK = ("change", "secret", "default", "example", "password", "dev-", "dev_", "test-", "test_")


class ConfigError(Exception):
    """The environment holds wrong values; the message has a line for each."""


@dataclass(frozen=True, slots=True)
class Config:
    """The settings of one process. Keys are bytes; an address has no trailing slash."""

    environment: str
    database_url: str = field(repr=False)
    secret_key: str = field(repr=False)
    data_keys: tuple[bytes, ...] = field(repr=False)
    lookup_key: bytes = field(repr=False)
    public_url: str
    sms_gateway: str
    twilio_account_sid: str | None
    twilio_auth_tokens: tuple[str, ...] = field(repr=False)
    twilio_messaging_service_sid: str | None
    twilio_api_base_url: str | None
    twilio_redact_bodies: bool
    keyword_replies: str
    sms_rate_per_second: float
    sms_in_flight: int
    run_clock: bool
    metrics_token: str | None = field(repr=False)
    instance: Path

    @property
    def is_production(self) -> bool:
        return self.environment == "production"


def load(environ: Mapping[str, str] | None = None, instance: Path = INSTANCE) -> Config:
    """The settings of `environ` (the process's own by default).

    Outside production a missing key is made once and kept in `instance`, so that a bare checkout
    runs. Raises ConfigError with one line for every wrong value.
    """
    return _Reader(os.environ if environ is None else environ, instance).config()


class _Reader:
    """Reads each variable and collects what is wrong, so that one start shows every fault."""

    def __init__(self, environ: Mapping[str, str], instance: Path) -> None:
        self.environ = environ
        self.instance = instance
        self.wrong: dict[str, str] = {}
        self.environment = self.choice("RECOVERY_ENV", ("development", "production"), "development")
        self.production = self.environment == "production"

    def config(self) -> Config:
        account = self.text("TWILIO_ACCOUNT_SID")
        gateway = self.choice("SMS_GATEWAY", ("twilio", "console"), "twilio" if account else "console")
        config = Config(
            environment=self.environment,
            database_url=self.database_url(),
            secret_key=self.secret_key(),
            data_keys=self.data_keys(),
            lookup_key=self.lookup_key(),
            public_url=self.public_url(),
            sms_gateway=gateway,
            twilio_account_sid=account,
            twilio_auth_tokens=self.auth_tokens(),
            twilio_messaging_service_sid=self.text("TWILIO_MESSAGING_SERVICE_SID"),
            twilio_api_base_url=self.address("TWILIO_API_BASE_URL"),
            twilio_redact_bodies=self.choice("TWILIO_REDACT_BODIES", ("0", "1"), "0") == "1",
            keyword_replies=self.choice(
                "KEYWORD_REPLIES", ("twilio", "clinic"), "twilio" if gateway == "twilio" else "clinic"
            ),
            sms_rate_per_second=self.rate(),
            sms_in_flight=self.in_flight(),
            run_clock=self.choice("RUN_CLOCK", ("0", "1"), "0") == "1",
            metrics_token=self.text("METRICS_TOKEN"),
            instance=self.instance,
        )
        self.check_gateway(config)
        if self.wrong:
            raise ConfigError("\n".join(self.wrong.values()))
        return config

    def refuse(self, name: str, what: str, accepted: str) -> None:
        """Note what is wrong with a variable; its first fault stands."""
        self.wrong.setdefault(name, f"{name}: {what}; accepted: {accepted}")

    def text(self, name: str) -> str | None:
        value = self.environ.get(name, "").strip()
        if not value.isprintable():
            self.refuse(name, "holds a character that cannot be printed", "plain text on one line")
            return None
        return value or None

    def choice(self, name: str, accepted: tuple[str, ...], default: str) -> str:
        value = self.text(name) or default
        if value not in accepted:
            self.refuse(name, f"is {_shown(value)}", " or ".join(accepted))
            return default
        return value

    def database_url(self) -> str:
        accepted = "sqlite:///FILE or postgresql+psycopg://USER@HOST/NAME"
        value = self.text("DATABASE_URL")
        try:
            url = (
                make_url(value)
                if value
                else URL.create("sqlite", database=str(self.instance / "recovery.db"))
            )
        except (ArgumentError, ValueError):
            self.refuse("DATABASE_URL", "is not a database address", accepted)
            return ""
        if url.drivername == "postgresql":
            url = url.set(drivername="postgresql+psycopg")
        if url.drivername == "sqlite":
            self.check_file(url, accepted)
        elif url.drivername != "postgresql+psycopg":
            self.refuse("DATABASE_URL", f"names {_shown(url.drivername)}", accepted)
        return url.render_as_string(hide_password=False)

    def check_file(self, url: URL, accepted: str) -> None:
        name = url.database or ""
        folder = (self.instance / name).parent
        if url.host is not None:
            self.refuse("DATABASE_URL", "has two slashes before the file, not three", accepted)
        elif not name or ":memory:" in name or url.query.get("mode") == "memory":
            self.refuse("DATABASE_URL", "is a database in memory, lost at the end", accepted)
        elif folder == self.instance:
            with suppress(OSError):
                self.make_instance()
        if not name.startswith("file:") and not folder.is_dir():
            self.refuse("DATABASE_URL", f"names a file in a folder that does not exist, {folder}", accepted)

    def secret_key(self) -> str:
        value = self.text("SECRET_KEY")
        if value is None:
            return self.kept("SECRET_KEY")
        self.check_strength("SECRET_KEY", value)
        return value

    def lookup_key(self) -> bytes:
        value = self.text("LOOKUP_KEY")
        if value is None:
            value = self.kept("LOOKUP_KEY")
        else:
            self.check_strength("LOOKUP_KEY", value)
        return value.encode()

    def data_keys(self) -> tuple[bytes, ...]:
        value = self.text("DATA_KEYS") or self.kept("DATA_KEYS")
        keys = [_decoded(part.strip()) for part in value.split(",")] if value else []
        if any(key is None for key in keys):
            accepted = "comma-separated base64 keys of 32 bytes, newest first"
            self.refuse("DATA_KEYS", "holds something that is no key", accepted)
        good = tuple(key for key in keys if key is not None)
        if self.production and any(len(set(key)) < 8 for key in good):
            self.refuse("DATA_KEYS", "holds a key that is not random", "32 random bytes in base64")
        if len(set(good)) != len(good):
            self.refuse("DATA_KEYS", "holds a key twice", "each key once, newest first")
        return good

    def check_strength(self, name: str, value: str) -> None:
        """In production a key must look random; elsewhere any will do."""
        if not self.production:
            return
        accepted = "32 random characters or more"
        if len(value) < 32:
            self.refuse(name, "is too short", accepted)
        elif len(set(value)) < 8 or value.lower().startswith(_WEAK):
            self.refuse(name, "looks like a default", accepted)

    def kept(self, name: str) -> str:
        """A key made at the first start and kept beside the embedded database."""
        if self.production:
            self.refuse(name, "is missing", "a random value; production makes none by itself")
        if self.wrong:
            return ""
        try:
            self.make_instance()
            value = kept(self.instance, name.lower())
        except OSError as error:
            self.refuse(name, f"cannot be kept in {self.instance} ({error.strerror})", "a value of its own")
            return ""
        if not value:
            self.refuse(name, f"is empty in {self.instance}", "the key that its file held, or no file")
        return value

    def make_instance(self) -> None:
        self.instance.mkdir(mode=0o700, parents=True, exist_ok=True)

    def public_url(self) -> str:
        value = self.address("PUBLIC_URL") or "http://127.0.0.1:8000"
        if self.production and (not value.lower().startswith("https:") or is_loopback(value)):
            accepted = "in production an https address that Twilio can reach"
            self.refuse("PUBLIC_URL", f"is {_shown(value)}", accepted)
        return value

    def address(self, name: str) -> str | None:
        value = self.text(name)
        if value is None:
            return None
        accepted = "http://HOST or https://HOST, with a path if any, no trailing slash"
        if "@" in value:
            self.refuse(name, "holds a name or a password", accepted)
        elif not is_sound(value):
            self.refuse(name, f"is {_shown(value)}", accepted)
        return value if name not in self.wrong else None

    def auth_tokens(self) -> tuple[str, ...]:
        value = self.text("TWILIO_AUTH_TOKEN")
        tokens = tuple(part.strip() for part in value.split(",")) if value else ()
        if len(tokens) > 2 or "" in tokens:
            self.refuse("TWILIO_AUTH_TOKEN", "is not one or two tokens", "TOKEN or NEW_TOKEN,OLD_TOKEN")
        return tokens

    def rate(self) -> float:
        value = self.text("SMS_RATE_PER_SECOND") or "0"
        try:
            rate = float(value)
        except ValueError:
            rate = -1.0
        if not 0 <= rate < 10_000:
            self.refuse(
                "SMS_RATE_PER_SECOND", f"is {_shown(value)}", "a number from 0 (no limit of ours) to 9999"
            )
        return rate

    def in_flight(self) -> int:
        value = self.text("SMS_IN_FLIGHT") or "16"
        number = int(value) if value.isdecimal() and len(value) < 4 else 0
        if not 1 <= number <= MOST_IN_FLIGHT:
            self.refuse("SMS_IN_FLIGHT", f"is {_shown(value)}", f"a number from 1 to {MOST_IN_FLIGHT}")
        return number

    def check_gateway(self, config: Config) -> None:
        account = config.twilio_account_sid
        if account and not account.startswith("AC"):
            self.refuse("TWILIO_ACCOUNT_SID", "does not begin with AC", "the account's SID, AC…")
        service = config.twilio_messaging_service_sid
        if service and not service.startswith("MG"):
            self.refuse("TWILIO_MESSAGING_SERVICE_SID", "does not begin with MG", "a service's SID, MG…")
        if config.sms_gateway == "twilio" and not account:
            self.refuse("TWILIO_ACCOUNT_SID", "is missing", "the account's SID, AC…")
        if config.sms_gateway == "twilio" and not config.twilio_auth_tokens:
            self.refuse("TWILIO_AUTH_TOKEN", "is missing", "TOKEN or NEW_TOKEN,OLD_TOKEN")
        if self.production and config.sms_gateway == "console":
            self.refuse("SMS_GATEWAY", "is 'console', which texts nobody", "twilio in production")
        base = config.twilio_api_base_url
        if self.production and base and base.lower().startswith("http:") and not is_loopback(base):
            self.refuse("TWILIO_API_BASE_URL", "is not https", "an https address in production")


def _shown(value: str) -> str:
    return repr(value if len(value) <= LONGEST_SHOWN else f"{value[:LONGEST_SHOWN]}…")


def _decoded(value: str) -> bytes | None:
    try:
        key = base64.b64decode(value.replace("-", "+").replace("_", "/"), validate=True)
    except (binascii.Error, ValueError):
        return None
    return key if len(key) == 32 else None
