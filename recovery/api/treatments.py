"""The routes about treatments and what patients report of them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from recovery.api import finding
from recovery.api.answers import Answer, if_match
from recovery.api.guard import actor
from recovery.api.schemas.treatments import (
    AddedReport,
    BegunTreatment,
    Ending,
    NewReport,
    NewTreatment,
    Treatment,
    TreatmentChange,
)
from recovery.api.sections import Section
from recovery.api.shapes import treatments as shown
from recovery.db import db
from recovery.domain.errors import Conflict
from recovery.domain.vocabulary import SYMPTOMS, EndReason, ReportSource, Score
from recovery.models.patient import Patient
from recovery.models.treatment import Treatment as Row
from recovery.services import reports, treatments
from recovery.services.reports import Said

section = Section("treatments", "Sessions of micro-needling and the recoveries that follow.")
_ONE = "/treatments/<uuid:treatment_id>"


@section.writes("POST", "/treatments", takes=NewTreatment, gives=BegunTreatment, status=201)
def begin(body: dict[str, Any], now: datetime) -> Answer:
    """Begin a recovery.

    Plans its texts and ends an earlier recovery of this patient. `warnings` says what the person
    who enters it should hear at once. 409 for a second treatment on one local day.
    """
    patient = finding.locked_patient(body.pop("patient_id"))
    row = treatments.begin(patient, now, **body)
    warnings = treatments.warnings(patient, row, now)
    body = {**shown.treatment(patient, row, now), "warnings": warnings}
    return Answer(body, "begin", "treatment", [row.id], row.version, patient.id)


@section.reads(_ONE, gives=Treatment, etag=True)
def show_treatment(treatment_id: UUID, now: datetime) -> Answer:
    """Show a treatment with its check-ins, reports and flags."""
    row = finding.treatment(treatment_id)
    return _one(row.patient, row, now, "view")


@section.writes("PATCH", _ONE, takes=TreatmentChange, gives=Treatment, finds=finding.treatment)
def change_treatment(body: dict[str, Any], treatment_id: UUID, now: datetime) -> Answer:
    """Correct a treatment: unsent texts are planned anew, reports assessed again."""
    patient, row = _of_a_person(treatment_id)
    with if_match(row.version):
        treatments.change(patient, row, now, body)
    return _one(patient, row, now, "change")


@section.writes("POST", f"{_ONE}/end", takes=Ending, gives=Treatment, finds=finding.treatment)
def end_treatment(body: dict[str, Any], treatment_id: UUID, now: datetime) -> Answer:
    """End a recovery: all its unsent texts are cancelled."""
    patient, row = _of_a_person(treatment_id)
    with if_match(row.version):
        treatments.end(row, now, EndReason(body["reason"]))
    return _one(patient, row, now, "end")


@section.writes(
    "POST",
    f"{_ONE}/reports",
    takes=NewReport,
    gives=AddedReport,
    status=201,
    finds=finding.treatment,
    etag=False,
)
def add_report(body: dict[str, Any], treatment_id: UUID, now: datetime) -> Answer:
    """Log what the patient said by phone or in an app; it is assessed at once."""
    patient, row = _of_a_person(treatment_id)
    scores = {name: Score.exact(body[name]) for name in SYMPTOMS if body.get(name) is not None}
    source = ReportSource.APP if actor().token_id else ReportSource.NURSE
    said = Said(scores, note=body.get("note"))
    with if_match(row.version):
        report, case = reports.add(patient, row, said, body.get("reported_at", now), source, now)
    db.session.flush()
    added = {"treatment_id": str(row.id), "case_id": str(case.id) if case else None}
    body = {**shown.report(report, patient.timezone), **added}
    return Answer(body, "report", "treatment", [row.id], patient_id=patient.id)


def _of_a_person(treatment_id: UUID) -> tuple[Patient, Row]:
    """The locked rows of somebody who was not erased, for a decision."""
    patient, row = finding.locked_treatment(treatment_id)
    if patient.erased_at is not None:
        raise Conflict("This patient was erased.")
    return patient, row


def _one(patient: Patient, row: Row, now: datetime, action: str) -> Answer:
    body = shown.treatment(patient, row, now)
    return Answer(body, action, "treatment", [row.id], row.version, patient.id)
