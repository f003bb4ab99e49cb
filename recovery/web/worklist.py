"""The flagged cases of the nurse's clinic, most urgent first."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask import Blueprint, abort, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from itsdangerous import BadSignature, URLSafeSerializer

from recovery.db import reading, writing
from recovery.domain import triage
from recovery.domain.days import day_of
from recovery.domain.vocabulary import CaseStatus, Priority
from recovery.models.case import Flag, FlaggedCase
from recovery.models.message import Message
from recovery.models.report import Report
from recovery.queries import cases, reports, texts
from recovery.services import audit, clock
from recovery.services.values import told
from recovery.web import banners
from recovery.web.sessions import actor, signed_in

worklist = Blueprint("worklist", __name__)

A_PAGE = 25
LISTS = {
    "waiting": (CaseStatus.OPEN, CaseStatus.ACKNOWLEDGED),
    "snoozed": (CaseStatus.SNOOZED,),
    "resolved": (CaseStatus.RESOLVED,),
}
After = tuple[int, datetime, UUID]


@dataclass(frozen=True, slots=True)
class Line:
    """One case of the list, with what a nurse decides by."""

    case: FlaggedCase
    day: int
    reasons: Sequence[Flag]
    latest: Report | None
    trend: str
    wrote: Message | None


@worklist.get("/")
def front() -> ResponseReturnValue:
    return redirect(url_for("worklist.show"))


@worklist.get("/flagged-cases")
def show() -> ResponseReturnValue:
    """One page of the list; `status` is waiting, snoozed or resolved."""
    listed = request.args.get("status", "waiting")
    if listed not in LISTS:
        abort(404)
    here, after = signed_in(), _after(listed)
    with reading():
        now = clock.now()
        rows = cases.worklist(here.clinic_id, cases.Filter(LISTS[listed]), after, A_PAGE + 1)
        shown = rows[:A_PAGE]
        page = render_template(
            "flagged_cases.html",
            lines=_lines(shown, now),
            listed=listed,
            lists=LISTS,
            later=_cursor(shown[-1], listed) if len(rows) > A_PAGE else None,
            is_first=after is None,
            banners=banners.standing(here.clinic_id, now),
            now=now,
            zone=here.timezone,
        )
        seen = [row.id for row in shown]
    if seen:
        with writing():
            audit.record(actor(), "list", "case", seen, now)
    return page


def standing_reasons(case: FlaggedCase) -> list[Flag]:
    """The reasons that still hold, most urgent first; of a closed case all that were not withdrawn."""
    closed = case.status == CaseStatus.RESOLVED
    held = [each for each in case.flags if each.withdrawn_at is None and (closed or each.ended_at is None)]
    return sorted(held, key=lambda each: (-Priority(each.priority).rank, each.opened_at))


def _lines(rows: Sequence[FlaggedCase], now: datetime) -> list[Line]:
    told_of: defaultdict[UUID, list[Report]] = defaultdict(list)
    for each in reports.standing([row.treatment_id for row in rows]):
        told_of[each.treatment_id].append(each)
    wrote = texts.last_written([row.patient_id for row in rows])
    return [_line(row, told_of[row.treatment_id], wrote.get(row.patient_id), now) for row in rows]


def _line(case: FlaggedCase, standing: Sequence[Report], wrote: Message | None, now: datetime) -> Line:
    return Line(
        case=case,
        day=max(day_of(case.treatment.treated_at, now, case.patient.timezone), 0),
        reasons=standing_reasons(case),
        latest=next((each for each in reversed(standing) if each.has_core_score), None),
        trend=triage.trend([told(each) for each in standing]),
        wrote=wrote,
    )


def _cursor(case: FlaggedCase, listed: str) -> str:
    place = [case.place, case.flagged_at.isoformat(), str(case.id)]
    return str(_signer(listed).dumps(place))


def _after(listed: str) -> After | None:
    """The place where the page before ended."""
    cursor = request.args.get("cursor")
    if cursor is None:
        return None
    try:
        place, at, case_id = _signer(listed).loads(cursor)
    except BadSignature:
        abort(400)
    return place, datetime.fromisoformat(at), UUID(case_id)


def _signer(listed: str) -> URLSafeSerializer:
    secret = str(current_app.config["SECRET_KEY"])
    return URLSafeSerializer(secret, salt=f"worklist {signed_in().clinic_id} {listed}")
