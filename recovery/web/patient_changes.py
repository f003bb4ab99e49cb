"""Changing who a patient is, and erasing her; nobody overwrites what she has not seen."""

from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import BooleanField, HiddenField

from recovery import zones
from recovery.db import db, reading, writing
from recovery.domain.errors import Conflict, Invalid, Stale
from recovery.models.clinic import Clinic
from recovery.models.patient import Patient
from recovery.phones import parsed
from recovery.queries import cases, clinics
from recovery.queries import patients as stored
from recovery.services import audit, clock
from recovery.services import patients as enrolled
from recovery.web.enrolment import example
from recovery.web.enrolment_forms import AGREED, PHONED, PersonForm, mark
from recovery.web.patients import back_to, existing
from recovery.web.sessions import actor, signed_in

patient_changes = Blueprint("patient_changes", __name__, url_prefix="/patients/<uuid:patient_id>")

CHANGED_MEANWHILE = (
    "Somebody else changed this while you had it open. Nothing of yours was saved; here is how it stands now."
)
_KEPT = ("name", "language", "timezone", "skin_type", "risk_facts")


class ChangeForm(PersonForm):
    """A patient as she stands, to be changed."""

    version = HiddenField()
    confirmed = BooleanField("I asked: the number is the patient’s own")


@patient_changes.get("/edit")
def show(patient_id: UUID) -> ResponseReturnValue:
    with reading():
        page = _page(existing(patient_id))
    _note_view(patient_id)
    return page


@patient_changes.post("/edit")
def change(patient_id: UUID) -> ResponseReturnValue:
    """Save what was changed, and only that; texts and cases follow."""
    with reading():
        existing(patient_id)
    form = ChangeForm()
    if not form.validate():
        return _again(patient_id, form)
    try:
        with writing():
            now, row = clock.now(), _locked(patient_id)
            check_version(form.version.data, row.version)
            number = row.phone
            changes = _changes(form, row, db.session.get_one(Clinic, row.clinic_id), now)
            if changes:
                enrolled.change(row, now, changes)
                audit.record(actor(), "change", "patient", [patient_id], now)
            is_new_number = row.phone is not None and row.phone != number
    except Invalid as wrong:
        mark(form, wrong, form.phone)
        return _again(patient_id, form)
    except Stale as stale:
        return _again(patient_id, None, 409, str(stale))
    except Conflict as conflict:
        return _again(patient_id, form, 409, str(conflict))
    flash("Saved." if changes else "Nothing was changed.", "done")
    if is_new_number and form.texting.data == AGREED:
        flash("The new number gets the welcome first; the check-ins go on after it.", "note")
    return redirect(back_to(patient_id), 303)


@patient_changes.get("/erase")
def ask_to_erase(patient_id: UUID) -> ResponseReturnValue:
    """What erasing means, before it is done."""
    return _erase_page(patient_id)


@patient_changes.post("/erase")
def erase(patient_id: UUID) -> ResponseReturnValue:
    """Erase her for good; not while an urgent case is open."""
    with reading():
        existing(patient_id)
    form = ChangeForm()
    try:
        with writing():
            now, row = clock.now(), _locked(patient_id)
            check_version(form.version.data, row.version)
            enrolled.erase(row, now)
            audit.record(actor(), "erase", "patient", [patient_id], now)
    except (Conflict, Stale) as refusal:
        return _erase_page(patient_id, str(refusal), 409)
    flash("Erased. The scores stay, without a name.", "done")
    return redirect(url_for("patients.find"), 303)


def check_version(seen: str | None, version: int) -> None:
    """Raises Stale where somebody changed a thing since the form was drawn."""
    if seen != str(version):
        raise Stale(CHANGED_MEANWHILE)


def _changes(form: ChangeForm, row: Patient, clinic: Clinic, now: datetime) -> dict[str, Any]:
    """Only what differs: a number given anew, even the same, would count as confirmed."""
    given = form.person()
    changes = {name: given[name] for name in _KEPT if given[name] != getattr(row, name)}
    number = parsed(given["phone"], clinic.region) if given["phone"] else None
    if number != row.phone or (row.number_doubted_at is not None and form.confirmed.data):
        changes["phone"] = given["phone"]
    agrees = form.texting.data == AGREED
    if agrees != (row.consented_at is not None):
        changes["consented_at"] = now if agrees else None
    return changes


def _locked(patient_id: UUID) -> Patient:
    row = stored.locked_patient(patient_id)
    if row is None or row.erased_at is not None or row.clinic_id != signed_in().clinic_id:
        abort(404)
    return row


def _again(
    patient_id: UUID, form: ChangeForm | None, status: int = 422, wrong: str | None = None
) -> ResponseReturnValue:
    with reading():
        page = _page(existing(patient_id), form, wrong)
    _note_view(patient_id)
    return page, status


def _note_view(patient_id: UUID) -> None:
    with writing():
        audit.record(actor(), "view", "patient", [patient_id], clock.now())


def _page(row: Patient, form: ChangeForm | None = None, wrong: str | None = None) -> str:
    clinic = clinics.clinic(row.clinic_id)
    return render_template(
        "patient_edit.html",
        patient=row,
        form=form or _filled(row),
        wrong=wrong,
        zones=zones.offered(),
        example=example(clinic.region if clinic else ""),
    )


def _filled(row: Patient) -> ChangeForm:
    return ChangeForm(
        formdata=None,
        name=row.name,
        phone=row.phone,
        texting=AGREED if row.consented_at is not None else PHONED,
        language=row.language,
        timezone=row.timezone,
        skin_type=row.skin_type or "",
        risk_facts=row.risk_facts,
        version=row.version,
    )


def _erase_page(patient_id: UUID, wrong: str | None = None, status: int = 200) -> ResponseReturnValue:
    with reading():
        row = existing(patient_id)
        urgent = cases.urgent_open_case(row.id)
        form = ChangeForm(formdata=None, version=row.version)
        page = render_template("patient_erase.html", patient=row, form=form, urgent=urgent, wrong=wrong)
    _note_view(patient_id)
    return page, status
