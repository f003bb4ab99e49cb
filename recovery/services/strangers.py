"""Texts from a number that is no patient's: kept, answered once a day at most, and shown to a nurse."""

import json
from datetime import datetime
from zoneinfo import ZoneInfo

from recovery.db import add_if_new, db, new_id
from recovery.domain import answers, targets
from recovery.domain.answers import Situation
from recovery.domain.reading.read import read
from recovery.domain.reading.reading import Reading, as_json
from recovery.domain.vocabulary import EMERGENCIES, Intent, Priority
from recovery.models.clinic import Clinic
from recovery.models.message import Message
from recovery.models.patient import Patient, UnknownNumber
from recovery.queries import messages, patients, switches
from recovery.services import answering, lateness, opt_outs
from recovery.services.answering import Answered
from recovery.services.incoming import Incoming
from recovery.services.keywords import by_provider, intent_of
from recovery.services.values import hours_of

_ONCE_A_DAY = ("unknown_number", "help")


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
    row.phone = row.phone or phone  # forgotten with an erased patient
    return row


def answer(
    clinic: Clinic,
    stranger: UnknownNumber,
    received: Message,
    incoming: Incoming,
    now: datetime,
    *,
    patient: Patient | None = None,
) -> Answered | None:
    """Read a stranger's text, put it before a nurse, obey it, and answer: safety first, else once a day.

    `patient`: whose number it is now, if there is no treatment to which her text could belong.
    """
    doubted = patient is not None and patient.number_doubted_at is not None
    stopped = patients.has_opted_out(clinic.id, received.patient_id, stranger.phone_hash)
    reading, intent = _read(clinic, stranger, received, incoming, now)
    thread = messages.thread_with(received)
    taken_back = lateness.is_taken_back(received, intent)
    if received.patient_id is None and not taken_back:
        opt_outs.obey_number(intent, clinic.id, stranger.phone_hash, received.written_at)
    situation = Situation(
        intent=Intent.ACK if taken_back else intent,
        red_flags=frozenset(reading.red_flags),
        clinic_open=targets.is_open(hours_of(clinic), now),
        known=patient is not None,
        treated=False,
        unknown_answered=_is_answered(clinic, stranger, now) or doubted or intent == Intent.ACK,
        silenced=stopped,
        keyword_by_provider=by_provider(incoming.body, incoming.opt_out_type, intent),
        same_text_third=answering.is_third_same(received, thread, now),
        safety_recently=answering.safety_recently(received, thread, clinic, now),
    )
    chosen = answers.choose(situation)
    written = answering.write(
        chosen,
        clinic,
        received,
        thread,
        now,
        switches=switches.switches(),
        patient=patient,
        from_twiml=incoming.from_twiml,
    )
    if written is not None and chosen is not None and chosen.key in _ONCE_A_DAY:
        stranger.answered_at = now
    return written


def without_treatment(
    clinic: Clinic, patient: Patient, received: Message, incoming: Incoming, now: datetime
) -> Answered | None:
    """A patient with no treatment yet, so no case: her text waits beside the strangers'."""
    phone_hash = received.phone_hash or b""
    stranger = locked(clinic, incoming.sender, phone_hash, now)
    received.unknown_number_id = stranger.id
    current = patient if patient.phone_hash == phone_hash else None
    written = answer(clinic, stranger, received, incoming, now, patient=current)
    match received.intent:
        case Intent.OPT_OUT | Intent.OPT_IN if lateness.is_taken_back(received, Intent(received.intent)):
            pass
        case Intent.OPT_OUT:
            opt_outs.stop(patient, phone_hash, received.written_at)
        case Intent.OPT_IN:
            opt_outs.start(patient, phone_hash, received.written_at)
        case Intent.WRONG_PERSON:
            patient.number_doubted_at = patient.number_doubted_at or now
    return written


def dismiss(stranger: UnknownNumber, now: datetime) -> None:
    """A nurse has read what this number wrote; the next text brings it back."""
    stranger.dismissed_at = stranger.dismissed_at or now


def _read(
    clinic: Clinic, stranger: UnknownNumber, received: Message, incoming: Incoming, now: datetime
) -> tuple[Reading, Intent]:
    reading = read(incoming.body, lang=clinic.language)
    received.intent = intent = intent_of(reading, incoming.opt_out_type)
    received.reading = json.dumps(as_json(reading), ensure_ascii=False)
    stranger.last_at = now
    if stranger.dismissed_at is not None:
        stranger.dismissed_at = stranger.priority = None
    if reading.red_flags and stranger.priority != Priority.EMERGENCY:
        emergency = set(reading.red_flags) & EMERGENCIES
        stranger.priority = Priority.EMERGENCY if emergency else Priority.URGENT
    db.session.flush()
    return reading, intent


def _is_answered(clinic: Clinic, stranger: UnknownNumber, now: datetime) -> bool:
    """Whether this number had its one neutral answer of the clinic's day."""
    if stranger.answered_at is None:
        return False
    zone = ZoneInfo(clinic.timezone)
    return stranger.answered_at.astimezone(zone).date() == now.astimezone(zone).date()
