"""Finding flagged cases: the one that stands, the worklist, the history."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from recovery.db import db
from recovery.domain.vocabulary import CaseStatus
from recovery.models.case import CaseEvent, Flag, FlaggedCase
from recovery.models.patient import Patient
from recovery.queries.patients import named


@dataclass(frozen=True, slots=True)
class Filter:
    """What the worklist shows; `statuses` is never empty."""

    statuses: tuple[str, ...]
    priority: str | None = None
    rule: str | None = None
    assigned_to: UUID | None = None
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


def standing_case(treatment_id: UUID) -> FlaggedCase | None:
    """The treatment's one case that is not resolved, locked."""
    return db.session.scalar(
        sa.select(FlaggedCase)
        .where(FlaggedCase.treatment_id == treatment_id, FlaggedCase.status != CaseStatus.RESOLVED)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )


def has_standing_case(treatment_id: UUID) -> bool:
    return (
        db.session.scalar(
            sa.select(FlaggedCase.id).where(
                FlaggedCase.treatment_id == treatment_id, FlaggedCase.status != CaseStatus.RESOLVED
            )
        )
        is not None
    )


def closed_cases(treatment_id: UUID) -> Sequence[FlaggedCase]:
    """The treatment's resolved and cleared cases, first closed first."""
    return db.session.scalars(
        sa.select(FlaggedCase)
        .where(FlaggedCase.treatment_id == treatment_id, FlaggedCase.status == CaseStatus.RESOLVED)
        .order_by(FlaggedCase.closed_seq, FlaggedCase.resolved_at)
        .options(selectinload(FlaggedCase.flags))
    ).all()


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


def worklist(
    clinic_id: UUID, wanted: Filter, after: tuple[int, datetime, UUID] | None, limit: int
) -> Sequence[FlaggedCase]:
    """A clinic's cases, most urgent first, then longest waiting; `after` is the last one seen."""
    found = (
        sa.select(FlaggedCase)
        .join(FlaggedCase.patient)
        .where(FlaggedCase.clinic_id == clinic_id, *_conditions(clinic_id, wanted))
        .options(
            contains_eager(FlaggedCase.patient),
            joinedload(FlaggedCase.treatment),
            selectinload(FlaggedCase.flags),
        )
    )
    if after is not None:
        place, flagged_at, case_id = after
        found = found.where(
            sa.tuple_(FlaggedCase.place, FlaggedCase.flagged_at, FlaggedCase.id)
            > sa.tuple_(
                sa.literal(place, FlaggedCase.place.type),
                sa.literal(flagged_at, FlaggedCase.flagged_at.type),
                sa.literal(case_id, FlaggedCase.id.type),
            )
        )
    return db.session.scalars(
        found.order_by(FlaggedCase.place, FlaggedCase.flagged_at, FlaggedCase.id).limit(limit)
    ).all()


def history(case_id: UUID) -> Sequence[CaseEvent]:
    """What was done about a case, oldest first."""
    return db.session.scalars(
        sa.select(CaseEvent).where(CaseEvent.case_id == case_id).order_by(CaseEvent.at, CaseEvent.id)
    ).all()


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
        .where(FlaggedCase.status == CaseStatus.SNOOZED, FlaggedCase.snoozed_until <= now)
        .order_by(FlaggedCase.snoozed_until)
    )
    return [(patient_id, case_id) for patient_id, case_id in rows]


def patients_with_targets_passed(now: datetime) -> Sequence[tuple[UUID, UUID]]:
    """(patient, case) of open cases past their target that have a reason which may still rise."""
    rows = db.session.execute(
        sa.select(FlaggedCase.patient_id, FlaggedCase.id)
        .where(
            FlaggedCase.status == CaseStatus.OPEN,
            FlaggedCase.id.in_(
                sa.select(Flag.case_id).where(
                    Flag.escalated.is_(False),
                    Flag.due_at < now,
                    Flag.priority.in_(("routine", "soon")),
                    Flag.withdrawn_at.is_(None),
                    Flag.ended_at.is_(None),
                )
            ),
        )
        .order_by(FlaggedCase.due_at)
    )
    return [(patient_id, case_id) for patient_id, case_id in rows]


def _conditions(clinic_id: UUID, wanted: Filter) -> list[sa.ColumnElement[bool]]:
    conditions: list[sa.ColumnElement[bool]] = [FlaggedCase.status.in_(wanted.statuses)]
    if wanted.priority is not None:
        conditions.append(FlaggedCase.priority == wanted.priority)
    if wanted.rule is not None:
        conditions.append(
            FlaggedCase.id.in_(
                sa.select(Flag.case_id).where(Flag.rule == wanted.rule, Flag.withdrawn_at.is_(None))
            )
        )
    if wanted.assigned_to is not None:
        conditions.append(FlaggedCase.assigned_to_id == wanted.assigned_to)
    if wanted.phone_hash is not None:
        conditions.append(Patient.phone_hash == wanted.phone_hash)
    elif wanted.q is not None:
        conditions += named(clinic_id, wanted.q, FlaggedCase.patient_id)
    return conditions
