"""Finding the person of a session, and the sessions of a person."""

from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from recovery.db import db
from recovery.models.clinic import Clinic
from recovery.models.staff import Staff, StaffSession


def standing(token_hash: bytes, begun_after: datetime, seen_after: datetime) -> tuple[Any, ...] | None:
    """Of a session that stands, of a person who is not disabled.

    (session, person, clinic, role, name, the clinic's name and zone; when she was seen last, passed
    her second step here, and confirmed it; whether her clinic asks for one.) It reads on a connection
    of its own: the guard asks before any unit of work is open, and must leave none behind.
    """
    asked = {"token_hash": token_hash, "begun_after": begun_after, "seen_after": seen_after}
    with db.engine.connect().execution_options(reading=True) as connection:
        row = connection.execute(_standing(), asked).one_or_none()
    return tuple(row) if row is not None else None


@cache
def _standing() -> sa.Select[*tuple[Any, ...]]:
    """Made once, because every page asks it."""
    return (
        sa.select(
            StaffSession.id,
            Staff.id,
            Staff.clinic_id,
            Staff.role,
            Staff.name,
            Clinic.name,
            Clinic.timezone,
            StaffSession.seen_at,
            StaffSession.second_step_at,
            Staff.totp_confirmed_at,
            Clinic.second_step_required,
        )
        .join(Staff, Staff.id == StaffSession.staff_id)
        .join(Clinic, Clinic.id == Staff.clinic_id)
        .where(
            StaffSession.token_hash == sa.bindparam("token_hash"),
            StaffSession.ended_at.is_(None),
            StaffSession.created_at > sa.bindparam("begun_after"),
            StaffSession.seen_at > sa.bindparam("seen_after"),
            Staff.disabled_at.is_(None),
        )
    )


def standing_of(staff_id: UUID, begun_after: datetime, seen_after: datetime) -> int:
    """In how many browsers a person is signed in."""
    found = sa.select(sa.func.count()).where(
        StaffSession.staff_id == staff_id,
        StaffSession.ended_at.is_(None),
        StaffSession.created_at > begun_after,
        StaffSession.seen_at > seen_after,
    )
    return db.session.scalar(found) or 0
