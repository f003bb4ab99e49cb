"""Who is signed in: a row for each browser, found by the secret in its cookie."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa

from recovery.db import db, keyring, new_id
from recovery.models.staff import Staff, StaffSession
from recovery.queries import sessions as found

KEY = "signed_in"  # under which the cookie holds the secret
IDLE = timedelta(hours=2)
LASTS = timedelta(hours=12)  # a long shift
SEEN_NOTED_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A person of a clinic as her session knows her: a value, not a row.

    `next_step` is what she must do before she sees anything: give the `code` of her second step, or
    `set_up` one because her clinic asks for it; else it is empty.
    """

    session_id: UUID
    id: UUID
    clinic_id: UUID
    role: str
    name: str
    clinic_name: str
    timezone: str
    seen_at: datetime
    next_step: str

    @property
    def is_authenticated(self) -> bool:
        return not self.next_step

    @property
    def is_admin(self) -> bool:
        return self.role == "admin"


def begin(person: Staff, now: datetime) -> str:
    """A new session's secret, which is kept nowhere."""
    secret = secrets.token_urlsafe(32)
    db.session.add(
        StaffSession(
            id=new_id(),
            clinic_id=person.clinic_id,
            staff_id=person.id,
            token_hash=keyring().token_hash(secret),
            seen_at=now,
            created_at=now,
        )
    )
    return secret


def recognised(secret: str | None, now: datetime) -> SignedIn | None:
    """The person whose browser has this secret, if she may still enter and was here lately."""
    row = found.standing(keyring().token_hash(secret), now - LASTS, now - IDLE) if secret else None
    if row is None:
        return None
    *person, passed_at, confirmed_at, is_required = row
    if confirmed_at is not None:
        step = "" if passed_at is not None else "code"
    else:
        step = "set_up" if is_required else ""
    return SignedIn(*(*person, step))


def renew(session_id: UUID) -> str:
    """Another secret for a session: what the old one let in, it lets in no more."""
    secret = secrets.token_urlsafe(32)
    _change(session_id, token_hash=keyring().token_hash(secret))
    return secret


def pass_second_step(session_id: UUID, now: datetime) -> str:
    """She has given her code in this browser; the session's new secret."""
    _change(session_id, second_step_at=now)
    return renew(session_id)


def note_seen(session_id: UUID, now: datetime) -> None:
    """The caller does so once in `SEEN_NOTED_EVERY` at most."""
    _change(session_id, seen_at=now)


def end(session_id: UUID, now: datetime) -> None:
    _end(StaffSession.id == session_id, now)


def end_all(staff_id: UUID, now: datetime, *, but: UUID | None = None) -> None:
    """Sign a person out everywhere, or everywhere but in one browser."""
    hers = StaffSession.staff_id == staff_id
    _end(hers if but is None else sa.and_(hers, StaffSession.id != but), now)


def _change(session_id: UUID, **values: datetime | bytes) -> None:
    db.session.execute(sa.update(StaffSession).where(StaffSession.id == session_id).values(**values))


def _end(which: sa.ColumnElement[bool], now: datetime) -> None:
    standing = sa.and_(which, StaffSession.ended_at.is_(None))
    db.session.execute(sa.update(StaffSession).where(standing).values(ended_at=now))
