"""One flagged case: why, what was said and written, what was done, and what a nurse can do now."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from recovery.db import reading, writing
from recovery.domain import triage
from recovery.domain.days import day_of
from recovery.domain.errors import Refusal
from recovery.domain.vocabulary import Outcome
from recovery.models.case import FlaggedCase
from recovery.models.patient import Patient
from recovery.queries import cases, messages, patients, photos, staff, treatments
from recovery.services import audit, clock, gate
from recovery.services import cases as casework
from recovery.services.values import protocol_of, told
from recovery.web import banners
from recovery.web.forms import OUTCOMES, Note, Reopen, Resolve
from recovery.web.sessions import actor, signed_in
from recovery.web.worklist import standing_reasons

case = Blueprint("case", __name__, url_prefix="/flagged-cases/<uuid:case_id>")

Change = Callable[[Patient, FlaggedCase, datetime], None]
Form = Note | Resolve | Reopen


@case.get("")
def show(case_id: UUID) -> ResponseReturnValue:
    """The whole of one case."""
    return _page(case_id)


@case.post("/acknowledge")
def acknowledge(case_id: UUID) -> ResponseReturnValue:
    """She has seen it and takes care of it."""
    return _changed(
        case_id,
        "acknowledge",
        "Acknowledged: the others see that you take care of it.",
        lambda _, row, now: casework.acknowledge(row, signed_in().id, now),
    )


@case.post("/notes")
def add_note(case_id: UUID) -> ResponseReturnValue:
    form = Note()
    if not form.validate():
        return _page(case_id, form)
    return _changed(
        case_id,
        "note",
        "The note is kept.",
        lambda _, row, now: casework.note(row, signed_in().id, form.text.data, now),
    )


@case.post("/resolve")
def resolve(case_id: UUID) -> ResponseReturnValue:
    form = Resolve()
    if not form.validate():
        return _page(case_id, form)
    outcome, text = Outcome(form.outcome.data), form.note.data or None
    return _changed(
        case_id,
        "resolve",
        "Resolved. The case is off the list.",
        lambda patient, row, now: casework.resolve(patient, row, signed_in().id, outcome, text, now),
    )


@case.post("/reopen")
def reopen(case_id: UUID) -> ResponseReturnValue:
    form = Reopen()
    if not form.validate():
        return _page(case_id, form)
    return _changed(
        case_id,
        "reopen",
        "Opened again. The case is back on the list.",
        lambda patient, row, now: casework.reopen(patient, row, signed_in().id, form.reason.data, now),
    )


def _changed(case_id: UUID, action: str, said: str, change: Change) -> ResponseReturnValue:
    """Do one thing to a case and show it again; what is not allowed now is said in a sentence."""
    found = _existing(case_id)
    try:
        with writing():
            now = clock.now()
            patient, row = _locked(case_id, *found)
            change(patient, row, now)
            audit.record(actor(), action, "case", [case_id], now)
    except Refusal as refusal:
        flash(str(refusal), "refused")
    else:
        flash(said, "done")
    return redirect(url_for("case.show", case_id=case_id), 303)


def _existing(case_id: UUID) -> tuple[UUID, UUID]:
    """The patient and treatment of a case of her clinic; else there is no such page."""
    with reading():
        found = cases.case(signed_in().clinic_id, case_id)
        if found is None:
            abort(404)
        return found.patient_id, found.treatment_id


def _locked(case_id: UUID, patient_id: UUID, treatment_id: UUID) -> tuple[Patient, FlaggedCase]:
    patient = patients.locked_patient(patient_id)
    treatments.locked_treatment(treatment_id)
    row = cases.locked_case(case_id)
    if patient is None or row is None:
        abort(404)
    return patient, row


def _page(case_id: UUID, wrong: Form | None = None) -> ResponseReturnValue:
    """The page; with a form that was not filled in rightly, and what is missing in it."""
    with reading():
        now = clock.now()
        row = cases.case(signed_in().clinic_id, case_id)
        if row is None:
            abort(404)
        page = _rendered(row, wrong, now)
    with writing():
        audit.record(actor(), "view", "case", [case_id], now)
    return page, 422 if wrong else 200


def _rendered(row: FlaggedCase, wrong: Form | None, now: datetime) -> str:
    treatment, patient, here = row.treatment, row.patient, signed_in()
    history = cases.history(row.id)
    involved = {event.staff_id for event in history} | {row.acknowledged_by_id}
    expected = protocol_of(treatment).expected(treatment.needle_depth_mm, treatment.device)
    standing = treatments.standing_reports(treatment.id)
    held = standing_reasons(row)
    thread = messages.thread(patient.id)
    return render_template(
        "case.html",
        case=row,
        patient=patient,
        treatment=treatment,
        texting=gate.texting(patient),
        day=max(day_of(treatment.treated_at, now, patient.timezone), 0),
        expected_days=expected.days,
        reasons=held,
        past_reasons=[each for each in row.flags if each not in held],
        trend=triage.trend([told(each) for each in standing]),
        reports=treatments.reports(treatment.id),
        thread=thread,
        photos=photos.photos_of(thread),
        history=history,
        names=staff.names(each for each in involved if each is not None),
        outcomes={each.value: said for each, said in OUTCOMES.items()},
        note=wrong if isinstance(wrong, Note) else Note(formdata=None),
        resolution=wrong if isinstance(wrong, Resolve) else Resolve(formdata=None),
        reopening=wrong if isinstance(wrong, Reopen) else Reopen(formdata=None),
        banners=banners.standing(here.clinic_id, now),
        now=now,
        zone=here.timezone,
    )
