"""The one place where evidence meets a treatment's case: rows in, the pure rules, rows out."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from recovery.db import db, new_id
from recovery.domain import casework, triage
from recovery.domain.casework import Case, Past, Reason
from recovery.domain.triage import Evidence
from recovery.domain.vocabulary import CaseStatus, Outcome, Priority, Rule
from recovery.models.case import CaseEvent, Flag, FlaggedCase
from recovery.models.patient import Patient
from recovery.models.treatment import Treatment
from recovery.queries import cases, treatments
from recovery.services import on_call
from recovery.services.values import facts_of, hours_of, protocol_of, told

_FIELDS = (
    "priority",
    "day",
    "score",
    "explanation",
    "basis",
    "opened_at",
    "last_at",
    "due_at",
    "withdrawn_at",
    "ended_at",
    "escalated",
)


def assess(
    patient: Patient,
    treatment: Treatment,
    now: datetime,
    extra: Sequence[Evidence] = (),
    *,
    silence_broken: bool = False,
    cases_locked: bool = False,
) -> FlaggedCase | None:
    """Bring the treatment's case up to date with its reports and with the `extra` evidence of now.

    The patient's row must be locked. Doing it twice changes nothing. Gives the case that stands.
    """
    if not cases_locked:
        db.session.flush()  # what is changed and not yet written is not read back as it was
        cases.lock_cases(treatment)
    protocol, facts = protocol_of(treatment), facts_of(treatment, patient)
    reports = [told(report) for report in treatments.standing_reports(treatment)]
    row, closed = cases.standing_case(treatment), cases.closed_cases(treatment)
    evidence = (*triage.assess(protocol, facts, reports), *extra)
    before = as_case(row) if row else None
    after = casework.update(
        protocol,
        hours_of(patient.clinic),
        before,
        _past(closed),
        evidence,
        reports,
        facts,
        now,
        since_seq=max((each.closed_seq or 0 for each in closed), default=0),
        silence_broken=silence_broken,
    )
    if after is None or after == before:
        return row
    row = row or _new_case(patient, treatment, now)
    keep(row, before, after, now)
    if after.status == CaseStatus.RESOLVED:
        row.closed_seq = patient.take_seq()
    return None if after.status == CaseStatus.RESOLVED else row


def keep(
    row: FlaggedCase,
    before: Case | None,
    after: Case,
    now: datetime,
    *,
    by_person: bool = False,
    woken: bool = False,
) -> None:
    """Write a case's new state to its rows; what the system did itself gets a line in its history.

    `woken`: it is open again because its snooze ran out, and for nothing new.
    """
    changed = _keep_reasons(row, after.reasons)
    row.priority = after.priority
    row.place = Priority.EMERGENCY.rank - after.priority.rank
    row.flagged_at = after.flagged_at
    row.due_at = after.due_at
    row.status = after.status
    if after.status == CaseStatus.OPEN and not after.acknowledged:
        row.acknowledged_at = row.acknowledged_by_id = row.snoozed_until = None
    if after.status == CaseStatus.RESOLVED:
        row.resolved_at = row.resolved_at or now
        row.outcome = after.outcome
    if before is not None and (changed or before.status != after.status):
        row.version += 1
    if changed:
        row.treatment.version += 1
    on_call.follow(row, before, after, now)
    action = _what_happened(before, after)
    if action and not by_person:
        log(row, "woken" if woken and action == "flagged_again" else action, now)


def log(
    row: FlaggedCase,
    action: str,
    now: datetime,
    staff_id: UUID | None = None,
    note: str | None = None,
    **detail: Any,
) -> None:
    """One line of a case's history; without staff it was the system."""
    db.session.add(
        CaseEvent(
            clinic_id=row.clinic_id,
            case_id=row.id,
            staff_id=staff_id,
            action=action,
            note=note,
            detail=detail,
            at=now,
        )
    )


def as_case(row: FlaggedCase) -> Case:
    return Case(
        status=CaseStatus(row.status),
        priority=Priority(row.priority),
        flagged_at=row.flagged_at,
        due_at=row.due_at,
        reasons=tuple(_as_reason(flag) for flag in row.flags),
        acknowledged=row.acknowledged_at is not None,
        outcome=Outcome(row.outcome) if row.outcome else None,
    )


def _new_case(patient: Patient, treatment: Treatment, now: datetime) -> FlaggedCase:
    row = FlaggedCase(
        id=new_id(),
        clinic_id=patient.clinic_id,
        patient_id=patient.id,
        treatment_id=treatment.id,
        treatment=treatment,
        status=CaseStatus.OPEN,
        priority=Priority.ROUTINE,
        place=Priority.EMERGENCY.rank,
        flagged_at=now,
        due_at=now,
        unread_messages=0,
        version=1,
        created_at=now,
    )
    db.session.add(row)
    return row


def _keep_reasons(row: FlaggedCase, reasons: tuple[Reason, ...]) -> bool:
    """Write each reason to its flag; whether anything but a day or a due time changed."""
    flags = {(flag.rule, flag.symptom): flag for flag in row.flags}
    changed = False
    for reason in reasons:
        flag = flags.get(reason.key)
        if flag is None:
            flag = Flag(clinic_id=row.clinic_id, rule=reason.rule, symptom=reason.symptom, sources=[])
            row.flags.append(flag)
            changed = True
        elif _as_reason(flag) == reason:
            continue
        changed = True
        for name in _FIELDS:
            setattr(flag, name, getattr(reason, name))
        flag.sources = list(reason.sources)
    return changed


def _as_reason(flag: Flag) -> Reason:
    values = {name: getattr(flag, name) for name in _FIELDS}
    values["priority"] = Priority(flag.priority)
    return Reason(rule=Rule(flag.rule), symptom=flag.symptom, sources=tuple(flag.sources), **values)


def _past(closed: Sequence[FlaggedCase]) -> Past | None:
    resolved = [row for row in closed if row.outcome != Outcome.CLEARED]
    if not resolved:
        return None
    reasons = tuple(_as_reason(flag) for row in resolved for flag in row.flags)
    return Past(reasons, max(row.closed_seq or 0 for row in resolved))


def _what_happened(before: Case | None, after: Case) -> str | None:
    if before is None:
        return "flagged"
    if after.status == CaseStatus.RESOLVED and before.status != CaseStatus.RESOLVED:
        return "cleared"
    was_seen = before.status != CaseStatus.OPEN or before.acknowledged
    if after.status == CaseStatus.OPEN and was_seen and not after.acknowledged:
        return "flagged_again"
    return None
