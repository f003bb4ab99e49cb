"""Staff and their tokens: added, checked at the door, disabled."""

import secrets
from datetime import datetime, timedelta
from functools import cache
from uuid import UUID

import sqlalchemy as sa
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from recovery.db import add_if_new, db, keyring, new_id
from recovery.domain.errors import Conflict, Invalid, NotFound
from recovery.models.staff import ROLES, ApiToken, Staff
from recovery.queries import staff as found

PASSWORD_AT_LEAST = 12
LONGEST_NAME = 200
TOKEN_LASTS = timedelta(days=365)
TRIES = 10
LOCKED_FOR = timedelta(minutes=15)
USE_NOTED_EVERY = timedelta(minutes=1)

_hasher = PasswordHasher()


def add(
    now: datetime, *, clinic_id: UUID, email: str, role: str, password: str, name: str | None = None
) -> Staff:
    """A new person. Raises Invalid for a wrong value, Conflict for an e-mail that is somebody's already."""
    address = email.strip().lower()
    wrong: dict[str, list[str]] = {}
    if "@" not in address[1:-1] or len(address) > 254 or any(each.isspace() for each in address):
        wrong["email"] = ["Not an e-mail address."]
    if role not in ROLES:
        wrong["role"] = [f"Accepted: {', '.join(ROLES)}."]
    if not _is_name(name or "nobody"):
        wrong["name"] = [f"Must be 1 to {LONGEST_NAME} characters on one line."]
    if len(password) < PASSWORD_AT_LEAST:
        wrong["password"] = [f"Must have {PASSWORD_AT_LEAST} characters or more."]
    if wrong:
        raise Invalid(wrong)
    staff_id = new_id()
    added = add_if_new(
        Staff,
        id=staff_id,
        clinic_id=clinic_id,
        email=address,
        name=name or address.split("@")[0],
        role=role,
        password_hash=_hasher.hash(password),
        failed_sign_ins=0,
        created_at=now,
    )
    if not added:
        raise Conflict(f"{address} is registered already.")
    return db.session.get_one(Staff, staff_id)


def set_password(person: Staff, password: str) -> None:
    person.password_hash = _hasher.hash(password)
    person.failed_sign_ins, person.locked_until = 0, None


def sign_in(email: str, password: str, now: datetime) -> Staff | None:
    """The person, if e-mail and password are right and she may enter; None, and no word why, otherwise.

    It takes as long for an unknown e-mail as for a known one. Too many wrong passwords lock her out
    for a while.
    """
    person = found.staff_by_email(email)
    right = _matches(person.password_hash if person else _nobody(), password)
    if person is None or person.disabled_at is not None:
        return None
    if person.locked_until is not None and now < person.locked_until:
        return None
    if not right:
        person.failed_sign_ins += 1
        if person.failed_sign_ins >= TRIES:
            person.failed_sign_ins, person.locked_until = 0, now + LOCKED_FOR
        return None
    person.failed_sign_ins, person.locked_until = 0, None
    return person


def disable(email: str, now: datetime) -> Staff:
    """End a person's access: her sessions and tokens with it. Raises NotFound."""
    person = found.staff_by_email(email)
    if person is None:
        raise NotFound(f"Nobody is registered as {email}.")
    person.disabled_at = person.disabled_at or now
    for token in found.tokens():
        if token.staff_id == person.id:
            token.revoked_at = token.revoked_at or now
    return person


def add_token(email: str, name: str, now: datetime) -> tuple[ApiToken, str]:
    """A new token and its secret, which is kept nowhere.

    Raises NotFound for nobody, Conflict if she is disabled, Invalid without a name for the token.
    """
    if not _is_name(name):
        raise Invalid({"name": [f"Must be 1 to {LONGEST_NAME} characters on one line."]})
    person = found.staff_by_email(email)
    if person is None:
        raise NotFound(f"Nobody is registered as {email}.")
    if person.disabled_at is not None:
        raise Conflict(f"{email} is disabled.")
    secret = secrets.token_urlsafe(32)
    token = ApiToken(
        id=new_id(),
        clinic_id=person.clinic_id,
        staff_id=person.id,
        name=name,
        token_hash=keyring().token_hash(secret),
        expires_at=now + TOKEN_LASTS,
        created_at=now,
    )
    db.session.add(token)
    db.session.flush()
    return token, secret


def revoke_token(token_id: UUID, now: datetime) -> ApiToken:
    token = db.session.get(ApiToken, token_id)
    if token is None:
        raise NotFound(f"There is no token {token_id}.")
    token.revoked_at = token.revoked_at or now
    return token


def valid_token(secret: str, now: datetime) -> ApiToken | None:
    """The token, if it stands and its person may enter."""
    token = found.token_by_secret(secret)
    if token is None or token.revoked_at is not None or now >= token.expires_at:
        return None
    return token if token.staff.disabled_at is None else None


def note_use(token_id: UUID, now: datetime) -> None:
    """Note when a token was last used; the caller does so once in `USE_NOTED_EVERY` at most."""
    db.session.execute(sa.update(ApiToken).where(ApiToken.id == token_id).values(last_used_at=now))


def _is_name(typed: str) -> bool:
    return bool(typed.strip()) and typed.isprintable() and len(typed) <= LONGEST_NAME


def _matches(password_hash: str, password: str) -> bool:
    try:
        return _hasher.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False


@cache
def _nobody() -> str:
    """A hash that no password fits, so that an unknown e-mail takes as long as a wrong password."""
    return _hasher.hash(secrets.token_urlsafe(32))
