"""Finding what was written to us: after a text of ours, since a moment, and how far the log was read."""

from collections.abc import Iterable, Sequence
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


def after(patient_id: UUID, ours: Message | None, until: datetime | None = None) -> Sequence[Message]:
    """What a patient wrote after a text of ours (None: ever), latest first; with `until` up to then.

    The order is that in which texts came, whatever the clock said; only one that was found late has
    its place by the time at which it was sent.
    """
    found = sa.select(Message).where(Message.patient_id == patient_id, Message.direction == "inbound")
    if ours is not None:
        late = sa.and_(Message.sent_at.is_not(None), Message.sent_at > (ours.claimed_at or ours.created_at))
        found = found.where(sa.or_(sa.and_(Message.sent_at.is_(None), Message.seq > ours.seq), late))
    if until is not None:
        found = found.where(until >= _WRITTEN_AT)
    latest = list(db.session.scalars(found.order_by(Message.seq.desc()).limit(50)))
    return _in_turn(latest[::-1])[::-1]


def same_texts_since(
    phone_hash: bytes, body_hash: bytes, since: datetime, *, ours: Message | None, until: datetime | None
) -> int:
    """How often a number wrote the very same text since then, and after a text of ours if one is given."""
    found = (
        sa.select(sa.func.count())
        .select_from(Message)
        .where(
            Message.phone_hash == phone_hash,
            Message.direction == "inbound",
            Message.body_hash == body_hash,
            Message.created_at >= since,
            since <= _WRITTEN_AT,
        )
    )
    if ours is not None:
        found = found.where(Message.seq > ours.seq)
    if until is not None:
        found = found.where(until >= _WRITTEN_AT)
    return db.session.scalar(found) or 0


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


def _in_turn(texts: Iterable[Message]) -> list[Message]:
    ordered: list[Message] = []
    for text in texts:
        newer = (place for place, other in enumerate(ordered) if other.written_at > text.written_at)
        ordered.insert(next(newer, len(ordered)) if text.sent_at else len(ordered), text)
    return ordered
