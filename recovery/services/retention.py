"""What is kept for a while only: answers to replay, counters of past days, sessions that are over."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import sqlalchemy as sa

from recovery.db import db, writing
from recovery.models.message import TextCount
from recovery.models.staff import StaffSession
from recovery.models.system import IdempotencyKey

REPLAYED_FOR = timedelta(hours=24)
COUNTED_FOR = timedelta(days=2)
SESSIONS_FOR = timedelta(days=30)  # far beyond a shift: the development clock may be days ahead


def purge(clock: Callable[[], datetime]) -> int:
    """Remove what has been kept long enough; how many rows."""
    now = clock()
    statements = (
        sa.delete(IdempotencyKey).where(IdempotencyKey.created_at < now - REPLAYED_FOR),
        sa.delete(TextCount).where(TextCount.day < (now - COUNTED_FOR).astimezone(UTC).date()),
        sa.delete(StaffSession).where(StaffSession.created_at < now - SESSIONS_FOR),
    )
    with writing():
        return sum(cast(Any, db.session.execute(statement)).rowcount for statement in statements)
