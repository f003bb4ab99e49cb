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
) -> bool:
    """Keep one status callback and act on it; whether it said something new.

    An unknown text, or an old word, changes nothing.
    """
    message = _found(sid, message_id, to)
    if message is not None and message.patient_id is not None:
        patients.locked_patient(message.patient_id)  # before the event, whose foreign key locks the text
    keep(message, sid, status, detail, now)
    if message is None:
        return False
    db.session.refresh(message, with_for_update={"key_share": True})
    return delivery.reported(message, sid, status, code, now)


def keep(message: Message | None, sid: str, status: str, detail: dict[str, Any], now: datetime) -> None:
    """Keep a word of the provider's as it came."""
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


def _found(sid: str, message_id: UUID | None, to: str) -> Message | None:
    """The text by its SID or, told before we knew that, by our own id, if it went to that number."""
    message = messages.message_by_sid(sid)
    if message is None and message_id is not None:
        message = messages.message(message_id)
        if message is not None and message.phone_hash not in (None, keyring().phone_hash(to)):
            return None
    return message if message is not None and message.direction == "outbound" else None
