"""Finding the versions of a clinic's protocol."""

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa

from recovery.db import db
from recovery.domain.vocabulary import TreatmentStatus
from recovery.models.clinic import ProtocolVersion
from recovery.models.treatment import Treatment


def versions() -> Sequence[ProtocolVersion]:
    """Every clinic's, newest first."""
    return db.session.scalars(
        sa.select(ProtocolVersion).order_by(ProtocolVersion.clinic_id, ProtocolVersion.number.desc())
    ).all()


def newest_version(clinic_id: UUID) -> ProtocolVersion:
    """Signed or not."""
    return db.session.scalars(_newest_first(clinic_id).limit(1)).one()


def versions_of(clinic_id: UUID) -> Sequence[ProtocolVersion]:
    """One clinic's, newest first."""
    return db.session.scalars(_newest_first(clinic_id)).all()


def treatments_under(clinic_id: UUID) -> dict[UUID, tuple[int, int]]:
    """By version: how many treatments began under it, and how many of them are still recovering."""
    recovering = sa.case((Treatment.status == TreatmentStatus.RECOVERING, 1), else_=0)
    found = (
        sa.select(Treatment.protocol_version_id, sa.func.count(), sa.func.sum(recovering))
        .where(Treatment.clinic_id == clinic_id)
        .group_by(Treatment.protocol_version_id)
    )
    return {version_id: (began, still) for version_id, began, still in db.session.execute(found)}


def locked_newest_version(clinic_id: UUID) -> ProtocolVersion:
    """The clinic's newest version, held against another who would sign it."""
    return db.session.scalars(
        _newest_first(clinic_id)
        .limit(1)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).one()


def _newest_first(clinic_id: UUID) -> sa.Select[ProtocolVersion]:
    return (
        sa.select(ProtocolVersion)
        .where(ProtocolVersion.clinic_id == clinic_id)
        .order_by(ProtocolVersion.number.desc())
    )
