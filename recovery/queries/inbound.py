"""Finding what was written to us since a moment, and how far the log was read."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from recovery.db import UtcTime, db
from recovery.models.clinic import Clinic
from recovery.models.message import InboundLook, Message

_WRITTEN_AT = sa.func.coalesce(Message.sent_at, Message.created_at, type_=UtcTime())


@dataclass(frozen=True, slots=True)
class Number:
    """A clinic's number, since when it is ours, and the newest time of the log that was read."""

    clinic_id: UUID
    phone: str
    added_at: datetime
    newest_sent_at: datetime | None


def is_said_after(
    clinic_id: UUID, phone_hash: bytes, patient_id: UUID | None, intent: str, at: datetime
) -> bool:
    """Whether this number, or this patient, wrote something of that meaning after that moment."""
    theirs = Message.phone_hash == phone_hash
    if patient_id is not None:
        theirs = sa.or_(theirs, Message.patient_id == patient_id)
    found = sa.select(Message.id).where(
        Message.clinic_id == clinic_id,
        theirs,
        Message.direction == "inbound",
        Message.intent == intent,
        at < _WRITTEN_AT,
    )
    return db.session.scalar(found.limit(1)) is not None


def is_answered_after(clinic_id: UUID, phone_hash: bytes, at: datetime) -> bool:
    """Whether something that this number wrote after that moment has its answer."""
    answer = sa.orm.aliased(Message)
    found = (
        sa.select(Message.id)
        .join(answer, answer.answers_id == Message.id)
        .where(
            Message.clinic_id == clinic_id,
            Message.phone_hash == phone_hash,
            Message.direction == "inbound",
            at < _WRITTEN_AT,
            answer.status.not_in(("cancelled", "expired")),
        )
    )
    return db.session.scalar(found.limit(1)) is not None


def numbers() -> list[Number]:
    """Every clinic's number; the one whose log was not read for longest comes first."""
    found = (
        sa.select(Clinic.id, Clinic.phone, Clinic.created_at, InboundLook.newest_sent_at)
        .outerjoin(InboundLook, InboundLook.clinic_id == Clinic.id)
        .order_by(InboundLook.looked_at.asc().nulls_first(), Clinic.id)
    )
    return [Number(*row) for row in db.session.execute(found)]
