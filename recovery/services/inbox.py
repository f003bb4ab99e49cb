"""A text arrives: stored once, its sender found, read, acted on and answered in one transaction."""

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy.exc import SQLAlchemyError

from recovery.db import added_if_new, db, keyring, new_id
from recovery.domain.protocol import DEFAULT
from recovery.models.clinic import Clinic
from recovery.models.message import Message
from recovery.models.patient import Patient, UnknownNumber
from recovery.queries import clinics, messages, patients, treatments
from recovery.queries.treatments import Followed
from recovery.services import on_call, photos, replies, strangers, unread
from recovery.services.answering import Answered
from recovery.services.incoming import Incoming
from recovery.services.understanding import Arrival

logger = structlog.get_logger()

REPLAY_FOR = timedelta(seconds=30)


class NotTaken(Exception):
    """Our own code failed on a text, of which nothing was stored: `leave` keeps it for a nurse."""


@dataclass(frozen=True, slots=True)
class _Sender:
    """Whose number it is at that clinic, locked: a patient's (now or lately), else nobody's."""

    clinic: Clinic
    patient: Patient | None
    from_old_number: bool
    stranger: UnknownNumber | None


def receive(incoming: Incoming, now: datetime) -> Answered | None:
    """Take one text in; what comes twice is stored once and, for a little while, answered the same.

    Raises NotTaken where our own code fails on it.
    """
    stored, answer = _take(incoming, now)
    if stored is None:
        return _replayed(incoming, now)
    return answer if incoming.from_twiml else None


def receive_late(incoming: Incoming, now: datetime) -> bool:
    """Take in a text whose webhook never came; False if it did. Its answer, if any, is queued.

    Raises NotTaken where our own code fails on it.
    """
    return _take(incoming, now)[0] is not None


def leave(incoming: Incoming, now: datetime) -> bool:
    """Keep a text that was not taken, in a unit of its own; False if it is stored already."""
    phone_hash = keyring().phone_hash(incoming.sender)
    sender = _sender(incoming, phone_hash, now)
    stored = _store(incoming, sender, phone_hash, now)
    if stored is None:
        return False
    if sender is not None and not _is_on_call(sender.clinic, phone_hash):
        unread.leave(sender.clinic, sender.patient, sender.stranger, stored, incoming, now)
    return True


def _take(incoming: Incoming, now: datetime) -> tuple[Message | None, Answered | None]:
    """The text as it is now stored, and its answer; no text where it was stored before.

    Nothing received is dropped: a text for no clinic and one from no patient are stored as well.
    What is read and changed on the way is written at the end, in a few statements.
    """
    phone_hash = keyring().phone_hash(incoming.sender)
    with db.session.no_autoflush:
        sender = _sender(incoming, phone_hash, now)
        followed = treatments.locked_of(sender.patient) if sender and sender.patient else None
        try:
            if sender is None or followed is None:
                return _take_apart(incoming, sender, phone_hash, now)
            return _take_from_patient(incoming, sender, followed, phone_hash, now)
        except SQLAlchemyError:
            raise  # the database's trouble: nothing is stored, and the text is found again
        except Exception as error:
            logger.error("text_not_taken", sid=incoming.sid, error=type(error).__name__)
            raise NotTaken from error


def _take_from_patient(
    incoming: Incoming, sender: _Sender, followed: Followed, phone_hash: bytes, now: datetime
) -> tuple[Message | None, Answered | None]:
    """A text of a patient under treatment: under her lock, her thread tells whether it came before."""
    patient = sender.patient
    assert patient is not None  # noqa: S101 (she is followed)
    thread = messages.outline(patient.id, phone_hash, incoming.sent_at or now)
    if thread.has(incoming.sid):
        return None, None
    received = Message(**_row(incoming, sender, phone_hash, now))
    db.session.add(received)
    photos.expect(received, now)
    arrival = Arrival(
        clinic=sender.clinic,
        patient=patient,
        followed=followed,
        thread=messages.with_line(thread, received),
        received=received,
        incoming=incoming,
        now=now,
        from_old_number=sender.from_old_number,
    )
    return received, replies.take(arrival)


def _take_apart(
    incoming: Incoming, sender: _Sender | None, phone_hash: bytes, now: datetime
) -> tuple[Message | None, Answered | None]:
    """A text for no clinic, from the phone on call, from nobody's number, or before any treatment."""
    stored = _store(incoming, sender, phone_hash, now)
    if stored is None or sender is None:
        return stored, None
    clinic, patient, stranger = sender.clinic, sender.patient, sender.stranger
    if patient is not None:
        return stored, strangers.without_treatment(clinic, patient, stored, incoming, now)
    if stranger is not None:
        return stored, strangers.answer(clinic, stranger, stored, incoming, now)
    return stored, on_call.hear(clinic, stored, incoming, now)


def _sender(incoming: Incoming, phone_hash: bytes, now: datetime) -> _Sender | None:
    """Who wrote; None if the text is for no clinic. The phone on call is nobody's."""
    found = patients.locked_by_phone(incoming.to, phone_hash)
    if found is not None and not _is_on_call(found[0], phone_hash):
        return _Sender(*found, from_old_number=False, stranger=None)
    clinic = clinics.clinic_by_phone(incoming.to)
    if clinic is None:
        logger.warning("text_for_no_clinic", sid=incoming.sid)
        return None
    if _is_on_call(clinic, phone_hash):
        return _Sender(clinic, None, from_old_number=False, stranger=None)
    since = now - timedelta(days=DEFAULT.old_number_days)
    former = patients.patient_id_by_former_phone(clinic.id, phone_hash, since)
    patient = patients.locked_patient(former) if former else None
    if patient is not None and patient.erased_at is None:
        return _Sender(clinic, patient, patient.phone_hash != phone_hash, stranger=None)
    return _Sender(clinic, None, False, strangers.locked(clinic, incoming.sender, phone_hash, now))


def _is_on_call(clinic: Clinic, phone_hash: bytes) -> bool:
    return clinic.on_call_phone_hash is not None and hmac.compare_digest(
        clinic.on_call_phone_hash, phone_hash
    )


def _store(incoming: Incoming, sender: _Sender | None, phone_hash: bytes, now: datetime) -> Message | None:
    """Write the text down; None if this SID was written down before."""
    stored = added_if_new(Message, **_row(incoming, sender, phone_hash, now))
    if stored is not None:
        photos.expect(stored, now)
    return stored


def _row(incoming: Incoming, sender: _Sender | None, phone_hash: bytes, now: datetime) -> dict[str, Any]:
    patient = sender.patient if sender else None
    return {
        "id": new_id(),
        "clinic_id": sender.clinic.id if sender else None,
        "patient_id": patient.id if patient else None,
        "unknown_number_id": sender.stranger.id if sender and sender.stranger else None,
        "seq": patient.take_seq() if patient else None,
        "direction": "inbound",
        "dedupe_key": f"in:{incoming.sid}",
        "twilio_sid": incoming.sid,
        "phone": incoming.sender,
        "phone_hash": phone_hash,
        "clinic_phone": incoming.to[:64],
        "body": incoming.body,
        "body_hash": keyring().text_hash(incoming.body),
        "media_count": len(incoming.media),
        "media": "\n".join(incoming.media) or None,
        "status": "received",
        "sent_at": incoming.sent_at,
        "created_at": now,
    }


def _replayed(incoming: Incoming, now: datetime) -> Answered | None:
    """The same answer as a moment ago, if it went back with the webhook and not by a call of ours."""
    first = messages.message_by_key(f"in:{incoming.sid}")
    if first is None or now - first.created_at > REPLAY_FOR:
        return None
    answer = messages.answer_to(first.id)
    by_twiml = answer is not None and answer.claimed_at is not None and answer.owner is None
    return Answered(answer.id, answer.body) if answer and answer.body and by_twiml else None
