"""The routes about patients."""

from datetime import datetime
from typing import Any
from uuid import UUID

from recovery.api import cursors, finding
from recovery.api.answers import Answer, if_match
from recovery.api.schemas.patients import (
    NewPatient,
    PatientChange,
    PatientDetail,
    PatientQuery,
    Patients,
)
from recovery.api.searching import phone_in
from recovery.api.sections import Section
from recovery.api.shapes.patients import patient as shown
from recovery.api.shapes.patients import patient_detail
from recovery.models.patient import Patient as Row
from recovery.queries import patients as stored
from recovery.services import patients

section = Section("patients", "The people who are followed.")


@section.writes("POST", "/patients", takes=NewPatient, gives=PatientDetail, status=201)
def enrol(body: dict[str, Any], now: datetime) -> Answer:
    """Enrol a patient.

    `phone` and `consented_at` may be null: such a patient is not texted, and a nurse is reminded.
    409 when the number is already a patient's of this clinic.
    """
    return _one(patients.enrol(finding.clinic(), now, **body), "enrol")


@section.reads("/patients", asks=PatientQuery, gives=Patients)
def list_patients(asked: dict[str, Any], now: datetime) -> Answer:
    """Find patients, newest first.

    `q` is a phone number in any form, exactly, or words of a name: each word of two letters or
    more must begin a word of the name.
    """
    clinic = finding.clinic()
    phone = phone_in(asked.get("q"), clinic)
    found = stored.newest_patients(clinic.id, asked.get("q"), phone, cursors.after(asked), asked["limit"] + 1)
    rows, cursor = cursors.page(asked, found, lambda row: (row.created_at, row.id))
    body = {"items": [shown(row) for row in rows], "next_cursor": cursor}
    return Answer(body, "list", "patient", [row.id for row in rows])


@section.reads("/patients/<uuid:patient_id>", gives=PatientDetail, etag=True)
def show_patient(patient_id: UUID, now: datetime) -> Answer:
    """Show a patient: also whether she is texted, and her treatments and cases."""
    return _one(finding.patient(patient_id), "view")


@section.writes(
    "PATCH", "/patients/<uuid:patient_id>", takes=PatientChange, gives=PatientDetail, finds=finding.patient
)
def change_patient(body: dict[str, Any], patient_id: UUID, now: datetime) -> Answer:
    """Change a patient.

    A new number gets the welcome first; a new zone moves the texts that are not yet sent; new risk
    facts are assessed at once. A number given anew, even the same, is thereby confirmed.
    """
    row = finding.locked_patient(patient_id)
    with if_match(row.version):
        patients.change(row, now, body)
    return _one(row, "change")


@section.writes("DELETE", "/patients/<uuid:patient_id>", gives=None, status=204, finds=finding.patient)
def erase_patient(patient_id: UUID, now: datetime) -> Answer:
    """Erase a patient.

    Removes name, phone and texts, and keeps anonymous scores; an opt-out outlives it. 409 while an
    urgent or emergency case is open.
    """
    row = finding.locked_patient(patient_id)
    with if_match(row.version):
        patients.erase(row, now)
    return Answer(None, "erase", "patient", [row.id])


def _one(row: Row, action: str) -> Answer:
    return Answer(patient_detail(row), action, "patient", [row.id], row.version, row.id)
