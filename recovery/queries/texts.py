"""Finding what patients of a list last wrote, and what one patient's phone shows next."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import sqlalchemy as sa

from recovery.db import db
from recovery.domain.thread import ATTEMPTED
from recovery.domain.vocabulary import CheckInStatus
from recovery.models.message import Message
from recovery.models.treatment import CheckIn, Treatment
from recovery.queries.messages import AUTOMATIC, in_turn


class Wrote(NamedTuple):
    """What a list shows of a text: no body where only a photo came."""

    created_at: datetime
    body: str | None


def last_written(patient_ids: Sequence[UUID]) -> dict[UUID, Wrote]:
    """Each patient's latest text to us, by patient; without those who never wrote."""
    latest = (
        sa.select(Message.patient_id, sa.func.max(Message.seq))
        .where(Message.patient_id.in_(patient_ids), Message.direction == "inbound")
        .group_by(Message.patient_id)
    )
    found = sa.select(Message.patient_id, Message.created_at, Message.body).where(
        sa.tuple_(Message.patient_id, Message.seq).in_(latest)
    )
    rows = db.session.execute(found)
    return {row.patient_id: Wrote(row.created_at, row.body) for row in rows}


def on_the_phone(patient_id: UUID, phone_hash: bytes | None) -> Sequence[Message]:
    """What the phone with this number shows: all it wrote, and what was handed over to it; in turn."""
    found = sa.select(Message).where(
        Message.patient_id == patient_id,
        Message.phone_hash == phone_hash,
        sa.or_(Message.direction == "inbound", Message.status.in_(ATTEMPTED)),
    )
    return in_turn(db.session.scalars(found))


def texts_to(patient_id: UUID) -> int:
    """How many texts were handed over to a patient so far."""
    found = sa.select(sa.func.count()).where(
        Message.patient_id == patient_id, Message.direction == "outbound", Message.status.in_(ATTEMPTED)
    )
    return db.session.scalar(found) or 0


def texts_with(patient_id: UUID) -> int:
    """How many texts there are with a patient, in either direction."""
    found = sa.select(sa.func.count()).where(Message.patient_id == patient_id)
    return db.session.scalar(found) or 0


def next_due(patient_id: UUID, now: datetime) -> datetime | None:
    """When something of this patient falls due next: a check-in, a reminder, or a text that waits."""
    hers = sa.select(Treatment.id).where(Treatment.patient_id == patient_id)
    planned = sa.select(sa.func.min(CheckIn.due_at)).where(
        CheckIn.treatment_id.in_(hers), CheckIn.status == CheckInStatus.PLANNED, CheckIn.due_at > now
    )
    reminder = sa.select(sa.func.min(CheckIn.reminder_at)).where(
        CheckIn.treatment_id.in_(hers), CheckIn.reminder_at > now
    )
    waiting = sa.select(sa.func.min(Message.due_at)).where(
        Message.patient_id == patient_id,
        Message.status == "queued",
        Message.kind.in_(AUTOMATIC),
        Message.due_at > now,
    )
    found = [db.session.scalar(each) for each in (planned, reminder, waiting)]
    return min((each for each in found if each is not None), default=None)


def is_kept_waiting(patient_id: UUID, now: datetime) -> bool:
    """Whether a check-in's time has come, but it waits inside its window (for the welcome, for a nurse)."""
    found = (
        sa.select(CheckIn.id)
        .join(Treatment, Treatment.id == CheckIn.treatment_id)
        .where(
            Treatment.patient_id == patient_id,
            CheckIn.status == CheckInStatus.PLANNED,
            CheckIn.due_at <= now,
        )
    )
    return db.session.scalar(found.limit(1)) is not None
