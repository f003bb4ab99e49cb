"""The routes about enrolling: a patient with her treatment in one go, and what would follow."""

from datetime import datetime
from typing import Any

from recovery.api import finding
from recovery.api.answers import Answer
from recovery.api.schemas.enrolments import Enrolled, Enrolment, EnrolmentPreview
from recovery.api.sections import Section
from recovery.api.shapes.patients import patient as patient_shape
from recovery.api.shapes.treatments import treatment as treatment_shape
from recovery.api.shapes.values import local_to
from recovery.db import db, new_id
from recovery.services import enrolment, forecast, gate
from recovery.services.enrolment import Entered

section = Section("enrolments", "A patient and her treatment entered at once.")


@section.writes("POST", "/enrolments", takes=Enrolment, gives=Enrolled, status=201, etag=False)
def enrol_with_treatment(body: dict[str, Any], now: datetime) -> Answer:
    """Enrol a patient and begin her treatment, both or neither.

    What `POST /patients` and `POST /treatments` do, in one transaction.
    """
    done = _entered(body, now)
    begun = {**treatment_shape(done.patient, done.treatment, now), "warnings": done.warnings}
    shape = {"patient": patient_shape(done.patient), "treatment": begun}
    ids = [done.patient.id, done.treatment.id]
    return Answer(shape, "enrol", "patient", ids, patient_id=done.patient.id)


@section.writes("POST", "/enrolments/preview", takes=Enrolment, gives=EnrolmentPreview, etag=False)
def preview_enrolment(body: dict[str, Any], now: datetime) -> Answer:
    """Show the texts that a patient would get, and when; nothing is stored.

    It is refused for whatever the enrolment itself would be.
    """
    undone = db.session.begin_nested()
    try:
        shape = _preview(_entered(body, now))
    finally:
        undone.rollback()
    return Answer(shape, "preview", "patient", [])


def _entered(body: dict[str, Any], now: datetime) -> Entered:
    return enrolment.enrol(finding.clinic(), now, new_id(), body["patient"], body["treatment"])


def _preview(done: Entered) -> dict[str, Any]:
    local = local_to(done.patient.timezone)
    reminder = forecast.reminder(done.patient, done.treatment)
    return {
        "phone": done.patient.phone,
        "texting": gate.texting(done.patient),
        "warnings": done.warnings,
        "texts": [
            {
                "kind": each.kind,
                "day": each.day,
                "at": local(each.at),
                "body": each.body,
                "english": each.english,
            }
            for each in forecast.texts(done.patient, done.treatment)
        ],
        "reminder": {
            "body": reminder.body,
            "after_hours": reminder.after_hours,
            "at_most": reminder.at_most,
        },
    }
