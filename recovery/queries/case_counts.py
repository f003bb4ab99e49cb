"""How many cases a list holds by what it can be narrowed to, and the sign by which a change of it is told."""

from collections.abc import Mapping, Sequence
from uuid import UUID

import sqlalchemy as sa

from recovery.db import db
from recovery.models.case import Flag, FlaggedCase
from recovery.models.treatment import Treatment
from recovery.queries.cases import Filter, holder_id, listed

Group = tuple[str, str, UUID | None]


def by_holder(clinic_id: UUID, wanted: Filter) -> Mapping[Group, int]:
    """How many by (status, priority, who has it), where there is any."""
    group = (FlaggedCase.status, FlaggedCase.priority, holder_id)
    rows = db.session.execute(listed(clinic_id, wanted, *group, sa.func.count()).group_by(*group))
    return {(status, priority, holder): count for status, priority, holder, count in rows}


def by_rule(clinic_id: UUID, wanted: Filter) -> Mapping[str, int]:
    """How many have a reason of each rule that was not withdrawn."""
    found = (
        listed(clinic_id, wanted, Flag.rule, sa.func.count(sa.distinct(Flag.case_id)))
        .join(Flag, Flag.case_id == FlaggedCase.id)
        .where(Flag.withdrawn_at.is_(None))
        .group_by(Flag.rule)
    )
    return {row[0]: row[1] for row in db.session.execute(found)}


def signs(case_ids: Sequence[UUID]) -> Sequence[tuple[object, ...]]:
    """What changes whenever a line of the list does: versions, unread texts, the patient's version."""
    found = (
        sa.select(
            FlaggedCase.id,
            FlaggedCase.version,
            FlaggedCase.unread_messages,
            FlaggedCase.due_at,
            Treatment.version,
        )
        .join(Treatment, Treatment.id == FlaggedCase.treatment_id)
        .where(FlaggedCase.id.in_(case_ids))
        .order_by(FlaggedCase.id)
    )
    return [tuple(row) for row in db.session.execute(found)]
