"""Finding clinics."""

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa

from recovery.db import db
from recovery.models.clinic import Clinic


def clinic(clinic_id: UUID) -> Clinic | None:
    return db.session.get(Clinic, clinic_id)


def clinic_by_phone(phone: str) -> Clinic | None:
    """The clinic that a text to this number is for."""
    return db.session.scalar(sa.select(Clinic).where(Clinic.phone == phone.strip()))


def clinics() -> Sequence[Clinic]:
    return db.session.scalars(sa.select(Clinic).order_by(Clinic.created_at, Clinic.id)).all()


def has_demo_clinic() -> bool:
    return db.session.scalar(sa.select(Clinic.id).where(Clinic.is_demo).limit(1)) is not None
