"""Unknown numbers as JSON, with what they wrote; moments with the clinic's offset."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from recovery.api.shapes.photos import photo
from recovery.api.shapes.values import local_to, text
from recovery.models.message import Message, Photo
from recovery.models.patient import UnknownNumber
from recovery.queries import photos, strangers


def unknown_messages(rows: Sequence[UnknownNumber], timezone: str) -> list[dict[str, Any]]:
    wrote: defaultdict[UUID | None, list[Message]] = defaultdict(list)
    texts = strangers.texts_of([row.id for row in rows])
    for each in texts:
        wrote[each.unknown_number_id].append(each)
    came = photos.photos_of(texts)
    return [_number(row, wrote[row.id], came, timezone) for row in rows]


def _number(
    row: UnknownNumber, wrote: Sequence[Message], came: Mapping[UUID, Sequence[Photo]], timezone: str
) -> dict[str, Any]:
    local = local_to(timezone)
    return {
        "id": str(row.id),
        "phone": row.phone,
        "first_at": local(row.first_at),
        "last_at": local(row.last_at),
        "priority": row.priority,
        "dismissed_at": local(row.dismissed_at),
        "attached_to": text(row.patient_id),
        "messages": [_text(each, came[each.id], timezone) for each in wrote],
    }


def _text(row: Message, came: Sequence[Photo], timezone: str) -> dict[str, Any]:
    return {
        "id": str(row.id),
        "body": row.body,
        "media_count": row.media_count,
        "photos": [photo(each) for each in came],
        "intent": row.intent,
        "at": local_to(timezone)(row.created_at),
    }
