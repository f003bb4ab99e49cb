"""Finding staff and their tokens."""

from collections.abc import Iterable, Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from recovery.db import db, keyring
from recovery.models.staff import ApiToken, Staff


def staff(staff_id: UUID) -> Staff | None:
    return db.session.get(Staff, staff_id)


def staff_by_email(email: str) -> Staff | None:
    return db.session.scalar(sa.select(Staff).where(Staff.email == email.strip().lower()))


def names(staff_ids: Iterable[UUID]) -> dict[UUID, str]:
    """What people are called, by id."""
    found = sa.select(Staff.id, Staff.name).where(Staff.id.in_(set(staff_ids)))
    return {row.id: row.name for row in db.session.execute(found)}


def works_at(clinic_id: UUID, staff_id: UUID) -> bool:
    """Whether somebody is of this clinic's staff and may still enter."""
    found = sa.select(Staff.id).where(
        Staff.id == staff_id, Staff.clinic_id == clinic_id, Staff.disabled_at.is_(None)
    )
    return db.session.scalar(found) is not None


def colleagues(clinic_id: UUID) -> dict[UUID, str]:
    """The names of a clinic's staff who may still enter, by id, in the order of their names."""
    found = sa.select(Staff.id, Staff.name).where(Staff.clinic_id == clinic_id, Staff.disabled_at.is_(None))
    return {row.id: row.name for row in db.session.execute(found.order_by(Staff.name, Staff.id))}


def everyone() -> Sequence[Staff]:
    return db.session.scalars(sa.select(Staff).order_by(Staff.email)).all()


def token_by_secret(token: str) -> ApiToken | None:
    return db.session.scalar(
        sa.select(ApiToken)
        .where(ApiToken.token_hash == keyring().token_hash(token))
        .options(joinedload(ApiToken.staff))
    )


def tokens() -> Sequence[ApiToken]:
    return db.session.scalars(
        sa.select(ApiToken).options(joinedload(ApiToken.staff)).order_by(ApiToken.created_at)
    ).all()
