"""Counting what came of check-ins, flags and cases of one clinic; `since` counts in, `until` does not."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

import sqlalchemy as sa

from recovery.db import db
from recovery.domain.casework import Action
from recovery.domain.vocabulary import CaseStatus, CheckInKind, CheckInStatus, EndReason
from recovery.models.case import CaseEvent, Flag, FlaggedCase
from recovery.models.treatment import CheckIn, Treatment

_ASKED = (CheckInStatus.SENT, CheckInStatus.DELIVERED, CheckInStatus.MISSED, CheckInStatus.ANSWERED)
ASKED_WITHIN = timedelta(days=90)  # of the treatment: longer than any protocol asks
_NO_ERROR = sa.or_(Treatment.end_reason.is_(None), Treatment.end_reason != EndReason.ENTERED_IN_ERROR)


class Asked(NamedTuple):
    """Questions that reached a patient on one day of her recovery, and how many were answered."""

    day: int
    kind: str
    asked: int
    answered: int


class Times(NamedTuple):
    """When a case was flagged first, first acknowledged, and resolved."""

    priority: str
    flagged_at: datetime
    acknowledged_at: datetime | None
    resolved_at: datetime | None


class Age(NamedTuple):
    """A case that stands, and since when."""

    priority: str
    flagged_at: datetime


def asked_by_day(clinic_id: UUID, since: datetime, until: datetime) -> Sequence[Asked]:
    """By kind and day; a question answered before it was sent was never asked."""
    answered = sa.case((CheckIn.status == CheckInStatus.ANSWERED, 1), else_=0)
    found = (
        sa.select(CheckIn.day, CheckIn.kind, sa.func.count(), sa.func.sum(answered))
        .join(Treatment, Treatment.id == CheckIn.treatment_id)
        .where(
            *_treated(clinic_id, since - ASKED_WITHIN, until),
            CheckIn.sent_at >= since,
            CheckIn.sent_at < until,
            CheckIn.status.in_(_ASKED),
        )
        .group_by(CheckIn.kind, CheckIn.day)
    )
    rows = [Asked(day, kind, asked, answered) for day, kind, asked, answered in db.session.execute(found)]
    return sorted(rows, key=lambda row: (row.kind != CheckInKind.CHECK_IN, row.day))


def treatments(clinic_id: UUID, since: datetime, until: datetime) -> int:
    """How many treatments were done, without those entered in error."""
    found = sa.select(sa.func.count()).select_from(Treatment).where(*_treated(clinic_id, since, until))
    return db.session.scalar(found) or 0


def flagged_treatments(clinic_id: UUID, since: datetime, until: datetime) -> dict[str, int]:
    """How many of those treatments each rule has flagged; one treatment counts once for a rule."""
    found = (
        sa.select(Flag.rule, sa.func.count(sa.distinct(FlaggedCase.treatment_id)).label("treated"))
        .join(FlaggedCase, FlaggedCase.id == Flag.case_id)
        .join(Treatment, Treatment.id == FlaggedCase.treatment_id)
        .where(*_treated(clinic_id, since, until))
        .group_by(Flag.rule)
    )
    return {row.rule: row.treated for row in db.session.execute(found)}


def treatments_with_a_flag(clinic_id: UUID, since: datetime, until: datetime) -> int:
    """How many of those treatments any rule has flagged."""
    found = (
        sa.select(sa.func.count(sa.distinct(FlaggedCase.treatment_id)))
        .join(Treatment, Treatment.id == FlaggedCase.treatment_id)
        .where(*_treated(clinic_id, since, until))
    )
    return db.session.scalar(found) or 0


def case_times(clinic_id: UUID, since: datetime, until: datetime) -> Sequence[Times]:
    """Every case first flagged in that time, but of treatments entered in error."""
    acknowledged_at = (
        sa.select(sa.func.min(CaseEvent.at))
        .where(CaseEvent.case_id == FlaggedCase.id, CaseEvent.action == Action.ACKNOWLEDGE)
        .scalar_subquery()
    )
    at = sa.type_coerce(acknowledged_at, CaseEvent.at.type)
    found = (
        sa.select(FlaggedCase.priority, FlaggedCase.created_at, at, FlaggedCase.resolved_at)
        .join(Treatment, Treatment.id == FlaggedCase.treatment_id)
        .where(
            _NO_ERROR,
            FlaggedCase.clinic_id == clinic_id,
            FlaggedCase.created_at >= since,
            FlaggedCase.created_at < until,
        )
    )
    return [Times(*row) for row in db.session.execute(found)]


def outcomes(clinic_id: UUID, since: datetime, until: datetime) -> dict[str, int]:
    """How many cases were resolved with each outcome in that time, without the same."""
    found = (
        sa.select(FlaggedCase.outcome, sa.func.count())
        .join(Treatment, Treatment.id == FlaggedCase.treatment_id)
        .where(
            _NO_ERROR,
            FlaggedCase.clinic_id == clinic_id,
            FlaggedCase.status == CaseStatus.RESOLVED,
            FlaggedCase.resolved_at >= since,
            FlaggedCase.resolved_at < until,
        )
        .group_by(FlaggedCase.outcome)
    )
    return {outcome: cases for outcome, cases in db.session.execute(found) if outcome is not None}


def standing(clinic_id: UUID) -> Sequence[Age]:
    """Every case that is not resolved, of a treatment in error too: it stands on the list."""
    found = sa.select(FlaggedCase.priority, FlaggedCase.created_at).where(
        FlaggedCase.clinic_id == clinic_id, FlaggedCase.status != CaseStatus.RESOLVED
    )
    return [Age(*row) for row in db.session.execute(found)]


def _treated(clinic_id: UUID, since: datetime, until: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        Treatment.clinic_id == clinic_id,
        Treatment.treated_at >= since,
        Treatment.treated_at < until,
        _NO_ERROR,
    )
