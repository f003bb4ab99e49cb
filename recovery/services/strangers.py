"""Texts from a number that is no patient's: kept, answered once a day at most, and shown to a nurse."""

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID
from zoneinfo import ZoneInfo

from recovery.db import add_if_new, db, new_id
from recovery.domain import answers, targets
from recovery.domain.answers import Situation
from recovery.domain.reading.read import read
from recovery.domain.reading.reading import Reading
from recovery.domain.vocabulary import EMERGENCIES, Intent, Priority
from recovery.models.clinic import Clinic
from recovery.models.message import Message
from recovery.models.patient import Patient, UnknownNumber
from recovery.queries import patients
from recovery.services import answering
from recovery.services.keywords import by_provider, intent_of
from recovery.services.values import hours_of

if TYPE_CHECKING:
    from recovery.services.inbox import Incoming


def locked(clinic: Clinic, phone: str, phone_hash: bytes, now: datetime) -> UnknownNumber:
    """The number's row, made at its first text and locked, so that two texts at once are taken in turn."""
    add_if_new(
        UnknownNumber,
        id=new_id(),
        clinic_id=clinic.id,
        phone=phone,
        phone_hash=phone_hash,
        first_at=now,
        last_at=now,
    )
    row = patients.locked_unknown_number(clinic.id, phone_hash)
    assert row is not None  # noqa: S101 (just made sure of)
    return row


def answer(
    clinic: Clinic, stranger: UnknownNumber, received: Message, incoming: "Incoming", now: datetime
) -> UUID | None:
    """Read a stranger's text, put it before a nurse, and answer: safety first, else once a day."""
    reading = _taken(clinic, stranger, received, incoming, now)
    today = now.astimezone(ZoneInfo(clinic.timezone)).date()
    answered = stranger.answered_at is not None and (
        stranger.answered_at.astimezone(ZoneInfo(clinic.timezone)).date() == today
    )
    situation = Situation(
        intent=reading.intent,
        red_flags=frozenset(reading.red_flags),
        clinic_open=targets.is_open(hours_of(clinic), now),
        known=False,
        unknown_answered=answered or reading.intent == Intent.ACK,
        keyword_by_provider=by_provider(incoming.body, incoming.opt_out_type),
        same_text_third=answering.is_third_same(received, now),
        safety_recently=answering.safety_recently(received, clinic, now),
    )
    chosen = answers.choose(situation)
    if chosen is not None and chosen.key == "unknown_number":
        stranger.answered_at = now
    return answering.write(chosen, clinic, received, now, from_twiml=incoming.from_twiml)


def without_treatment(
    clinic: Clinic,
    patient: Patient,
    stranger: UnknownNumber,
    received: Message,
    incoming: "Incoming",
    now: datetime,
) -> UUID | None:
    """A patient with no treatment yet, so no case: her text waits beside the strangers'."""
    received.unknown_number_id = stranger.id
    return answer(clinic, stranger, received, incoming, now)


def dismiss(stranger: UnknownNumber, now: datetime) -> None:
    """A nurse has read what this number wrote; the next text brings it back."""
    stranger.dismissed_at = stranger.dismissed_at or now


def _taken(
    clinic: Clinic, stranger: UnknownNumber, received: Message, incoming: "Incoming", now: datetime
) -> Reading:
    reading = read(incoming.body, lang=clinic.language)
    received.intent = intent_of(reading, incoming.opt_out_type)
    stranger.last_at = now
    stranger.dismissed_at = None
    flags = set(reading.red_flags)
    if flags:
        stranger.priority = Priority.EMERGENCY if flags & EMERGENCIES else Priority.URGENT
    db.session.flush()
    return reading
