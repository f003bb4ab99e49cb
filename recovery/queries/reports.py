"""Finding reports of several treatments at once."""

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa

from recovery.db import db
from recovery.models.report import Report


def standing(treatment_ids: Sequence[UUID]) -> Sequence[Report]:
    """Reports that no correction replaced, treatment by treatment, in order of days and arrival."""
    return db.session.scalars(
        sa.select(Report)
        .where(Report.treatment_id.in_(treatment_ids), Report.superseded_by_id.is_(None))
        .order_by(Report.treatment_id, Report.day, Report.seq)
    ).all()
