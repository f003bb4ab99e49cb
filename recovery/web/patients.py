"""The patients of the nurse's clinic: found by name or number, and the page of one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask import Blueprint, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue

from recovery.db import reading, writing
from recovery.domain.days import day_of
from recovery.domain.vocabulary import EndReason
from recovery.models.case import FlaggedCase
from recovery.models.patient import Patient
from recovery.models.report import Report
from recovery.models.treatment import CheckIn, Treatment
from recovery.phones import looked_for
from recovery.queries import cases, clinics, recoveries, treatments
from recovery.queries import patients as stored
from recovery.services import audit, clock, gate
from recovery.services.values import protocol_of
from recovery.web import cursors
from recovery.web.enrolment_forms import RISKS, SKINS, clean
from recovery.web.sessions import actor, signed_in
from recovery.web.shown import date_words

patients = Blueprint("patients", __name__, url_prefix="/patients")

A_PAGE = 25
LONGEST_SEARCH = 200


@dataclass(frozen=True, slots=True)
class Line:
    """One patient of the list, with where she stands."""

    patient: Patient
    treatment: Treatment | None
    day: int | None
    case: FlaggedCase | None


@dataclass(frozen=True, slots=True)
class Recovery:
    """One treatment on a patient's page, with what was asked and said."""

    treatment: Treatment
    day: int
    expected_days: int
    check_ins: Sequence[CheckIn]
    reports: Sequence[Report]


@patients.get("")
def find() -> ResponseReturnValue:
    """One page of the list, newest first; `q` is a number in any form or words of a name."""
    here, q = signed_in(), clean(request.args.get("q"))[:LONGEST_SEARCH]
    after = cursors.after(f"patients {q}")
    with reading():
        now, clinic = clock.now(), clinics.clinic(here.clinic_id)
        region = clinic.region if clinic else ""
        phone = looked_for(q or None, region)
        rows = stored.newest_patients(here.clinic_id, q or None, phone, after, A_PAGE + 1)
        shown = rows[:A_PAGE]
        last = shown[-1] if len(rows) > A_PAGE else None
        page = render_template(
            "patients.html",
            lines=_lines(shown, now),
            q=q,
            later=cursors.cursor(f"patients {q}", last.created_at, last.id) if last else None,
            is_first=after is None,
            zone=here.timezone,
        )
        seen = [row.id for row in shown]
    if seen:
        with writing():
            audit.record(actor(), "list", "patient", seen, now)
    return page


@patients.get("/<uuid:patient_id>")
def show(patient_id: UUID) -> ResponseReturnValue:
    """One patient: who she is, whether she is texted, her treatments and cases."""
    with reading():
        now, patient = clock.now(), existing(patient_id)
        page = render_template(
            "patient.html",
            patient=patient,
            texting=texting_words(patient),
            is_texted=gate.can_be_texted(patient) and gate.texting(patient) == "on",
            recoveries=_recoveries(patient, now),
            cases=recoveries.cases_of(patient.id),
            urgent=cases.urgent_open_case(patient.id),
            risks=RISKS,
            skins=SKINS,
            zone=signed_in().timezone,
            now=now,
        )
    with writing():
        audit.record(actor(), "view", "patient", [patient_id], now)
    return page


def existing(patient_id: UUID) -> Patient:
    """A patient of the nurse's clinic who was not erased; else there is no such page."""
    found = stored.patient(signed_in().clinic_id, patient_id)
    if found is None or found.erased_at is not None:
        abort(404)
    return found


def texting_words(patient: Patient) -> str:
    """Whether she is texted, and if not why and what brings it back."""
    zone = signed_in().timezone
    state = gate.texting(patient)
    if state == "opted_out":
        standing = stored.standing_opt_outs(patient.clinic_id, patient.id, patient.phone_hash)
        since = date_words(min(each.opted_out_at for each in standing), zone)
        who = "The patient" if any(each.patient_id == patient.id for each in standing) else "This number"
        back = "Only the patient’s own START takes that back: phone instead."
        return f"{who} asked for no more texts on {since}. {back}"
    if state == "declined":
        return "Has not agreed to texts: phone instead."
    if state == "no_phone":
        return "Has no phone that is texted: see the notes for another way."
    if patient.number_doubted_at is not None:
        since = date_words(patient.number_doubted_at, zone)
        return (
            f"Somebody answered on {since} that this is not the patient’s number. No text goes to it "
            "until you have confirmed or changed it."
        )
    return "Gets texts."


def _lines(rows: Sequence[Patient], now: datetime) -> list[Line]:
    ids = [row.id for row in rows]
    treated, flagged = recoveries.latest_treatments(ids), recoveries.flagged_patients(ids)
    return [_line(row, treated.get(row.id), flagged.get(row.id), now) for row in rows]


def _line(patient: Patient, treatment: Treatment | None, case: FlaggedCase | None, now: datetime) -> Line:
    day = max(day_of(treatment.treated_at, now, patient.timezone), 0) if treatment else None
    return Line(patient, treatment, day, case)


def _recoveries(patient: Patient, now: datetime) -> list[Recovery]:
    rows = treatments.treatments_of(patient.id)
    ids = [row.id for row in rows]
    asked, told = recoveries.check_ins_of(ids), recoveries.reports_of(ids)
    return [
        Recovery(
            treatment=row,
            day=max(day_of(row.treated_at, now, patient.timezone), 0),
            expected_days=protocol_of(row).expected(row.needle_depth_mm, row.device).days,
            check_ins=[] if row.end_reason == EndReason.ENTERED_IN_ERROR else asked[row.id],
            reports=told[row.id],
        )
        for row in rows
    ]


def back_to(patient_id: UUID) -> str:
    return url_for("patients.show", patient_id=patient_id)
