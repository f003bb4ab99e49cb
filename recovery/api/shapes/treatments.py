"""A treatment as JSON, with its check-ins, reports and flags."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from recovery.api.schemas.treatments import FOLLOW_UP
from recovery.api.shapes.values import local_to
from recovery.domain.days import day_of
from recovery.domain.vocabulary import CORE, OTHER, Score
from recovery.models.case import Flag
from recovery.models.patient import Patient
from recovery.models.report import Report
from recovery.models.treatment import CheckIn, Treatment
from recovery.queries import cases, treatments
from recovery.services import gate
from recovery.services.values import protocol_of


def treatment(patient: Patient, row: Treatment, now: datetime) -> dict[str, Any]:
    """As a person should see it at `now`; `follow_up` stands for its status while a case does."""
    zone, local = patient.timezone, local_to(patient.timezone)
    expected = protocol_of(row).expected(row.needle_depth_mm, row.device)
    return {
        "id": str(row.id),
        "patient_id": str(row.patient_id),
        "treated_at": local(row.treated_at),
        "day": day(row, zone, now),
        "version": row.version,
        "status": FOLLOW_UP if cases.standing_case(row) else row.status,
        "area": row.area,
        "needle_depth_mm": row.needle_depth_mm,
        "device": row.device,
        "indication": row.indication,
        "serum": row.serum,
        "next_session_on": row.next_session_on.isoformat() if row.next_session_on else None,
        "notes": row.notes,
        "recovered_at": local(row.recovered_at),
        "ended_at": local(row.ended_at),
        "end_reason": row.end_reason,
        "expected_days": expected.days,
        "texting": gate.texting(patient),
        "check_ins": [_check_in(each, zone) for each in row.check_ins],
        "reports": [report(each, zone) for each in treatments.standing_reports(row)],
        "flags": [reason(each, zone) for each in cases.flags_of_treatment(row.id)],
    }


def day(row: Treatment, timezone: str, now: datetime) -> int:
    """Calendar days since the treatment in the patient's zone, 0 also while it is ahead."""
    return max(day_of(row.treated_at, now, timezone), 0)


def report(row: Report, timezone: str) -> dict[str, Any]:
    given = row.scores
    return {
        "id": str(row.id),
        "day": row.day,
        "reported_at": local_to(timezone)(row.reported_at),
        "source": row.source,
        "scores": core_scores(given),
        "approximate": [symptom for symptom, score in given.items() if score.approximate],
        "other": {symptom: given[symptom].value for symptom in OTHER if symptom in given},
        "red_flags": row.red_flags,
        "concerns": row.concerns,
        "note": row.note,
    }


def core_scores(given: Mapping[str, Score]) -> dict[str, int]:
    return {symptom: given[symptom].value for symptom in CORE if symptom in given}


def reason(row: Flag, timezone: str) -> dict[str, Any]:
    local = local_to(timezone)
    return {
        "rule": row.rule,
        "symptom": row.symptom,
        "priority": row.priority,
        "day": row.day,
        "score": row.score,
        "opened_at": local(row.opened_at),
        "ended_at": local(row.ended_at),
        "withdrawn_at": local(row.withdrawn_at),
        "explanation": row.explanation,
    }


def _check_in(row: CheckIn, timezone: str) -> dict[str, Any]:
    local = local_to(timezone)
    return {
        "kind": row.kind,
        "day": row.day,
        "due_at": local(row.due_at),
        "status": row.status,
        "sent_at": local(row.sent_at),
        "answered_at": local(row.answered_at),
    }
