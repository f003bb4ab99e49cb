"""Finding tokens of the API."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from recovery.db import db, keyring
from recovery.models.staff import ApiToken
from recovery.queries.staff import typed

After = tuple[datetime, UUID]


def token_by_secret(secret: str) -> ApiToken | None:
    return db.session.scalar(
        sa.select(ApiToken)
        .where(ApiToken.token_hash == keyring().token_hash(secret))
        .options(joinedload(ApiToken.staff))
    )


def token(token_id: UUID) -> ApiToken | None:
    """Of any clinic."""
    return db.session.get(ApiToken, token_id)


def token_of_clinic(clinic_id: UUID, token_id: UUID) -> ApiToken | None:
    return db.session.scalar(
        sa.select(ApiToken).where(ApiToken.clinic_id == clinic_id, ApiToken.id == token_id)
    )


def standing_of(staff_id: UUID) -> Sequence[ApiToken]:
    """One person's that are not revoked."""
    found = sa.select(ApiToken).where(ApiToken.staff_id == staff_id, ApiToken.revoked_at.is_(None))
    return db.session.scalars(found).all()


def everyones() -> Sequence[ApiToken]:
    """Of every clinic, oldest first."""
    return db.session.scalars(
        sa.select(ApiToken).options(joinedload(ApiToken.staff)).order_by(ApiToken.created_at, ApiToken.id)
    ).all()


def newest(
    clinic_id: UUID, after: After | None, at_most: int, staff_id: UUID | None = None
) -> Sequence[ApiToken]:
    """A clinic's, or one person's, newest first; `after` is the last one seen."""
    found = sa.select(ApiToken).where(ApiToken.clinic_id == clinic_id).options(joinedload(ApiToken.staff))
    if staff_id is not None:
        found = found.where(ApiToken.staff_id == staff_id)
    if after is not None:
        found = found.where(sa.tuple_(ApiToken.created_at, ApiToken.id) < sa.tuple_(*typed(after)))
    ordered = found.order_by(ApiToken.created_at.desc(), ApiToken.id.desc()).limit(at_most)
    return db.session.scalars(ordered).all()
