"""Finding numbers of nobody, and what they wrote."""

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa

from recovery.db import db
from recovery.models.message import Message
from recovery.models.patient import UnknownNumber


def unknown_number(clinic_id: UUID, unknown_number_id: UUID) -> UnknownNumber | None:
    """A number of nobody, locked for a decision."""
    return db.session.scalar(
        sa.select(UnknownNumber)
        .where(UnknownNumber.id == unknown_number_id, UnknownNumber.clinic_id == clinic_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )


def texts_of(unknown_number_ids: Sequence[UUID]) -> Sequence[Message]:
    """What several unknown numbers wrote, oldest first."""
    return db.session.scalars(
        sa.select(Message)
        .where(Message.unknown_number_id.in_(unknown_number_ids), Message.direction == "inbound")
        .order_by(Message.created_at, Message.id)
    ).all()
