"""Unknown numbers as JSON, with what they wrote; moments with the clinic's offset."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from recovery.api.shapes.values import local_to
from recovery.models.message import Message
from recovery.models.patient import UnknownNumber
from recovery.queries import strangers


def unknown_messages(rows: Sequence[UnknownNumber], timezone: str) -> list[dict[str, Any]]:
    wrote: defaultdict[UUID | None, list[Message]] = defaultdict(list)
    for each in strangers.texts_of([row.id for row in rows]):
        wrote[each.unknown_number_id].append(each)
    return [_number(row, wrote[row.id], timezone) for row in rows]


def _number(row: UnknownNumber, wrote: Sequence[Message], timezone: str) -> dict[str, Any]:
    local = local_to(timezone)
    return {
        "id": str(row.id),
        "phone": row.phone,
        "first_at": local(row.first_at),
        "last_at": local(row.last_at),
        "priority": row.priority,
        "dismissed_at": local(row.dismissed_at),
        "messages": [_text(each, timezone) for each in wrote],
    }


def _text(row: Message, timezone: str) -> dict[str, Any]:
    return {
        "id": str(row.id),
        "body": row.body,
        "media_count": row.media_count,
        "intent": row.intent,
        "at": local_to(timezone)(row.created_at),
    }
