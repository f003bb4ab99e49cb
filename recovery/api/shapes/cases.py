"""A flagged case as JSON: a line of the worklist, and the whole of it."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from recovery.api.shapes.photos import photo
from recovery.api.shapes.treatments import core_scores, day, reason, report
from recovery.api.shapes.values import local_to, text
from recovery.domain import triage
from recovery.domain.triage_evidence import Scored
from recovery.models.case import CaseEvent, FlaggedCase
from recovery.models.message import Message, Photo
from recovery.queries import cases, messages, photos, reports, staff, treatments
from recovery.services import gate
from recovery.services.values import told


def worklist(rows: Sequence[FlaggedCase], now: datetime) -> list[dict[str, Any]]:
    """Lines of the list; the reports of all of them come in one query."""
    told_of = reports.scored([row.treatment_id for row in rows])
    return [_case(row, told_of[row.treatment_id], now) for row in rows]


def detail(row: FlaggedCase, now: datetime) -> dict[str, Any]:
    """One case with its reports, every text with the patient, and what was done about it."""
    zone = row.patient.timezone
    standing = treatments.standing_reports(row.treatment)
    events = cases.history(row.id)
    names = staff.names(event.staff_id for event in events if event.staff_id is not None)
    thread = messages.thread(row.patient_id)
    came = photos.photos_of(thread)
    return {
        **_case(row, [told(each) for each in standing], now),
        "texting": gate.texting(row.patient),
        "conversation_until": local_to(zone)(row.patient.conversation_until),
        "reports": [report(each, zone) for each in standing],
        "thread": [_message(each, came[each.id], zone) for each in thread],
        "history": [_event(each, names, zone) for each in events],
    }


def _case(row: FlaggedCase, told_now: Sequence[Scored], now: datetime) -> dict[str, Any]:
    patient, treatment = row.patient, row.treatment
    zone, local = patient.timezone, local_to(patient.timezone)
    latest = next((each for each in reversed(told_now) if each.has_core_score), None)
    return {
        "id": str(row.id),
        "status": row.status,
        "priority": row.priority,
        "flagged_at": local(row.flagged_at),
        "due_at": local(row.due_at),
        "version": row.version,
        "patient": {
            "id": str(patient.id),
            "name": patient.name,
            "phone": patient.phone,
            "language": patient.language,
            "risk_facts": patient.risk_facts,
        },
        "treatment": {
            "id": str(treatment.id),
            "treated_at": local(treatment.treated_at),
            "day": day(treatment, zone, now),
            "needle_depth_mm": treatment.needle_depth_mm,
        },
        "reasons": [reason(each, zone) for each in row.flags],
        "latest_report": {"day": latest.day, "scores": core_scores(latest.scores)} if latest else None,
        "trend": triage.trend(told_now).value,
        "assigned_to": text(row.assigned_to_id),
        "acknowledged_by": text(row.acknowledged_by_id),
        "acknowledged_at": local(row.acknowledged_at),
        "snoozed_until": local(row.snoozed_until),
        "resolved_at": local(row.resolved_at),
        "outcome": row.outcome,
        "unread_messages": row.unread_messages,
    }


def _message(row: Message, came: Sequence[Photo], timezone: str) -> dict[str, Any]:
    return {
        "id": str(row.id),
        "direction": row.direction,
        "body": row.body,
        "media_count": row.media_count,
        "photos": [photo(each) for each in came],
        "at": local_to(timezone)(row.at),
        "status": row.status,
        "kind": row.kind,
        "written_by": text(row.written_by_id),
        "intent": row.intent,
        "reading": json.loads(row.reading) if row.reading else None,
    }


def _event(row: CaseEvent, names: dict[UUID, str], timezone: str) -> dict[str, Any]:
    return {
        "at": local_to(timezone)(row.at),
        "action": row.action,
        "by": text(row.staff_id),
        "by_name": names.get(row.staff_id) if row.staff_id else None,
        "note": row.note,
        "detail": row.detail,
    }
