"""What a nurse does with one flagged case: each a form that posts, and then the case as it is now."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from flask import Blueprint, Response, abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from recovery.db import reading, writing
from recovery.domain import gsm7, snoozes
from recovery.domain.errors import Conflict, Invalid, Refusal, Stale
from recovery.domain.vocabulary import Outcome, ReportSource
from recovery.models.case import FlaggedCase
from recovery.models.patient import Patient
from recovery.queries import cases, patients, texts, treatments
from recovery.services import audit, clock, conversations, reports
from recovery.services import cases as casework
from recovery.services.values import hours_of
from recovery.web import case_forms as forms
from recovery.web import freshness
from recovery.web.case_forms import OnCase
from recovery.web.case_page import Returned, Seen, page, state
from recovery.web.doors import is_ours
from recovery.web.sessions import actor, signed_in

case = Blueprint("case", __name__, url_prefix="/flagged-cases/<uuid:case_id>")

Change = Callable[[Patient, FlaggedCase, datetime], None]


@case.get("")
def show(case_id: UUID) -> ResponseReturnValue:
    """The whole of one case; `canned` begins a text to the patient with one of the six."""
    return page(case_id, canned=request.args.get("canned"))


@case.get("/fresh")
def fresh(case_id: UUID) -> ResponseReturnValue:
    """Whether a page that is open still shows all that there is: 304, or 204 and nothing of the case."""
    with reading():
        row = cases.case(signed_in().clinic_id, case_id)
        if row is None:
            abort(404)
        events = cases.events_of([case_id]).get(case_id, 0)
        now = state(row, events, texts.texts_with(row.patient_id))
    before = freshness.before()
    answer = Response(status=304 if before is not None and before.state == now.state else 204)
    answer.set_etag(now.tag)
    return answer


@case.post("/acknowledge")
def acknowledge(case_id: UUID) -> ResponseReturnValue:
    """She has seen it and takes care of it."""
    return _changed(
        case_id,
        forms.Acknowledge(),
        "Acknowledged: the others see that you take care of it.",
        lambda _, row, now: casework.acknowledge(row, signed_in().id, now),
    )


@case.post("/assign")
def assign(case_id: UUID) -> ResponseReturnValue:
    form = forms.Assign()
    said = "The case has its person." if form.to.data else "The case is nobody's now."
    return _changed(
        case_id, form, said, lambda _, row, now: casework.assign(row, form.person(), signed_in().id, now)
    )


@case.post("/snooze")
def snooze(case_id: UUID) -> ResponseReturnValue:
    form = forms.Snooze()

    def put_away(patient: Patient, row: FlaggedCase, now: datetime) -> None:
        until = form.moment(snoozes.offered(hours_of(patient.clinic), now), signed_in().timezone)
        casework.snooze(row, until, signed_in().id, now)

    return _changed(case_id, form, "Put away. It comes back by itself.", put_away)


@case.post("/messages")
def text_patient(case_id: UUID) -> ResponseReturnValue:
    form = forms.TextPatient()
    return _changed(
        case_id,
        form,
        f"The text is on its way ({_length(form.text.data)}). Automatic texts wait until your talk is over.",
        lambda patient, row, now: conversations.text(
            patient, row, form.text.data, signed_in().id, now, form.sending()
        ),
    )


@case.post("/reports")
def add_report(case_id: UUID) -> ResponseReturnValue:
    """What the patient said by phone."""
    form = forms.PhoneReport()

    def log(patient: Patient, row: FlaggedCase, now: datetime) -> None:
        if patient.erased_at is not None:
            raise Conflict("This patient was erased.")
        told_at = form.moment(now, signed_in().timezone)
        reports.add(patient, row.treatment, form.said(), told_at, ReportSource.NURSE, now)

    return _changed(case_id, form, "The report is logged, and the case is looked at anew.", log)


@case.post("/notes")
def add_note(case_id: UUID) -> ResponseReturnValue:
    """A note can always be added: it takes nothing from anybody."""
    form = forms.Note()
    return _changed(
        case_id,
        form,
        "The note is kept.",
        lambda _, row, now: casework.note(row, signed_in().id, form.text.data, now),
    )


@case.post("/resolve")
def resolve(case_id: UUID) -> ResponseReturnValue:
    form = forms.Resolve()
    return _changed(
        case_id,
        form,
        "Resolved. The case is off the list.",
        lambda patient, row, now: casework.resolve(
            patient, row, signed_in().id, Outcome(form.outcome.data), form.note.data or None, now
        ),
    )


@case.post("/reopen")
def reopen(case_id: UUID) -> ResponseReturnValue:
    form = forms.Reopen()
    return _changed(
        case_id,
        form,
        "Opened again. The case is back on the list.",
        lambda patient, row, now: casework.reopen(patient, row, signed_in().id, form.reason.data, now),
    )


def _changed(case_id: UUID, form: OnCase, said: str, change: Change) -> ResponseReturnValue:
    """Do one thing to a case and show it again; what is refused comes back with all that was typed."""
    found = _existing(case_id)
    if not form.validate():
        return page(case_id, Returned(form))
    seen = Seen.told(form.seen.data)
    try:
        with writing():
            now = clock.now()
            patient, row = _locked(case_id, *found)
            if seen is not None:
                seen.check(form, row)
            change(patient, row, now)
            audit.record(actor(), form.section, "case", [case_id], now)
    except Invalid as invalid:
        form.take(invalid.errors)
        return page(case_id, Returned(form))
    except Refusal as refusal:
        return _refused(case_id, form, refusal, seen)
    flash(said, "done")
    return redirect(_back(form) or url_for("case.show", case_id=case_id), 303)


def _refused(case_id: UUID, form: OnCase, refusal: Refusal, seen: Seen | None) -> ResponseReturnValue:
    """Told on the list if she came from there, else on the case, which is as it is now."""
    back = _back(form)
    if back is not None:
        flash(str(refusal), "refused")
        return redirect(back, 303)
    events = seen.events if seen is not None and isinstance(refusal, Stale) else None
    return page(case_id, Returned(form, str(refusal), events))


def _back(form: OnCase) -> str | None:
    """The list from which she acted, if it was from there."""
    wanted = form.back.data if isinstance(form, forms.Acknowledge) else None
    return wanted if wanted and is_ours(wanted) else None


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


def _length(text: str) -> str:
    """How long a text is and how many it is sent as."""
    count = gsm7.segments(text)
    return f"{len(text)} characters, {'one text' if count == 1 else f'sent as {count} texts'}"
