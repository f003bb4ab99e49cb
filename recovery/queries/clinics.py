"""Finding clinics."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from recovery.db import db
from recovery.models.clinic import Clinic
from recovery.queries.one_of import among, made_once


def clinic(clinic_id: UUID) -> Clinic | None:
    return db.session.get(Clinic, clinic_id)


def clinics_by_id(clinic_ids: Iterable[UUID]) -> dict[UUID, Clinic]:
    found = db.session.scalars(_clinics(), {"ids": list(set(clinic_ids))})
    return {row.id: row for row in found}


@made_once
def _clinics() -> sa.Select[Any]:
    return sa.select(Clinic).where(among(Clinic.id, "ids"))


def locked_clinic(clinic_id: UUID) -> Clinic:
    """For a change. Rows that refer to the clinic are added meanwhile: nobody's text waits for a form."""
    return db.session.scalars(
        sa.select(Clinic)
        .where(Clinic.id == clinic_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).one()


def waiting_to_replan() -> Sequence[tuple[UUID, datetime]]:
    """Clinics whose unsent check-ins are still at the old hour, and since when."""
    found = sa.select(Clinic.id, Clinic.replan_at).where(Clinic.replan_at.is_not(None))
    return [(clinic_id, at) for clinic_id, at in db.session.execute(found) if at is not None]


def clinic_by_phone(phone: str) -> Clinic | None:
    """The clinic that a text to this number is for."""
    return db.session.scalar(sa.select(Clinic).where(Clinic.phone == phone.strip()))


def clinics() -> Sequence[Clinic]:
    return db.session.scalars(sa.select(Clinic).order_by(Clinic.created_at, Clinic.id)).all()


def has_demo_clinic() -> bool:
    return db.session.scalar(sa.select(Clinic.id).where(Clinic.is_demo).limit(1)) is not None
