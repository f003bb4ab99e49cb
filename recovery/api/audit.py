"""The route about the audit."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from recovery.api import cursors, finding
from recovery.api.answers import Answer
from recovery.api.schemas.audit import AuditEvents, AuditQuery
from recovery.api.sections import Section
from recovery.queries import audit as stored
from recovery.queries.audit import Filter, Row

section = Section("audit", "Who saw and changed what, by ids only.")


@section.reads("/audit", asks=AuditQuery, gives=AuditEvents, admin=True)
def list_audit(asked: dict[str, Any], now: datetime) -> Answer:
    """What people and programs of the clinic saw and changed, newest first; for admins.

    To look at it is recorded as well. Whether nothing was changed in it says `audit verify`, a command.
    """
    clinic = finding.clinic()
    about = asked.get("about")
    wanted = Filter(
        staff_id=asked.get("staff_id"),
        action=asked.get("action"),
        subject=asked.get("subject"),
        about=stored.hers(clinic.id, about) if about else (),
        since=asked.get("since"),
        until=asked.get("until"),
    )
    found = stored.events(clinic.id, wanted, cursors.after(asked), asked["limit"] + 1)
    rows, cursor = cursors.page(asked, found, lambda row: (row.at, row.id))
    people, tokens = stored.staff_of(clinic.id), stored.token_names(clinic.id)
    body = {"items": [_shown(row, people, tokens) for row in rows], "next_cursor": cursor}
    return Answer(body, "view", "audit", [clinic.id])


def _shown(row: Row, people: Mapping[UUID, str], tokens: Mapping[UUID, str]) -> dict[str, Any]:
    return {
        "id": str(row.id),
        "at": row.at.isoformat(),
        "staff": _named(row.staff_id, people),
        "token": _named(row.token_id, tokens),
        "action": row.action,
        "subject": row.subject,
        "subject_ids": row.subject_ids,
        "seq": row.seq,
    }


def _named(identity: UUID | None, names: Mapping[UUID, str]) -> dict[str, str | None] | None:
    return {"id": str(identity), "name": names.get(identity)} if identity is not None else None
