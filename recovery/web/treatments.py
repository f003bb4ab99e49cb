"""Correcting and ending a treatment; nobody overwrites what she has not seen."""

from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Blueprint, abort, flash, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from wtforms import HiddenField, SelectField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired

from recovery.db import reading, writing
from recovery.domain.errors import Conflict, Invalid, Stale
from recovery.domain.vocabulary import EndReason
from recovery.models.patient import Patient
from recovery.models.treatment import Treatment
from recovery.queries import patients
from recovery.queries import treatments as stored
from recovery.services import audit, clock
from recovery.services import treatments as recovering
from recovery.web.enrolment_forms import TreatmentForm, mark
from recovery.web.patient_changes import check_version
from recovery.web.patients import back_to
from recovery.web.sessions import actor, signed_in

treatment = Blueprint("treatment", __name__, url_prefix="/treatments/<uuid:treatment_id>")

REASONS = {
    EndReason.ENTERED_IN_ERROR: "Entered in error",
    EndReason.PATIENT_REQUEST: "The patient asks for it",
    EndReason.OTHER: "Another reason",
}


class EndForm(FlaskForm):  # type: ignore[misc]
    version = HiddenField()
    reason = SelectField(
        "Why",
        choices=[
            SelectChoice("", "Choose…"),
            *(SelectChoice(str(each), said) for each, said in REASONS.items()),
        ],
        validators=[InputRequired("Please choose why.")],
    )


@treatment.get("/edit")
def show(treatment_id: UUID) -> ResponseReturnValue:
    with reading():
        page = _page(_existing(treatment_id))
        now = clock.now()
    with writing():
        audit.record(actor(), "view", "treatment", [treatment_id], now)
    return page


@treatment.post("/edit")
def change(treatment_id: UUID) -> ResponseReturnValue:
    """Save what was corrected, and only that: unsent texts are planned anew, reports assessed again."""
    with reading():
        _existing(treatment_id)
    form = TreatmentForm()
    if not form.validate():
        return _again(treatment_id, form)
    try:
        with writing():
            now, (patient, row) = clock.now(), _locked(treatment_id)
            check_version(form.version.data, row.version)
            changes = _changes(form, row)
            if changes:
                recovering.change(patient, row, now, changes)
                audit.record(actor(), "change", "treatment", [treatment_id], now)
            patient_id = patient.id
    except Invalid as wrong:
        mark(form, wrong, form.treated_at)
        return _again(treatment_id, form)
    except Stale as stale:
        return _again(treatment_id, None, 409, str(stale))
    except Conflict as conflict:
        return _again(treatment_id, form, 409, str(conflict))
    flash("Saved; texts that are not sent yet follow." if changes else "Nothing was changed.", "done")
    return redirect(back_to(patient_id), 303)


@treatment.post("/end")
def end(treatment_id: UUID) -> ResponseReturnValue:
    """End the recovery: its unsent texts are cancelled."""
    with reading():
        _existing(treatment_id)
    form = EndForm()
    if not form.validate():
        return _again(treatment_id, None, ending=form)
    try:
        with writing():
            now, (patient, row) = clock.now(), _locked(treatment_id)
            check_version(form.version.data, row.version)
            recovering.end(row, now, EndReason(form.reason.data))
            audit.record(actor(), "end", "treatment", [treatment_id], now)
            patient_id = patient.id
    except (Conflict, Stale) as refusal:
        return _again(treatment_id, None, 409, str(refusal))
    flash("Ended. No more texts go for this treatment.", "done")
    return redirect(back_to(patient_id), 303)


def _changes(form: TreatmentForm, row: Treatment) -> dict[str, Any]:
    """Only what differs; the form shows a moment to the minute."""
    given = form.treatment(signed_in().timezone)
    if form.treated_at.data.replace(second=0) == _wall(row.treated_at):
        del given["treated_at"]
    return {name: value for name, value in given.items() if value != getattr(row, name)}


def _wall(at: datetime) -> datetime:
    here = ZoneInfo(signed_in().timezone)
    return at.astimezone(here).replace(second=0, microsecond=0, tzinfo=None)


def _existing(treatment_id: UUID) -> Treatment:
    found = stored.treatment(signed_in().clinic_id, treatment_id)
    if found is None or found.patient.erased_at is not None:
        abort(404)
    return found


def _locked(treatment_id: UUID) -> tuple[Patient, Treatment]:
    """The patient's row first, then the treatment's."""
    found = stored.treatment(signed_in().clinic_id, treatment_id)
    patient = patients.locked_patient(found.patient_id) if found else None
    row = stored.locked_treatment(treatment_id)
    if patient is None or row is None or patient.erased_at is not None:
        abort(404)
    return patient, row


def _again(
    treatment_id: UUID,
    form: TreatmentForm | None,
    status: int = 422,
    wrong: str | None = None,
    ending: EndForm | None = None,
) -> ResponseReturnValue:
    with reading():
        page = _page(_existing(treatment_id), form, wrong, ending)
    with writing():
        audit.record(actor(), "view", "treatment", [treatment_id], clock.now())
    return page, status


def _page(
    row: Treatment, form: TreatmentForm | None = None, wrong: str | None = None, ending: EndForm | None = None
) -> str:
    return render_template(
        "treatment_edit.html",
        treatment=row,
        patient=row.patient,
        form=form or _filled(row),
        ending=ending or EndForm(formdata=None, version=row.version),
        has_ended=row.end_reason is not None,
        wrong=wrong,
        zone=signed_in().timezone,
    )


def _filled(row: Treatment) -> TreatmentForm:
    depth = row.needle_depth_mm
    return TreatmentForm(
        formdata=None,
        version=row.version,
        treated_at=_wall(row.treated_at),
        needle_depth_mm=f"{depth:g}" if depth is not None else "",
        device=row.device or "",
        area=row.area or "",
        indication=row.indication or "",
        serum=row.serum or "",
        next_session_on=row.next_session_on,
        notes=row.notes or "",
    )
