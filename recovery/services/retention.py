"""What is kept for a while only: answers to replay, counters of past days."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import sqlalchemy as sa

from recovery.db import db, writing
from recovery.models.message import TextCount
from recovery.models.system import IdempotencyKey

REPLAYED_FOR = timedelta(hours=24)
COUNTED_FOR = timedelta(days=2)


def purge(clock: Callable[[], datetime]) -> int:
    """Remove what has been kept long enough; how many rows."""
    now = clock()
    statements = (
        sa.delete(IdempotencyKey).where(IdempotencyKey.created_at < now - REPLAYED_FOR),
        sa.delete(TextCount).where(TextCount.day < (now - COUNTED_FOR).astimezone(UTC).date()),
    )
    with writing():
        return sum(cast(Any, db.session.execute(statement)).rowcount for statement in statements)
