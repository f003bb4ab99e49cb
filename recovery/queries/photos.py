"""Finding photos: by the texts they came with, by what is due, by clinic."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from recovery.db import db
from recovery.models.message import Message, Photo

HERE = ("kept", "done")  # its content is ours


def photo(clinic_id: UUID, photo_id: UUID) -> Photo | None:
    """A clinic's photo that can be shown."""
    return db.session.scalar(
        sa.select(Photo).where(Photo.id == photo_id, Photo.clinic_id == clinic_id, Photo.status.in_(HERE))
    )


def photos_of(texts: Collection[Message]) -> dict[UUID, list[Photo]]:
    """What came with each of these texts, by text, as it was sent; without its content."""
    wanted = [each.id for each in texts if each.media_count]
    found: defaultdict[UUID, list[Photo]] = defaultdict(list)
    if wanted:
        statement = sa.select(Photo).where(Photo.message_id.in_(wanted)).order_by(Photo.position)
        for each in db.session.scalars(statement):
            found[each.message_id].append(each)
    return found


def due_photo_ids(now: datetime, statuses: Sequence[str], but: set[UUID], limit: int) -> list[UUID]:
    """Photos in these states with something to do for them by now, longest due first."""
    found = sa.select(Photo.id).where(Photo.status.in_(statuses), Photo.due_at <= now)
    if but:
        found = found.where(Photo.id.not_in(but))
    return list(db.session.scalars(found.order_by(Photo.due_at, Photo.id).limit(limit)))


def locked_photo(photo_id: UUID, *, wait: bool) -> Photo | None:
    """The photo, ours until the commit; without `wait` None if somebody else has it just now."""
    return db.session.scalar(
        sa.select(Photo)
        .where(Photo.id == photo_id)
        .with_for_update(key_share=True, skip_locked=not wait)
        .execution_options(populate_existing=True)
    )


def lies_elsewhere(message_id: UUID) -> bool:
    """Whether anything that came with a text is still to be deleted at the provider."""
    found = sa.select(Photo.id).where(Photo.message_id == message_id, Photo.due_at.is_not(None))
    return db.session.scalar(found.limit(1)) is not None
