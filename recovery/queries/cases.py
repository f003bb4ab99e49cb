"""Finding flagged cases: the one that stands, the worklist, the history."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, joinedload, selectinload
from sqlalchemy.orm.attributes import set_committed_value

from recovery.db import db, spelled
from recovery.domain.vocabulary import CaseStatus
from recovery.models.case import CaseEvent, Flag, FlaggedCase
from recovery.models.patient import Patient
from recovery.models.treatment import Treatment
from recovery.queries.patients import named

A_RUN = 5_000  # an order and an end: so an index is read in turn, however many the database expects
After = tuple[int, datetime, UUID]
PLACE = (FlaggedCase.place, FlaggedCase.flagged_at, FlaggedCase.id)
holder_id: sa.ColumnElement[UUID | None] = sa.func.coalesce(
    FlaggedCase.assigned_to_id, FlaggedCase.acknowledged_by_id
)


@dataclass(frozen=True, slots=True)
class Filter:
    """What the worklist shows; `statuses` is never empty.

    Whoever was given a case has it, else who acknowledged it: `held_by` somebody, or `unheld` by anybody.
    """

    statuses: tuple[str, ...]
    priority: str | None = None
    rule: str | None = None
    assigned_to: UUID | None = None
    unassigned: bool = False
    held_by: UUID | None = None
    unheld: bool = False
    q: str | None = None
    phone_hash: bytes | None = None


def case(clinic_id: UUID, case_id: UUID) -> FlaggedCase | None:
    return db.session.scalar(
        sa.select(FlaggedCase).where(FlaggedCase.id == case_id, FlaggedCase.clinic_id == clinic_id)
    )


def locked_case(case_id: UUID) -> FlaggedCase | None:
    """The case for a decision; its patient and treatment must be locked already."""
    return db.session.scalar(
        sa.select(FlaggedCase)
        .where(FlaggedCase.id == case_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )


def lock_cases(treatment: Treatment) -> None:
    """Make every case of a treatment ours, with its reasons, as it stands now; `treatment.cases` has them.

    Its patient and the treatment must be locked already.
    """
    found = db.session.scalars(_locked_cases(), {"treatment_id": treatment.id})
    set_committed_value(treatment, "cases", list(found.unique()))


@cache
def _locked_cases() -> sa.Select[FlaggedCase]:
    return (
        sa.select(FlaggedCase)
        .where(FlaggedCase.treatment_id == sa.bindparam("treatment_id"))
        .options(joinedload(FlaggedCase.flags))
        .order_by(FlaggedCase.closed_seq, FlaggedCase.resolved_at)
        .with_for_update(key_share=True, of=FlaggedCase)
        .execution_options(populate_existing=True)
    )


def standing_case(treatment: Treatment) -> FlaggedCase | None:
    """The treatment's one case that is not resolved."""
    return next((each for each in treatment.cases if each.status != CaseStatus.RESOLVED), None)


def is_any_seen_to(patient_id: UUID) -> bool:
    """Whether a case of the patient is on the list: neither resolved nor put away."""
    found = sa.select(FlaggedCase.id).where(
        FlaggedCase.patient_id == patient_id,
        FlaggedCase.status.in_((CaseStatus.OPEN, CaseStatus.ACKNOWLEDGED)),
    )
    return db.session.scalar(found.limit(1)) is not None


def closed_cases(treatment: Treatment) -> Sequence[FlaggedCase]:
    """The treatment's resolved and cleared cases, first closed first."""
    return [each for each in treatment.cases if each.status == CaseStatus.RESOLVED]


def urgent_open_case(patient_id: UUID) -> FlaggedCase | None:
    """A case of the patient that forbids erasing her."""
    return db.session.scalar(
        sa.select(FlaggedCase)
        .where(
            FlaggedCase.patient_id == patient_id,
            FlaggedCase.status != CaseStatus.RESOLVED,
            FlaggedCase.priority.in_(("urgent", "emergency")),
        )
        .limit(1)
    )


def worklist(clinic_id: UUID, wanted: Filter, after: After | None, limit: int) -> Sequence[FlaggedCase]:
    """A clinic's cases, most urgent first, then longest waiting; `after` is the last one seen."""
    ids = page(clinic_id, wanted, after, limit).subquery()
    return db.session.scalars(
        sa.select(FlaggedCase)
        .join(ids, ids.c.id == FlaggedCase.id)
        .join(FlaggedCase.patient)
        .options(
            contains_eager(FlaggedCase.patient),
            joinedload(FlaggedCase.treatment),
            selectinload(FlaggedCase.flags),
        )
        .order_by(*PLACE)
    ).all()


def page(clinic_id: UUID, wanted: Filter, after: After | None, limit: int) -> sa.Select[Any]:
    """A SELECT of the ids of one page of the worklist; sealed columns are read for these alone."""
    found = listed(clinic_id, wanted, FlaggedCase.id)
    if after is not None:
        last = (sa.literal(value, column.type) for value, column in zip(after, PLACE, strict=True))
        found = found.where(sa.tuple_(*PLACE) > sa.tuple_(*last))
    return found.order_by(*PLACE).limit(limit)


def listed(clinic_id: UUID, wanted: Filter, *columns: Any) -> sa.Select[Any]:
    """A SELECT of these columns over a clinic's cases that are wanted."""
    found = (
        sa.select(*columns)
        .select_from(FlaggedCase)
        .where(FlaggedCase.clinic_id == clinic_id, *_conditions(clinic_id, wanted))
    )
    if wanted.phone_hash is not None:
        return found.join(Patient, Patient.id == FlaggedCase.patient_id)
    return found


def history(case_id: UUID) -> Sequence[CaseEvent]:
    """What was done about a case, oldest first."""
    return db.session.scalars(
        sa.select(CaseEvent).where(CaseEvent.case_id == case_id).order_by(CaseEvent.at, CaseEvent.id)
    ).all()


def events_of(case_ids: Sequence[UUID]) -> dict[UUID, int]:
    """How many lines the history of each of these cases has."""
    rows = db.session.execute(
        sa.select(CaseEvent.case_id, sa.func.count())
        .where(CaseEvent.case_id.in_(case_ids))
        .group_by(CaseEvent.case_id)
    )
    return {row[0]: row[1] for row in rows}


def flags_of_treatment(treatment_id: UUID) -> Sequence[Flag]:
    """Every reason of every case of a treatment, oldest first."""
    return db.session.scalars(
        sa.select(Flag)
        .join(FlaggedCase)
        .where(FlaggedCase.treatment_id == treatment_id)
        .order_by(Flag.opened_at, Flag.id)
    ).all()


def patients_with_snoozes_over(now: datetime) -> Sequence[tuple[UUID, UUID]]:
    """(patient, case) of snoozed cases whose time has come."""
    rows = db.session.execute(
        sa.select(FlaggedCase.patient_id, FlaggedCase.id)
        .where(FlaggedCase.status == spelled(CaseStatus.SNOOZED), FlaggedCase.snoozed_until <= now)
        .order_by(FlaggedCase.snoozed_until)
    )
    return [(patient_id, case_id) for patient_id, case_id in rows]


def patients_with_rising_cases(now: datetime) -> Sequence[tuple[UUID, UUID]]:
    """(patient, case) of open cases that may rise by now, the longest waiting; the others come next time."""
    rows = db.session.execute(
        sa.select(FlaggedCase.patient_id, FlaggedCase.id)
        .where(FlaggedCase.status == spelled(CaseStatus.OPEN), FlaggedCase.rises_at < now)
        .order_by(FlaggedCase.rises_at)
        .limit(A_RUN)
    )
    return [(patient_id, case_id) for patient_id, case_id in rows]


def _conditions(clinic_id: UUID, wanted: Filter) -> list[sa.ColumnElement[bool]]:
    conditions: list[sa.ColumnElement[bool]] = [FlaggedCase.status.in_(wanted.statuses)]
    if wanted.priority is not None:
        conditions.append(FlaggedCase.priority == wanted.priority)
    if wanted.rule is not None:
        given = sa.exists().where(
            Flag.case_id == FlaggedCase.id, Flag.rule == wanted.rule, Flag.withdrawn_at.is_(None)
        )
        conditions.append(given)
    if wanted.assigned_to is not None:
        conditions.append(FlaggedCase.assigned_to_id == wanted.assigned_to)
    if wanted.unassigned:
        conditions.append(FlaggedCase.assigned_to_id.is_(None))
    if wanted.held_by is not None:
        conditions.append(holder_id == wanted.held_by)
    if wanted.unheld:
        conditions.append(holder_id.is_(None))
    if wanted.phone_hash is not None:
        conditions.append(Patient.phone_hash == wanted.phone_hash)
    elif wanted.q is not None:
        conditions += named(clinic_id, wanted.q, FlaggedCase.patient_id)
    return conditions
