"""Tokens by which a program calls the API in a person's name."""

import secrets
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa

from recovery.db import db, keyring, new_id
from recovery.domain.errors import Conflict, Invalid
from recovery.models.staff import ApiToken, Staff
from recovery.queries import tokens as found
from recovery.services.staff import LONGEST_NAME, is_name

LASTS = timedelta(days=365)
USE_NOTED_EVERY = timedelta(minutes=1)


def add(person: Staff, name: str, now: datetime) -> tuple[ApiToken, str]:
    """A new token and its secret, which is kept nowhere.

    Raises Conflict if the person is disabled, Invalid without a name for the token.
    """
    if not is_name(name):
        raise Invalid({"name": [f"Must be 1 to {LONGEST_NAME} characters on one line."]})
    if person.disabled_at is not None:
        raise Conflict(f"{person.email} is disabled.")
    secret = secrets.token_urlsafe(32)
    token = ApiToken(
        id=new_id(),
        clinic_id=person.clinic_id,
        staff_id=person.id,
        staff=person,
        name=name.strip(),
        token_hash=keyring().token_hash(secret),
        expires_at=now + LASTS,
        created_at=now,
    )
    db.session.add(token)
    db.session.flush()
    return token, secret


def revoke(token: ApiToken, now: datetime) -> None:
    token.revoked_at = token.revoked_at or now


def valid(secret: str, now: datetime) -> ApiToken | None:
    """The token, if it stands and its person may enter."""
    token = found.token_by_secret(secret)
    if token is None or token.revoked_at is not None or now >= token.expires_at:
        return None
    return token if token.staff.disabled_at is None else None


def note_use(token_id: UUID, now: datetime) -> None:
    """Note when a token was last used; the caller does so once in `USE_NOTED_EVERY` at most."""
    db.session.execute(sa.update(ApiToken).where(ApiToken.id == token_id).values(last_used_at=now))
