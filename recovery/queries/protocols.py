"""Finding the versions of a clinic's protocol."""

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa

from recovery.db import db
from recovery.models.clinic import ProtocolVersion


def versions() -> Sequence[ProtocolVersion]:
    """Every clinic's, newest first."""
    return db.session.scalars(
        sa.select(ProtocolVersion).order_by(ProtocolVersion.clinic_id, ProtocolVersion.number.desc())
    ).all()


def locked_newest_version(clinic_id: UUID) -> ProtocolVersion:
    """The clinic's newest version, held against another who would sign it."""
    return db.session.scalars(
        sa.select(ProtocolVersion)
        .where(ProtocolVersion.clinic_id == clinic_id)
        .order_by(ProtocolVersion.number.desc())
        .limit(1)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
