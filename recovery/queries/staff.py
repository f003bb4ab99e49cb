"""Finding staff: by id, by e-mail, by the link for a new password, locked for a decision."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from recovery.db import db, keyring
from recovery.models.staff import RecoveryCode, Staff

After = tuple[datetime, UUID]


def one(staff_id: UUID) -> Staff:
    """Somebody who is known to be there."""
    return db.session.get_one(Staff, staff_id)


def member(clinic_id: UUID, staff_id: UUID) -> Staff | None:
    return db.session.scalar(sa.select(Staff).where(Staff.clinic_id == clinic_id, Staff.id == staff_id))


def locked_staff(staff_id: UUID) -> Staff:
    """Somebody who is there, and whose row stays ours until the commit."""
    return db.session.scalars(_locked(Staff.id == staff_id)).one()


def staff_by_email(email: str) -> Staff | None:
    return db.session.scalar(sa.select(Staff).where(Staff.email == email.strip().lower()))


def staff_by_reset(secret: str) -> Staff | None:
    """Whose link for a new password this is, good or not."""
    return db.session.scalar(sa.select(Staff).where(Staff.reset_hash == keyring().token_hash(secret)))


def locked_by_reset(secret: str) -> Staff | None:
    return db.session.scalar(_locked(Staff.reset_hash == keyring().token_hash(secret)))


def names(staff_ids: Iterable[UUID]) -> dict[UUID, str]:
    """What people are called, by id; of nobody nothing is asked."""
    wanted = set(staff_ids)
    if not wanted:
        return {}
    found = sa.select(Staff.id, Staff.name).where(Staff.id.in_(wanted))
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
    """Of every clinic."""
    return db.session.scalars(sa.select(Staff).order_by(Staff.email)).all()


def members(clinic_id: UUID) -> Sequence[Staff]:
    """Of one clinic: who may enter first, then by name."""
    disabled = sa.case((Staff.disabled_at.is_(None), 0), else_=1)
    found = sa.select(Staff).where(Staff.clinic_id == clinic_id)
    return db.session.scalars(found.order_by(disabled, Staff.name, Staff.email)).all()


def newest(clinic_id: UUID, after: After | None, at_most: int) -> Sequence[Staff]:
    """Of one clinic, newest first; `after` is the last one seen."""
    found = sa.select(Staff).where(Staff.clinic_id == clinic_id)
    if after is not None:
        found = found.where(sa.tuple_(Staff.created_at, Staff.id) < sa.tuple_(*typed(after)))
    return db.session.scalars(found.order_by(Staff.created_at.desc(), Staff.id.desc()).limit(at_most)).all()


def is_only_admin(person: Staff) -> bool:
    """Whether nobody else of the clinic is an admin who can enter; who was invited and never came cannot."""
    others = sa.select(Staff.id).where(
        Staff.clinic_id == person.clinic_id,
        Staff.id != person.id,
        Staff.role == "admin",
        Staff.password_hash != "",
        Staff.disabled_at.is_(None),
    )
    return db.session.scalar(others.limit(1)) is None


def recovery_code(code_hash: bytes) -> RecoveryCode | None:
    return db.session.scalar(sa.select(RecoveryCode).where(RecoveryCode.code_hash == code_hash))


def recovery_codes_left(staff_id: UUID) -> int:
    found = sa.select(sa.func.count()).where(
        RecoveryCode.staff_id == staff_id, RecoveryCode.used_at.is_(None)
    )
    return db.session.scalar(found) or 0


def typed(after: After) -> tuple[sa.BindParameter[datetime], sa.BindParameter[UUID]]:
    """A place in a list by moment and id, as the database keeps both."""
    return (sa.literal(after[0], Staff.created_at.type), sa.literal(after[1], Staff.id.type))


def _locked(which: sa.ColumnElement[bool]) -> sa.Select[Staff]:
    return (
        sa.select(Staff)
        .where(which)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
