"""The provider tells what became of a text: every word is kept, and only a rise changes anything."""

from datetime import datetime
from typing import Any
from uuid import UUID

from recovery.db import db, keyring, new_id
from recovery.models.message import Message, ProviderEvent
from recovery.queries import messages, patients
from recovery.services import delivery


def take(
    sid: str,
    status: str,
    code: int | None,
    message_id: UUID | None,
    now: datetime,
    detail: dict[str, Any],
    to: str = "",
) -> None:
    """Keep one status callback and act on it; an unknown text, or an old word, changes nothing."""
    message = _found(sid, message_id, to)
    if message is not None and message.patient_id is not None:
        patients.locked_patient(message.patient_id)  # before the event, whose foreign key locks the text
    db.session.add(
        ProviderEvent(
            id=new_id(),
            clinic_id=message.clinic_id if message else None,
            message_id=message.id if message else None,
            twilio_sid=sid,
            status=status[:32],
            detail=detail,
            received_at=now,
        )
    )
    if message is not None:
        db.session.refresh(message, with_for_update={"key_share": True})
        delivery.reported(message, sid, status, code, now)


def _found(sid: str, message_id: UUID | None, to: str) -> Message | None:
    """The text by its SID or, told before we knew that, by our own id, if it went to that number."""
    message = messages.message_by_sid(sid)
    if message is None and message_id is not None:
        message = messages.message(message_id)
        if message is not None and message.phone_hash not in (None, keyring().phone_hash(to)):
            return None
    return message if message is not None and message.direction == "outbound" else None
