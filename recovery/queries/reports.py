"""Finding reports of several treatments at once."""

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa

from recovery.db import db
from recovery.domain.triage_evidence import in_turn
from recovery.models.report import Report


def standing(treatment_ids: Sequence[UUID]) -> Sequence[Report]:
    """Reports that no correction replaced; those of one treatment in turn."""
    found = sa.select(Report).where(Report.treatment_id.in_(treatment_ids), Report.superseded_by_id.is_(None))
    told_of: defaultdict[UUID, list[Report]] = defaultdict(list)
    for report in db.session.scalars(found):
        told_of[report.treatment_id].append(report)
    return [report for told in told_of.values() for report in in_turn(told)]
