"""The texts that a patient is to get, and when: read from what was planned, worded as it will be sent."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from recovery.db import db
from recovery.domain import wording
from recovery.domain.vocabulary import CheckInKind, CheckInStatus
from recovery.models.clinic import Clinic
from recovery.models.patient import Patient
from recovery.models.treatment import Treatment
from recovery.queries import messages
from recovery.services import gate
from recovery.services.texts import compose, question
from recovery.services.values import protocol_of

_ENGLISH = "en"


@dataclass(frozen=True, slots=True)
class Ahead:
    """One text to come: `kind` is welcome, check_in or late; `english` where it is in another language."""

    kind: str
    day: int
    at: datetime
    body: str
    english: str | None


@dataclass(frozen=True, slots=True)
class Reminder:
    """What goes when a check-in is not answered: so many hours later, so many times at most."""

    body: str
    after_hours: int
    at_most: int


def texts(patient: Patient, treatment: Treatment) -> Sequence[Ahead]:
    """What is still ahead of a treatment, in order; nothing for somebody who is not texted."""
    if gate.texting(patient) != "on":
        return ()
    clinic = db.session.get_one(Clinic, patient.clinic_id)
    welcome = messages.welcome_of(treatment.id, patient.phone_hash or b"")
    ahead = []
    if welcome is not None and welcome.status == "queued":
        english = None if patient.language == _ENGLISH else compose("welcome", clinic, _ENGLISH)
        ahead.append(Ahead("welcome", 0, welcome.due_at or welcome.created_at, welcome.body or "", english))
    for each in treatment.check_ins:
        if each.status == CheckInStatus.PLANNED:
            asked, english = _question(clinic, patient, each.kind, each.day)
            ahead.append(Ahead(each.kind, each.day, each.due_at, asked, english))
    return sorted(ahead, key=lambda each: each.at)


def reminder(patient: Patient, treatment: Treatment) -> Reminder:
    """The reminder of this patient's check-ins."""
    clinic = db.session.get_one(Clinic, patient.clinic_id)
    protocol = protocol_of(treatment)
    body = compose(wording.reminder(patient.skin_type), clinic, patient.language)
    return Reminder(body, protocol.reminder_after_hours, protocol.reminders_at_most)


def _question(clinic: Clinic, patient: Patient, kind: str, day: int) -> tuple[str, str | None]:
    _, body = question(clinic, patient.language, patient.skin_type, CheckInKind(kind), day)
    if patient.language == _ENGLISH:
        return body, None
    return body, question(clinic, _ENGLISH, patient.skin_type, CheckInKind(kind), day)[1]
