"""Finding numbers of nobody, and what they wrote."""

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa

from recovery.db import db
from recovery.models.message import Message
from recovery.models.patient import UnknownNumber

_PLACE = sa.case((UnknownNumber.priority == "emergency", 0), (UnknownNumber.priority == "urgent", 1), else_=2)


def unknown_number(clinic_id: UUID, unknown_number_id: UUID) -> UnknownNumber | None:
    """A number of nobody, locked for a decision."""
    return db.session.scalar(
        sa.select(UnknownNumber)
        .where(UnknownNumber.id == unknown_number_id, UnknownNumber.clinic_id == clinic_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )


def waiting(clinic_id: UUID, limit: int) -> Sequence[UnknownNumber]:
    """Numbers of nobody that wait to be read: those in danger first, then the latest."""
    return db.session.scalars(
        sa.select(UnknownNumber)
        .where(UnknownNumber.clinic_id == clinic_id, UnknownNumber.dismissed_at.is_(None))
        .order_by(_PLACE, UnknownNumber.last_at.desc(), UnknownNumber.id.desc())
        .limit(limit)
    ).all()


def how_many_wait(clinic_id: UUID) -> dict[str | None, int]:
    """How many numbers wait to be read, by the priority of what they wrote (None: no danger)."""
    rows = db.session.execute(
        sa.select(UnknownNumber.priority, sa.func.count())
        .where(UnknownNumber.clinic_id == clinic_id, UnknownNumber.dismissed_at.is_(None))
        .group_by(UnknownNumber.priority)
    )
    return {row[0]: row[1] for row in rows}


def texts_of(unknown_number_ids: Sequence[UUID]) -> Sequence[Message]:
    """What several unknown numbers wrote, oldest first."""
    return db.session.scalars(
        sa.select(Message)
        .where(Message.unknown_number_id.in_(unknown_number_ids), Message.direction == "inbound")
        .order_by(Message.created_at, Message.id)
    ).all()
