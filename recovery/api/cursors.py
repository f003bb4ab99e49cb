"""Where a list goes on: the last row seen, signed, for one clinic and one question only."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from flask import current_app, request
from itsdangerous import BadSignature, URLSafeSerializer

from recovery.api.guard import actor
from recovery.domain.errors import Invalid

Row = TypeVar("Row")
After = tuple[Any, ...]


def after(asked: dict[str, Any]) -> After | None:
    """The place that the query's `cursor` names. Raises Invalid for one that is not ours for this list."""
    cursor = asked.get("cursor")
    if cursor is None:
        return None
    try:
        parts = _signer(asked).loads(cursor)
    except BadSignature:
        raise Invalid({"cursor": ["Not a cursor of this list."]}) from None
    *places, at, identity = parts
    return (*places, datetime.fromisoformat(at), UUID(identity))


def page(
    asked: dict[str, Any], rows: Sequence[Row], place: Callable[[Row], After]
) -> tuple[Sequence[Row], str | None]:
    """The rows to show of one more than were asked for, and the cursor of the next page if there is one."""
    limit = int(asked["limit"])
    if len(rows) <= limit:
        return rows, None
    *places, at, identity = place(rows[limit - 1])
    return rows[:limit], str(_signer(asked).dumps([*places, at.isoformat(), str(identity)]))


def _signer(asked: dict[str, Any]) -> URLSafeSerializer:
    question = sorted((name, str(value)) for name, value in asked.items() if name not in ("cursor", "limit"))
    secret = str(current_app.config["SECRET_KEY"])
    return URLSafeSerializer(secret, salt=f"{request.path} {actor().clinic_id} {question}")
