"""How many cases a list holds by what it can be narrowed to, and the sign by which a change of it is told."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import sqlalchemy as sa

from recovery.db import db
from recovery.models.case import Flag, FlaggedCase
from recovery.models.treatment import Treatment
from recovery.queries.cases import PLACE, After, Filter, holder_id, listed, page

Group = tuple[str, str, UUID | None]


class Sign(NamedTuple):
    """What changes whenever a case's line of the list does."""

    case_id: UUID
    version: int
    unread_messages: int
    due_at: datetime
    treatment_version: int


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


def signs(clinic_id: UUID, wanted: Filter, after: After | None, limit: int) -> Sequence[Sign]:
    """Those of one page of the worklist, for whoever asks again and again; nothing sealed is read."""
    ids = page(clinic_id, wanted, after, limit).subquery()
    found = (
        sa.select(
            FlaggedCase.id,
            FlaggedCase.version,
            FlaggedCase.unread_messages,
            FlaggedCase.due_at,
            Treatment.version,
        )
        .join(ids, ids.c.id == FlaggedCase.id)
        .join(Treatment, Treatment.id == FlaggedCase.treatment_id)
        .order_by(*PLACE)
    )
    return [Sign(*row) for row in db.session.execute(found)]


def sign(row: FlaggedCase) -> Sign:
    """That of a case which is at hand, with its treatment."""
    return Sign(row.id, row.version, row.unread_messages, row.due_at, row.treatment.version)
