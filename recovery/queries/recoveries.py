"""Finding where several patients stand: their latest treatment, and what is flagged."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from uuid import UUID

import sqlalchemy as sa

from recovery.db import db
from recovery.domain.vocabulary import CaseStatus, EndReason
from recovery.models.case import FlaggedCase
from recovery.models.report import Report
from recovery.models.treatment import CheckIn, Treatment


def latest_treatments(patient_ids: Collection[UUID]) -> dict[UUID, Treatment]:
    """The latest of each that was not entered in error."""
    if not patient_ids:
        return {}
    found = (
        sa.select(Treatment)
        .where(
            Treatment.patient_id.in_(patient_ids),
            sa.or_(Treatment.end_reason.is_(None), Treatment.end_reason != EndReason.ENTERED_IN_ERROR),
        )
        .order_by(Treatment.treated_at, Treatment.id)
    )
    return {row.patient_id: row for row in db.session.scalars(found)}


def flagged_patients(patient_ids: Collection[UUID]) -> dict[UUID, FlaggedCase]:
    """The most urgent case of each that is not resolved."""
    if not patient_ids:
        return {}
    found = (
        sa.select(FlaggedCase)
        .where(FlaggedCase.patient_id.in_(patient_ids), FlaggedCase.status != CaseStatus.RESOLVED)
        .order_by(FlaggedCase.place.desc(), FlaggedCase.flagged_at.desc())
    )
    return {row.patient_id: row for row in db.session.scalars(found)}


def cases_of(patient_id: UUID) -> Sequence[FlaggedCase]:
    """Every case of a patient, the latest first."""
    return db.session.scalars(
        sa.select(FlaggedCase)
        .where(FlaggedCase.patient_id == patient_id)
        .order_by(FlaggedCase.created_at.desc(), FlaggedCase.id.desc())
    ).all()


def check_ins_of(treatment_ids: Collection[UUID]) -> dict[UUID, list[CheckIn]]:
    """The questions of several treatments, each in the order of their days."""
    found: defaultdict[UUID, list[CheckIn]] = defaultdict(list)
    rows = sa.select(CheckIn).where(CheckIn.treatment_id.in_(treatment_ids)).order_by(CheckIn.due_at)
    for each in db.session.scalars(rows):
        found[each.treatment_id].append(each)
    return found


def reports_of(treatment_ids: Collection[UUID]) -> dict[UUID, list[Report]]:
    """The reports of several treatments, each in the order in which they were taken."""
    found: defaultdict[UUID, list[Report]] = defaultdict(list)
    rows = sa.select(Report).where(Report.treatment_id.in_(treatment_ids)).order_by(Report.seq)
    for each in db.session.scalars(rows):
        found[each.treatment_id].append(each)
    return found
