"""Finding the answers that are kept for a repeated request."""

from uuid import UUID

import sqlalchemy as sa

from recovery.db import db
from recovery.models.system import IdempotencyKey


def kept_answer(caller_id: UUID, method: str, path: str, key: str) -> IdempotencyKey | None:
    return db.session.scalar(
        sa.select(IdempotencyKey)
        .where(
            IdempotencyKey.caller_id == caller_id,
            IdempotencyKey.method == method,
            IdempotencyKey.path == path,
            IdempotencyKey.key == key,
        )
        .execution_options(populate_existing=True)
    )
