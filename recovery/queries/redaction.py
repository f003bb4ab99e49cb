"""Finding texts whose body is still to be emptied in the provider's log."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from recovery.db import db
from recovery.models.message import Message

FINAL = ("received", "delivered", "undelivered", "refused")


def unredacted(since: datetime, until: datetime, limit: int) -> Sequence[tuple[UUID, str]]:
    """Id and provider's SID of texts of that time whose state is final, newest first.

    Some carriers tell no end: what was asked about to the last stays sent, and counts as final.
    """
    found = (
        sa.select(Message.id, Message.twilio_sid)
        .where(
            Message.redacted_at.is_(None),
            Message.twilio_sid.is_not(None),
            sa.or_(Message.status.in_(FINAL), sa.and_(Message.status == "sent", Message.look_at.is_(None))),
            Message.created_at >= since,
            Message.created_at <= until,
        )
        .order_by(Message.created_at.desc())
        .limit(limit)
    )
    return [(row.id, row.twilio_sid) for row in db.session.execute(found)]
