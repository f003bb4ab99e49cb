"""Finding texts: by what they are for, by number, by what is due."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from recovery.db import db
from recovery.models.message import Message

ATTEMPTED = ("sending", "in_doubt", "sent", "delivered", "undelivered", "refused")
AUTOMATIC = ("welcome", "check_in", "late", "reminder")
QUESTIONS = ("check_in", "late")


def message(message_id: UUID) -> Message | None:
    return db.session.get(Message, message_id, populate_existing=True)


def message_by_key(dedupe_key: str) -> Message | None:
    return db.session.scalar(
        sa.select(Message).where(Message.dedupe_key == dedupe_key).execution_options(populate_existing=True)
    )


def message_by_sid(twilio_sid: str) -> Message | None:
    return db.session.scalar(sa.select(Message).where(Message.twilio_sid == twilio_sid))


def answer_to(message_id: UUID) -> Message | None:
    """The one text that answered an inbound one, if any did."""
    return db.session.scalar(sa.select(Message).where(Message.answers_id == message_id).limit(1))


def thread(patient_id: UUID) -> Sequence[Message]:
    """Every text with a patient, in turn."""
    return in_turn(db.session.scalars(sa.select(Message).where(Message.patient_id == patient_id)))


def in_turn(texts: Iterable[Message]) -> list[Message]:
    """As they were sent and received; within one second as they were taken, an answer after its question."""
    return sorted(texts, key=lambda each: (each.at, each.seq or 0))


def last_question(patient_id: UUID, until: datetime | None = None) -> Message | None:
    """The latest question that went to a patient, or the latest until then."""
    found = sa.select(Message).where(
        Message.patient_id == patient_id,
        Message.direction == "outbound",
        Message.kind.in_(QUESTIONS),
        Message.status.in_(ATTEMPTED),
    )
    if until is not None:
        found = found.where(Message.claimed_at <= until)
    return db.session.scalar(found.order_by(Message.seq.desc()).limit(1))


def last_question_seq(patient_id: UUID, until: datetime | None = None) -> int:
    """The place in a patient's order of that question; 0 before the first."""
    found = last_question(patient_id, until)
    return (found.seq if found else None) or 0


def question_of(check_in_id: UUID) -> Message | None:
    """A check-in's first text, where one is kept."""
    return db.session.scalar(
        sa.select(Message)
        .where(Message.check_in_id == check_in_id, Message.kind.in_(QUESTIONS), Message.status.in_(ATTEMPTED))
        .order_by(Message.seq)
        .limit(1)
    )


def last_worded(treatment_id: UUID, wordings: Sequence[str], until: datetime | None = None) -> Message | None:
    """The latest text of a treatment with one of these wordings that went or is to go (or until then)."""
    found = sa.select(Message).where(
        Message.treatment_id == treatment_id,
        Message.direction == "outbound",
        Message.wording.in_(wordings),
        Message.status.not_in(("cancelled", "expired")),
    )
    if until is not None:
        found = found.where(Message.created_at <= until)
    return db.session.scalar(found.order_by(Message.seq.desc()).limit(1))


def wordings_since(
    phone_hash: bytes, clinic_id: UUID, since: datetime, *, after_seq: int | None = None
) -> frozenset[str]:
    """Which wordings went to a number since then; with `after_seq` only those after that place."""
    found = sa.select(Message.wording).where(
        Message.clinic_id == clinic_id,
        Message.phone_hash == phone_hash,
        Message.direction == "outbound",
        Message.wording.is_not(None),
        Message.created_at >= since,
        Message.status.not_in(("cancelled", "expired")),
    )
    if after_seq is not None:
        found = found.where(Message.seq > after_seq)
    return frozenset(wording for wording in db.session.scalars(found.distinct()) if wording is not None)


def automatic_between(patient_id: UUID, since: datetime, until: datetime) -> int:
    """Automatic texts handed over to a patient in that time."""
    return (
        db.session.scalar(
            sa.select(sa.func.count())
            .select_from(Message)
            .where(
                Message.patient_id == patient_id,
                Message.kind.in_(AUTOMATIC),
                Message.status.in_(ATTEMPTED),
                Message.claimed_at >= since,
                Message.claimed_at < until,
            )
        )
        or 0
    )


def automatic_of(treatment_id: UUID) -> Sequence[Message]:
    """Automatic texts of a treatment that were handed over, latest first."""
    return db.session.scalars(
        sa.select(Message)
        .where(
            Message.treatment_id == treatment_id,
            Message.kind.in_(AUTOMATIC),
            Message.status.in_(ATTEMPTED),
        )
        .order_by(Message.claimed_at.desc())
    ).all()


def welcome_of(treatment_id: UUID, phone_hash: bytes) -> Message | None:
    return db.session.scalar(
        sa.select(Message)
        .where(
            Message.treatment_id == treatment_id,
            Message.kind == "welcome",
            Message.phone_hash == phone_hash,
        )
        .limit(1)
    )
