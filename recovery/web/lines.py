"""A line of the list: one case, with what a nurse decides by."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from recovery.domain import triage
from recovery.domain.days import day_of
from recovery.domain.triage_evidence import Scored
from recovery.domain.vocabulary import CaseStatus, Priority
from recovery.models.case import Flag, FlaggedCase
from recovery.queries import cases, reports, staff, texts
from recovery.queries.texts import Wrote
from recovery.services.values import protocol_of
from recovery.web.chart import Spark, spark


@dataclass(frozen=True, slots=True)
class Line:
    """`holder` is the name of who has the case; `events` how long its history is."""

    case: FlaggedCase
    day: int
    reasons: Sequence[Flag]
    latest: Scored | None
    trend: str
    curve: Spark | None
    wrote: Wrote | None
    holder: str | None
    events: int


def lines(rows: Sequence[FlaggedCase], now: datetime) -> list[Line]:
    """As many statements for many rows as for one."""
    told_of = reports.scored([row.treatment_id for row in rows])
    wrote = texts.last_written([row.patient_id for row in rows])
    names = staff.names(row.holder_id for row in rows if row.holder_id is not None)
    events = cases.events_of([row.id for row in rows])
    return [
        Line(
            case=row,
            day=max(day_of(row.treatment.treated_at, now, row.patient.timezone), 0),
            reasons=standing_reasons(row),
            latest=next((each for each in reversed(told_of[row.treatment_id]) if each.has_core_score), None),
            trend=triage.trend(told_of[row.treatment_id]),
            curve=spark(told_of[row.treatment_id], row.treatment, protocol_of(row.treatment)),
            wrote=wrote.get(row.patient_id),
            holder=names.get(row.holder_id) if row.holder_id else None,
            events=events.get(row.id, 0),
        )
        for row in rows
    ]


def standing_reasons(case: FlaggedCase) -> list[Flag]:
    """The reasons that still hold, most urgent first; of a closed case all that were not withdrawn."""
    closed = case.status == CaseStatus.RESOLVED
    held = [each for each in case.flags if each.withdrawn_at is None and (closed or each.ended_at is None)]
    return sorted(held, key=lambda each: (-Priority(each.priority).rank, each.opened_at))
