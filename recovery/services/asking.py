"""Texts that the provider took and never told the end of: it is asked, a few times, ever more seldom."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

import structlog

from recovery import context
from recovery.db import db, reading, writing
from recovery.queries import messages, outgoing
from recovery.services import delivery, statuses
from recovery.services.at_once import at_once
from recovery.services.one_by_one import apart
from recovery.sms import codes
from recovery.sms.gateway import Gone, Listed, OutOfReach

logger = structlog.get_logger()

TEXTS_A_RUN = 200
CALLS = 8
LONGEST_RUN = 45.0  # seconds, after which the rest is left to the next run


def ask(clock: Callable[[], datetime]) -> int:
    """Ask about the texts whose time has come; how many rose. Who is out of reach is asked again."""
    with reading():
        untold = outgoing.untold(clock(), TEXTS_A_RUN)

    def one(message_id: UUID) -> bool:
        with apart("asking_failed", message=message_id):
            return _ask(message_id, clock())
        return False

    return sum(at_once(one, untold, CALLS, LONGEST_RUN))


def _ask(message_id: UUID, now: datetime) -> bool:
    with reading():
        message = messages.message(message_id)
        sid = message.twilio_sid if message is not None else None
    if sid is None:
        return False
    told: Listed | None = None
    try:
        told = context.gateway().text(sid)
    except Gone:
        logger.warning("text_gone_at_provider", message=str(message_id))
    except OutOfReach as error:
        logger.warning("asking_out_of_reach", error=str(error))
        return False
    with writing():
        return _take(message_id, sid, told, now)


def _take(message_id: UUID, sid: str, told: Listed | None, now: datetime) -> bool:
    """What was told goes the way of a callback; what was told before only moves the next look."""
    message, _ = outgoing.locked(message_id)
    if message is None or message.look_at is None:
        return False
    rose = False
    if told is not None and codes.rank(told.status) > codes.rank(message.provider_status or ""):
        rose = statuses.take(sid, told.status, told.code, None, now, {"asked": "1"})
        db.session.flush()
    if message.look_at is not None:
        since = message.sent_at or message.look_at
        message.looks += 1
        message.look_at = delivery.following(since, delivery.ASKED, now) if told is not None else None
    return rose
