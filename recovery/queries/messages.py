"""Finding texts: by what they are for, by number, by what is due."""

from collections.abc import Iterable, Sequence
from dataclasses import fields
from datetime import datetime, timedelta
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa

from recovery.db import db
from recovery.domain.thread import ATTEMPTED, QUESTIONS, Line, Thread
from recovery.models.message import Message
from recovery.models.patient import Patient
from recovery.queries.one_of import among, made_once, one_of

AUTOMATIC = ("welcome", *QUESTIONS, "reminder")
_LINE = [getattr(Message, field.name) for field in fields(Line)]
_LONGEST = 1_000


class HandedOver(NamedTuple):
    """What counts of an automatic text that went."""

    treatment_id: UUID | None
    kind: str | None
    claimed_at: datetime | None


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


def thread_with(received: Message) -> Thread:
    """The texts with whoever wrote this, and with that number from the day before it on."""
    before = outline(received.patient_id, received.phone_hash, received.written_at)
    return before if before.has(received.twilio_sid or "") else with_line(before, received)


def with_line(thread: Thread, message: Message) -> Thread:
    """A thread and one more text, which is not written yet."""
    line = Line(**{field.name: getattr(message, field.name) for field in fields(Line)})
    return Thread(thread.patient_id, (*thread.lines, line))


def outline(patient_id: UUID | None, phone_hash: bytes | None = None, at: datetime | None = None) -> Thread:
    """The texts with a patient, and with a number from the day before then on, without their words.

    Of a patient's the latest thousand, so that a machine that texts all day costs no more than that.
    """
    since = at - timedelta(days=1) if at is not None else None
    theirs = {"patient_id": patient_id, "phone_hash": phone_hash, "since": since}
    return Thread(patient_id, tuple(Line(*row) for row in db.session.execute(_outline(), theirs)))


@cache
def _outline() -> sa.Select[Any]:
    patient_id = sa.bindparam("patient_id", type_=sa.Uuid())
    first = sa.select(Patient.next_seq - _LONGEST).where(Patient.id == patient_id).scalar_subquery()
    hers = sa.and_(Message.patient_id == patient_id, Message.seq > first)
    lately = sa.and_(
        Message.phone_hash == sa.bindparam("phone_hash"), Message.created_at >= sa.bindparam("since")
    )
    return sa.select(*_LINE).where(sa.or_(hers, lately))


def texts(lines: Sequence[Line]) -> Sequence[Message]:
    """The texts of these lines with their words, in the same order."""
    if not lines:
        return []
    found = db.session.scalars(sa.select(Message).where(Message.id.in_([line.id for line in lines])))
    rows = {row.id: row for row in found}
    return [rows[line.id] for line in lines]


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


def handed_over(
    patient_ids: Iterable[UUID], treatment_ids: Iterable[UUID], since: datetime
) -> dict[UUID, list[HandedOver]]:
    """By patient, the automatic texts of these treatments, and those of any since then."""
    theirs = {"patients": list(patient_ids), "treatments": list(treatment_ids), "since": since}
    by_patient: dict[UUID, list[HandedOver]] = {}
    for row in db.session.execute(_handed_over(), theirs):
        text = HandedOver(row.treatment_id, row.kind, row.claimed_at)
        by_patient.setdefault(row.patient_id, []).append(text)
    return by_patient


@made_once
def _handed_over() -> sa.Select[*tuple[Any, ...]]:
    lately = Message.claimed_at >= sa.bindparam("since")
    return sa.select(Message.patient_id, Message.treatment_id, Message.kind, Message.claimed_at).where(
        among(Message.patient_id, "patients"),
        Message.kind.in_(AUTOMATIC),
        Message.status.in_(ATTEMPTED),
        sa.or_(among(Message.treatment_id, "treatments"), lately),
    )


def welcomes_of(treatment_ids: Iterable[UUID]) -> dict[tuple[UUID, bytes], Line]:
    """The welcomes of these treatments, by treatment and phone."""
    found = sa.select(*_LINE).where(one_of(Message.treatment_id, treatment_ids), Message.kind == "welcome")
    return {(row.treatment_id, row.phone_hash): Line(*row) for row in db.session.execute(found)}


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
