"""Playing a patient in development: she answers, and the clock is moved to what she gets next."""

from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from recovery import pictures
from recovery.db import db, new_id, reading, writing
from recovery.domain.days import local
from recovery.domain.errors import Conflict, NotFound
from recovery.models.clinic import Clinic
from recovery.models.patient import Patient
from recovery.pictures import NotAPicture
from recovery.queries import messages, texts
from recovery.queries import photos as found
from recovery.services import checkins, clock, inbox, outbox, photos, recoveries
from recovery.services.incoming import Incoming

MOVES = 30  # a check-in that is held or was answered sends nothing, and the next moment is tried
WAIT = timedelta(minutes=30)


def answer(patient_id: UUID, text: str, photo: bytes | None = None) -> None:
    """Take a text in as if her phone had sent it, and send what it is answered with.

    Raises Conflict for a patient without a phone, and for what is no photo.
    """
    content = _cleaned(photo) if photo is not None else None
    with writing():
        patient, clinic = _who(patient_id)
        if patient.phone is None:
            raise Conflict("This patient has no phone number.")
        sid = f"SM{new_id().hex}"
        media = ("phone page",) if content is not None else ()
        incoming = Incoming(sid, clinic.phone, patient.phone, text, media, from_twiml=False)
        now = clock.now()
        inbox.receive(incoming, now)
        if content is not None:
            _attach(sid, content, now)
    outbox.send_due(clock.now, ("answer", "safety"))


def skip(patient_id: UUID) -> bool:
    """Move the development clock to what falls due next for her, and do it; whether a text came of it.

    Where nothing is planned a day passes. Raises Conflict in production.
    """
    with reading():
        before = texts.texts_to(patient_id)
    for _ in range(MOVES):
        with writing():
            patient, clinic = _who(patient_id)
            at = clock.now()
            moment = _next_moment(patient, at)
            clock.skip_to(moment or _next_day(patient, clinic, at), at)
        _do_what_is_due()
        with reading():
            if texts.texts_to(patient_id) > before:
                return True
        if moment is None:
            return False
    return False


def _cleaned(photo: bytes) -> bytes:
    try:
        return pictures.cleaned(photo)
    except NotAPicture as error:
        raise Conflict(str(error)) from error


def _attach(sid: str, content: bytes, now: datetime) -> None:
    """No provider has it to be fetched from: it is kept at once."""
    message = messages.message_by_sid(sid)
    assert message is not None  # noqa: S101 (just received)
    for row in found.photos_of([message])[message.id]:
        photos.keep(row, content, now)


def _who(patient_id: UUID) -> tuple[Patient, Clinic]:
    patient = db.session.get(Patient, patient_id)
    if patient is None:
        raise NotFound("There is no such patient.")
    return patient, db.session.get_one(Clinic, patient.clinic_id)


def _next_moment(patient: Patient, now: datetime) -> datetime | None:
    due = texts.next_due(patient.id, now)
    if not texts.is_kept_waiting(patient.id, now):
        return due
    return min(due, now + WAIT) if due is not None else now + WAIT


def _next_day(patient: Patient, clinic: Clinic, now: datetime) -> datetime:
    today = now.astimezone(ZoneInfo(patient.timezone)).date()
    return local(today, 1, clinic.check_in_time, patient.timezone)


def _do_what_is_due() -> None:
    """What the clock's jobs would have done by now."""
    recoveries.review(clock.now)
    checkins.send_due(clock.now)
    checkins.send_due_reminders(clock.now)
    outbox.send_due(clock.now)
