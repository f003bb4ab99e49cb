"""Playing a patient in development: she answers, and the clock is moved to what she gets next."""

from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from recovery.db import db, new_id, reading, writing
from recovery.domain.days import local
from recovery.domain.errors import Conflict, NotFound
from recovery.models.clinic import Clinic
from recovery.models.patient import Patient
from recovery.queries import texts
from recovery.services import checkins, clock, inbox, outbox, recoveries
from recovery.services.incoming import Incoming

MOVES = 30  # a check-in that is held or was answered sends nothing, and the next moment is tried
WAIT = timedelta(minutes=30)


def answer(patient_id: UUID, text: str) -> None:
    """Take a text in as if her phone had sent it, and send what it is answered with.

    Raises Conflict for a patient without a phone.
    """
    with writing():
        patient, clinic = _who(patient_id)
        if patient.phone is None:
            raise Conflict("This patient has no phone number.")
        sid = f"SM{new_id().hex}"
        incoming = Incoming(sid, to=clinic.phone, sender=patient.phone, body=text, from_twiml=False)
        inbox.receive(incoming, clock.now())
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
