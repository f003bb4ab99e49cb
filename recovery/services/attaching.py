"""What a number of nobody wrote turns out to be a patient's: read as hers, as of when she wrote it.

Each text goes the way of one that was found late: its day, check-in and treatment are those of its own
time, it corrects nothing that was said after it, and what stands in it is triaged. Nothing is answered:
the number had its answer when it wrote. It does not become her number either; a nurse changes that on
purpose, and until she does the next text from it stands among the unknown ones again. So its STOP and
START are of that number alone; a nurse is told of the STOP, and asks her.
"""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
import structlog
from sqlalchemy.exc import SQLAlchemyError

from recovery.db import db
from recovery.domain.errors import Conflict
from recovery.domain.vocabulary import Intent
from recovery.models.clinic import Clinic
from recovery.models.message import Message, Photo
from recovery.models.patient import Patient, UnknownNumber
from recovery.queries import messages, strangers, treatments
from recovery.services import replies, unread
from recovery.services.incoming import Incoming
from recovery.services.understanding import Arrival

logger = structlog.get_logger()

# What the provider took as a keyword was read as one; it is told again, because only the meaning is kept.
_KEYWORDS = {Intent.OPT_OUT: "STOP", Intent.OPT_IN: "START", Intent.HELP: "HELP"}


def attach(patient: Patient, stranger: UnknownNumber, now: datetime) -> int:
    """Give a locked patient what a locked unknown number wrote; how many texts that were.

    Done again for the same patient it changes nothing. Raises Conflict for a patient without a
    treatment, to which a text could belong, and where the texts are another patient's already.
    """
    if patient.erased_at is not None:
        raise Conflict("This patient was erased.")
    texts = strangers.texts_of([stranger.id])
    if not texts:
        if stranger.patient_id == patient.id:
            return 0
        raise Conflict("Nothing that this number wrote waits any more; somebody else has seen to it.")
    if treatments.latest_treatment(patient.id) is None:
        raise Conflict("This patient has no treatment yet. Enter it first, then attach the texts.")
    clinic = db.session.get_one(Clinic, patient.clinic_id)
    for text in sorted(texts, key=lambda each: (each.written_at, each.id)):
        _move(text, patient)
        _read(clinic, patient, text, now)
    stranger.patient_id, stranger.dismissed_at, stranger.priority = patient.id, now, None
    db.session.flush()
    return len(texts)


def _move(text: Message, patient: Patient) -> None:
    """The text, what came with it and what answered it are the patient's, in her order."""
    answers = db.session.scalars(sa.select(Message).where(Message.answers_id == text.id)).all()
    _give([text, *answers], patient)
    text.sent_at = text.written_at
    text.unknown_number_id = None
    db.session.execute(sa.update(Photo).where(Photo.message_id == text.id).values(patient_id=patient.id))
    db.session.flush()


def _give(rows: Sequence[Message], patient: Patient) -> None:
    for row in rows:
        if row.patient_id != patient.id:
            row.patient_id, row.seq = patient.id, patient.take_seq()


def _read(clinic: Clinic, patient: Patient, text: Message, now: datetime) -> None:
    """Through the same reading and triage as any text of hers; one that we fail on is left to a nurse."""
    incoming = _as_it_came(clinic, text)
    speaks_for_another = text.intent == Intent.WRONG_PERSON  # of this number, and not of hers
    try:
        with db.session.begin_nested():
            followed = treatments.locked_of(patient)
            assert followed is not None  # noqa: S101 (`attach` looked)
            replies.take_in(
                Arrival(
                    clinic=clinic,
                    patient=patient,
                    followed=followed,
                    thread=messages.thread_with(text),
                    received=text,
                    incoming=incoming,
                    now=now,
                    from_old_number=speaks_for_another,
                )
            )
    except SQLAlchemyError:
        raise
    except Exception as error:
        logger.error("text_not_taken", message=str(text.id), error=type(error).__name__)
        unread.leave(clinic, patient, None, text, incoming, now)


def _as_it_came(clinic: Clinic, text: Message) -> Incoming:
    return Incoming(
        sid=text.twilio_sid or "",
        to=clinic.phone,
        sender=text.phone or "",
        body=text.body or "",
        media=tuple(text.media.split("\n")) if text.media else ("",) * text.media_count,
        opt_out_type=_KEYWORDS.get(Intent(text.intent)) if text.intent else None,
        sent_at=text.sent_at,
        from_twiml=False,
    )
