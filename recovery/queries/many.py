"""Recoveries read for many treatments at once, their patients being locked."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from recovery.db import db
from recovery.domain.vocabulary import CheckInStatus
from recovery.models.treatment import CheckIn, Treatment
from recovery.queries.one_of import one_of


def treatments_by_id(treatment_ids: Collection[UUID]) -> dict[UUID, Treatment]:
    """Each with its protocol."""
    found = (
        sa.select(Treatment)
        .where(one_of(Treatment.id, treatment_ids))
        .options(sa.orm.joinedload(Treatment.protocol_version, innerjoin=True))
        .execution_options(populate_existing=True)
    )
    return {row.id: row for row in db.session.scalars(found)}


def check_ins_by_id(check_in_ids: Collection[UUID]) -> dict[UUID, CheckIn]:
    found = sa.select(CheckIn).where(one_of(CheckIn.id, check_in_ids))
    return {row.id: row for row in db.session.scalars(found.execution_options(populate_existing=True))}


def questions_by_id(check_in_ids: Collection[UUID]) -> dict[UUID, CheckIn]:
    """Each with its treatment and the protocol of that."""
    treatment = sa.orm.joinedload(CheckIn.treatment, innerjoin=True)
    found = (
        sa.select(CheckIn)
        .where(one_of(CheckIn.id, check_in_ids))
        .options(treatment.joinedload(Treatment.protocol_version, innerjoin=True))
        .execution_options(populate_existing=True)
    )
    return {row.id: row for row in db.session.scalars(found)}


def planned_check_ins(treatment_ids: Collection[UUID]) -> dict[UUID, int]:
    """How many questions of each treatment are still to be sent; none where it is left out."""
    found = (
        sa.select(CheckIn.treatment_id, sa.func.count().label("ahead"))
        .where(one_of(CheckIn.treatment_id, treatment_ids), CheckIn.status == CheckInStatus.PLANNED)
        .group_by(CheckIn.treatment_id)
    )
    return {row.treatment_id: row.ahead for row in db.session.execute(found)}


def due_check_ins(treatment_ids: Collection[UUID], now: datetime) -> Sequence[CheckIn]:
    """What is due of these treatments, with all that decides about it, the longest waiting first."""
    found = _of_treatments(treatment_ids).where(
        CheckIn.status == CheckInStatus.PLANNED, CheckIn.due_at <= now
    )
    return db.session.scalars(found.order_by(CheckIn.due_at)).all()


def due_reminders(treatment_ids: Collection[UUID], now: datetime) -> Sequence[CheckIn]:
    """The same of what is to be reminded of."""
    found = _of_treatments(treatment_ids).where(CheckIn.reminder_at <= now)
    return db.session.scalars(found.order_by(CheckIn.reminder_at)).all()


def _of_treatments(treatment_ids: Collection[UUID]) -> sa.Select[CheckIn]:
    """Check-ins with their treatments, and of these the protocol, the reports and all check-ins."""
    treatment = sa.orm.contains_eager(CheckIn.treatment)
    return (
        sa.select(CheckIn)
        .join(CheckIn.treatment)
        .where(one_of(CheckIn.treatment_id, treatment_ids))
        .options(
            treatment.selectinload(Treatment.protocol_version),
            treatment.selectinload(Treatment.reports),
            treatment.selectinload(Treatment.check_ins),
        )
    )
