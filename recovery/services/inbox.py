"""A text arrives: stored once, its sender found, read, acted on and answered in one transaction."""

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy.exc import SQLAlchemyError

from recovery.db import add_if_new, db, keyring, new_id
from recovery.domain.protocol import DEFAULT
from recovery.models.clinic import Clinic
from recovery.models.message import Message
from recovery.models.patient import Patient, UnknownNumber
from recovery.queries import clinics, messages, patients, treatments
from recovery.services import on_call, photos, replies, strangers, unread
from recovery.services.incoming import Incoming

logger = structlog.get_logger()

REPLAY_FOR = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Answered:
    """The text to answer with, and the id of its row."""

    message_id: UUID
    body: str


def receive(incoming: Incoming, now: datetime) -> Answered | None:
    """Take one text in; what comes twice is stored once and, for a little while, answered the same."""
    stored, answer_id = _take(incoming, now)
    if stored is None:
        return _replayed(incoming, now)
    return _answered(answer_id) if answer_id and incoming.from_twiml else None


def receive_late(incoming: Incoming, now: datetime) -> bool:
    """Take in a text whose webhook never came; False if it did. Its answer, if any, is queued."""
    return _take(incoming, now)[0] is not None


def _take(incoming: Incoming, now: datetime) -> tuple[Message | None, UUID | None]:
    """The text as it is now stored, and the id of its answer; no text where it was stored before.

    Nothing received is dropped: a text for no clinic and one from no patient are stored as well, and
    one that we fail on is left to a nurse.
    """
    clinic = clinics.clinic_by_phone(incoming.to)
    if clinic is None:
        logger.warning("text_for_no_clinic", sid=incoming.sid)
        return _store(incoming, None, None, None, now), None
    phone_hash = keyring().phone_hash(incoming.sender)
    if _is_on_call(clinic, phone_hash):
        stored = _store(incoming, clinic, None, None, now)
        return stored, on_call.hear(clinic, stored, incoming, now) if stored else None
    patient, from_old_number = _patient(clinic, phone_hash, now)
    stranger = None if patient else strangers.locked(clinic, incoming.sender, phone_hash, now)
    stored = _store(incoming, clinic, patient, stranger, now)
    if stored is None:
        return None, None

    def act() -> UUID | None:
        if patient is None:
            assert stranger is not None  # noqa: S101 (one of the two was found)
            return strangers.answer(clinic, stranger, stored, incoming, now)
        if treatments.latest_treatment(patient.id) is None:
            return strangers.without_treatment(clinic, patient, stored, incoming, now)
        return replies.take(clinic, patient, stored, incoming, now, from_old_number=from_old_number)

    try:
        with db.session.begin_nested():
            return stored, act()
    except SQLAlchemyError:
        raise  # the database's trouble: nothing is stored, and the text is found again
    except Exception as error:
        logger.error("text_not_taken", message=str(stored.id), error=type(error).__name__)
    unread.leave(clinic, patient, stranger, stored, incoming, now)
    return stored, None


def _patient(clinic: Clinic, phone_hash: bytes, now: datetime) -> tuple[Patient | None, bool]:
    """The patient whose number it is, or lately was, locked; and whether it is an old number."""
    current = patients.patient_id_by_phone(clinic.id, phone_hash)
    since = now - timedelta(days=DEFAULT.old_number_days)
    found = current or patients.patient_id_by_former_phone(clinic.id, phone_hash, since)
    patient = patients.locked_patient(found) if found else None
    if patient is None or patient.erased_at is not None:
        return None, False
    return patient, patient.phone_hash != phone_hash


def _is_on_call(clinic: Clinic, phone_hash: bytes) -> bool:
    return clinic.on_call_phone_hash is not None and hmac.compare_digest(
        clinic.on_call_phone_hash, phone_hash
    )


def _store(
    incoming: Incoming,
    clinic: Clinic | None,
    patient: Patient | None,
    stranger: UnknownNumber | None,
    now: datetime,
) -> Message | None:
    """Write the text down; None if this SID was written down before."""
    message_id = new_id()
    added = add_if_new(
        Message,
        id=message_id,
        clinic_id=clinic.id if clinic else None,
        patient_id=patient.id if patient else None,
        unknown_number_id=stranger.id if stranger else None,
        seq=patient.take_seq() if patient else None,
        direction="inbound",
        dedupe_key=f"in:{incoming.sid}",
        twilio_sid=incoming.sid,
        phone=incoming.sender,
        phone_hash=keyring().phone_hash(incoming.sender),
        clinic_phone=incoming.to[:64],
        body=incoming.body,
        body_hash=keyring().text_hash(incoming.body),
        media_count=len(incoming.media),
        media="\n".join(incoming.media) or None,
        status="received",
        sent_at=incoming.sent_at,
        created_at=now,
    )
    if not added:
        return None
    stored = db.session.get_one(Message, message_id)
    photos.expect(stored, now)
    return stored


def _replayed(incoming: Incoming, now: datetime) -> Answered | None:
    """The same answer as a moment ago, if it went back with the webhook and not by a call of ours."""
    first = messages.message_by_key(f"in:{incoming.sid}")
    if first is None or now - first.created_at > REPLAY_FOR:
        return None
    answer = messages.answer_to(first.id)
    by_twiml = answer is not None and answer.claimed_at is not None and answer.owner is None
    return Answered(answer.id, answer.body) if answer and answer.body and by_twiml else None


def _answered(message_id: UUID) -> Answered | None:
    message = messages.message(message_id)
    return Answered(message.id, message.body or "") if message else None
