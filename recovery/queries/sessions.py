"""Finding the person of a session."""

from typing import Any
from uuid import UUID

import sqlalchemy as sa

from recovery.db import db
from recovery.models.clinic import Clinic
from recovery.models.staff import Staff


def may_enter(staff_id: UUID) -> tuple[Any, ...] | None:
    """(id, clinic, role, name, the clinic's name and zone) of a person who is not disabled.

    It reads on a connection of its own: the guard asks before any unit of work is open, and must
    leave none behind.
    """
    found = (
        sa.select(Staff.id, Staff.clinic_id, Staff.role, Staff.name, Clinic.name, Clinic.timezone)
        .join(Clinic, Clinic.id == Staff.clinic_id)
        .where(Staff.id == staff_id, Staff.disabled_at.is_(None))
    )
    with db.engine.connect().execution_options(reading=True) as connection:
        row = connection.execute(found).one_or_none()
    return tuple(row) if row is not None else None
