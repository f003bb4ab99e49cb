"""Finding what was reported of several treatments at once."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from uuid import UUID

import sqlalchemy as sa

from recovery.db import db
from recovery.domain.triage_evidence import Scored, in_turn
from recovery.domain.vocabulary import SYMPTOMS
from recovery.models.report import Report, scores_of

_SCORED = (
    Report.id,
    Report.treatment_id,
    Report.seq,
    Report.day,
    Report.reported_at,
    Report.created_at,
    Report.ranges,
    *(getattr(Report, symptom) for symptom in SYMPTOMS),
)


def scored(treatment_ids: Sequence[UUID]) -> Mapping[UUID, Sequence[Scored]]:
    """Reports that no correction replaced, by treatment and in turn: their scores and nothing else.

    Plain columns, because a list shows hundreds; a treatment without reports has none.
    """
    found = sa.select(*_SCORED).where(
        Report.treatment_id.in_(treatment_ids), Report.superseded_by_id.is_(None)
    )
    scored_of: defaultdict[UUID, list[Scored]] = defaultdict(list)
    for row in db.session.execute(found):
        scored_of[row.treatment_id].append(
            Scored(
                id=str(row.id),
                seq=row.seq,
                day=row.day,
                scores=scores_of(row),
                reported_at=row.reported_at,
                is_late=row.reported_at < row.created_at,
            )
        )
    return defaultdict(list, {treatment_id: in_turn(each) for treatment_id, each in scored_of.items()})
