"""Texts from numbers that are no patient's: read, dismissed, or put on the page of whose they are."""

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import cast
from uuid import UUID

from flask import Blueprint, Flask, abort, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from wtforms import StringField

from recovery.db import db, reading, writing
from recovery.domain.errors import Conflict
from recovery.models.message import Message
from recovery.models.patient import Patient, UnknownNumber
from recovery.phones import looked_for
from recovery.queries import clinics, patients, photos
from recovery.queries import strangers as stored
from recovery.services import attaching, audit, clock, strangers
from recovery.web import sessions
from recovery.web.enrolment_forms import clean
from recovery.web.sessions import actor, signed_in

unknown_texts = Blueprint("unknown_texts", __name__, url_prefix="/unknown-texts")

AT_MOST = 50  # on one page; the others follow as these are seen to
FOUND_AT_MOST = 10


@dataclass(frozen=True, slots=True)
class Wrote:
    """One number, what it wrote, and whose it may be."""

    number: UnknownNumber
    texts: Sequence[Message]
    maybe: Patient | None


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many numbers wait to be read, and the gravest danger that one of them named."""

    count: int
    gravest: str | None


class AttachForm(FlaskForm):  # type: ignore[misc]
    patient_id = StringField(filters=[clean])


def set_up(app: Flask) -> None:
    """Every page tells how many wait, so that nobody overlooks them."""
    app.jinja_env.globals["unknown_waiting"] = _waiting


def _waiting() -> Waiting | None:
    """Counted once a page, within its own unit of work where it is drawn in one; None for nobody's page."""
    here = sessions.current()
    if here is None or not here.is_authenticated:
        return None
    if "unknown_waiting" not in g:
        with nullcontext() if db.session().in_transaction() else reading():
            g.unknown_waiting = _counted(here.clinic_id)
    return cast(Waiting | None, g.unknown_waiting)


def leave_uncounted() -> None:
    """For the page of a fault of ours, which may be the database's: it is not asked again for that."""
    g.setdefault("unknown_waiting", None)


def _counted(clinic_id: UUID) -> Waiting:
    counts = stored.how_many_wait(clinic_id)
    gravest = next((each for each in ("emergency", "urgent") if counts.get(each)), None)
    return Waiting(sum(counts.values()), gravest)


@unknown_texts.get("")
def show() -> ResponseReturnValue:
    """What waits to be read: those in danger first, then the latest."""
    here = signed_in()
    with reading():
        now = clock.now()
        rows = stored.waiting(here.clinic_id, AT_MOST)
        lines = _wrote(rows)
        came = photos.photos_of([text for line in lines for text in line.texts])
        page = render_template(
            "unknown_texts.html", lines=lines, photos=came, at_most=AT_MOST, zone=here.timezone, now=now
        )
        seen = [row.id for row in rows]
        named = [line.maybe.id for line in lines if line.maybe]
    if seen:
        with writing():
            audit.record(actor(), "list", "unknown_number", seen, now)
            if named:
                audit.record(actor(), "list", "patient", named, now)
    return page


@unknown_texts.post("/<uuid:number_id>/dismiss")
def dismiss(number_id: UUID) -> ResponseReturnValue:
    """She has read it and nothing more is to be done; the next text brings the number back."""
    with writing():
        now, row = clock.now(), _locked(number_id)
        strangers.dismiss(row, now)
        audit.record(actor(), "dismiss", "unknown_number", [number_id], now)
    flash("Dismissed. Its next text brings the number back.", "done")
    return redirect(url_for("unknown_texts.show"), 303)


@unknown_texts.get("/<uuid:number_id>/attach")
def choose(number_id: UUID) -> ResponseReturnValue:
    """Whose it is: she is searched for by name or number."""
    return _choice(number_id)


@unknown_texts.post("/<uuid:number_id>/attach")
def attach(number_id: UUID) -> ResponseReturnValue:
    """Read what this number wrote as that patient's."""
    with reading():
        _existing(number_id)
    patient_id = _id(AttachForm().patient_id.data)
    if patient_id is None or not _is_ours(patient_id):
        return _choice(number_id, "Please choose one of the clinic's patients.", 422)
    try:
        with writing():
            now, patient = clock.now(), patients.locked_patient(patient_id)
            if patient is None:
                abort(404)
            moved = attaching.attach(patient, _locked(number_id), now)
            if moved:
                audit.record(actor(), "attach", "unknown_number", [number_id, patient_id], now)
    except Conflict as conflict:
        return _choice(number_id, str(conflict), 409)
    flash("The texts stand on this page now and were read as this patient’s. Nothing was answered.", "done")
    flash(
        "The patient’s number was not changed. If that other number is the new one, enter it under Change.",
        "note",
    )
    return redirect(url_for("patients.show", patient_id=patient_id), 303)


def _wrote(rows: Sequence[UnknownNumber]) -> list[Wrote]:
    texts = stored.texts_of([row.id for row in rows])
    return [
        Wrote(row, [text for text in texts if text.unknown_number_id == row.id], _maybe(row)) for row in rows
    ]


def _maybe(row: UnknownNumber) -> Patient | None:
    """Whose number it is by now, or whose earlier texts it wrote."""
    found = patients.patient_id_by_phone(row.clinic_id, row.phone_hash) or row.patient_id
    patient = patients.patient(row.clinic_id, found) if found else None
    return patient if patient is not None and patient.erased_at is None else None


def _choice(number_id: UUID, wrong: str | None = None, status: int = 200) -> ResponseReturnValue:
    here, q = signed_in(), clean(request.args.get("q"))[:200]
    with reading():
        now = clock.now()
        (line,) = _wrote([_existing(number_id)])
        found = _found(here.clinic_id, q) if q else [line.maybe] if line.maybe else []
        page = render_template(
            "unknown_attach.html",
            line=line,
            photos=photos.photos_of(line.texts),
            found=found,
            q=q,
            wrong=wrong,
            zone=here.timezone,
            now=now,
        )
        seen = [each.id for each in (*found, line.maybe) if each]
    with writing():
        audit.record(actor(), "view", "unknown_number", [number_id], now)
        if seen:
            audit.record(actor(), "list", "patient", seen, now)
    return page, status


def _found(clinic_id: UUID, q: str) -> Sequence[Patient]:
    clinic = clinics.clinic(clinic_id)
    phone = looked_for(q, clinic.region if clinic else "")
    return patients.newest_patients(clinic_id, q, phone, None, FOUND_AT_MOST)


def _existing(number_id: UUID) -> UnknownNumber:
    found = stored.unknown_number(signed_in().clinic_id, number_id)
    if found is None:
        abort(404)
    return found


def _locked(number_id: UUID) -> UnknownNumber:
    """The same row; looked for once more, because it is locked thereby."""
    return _existing(number_id)


def _is_ours(patient_id: UUID) -> bool:
    with reading():
        found = patients.patient(signed_in().clinic_id, patient_id)
        return found is not None and found.erased_at is None


def _id(given: str) -> UUID | None:
    try:
        return UUID(given)
    except ValueError:
        return None
