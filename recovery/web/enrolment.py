"""Enrolling a patient with her treatment, or entering another one: filled in, shown what follows, kept."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import phonenumbers
from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from recovery import zones
from recovery.db import reading, writing
from recovery.domain.errors import Conflict, Invalid
from recovery.models.clinic import Clinic
from recovery.models.patient import Patient
from recovery.queries import clinics, patients
from recovery.services import audit, clock, forecast, gate
from recovery.services import enrolment as entering
from recovery.services.enrolment import Entered
from recovery.services.forecast import Ahead, Reminder
from recovery.web import tickets
from recovery.web.enrolment_forms import AGREED, EnrolForm, TreatmentForm, mark
from recovery.web.sessions import actor, signed_in

enrolment = Blueprint("enrolment", __name__, url_prefix="/patients")

Enter = Callable[[Clinic, datetime], Entered]


@dataclass(frozen=True, slots=True)
class Preview:
    """What would follow: the texts, where they go and on whose clock, what to hear first."""

    texting: str
    phone: str | None
    timezone: str
    warnings: list[str]
    texts: Sequence[Ahead]
    reminder: Reminder


@enrolment.get("/new")
def show() -> ResponseReturnValue:
    """The empty form, with the clinic's own language, zone and time."""
    with reading():
        here = _clinic()
        form = EnrolForm(
            formdata=None,
            ticket=tickets.new(),
            treated_at=clock_now(here),
            language=here.language,
            timezone=here.timezone,
        )
        return _page(form, here)


@enrolment.post("/new")
def enrol() -> ResponseReturnValue:
    """What would follow, or the enrolment itself: patient and treatment in one unit of work."""
    form = EnrolForm()
    patient_id = tickets.named(form.ticket.data)
    if not form.validate():
        return _again(form, 422)

    def enter(here: Clinic, now: datetime) -> Entered:
        agreed_at = now if form.texting.data == AGREED else None
        person = {**form.person(), "consented_at": agreed_at}
        return entering.enrol(here, now, patient_id, person, form.treatment(here.timezone))

    return _entered(form, enter)


@enrolment.get("/<uuid:patient_id>/treatments/new")
def show_treatment(patient_id: UUID) -> ResponseReturnValue:
    """The form for another treatment of a patient."""
    with reading():
        patient, here = _existing(patient_id), _clinic()
        form = TreatmentForm(formdata=None, ticket=tickets.new(), treated_at=clock_now(here))
        page = _page(form, here, patient=patient)
    with writing():
        audit.record(actor(), "view", "patient", [patient_id], clock.now())
    return page


@enrolment.post("/<uuid:patient_id>/treatments/new")
def begin(patient_id: UUID) -> ResponseReturnValue:
    """What would follow, or the treatment itself."""
    with reading():
        _existing(patient_id)
    form = TreatmentForm()
    treatment_id = tickets.named(form.ticket.data)
    if not form.validate():
        return _again(form, 422, patient_id=patient_id)

    def enter(here: Clinic, now: datetime) -> Entered:
        patient = patients.locked_patient(patient_id)
        if patient is None or patient.erased_at is not None:
            abort(404)
        return entering.begin(patient, now, treatment_id, form.treatment(here.timezone))

    return _entered(form, enter, patient_id)


def clock_now(here: Clinic) -> datetime:
    """Now on the clinic's wall, to the minute."""
    return clock.now().astimezone(ZoneInfo(here.timezone)).replace(second=0, microsecond=0, tzinfo=None)


def _entered(form: TreatmentForm, enter: Enter, patient_id: UUID | None = None) -> ResponseReturnValue:
    """Enter it; for a preview all of it is done, read and undone, so that both refuse the same."""
    keeps = request.form.get("do") == "enter"
    taken: UUID | None = None
    try:
        with writing() as session:
            now, here = clock.now(), _clinic()
            taken = _taken(form, here)
            done = enter(here, now)
            preview = _preview(done)
            entered = (done.patient.id, done.treatment.id)
            if not done.is_new:
                audit.record(actor(), "view", "patient", [done.patient.id], now)
            elif keeps:
                _audit(entered, now, is_enrolment=patient_id is None)
            else:
                session.rollback()
    except Invalid as wrong:
        mark(form, wrong, form.treated_at)
        return _again(form, 422, patient_id=patient_id)
    except Conflict as conflict:
        return _again(form, 409, patient_id=patient_id, wrong=str(conflict), taken=taken)
    if not keeps:
        return _again(form, 200, patient_id=patient_id, preview=preview)
    flash("Enrolled." if patient_id is None else "The treatment has begun.", "done")
    for sentence in preview.warnings:
        flash(sentence, "note")
    return redirect(url_for("patients.show", patient_id=entered[0]), 303)


def _taken(form: TreatmentForm, here: Clinic) -> UUID | None:
    """The patient who has the typed number already, if another than the form's own."""
    if not isinstance(form, EnrolForm):
        return None
    found = entering.whose(here, form.phone.data or None)
    return found.id if found is not None and found.id != tickets.named(form.ticket.data) else None


def _preview(done: Entered) -> Preview:
    patient = done.patient
    return Preview(
        texting=gate.texting(patient),
        phone=patient.phone,
        timezone=patient.timezone,
        warnings=done.warnings,
        texts=forecast.texts(patient, done.treatment),
        reminder=forecast.reminder(patient, done.treatment),
    )


def _audit(entered: tuple[UUID, UUID], now: datetime, *, is_enrolment: bool) -> None:
    if is_enrolment:
        audit.record(actor(), "enrol", "patient", [entered[0]], now)
    audit.record(actor(), "begin", "treatment", [entered[1]], now)


def _again(
    form: TreatmentForm, status: int, *, patient_id: UUID | None = None, **shown: Any
) -> ResponseReturnValue:
    """The form as it was filled in, with what is wrong or what would follow."""
    with reading():
        patient = _existing(patient_id) if patient_id else None
        other = patients.patient(signed_in().clinic_id, shown.pop("taken", None) or UUID(int=0))
        page = _page(form, _clinic(), patient=patient, other=other, **shown)
        seen, now = [each.id for each in (patient, other) if each], clock.now()
    if seen:
        with writing():
            audit.record(actor(), "view", "patient", seen, now)
    return page, status


def _page(form: TreatmentForm, here: Clinic, **shown: Any) -> str:
    return render_template(
        "enrol.html",
        form=form,
        here=here,
        zones=zones.offered(),
        example=example(here.region),
        enrols=isinstance(form, EnrolForm),
        **shown,
    )


def example(region: str) -> str:
    """A mobile number as people there write it."""
    number = phonenumbers.example_number_for_type(region, phonenumbers.PhoneNumberType.MOBILE)
    if number is None:
        return "+1 647-555-0123"
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL))


def _existing(patient_id: UUID) -> Patient:
    found = patients.patient(signed_in().clinic_id, patient_id)
    if found is None or found.erased_at is not None:
        abort(404)
    return found


def _clinic() -> Clinic:
    found = clinics.clinic(signed_in().clinic_id)
    assert found is not None  # noqa: S101 (she is of its staff)
    return found
