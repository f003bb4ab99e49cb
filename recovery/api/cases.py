"""The routes about flagged cases: the nurse's worklist and what she does with a case."""

from datetime import datetime
from typing import Any
from uuid import UUID

from recovery.api import cursors, finding
from recovery.api.answers import Answer, if_match
from recovery.api.guard import actor
from recovery.api.schemas.cases import (
    Assignment,
    CaseDetail,
    CaseQuery,
    Cases,
    NewNote,
    NewText,
    Reopening,
    Resolution,
    Snooze,
)
from recovery.api.searching import phone_in
from recovery.api.sections import Section
from recovery.api.shapes import cases as shown
from recovery.db import db, keyring
from recovery.domain.vocabulary import Outcome
from recovery.models.case import FlaggedCase
from recovery.models.clinic import Clinic
from recovery.queries import cases as stored
from recovery.services import cases, conversations

section = Section("flagged-cases", "What a nurse must look at, most urgent first.")
_ONE = "/flagged-cases/<uuid:case_id>"


@section.reads("/flagged-cases", asks=CaseQuery, gives=Cases)
def list_cases(asked: dict[str, Any], now: datetime) -> Answer:
    """The worklist: most urgent first, then longest waiting.

    `status` may be repeated or hold several with commas; without it the open and acknowledged
    cases are listed. Each reason says in a sentence why the case was flagged.
    """
    clinic = finding.clinic()
    found = stored.worklist(clinic.id, _filter(asked, clinic), cursors.after(asked), asked["limit"] + 1)
    rows, cursor = cursors.page(asked, found, lambda row: (row.place, row.flagged_at, row.id))
    body = {"items": shown.worklist(rows, now), "next_cursor": cursor}
    return Answer(body, "list", "case", [row.id for row in rows])


@section.reads(_ONE, gives=CaseDetail, etag=True)
def show_case(case_id: UUID, now: datetime) -> Answer:
    """One case with its reasons, reports, every text with the patient, and its history."""
    return _one(finding.case(case_id), now, "view")


@section.writes("POST", f"{_ONE}/acknowledge", gives=CaseDetail, finds=finding.case)
def acknowledge(case_id: UUID, now: datetime) -> Answer:
    """Say that you have seen a case; 409 if somebody else has."""
    _, row = finding.locked_case(case_id)
    with if_match(row.version):
        cases.acknowledge(row, actor().staff_id, now)
    return _one(row, now, "acknowledge")


@section.writes("POST", f"{_ONE}/assign", takes=Assignment, gives=CaseDetail, finds=finding.case)
def assign(body: dict[str, Any], case_id: UUID, now: datetime) -> Answer:
    """Give a case to yourself (`me`), to a colleague by id, or to nobody (null)."""
    _, row = finding.locked_case(case_id)
    to = actor().staff_id if body["to"] == "me" else body["to"]
    with if_match(row.version):
        cases.assign(row, to, actor().staff_id, now)
    return _one(row, now, "assign")


@section.writes("POST", f"{_ONE}/snooze", takes=Snooze, gives=CaseDetail, finds=finding.case)
def snooze(body: dict[str, Any], case_id: UUID, now: datetime) -> Answer:
    """Put a case away until a moment within 14 days; a new or graver reason brings it back before."""
    _, row = finding.locked_case(case_id)
    with if_match(row.version):
        cases.snooze(row, body["until"], actor().staff_id, now)
    return _one(row, now, "snooze")


@section.writes("POST", f"{_ONE}/messages", takes=NewText, gives=CaseDetail, finds=finding.case)
def text_patient(body: dict[str, Any], case_id: UUID, now: datetime) -> Answer:
    """Text the patient in your own words, at once.

    Automatic texts wait for 4 hours after it. 409 for a patient who cannot be texted, with the reason.
    """
    patient, row = finding.locked_case(case_id)
    with if_match(row.version):
        conversations.text(patient, row, body["text"], actor().staff_id, now)
    return _one(row, now, "message")


@section.writes("POST", f"{_ONE}/notes", takes=NewNote, gives=CaseDetail, finds=finding.case)
def add_note(body: dict[str, Any], case_id: UUID, now: datetime) -> Answer:
    """Add a note, in any state."""
    _, row = finding.locked_case(case_id)
    with if_match(row.version):
        cases.note(row, actor().staff_id, body["text"], now)
    return _one(row, now, "note")


@section.writes("POST", f"{_ONE}/resolve", takes=Resolution, gives=CaseDetail, finds=finding.case)
def resolve(body: dict[str, Any], case_id: UUID, now: datetime) -> Answer:
    """Close a case with what came of it."""
    patient, row = finding.locked_case(case_id)
    outcome = Outcome(body["outcome"])
    with if_match(row.version):
        cases.resolve(patient, row, actor().staff_id, outcome, body.get("note"), now)
    return _one(row, now, "resolve")


@section.writes("POST", f"{_ONE}/reopen", takes=Reopening, gives=CaseDetail, finds=finding.case)
def reopen(body: dict[str, Any], case_id: UUID, now: datetime) -> Answer:
    """Open a resolved case again; 409 if the treatment has another that is not resolved."""
    patient, row = finding.locked_case(case_id)
    with if_match(row.version):
        cases.reopen(patient, row, actor().staff_id, body["reason"], now)
    return _one(row, now, "reopen")


def _filter(asked: dict[str, Any], clinic: Clinic) -> stored.Filter:
    to = asked.get("assigned_to")
    phone = phone_in(asked.get("q"), clinic)
    return stored.Filter(
        statuses=tuple(asked["status"]),
        priority=asked.get("priority"),
        rule=asked.get("rule"),
        assigned_to=actor().staff_id if to == "me" else None if to == "nobody" else to,
        unassigned=to == "nobody",
        q=asked.get("q"),
        phone_hash=keyring().phone_hash(phone) if phone else None,
    )


def _one(row: FlaggedCase, now: datetime, action: str) -> Answer:
    db.session.flush()
    return Answer(shown.detail(row, now), action, "case", [row.id], row.version, row.patient_id)
