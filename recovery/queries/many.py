"""Recoveries read for many treatments at once, their patients being locked."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from recovery.db import db
from recovery.domain.vocabulary import CheckInStatus
from recovery.models.treatment import CheckIn, Treatment
from recovery.queries.one_of import among, made_once, one_of

_OTHER = CheckIn.__table__.alias("other")


def asked(check_in_ids: Collection[UUID]) -> dict[UUID, tuple[CheckIn, int]]:
    """Each question with its treatment and protocol, and how many of that treatment are still planned."""
    found = db.session.execute(_asked(), {"ids": list(check_in_ids)})
    return {row.id: (row, ahead) for row, ahead in found}


@made_once
def _asked() -> sa.Select[Any]:
    ahead = sa.select(sa.func.count()).where(
        _OTHER.c.treatment_id == CheckIn.treatment_id, _OTHER.c.status == CheckInStatus.PLANNED
    )
    treatment = sa.orm.joinedload(CheckIn.treatment, innerjoin=True)
    return (
        sa.select(CheckIn, ahead.scalar_subquery())
        .where(among(CheckIn.id, "ids"))
        .options(treatment.joinedload(Treatment.protocol_version, innerjoin=True))
        .execution_options(populate_existing=True)
    )


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
