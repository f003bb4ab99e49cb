"""The phone page: play a patient of the demonstration, and skip ahead to her next text."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from recovery import context, pictures
from recovery.db import reading, writing
from recovery.domain.days import day_of
from recovery.domain.errors import Refusal
from recovery.models.patient import Patient
from recovery.models.treatment import Treatment
from recovery.queries import cases, patients, photos, texts, treatments
from recovery.services import audit, clock, playing
from recovery.web.forms import Reply
from recovery.web.lines import standing_reasons
from recovery.web.sessions import actor, signed_in

phone = Blueprint("phone", __name__, url_prefix="/phone")

SHOWN = 50


@dataclass(frozen=True, slots=True)
class Choice:
    """One patient to play; `treatment` is her latest."""

    patient: Patient
    treatment: Treatment | None
    day: int


def is_here() -> bool:
    """Whether there is a phone page at all: in development, while texts stay in the database."""
    return not context.config().is_production and context.gateway().name == "console"


@phone.url_value_preprocessor
def allow_photos(endpoint: str | None, _values: object) -> None:
    """Before anybody reads the form: a photo may be larger than the rest of the app takes."""
    if endpoint == "phone.answer" and is_here():
        request.max_content_length = pictures.BYTES_AT_MOST + 100_000


@phone.before_request
def check() -> None:
    if not is_here():
        abort(404)


@phone.get("")
def front() -> ResponseReturnValue:
    """The patient who came last, with a phone if there is one."""
    with reading():
        newest = patients.newest_patients(signed_in().clinic_id, None, None, None, SHOWN)
        first = next((each.id for each in newest if each.phone is not None), None)
    if first is None:
        return render_template("phone_empty.html")
    return redirect(url_for("phone.show", patient_id=first))


@phone.get("/<uuid:patient_id>")
def show(patient_id: UUID) -> ResponseReturnValue:
    """Her texts as her phone shows them."""
    return _page(patient_id)


@phone.post("/<uuid:patient_id>/answers")
def answer(patient_id: UUID) -> ResponseReturnValue:
    """She sends a text, and perhaps a photo with it."""
    form = Reply()
    if not form.validate():
        return _page(patient_id, form)
    _check_hers(patient_id)
    try:
        playing.answer(patient_id, form.text.data, form.photo.data.read() if form.photo.data else None)
    except Refusal as refusal:
        flash(str(refusal), "refused")
    return redirect(url_for("phone.show", patient_id=patient_id, _anchor="phone"), 303)


@phone.post("/<uuid:patient_id>/skip")
def skip(patient_id: UUID) -> ResponseReturnValue:
    """The development clock goes ahead to what she gets next."""
    _check_hers(patient_id)
    try:
        texted = playing.skip(patient_id)
    except Refusal as refusal:
        flash(str(refusal), "refused")
    else:
        if not texted:
            flash("Time has passed, and no text was due for this patient.", "done")
    return redirect(url_for("phone.show", patient_id=patient_id, _anchor="phone"), 303)


def _check_hers(patient_id: UUID) -> None:
    with reading():
        if _patient(patient_id) is None:
            abort(404)


def _patient(patient_id: UUID) -> Patient | None:
    found = patients.patient(signed_in().clinic_id, patient_id)
    return found if found is not None and found.erased_at is None else None


def _page(patient_id: UUID, wrong: Reply | None = None) -> ResponseReturnValue:
    with reading():
        patient = _patient(patient_id)
        if patient is None:
            abort(404)
        now = clock.now()
        newest = patients.newest_patients(patient.clinic_id, None, None, None, SHOWN)
        treatment = treatments.latest_treatment(patient.id)
        thread = texts.on_the_phone(patient.id, patient.phone_hash)
        flagged = cases.standing_case(treatment) if treatment else None
        page = render_template(
            "phone.html",
            patient=patient,
            clinic=patient.clinic,
            choices=_choices(newest, now),
            thread=thread,
            photos=photos.photos_of(thread),
            flagged=flagged,
            reasons=standing_reasons(flagged) if flagged else (),
            ahead=clock.offset(),
            form=wrong or Reply(formdata=None),
            now=now,
            zone=patient.timezone,
        )
    with writing():
        audit.record(actor(), "view", "patient", [patient_id], now)
    return page, 422 if wrong else 200


def _choices(newest: Sequence[Patient], now: datetime) -> list[Choice]:
    return [_choice(each, now) for each in newest]


def _choice(patient: Patient, now: datetime) -> Choice:
    treatment = treatments.latest_treatment(patient.id)
    day = day_of(treatment.treated_at, now, patient.timezone) if treatment else 0
    return Choice(patient, treatment, max(day, 0))
