"""Patients with something to see: flagged by what they wrote, through the real services."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

from recovery.db import db, reading, writing
from recovery.models.case import FlaggedCase
from recovery.models.clinic import Clinic
from recovery.models.patient import Patient
from recovery.queries import cases, treatments
from recovery.services import inbox
from recovery.services.incoming import Incoming
from tests import make


def wrote(clinic: Clinic, patient: Patient, text: str, at: datetime = make.NOON) -> None:
    with writing():
        incoming = Incoming(
            f"SM{uuid4().hex}", to=clinic.phone, sender=patient.phone or "", body=text, from_twiml=False
        )
        inbox.receive(incoming, at)


def flagged(clinic: Clinic, text: str = "red 4, swelling 0, itching 0", days: int = 4, **who: str) -> UUID:
    """A case that this text opened just now, by a patient treated `days` ago; its id."""
    then = make.NOON - timedelta(days=days)
    patient = make.patient(clinic, then, **who)
    make.treatment(patient, then)
    wrote(clinic, patient, text)
    return case_of(patient)


def case_of(patient: Patient) -> UUID:
    with reading():
        treatment = treatments.latest_treatment(patient.id)
        assert treatment is not None
        found = cases.standing_case(treatment)
        assert found is not None
        return found.id


def case(case_id: UUID) -> FlaggedCase:
    db.session.rollback()
    return db.session.get_one(FlaggedCase, case_id, populate_existing=True)
