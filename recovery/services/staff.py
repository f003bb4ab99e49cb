"""Staff: added, changed, given a new password, disabled."""

import secrets
from datetime import datetime, timedelta
from uuid import UUID

from recovery import context
from recovery.db import add_if_new, db, keyring, new_id
from recovery.domain.errors import Conflict, Invalid, NotFound
from recovery.models.staff import ROLES, Staff
from recovery.queries import staff as found
from recovery.queries import tokens
from recovery.services import lockout, passwords, sessions

LONGEST_NAME = 200
LINK_IS_GOOD_FOR = timedelta(hours=24)
NO_LINK = "This link is not good any more: it was used, replaced, or is older than a day."


def add(
    now: datetime, *, clinic_id: UUID, email: str, role: str, password: str | None, name: str | None = None
) -> Staff:
    """A new person; without a password she enters by a link that `offer_link` makes.

    Raises Invalid for a wrong value, Conflict for an e-mail that is somebody's already.
    """
    address = email.strip().lower()
    wrong: dict[str, list[str]] = {}
    if "@" not in address[1:-1] or len(address) > 254 or not address.isprintable() or " " in address:
        wrong["email"] = ["Not an e-mail address."]
    if role not in ROLES:
        wrong["role"] = [f"Accepted: {', '.join(ROLES)}."]
    if not is_name(name or "nobody"):
        wrong["name"] = [_NO_NAME]
    if password is not None and passwords.wrong_with(password, address):
        wrong["password"] = passwords.wrong_with(password, address)
    if wrong:
        raise Invalid(wrong)
    staff_id = new_id()
    added = add_if_new(
        Staff,
        id=staff_id,
        clinic_id=clinic_id,
        email=address,
        name=(name or address.split("@")[0]).strip(),
        role=role,
        password_hash="" if password is None else passwords.hashed(password),
        failed_sign_ins=0,
        created_at=now,
    )
    if not added:
        raise Conflict(f"{address} is registered already.")
    return db.session.get_one(Staff, staff_id)


def by_email(email: str) -> Staff:
    """Raises NotFound."""
    person = found.staff_by_email(email)
    if person is None:
        raise NotFound(f"Nobody is registered as {email}.")
    return person


def rename(person: Staff, name: str) -> None:
    """Raises Invalid for what is no name."""
    if not is_name(name):
        raise Invalid({"name": [_NO_NAME]})
    person.name = name.strip()


def disable(person: Staff, now: datetime) -> None:
    """End a person's access: her sessions, tokens and link with it."""
    person.disabled_at = person.disabled_at or now
    person.reset_hash = person.reset_until = None
    sessions.end_all(person.id, now)
    for token in tokens.standing_of(person.id):
        token.revoked_at = now


def enable(person: Staff) -> None:
    """She may sign in again, with the password she had; her tokens stay ended."""
    person.disabled_at = None
    lockout.lift(person)


def set_password(person: Staff, password: str, now: datetime, *, but: UUID | None = None) -> None:
    """A new password: her sessions (`but` one) and her link end, a lock is lifted. Raises Invalid."""
    wrong = passwords.wrong_with(password, person.email)
    if wrong:
        raise Invalid({"password": wrong})
    person.password_hash = passwords.hashed(password)
    person.reset_hash = person.reset_until = None
    lockout.lift(person)
    sessions.end_all(person.id, now, but=but)


def offer_link(person: Staff, now: datetime) -> str:
    """A link by which she sets a new password, once, within a day; it ends an earlier one.

    Only its hash is kept. Raises Conflict if she is disabled.
    """
    if person.disabled_at is not None:
        raise Conflict(f"{person.email} is disabled.")
    secret = secrets.token_urlsafe(32)
    person.reset_hash, person.reset_until = keyring().token_hash(secret), now + LINK_IS_GOOD_FOR
    return f"{context.config().public_url}/set-password/{secret}"


def is_link_good(person: Staff | None, now: datetime) -> bool:
    if person is None or person.disabled_at is not None:
        return False
    return person.reset_until is not None and now < person.reset_until


def use_link(secret: str, password: str, now: datetime) -> Staff:
    """Her new password, by the link. Raises Conflict for one that is not good, Invalid for the password."""
    person = found.locked_by_reset(secret)
    if person is None or not is_link_good(person, now):
        raise Conflict(NO_LINK)
    set_password(person, password, now)
    return person


def is_name(typed: str) -> bool:
    return bool(typed.strip()) and typed.isprintable() and len(typed) <= LONGEST_NAME


_NO_NAME = f"Must be 1 to {LONGEST_NAME} characters on one line."
