"""Our app with one more route: the worklist at the least that it can cost; `bench.rival:create_app()`.

It stands behind the same guard, reads the same rows by statements of SQLAlchemy Core, opens the same sealed
columns and writes them with json.dumps. It keeps no audit, works nothing out, and loads no object.
"""

import json
from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask import Flask, Response, request
from sqlalchemy.orm import Session

from recovery.api.guard import PREFIX, actor
from recovery.db import reading
from recovery.models.case import Flag, FlaggedCase
from recovery.models.clinic import Clinic
from recovery.models.patient import Patient
from recovery.models.report import Report
from recovery.models.treatment import Treatment

_PATH = f"{PREFIX}/bench/flagged-cases"
_case, _patient, _treatment = FlaggedCase.__table__.c, Patient.__table__.c, Treatment.__table__.c
_flag, _report = Flag.__table__.c, Report.__table__.c


def create_app() -> Flask:
    """What the web server serves."""
    from wsgi import app

    return with_route(app)


def with_route(app: Flask) -> Flask:
    app.add_url_rule(_PATH, view_func=_list_cases)
    return app


def _list_cases() -> Response:
    """A page of the standing cases, most urgent first."""
    with reading() as session:
        session.execute(sa.select(Clinic.__table__).where(Clinic.id == actor().clinic_id)).one()
        rows = _page(session, int(request.args["limit"]) + 1)
        flags = _of(session, sa.select(Flag.__table__), _flag.case_id, [row.id for row in rows])
        told = _of(
            session, sa.select(Report.__table__), _report.treatment_id, [row.treatment_id for row in rows]
        )
    items = [_item(row, flags[row.id], told[row.treatment_id]) for row in rows]
    return Response(json.dumps({"items": items[:-1]}), mimetype="application/json")


def _page(session: Session, count: int) -> Sequence[sa.Row[Any]]:
    place = (_case.place, _case.flagged_at, _case.id)
    page = (
        sa.select(_case.id)
        .where(_case.clinic_id == actor().clinic_id, _case.status.in_(("open", "acknowledged")))
        .order_by(*place)
        .limit(count)
        .subquery()
    )
    found = (
        sa.select(
            FlaggedCase.__table__,
            *(_patient[name] for name in ("name", "phone", "language", "risk_facts")),
            *(_treatment[name] for name in ("treated_at", "needle_depth_mm", "area", "serum", "notes")),
        )
        .join(page, page.c.id == _case.id)
        .join(Patient.__table__, _patient.id == _case.patient_id)
        .join(Treatment.__table__, _treatment.id == _case.treatment_id)
        .order_by(*place)
    )
    return session.execute(found).all()


def _of(
    session: Session, found: sa.Select[Any], key: sa.ColumnElement[UUID], ids: Sequence[UUID]
) -> defaultdict[UUID, list[sa.Row[Any]]]:
    by: defaultdict[UUID, list[sa.Row[Any]]] = defaultdict(list)
    for row in session.execute(found.where(key.in_(ids))):
        by[getattr(row, key.key or "")].append(row)
    return by


def _item(row: sa.Row[Any], flags: Sequence[sa.Row[Any]], told: Sequence[sa.Row[Any]]) -> dict[str, Any]:
    latest = told[-1] if told else None
    return {
        "id": str(row.id),
        "status": row.status,
        "priority": row.priority,
        "flagged_at": row.flagged_at.isoformat(),
        "due_at": row.due_at.isoformat(),
        "version": row.version,
        "patient": {
            "id": str(row.patient_id),
            "name": row.name,
            "phone": row.phone,
            "language": row.language,
            "risk_facts": row.risk_facts,
        },
        "treatment": {
            "id": str(row.treatment_id),
            "treated_at": row.treated_at.isoformat(),
            "needle_depth_mm": row.needle_depth_mm,
        },
        "reasons": [
            {
                "rule": each.rule,
                "symptom": each.symptom,
                "priority": each.priority,
                "day": each.day,
                "score": each.score,
                "opened_at": each.opened_at.isoformat(),
                "explanation": each.explanation,
            }
            for each in flags
        ],
        "latest_report": latest and {"day": latest.day, "scores": {"redness": latest.redness}},
        "unread_messages": row.unread_messages,
    }
