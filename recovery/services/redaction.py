"""What was written is emptied in the provider's log, once its state is final and our own copy is safe."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
import structlog

from recovery import context
from recovery.db import db, reading, writing
from recovery.models.message import Message
from recovery.queries import redaction as found
from recovery.sms.gateway import Gone, NotLetIn, OutOfReach

logger = structlog.get_logger()

SETTLED = timedelta(minutes=5)  # the repeats of a webhook and its callbacks are over by then
REACHES_BACK = timedelta(days=13)
A_RUN = 200
LONGEST_RUN = timedelta(seconds=20)


def redact(clock: Callable[[], datetime]) -> int:
    """Empty the bodies there of texts in both directions, where the settings ask for it; how many.

    The newest go first, so that one which the provider keeps refusing holds up none that follow. What
    fails is tried again by the next run; to be told twice does a text no harm.
    """
    if not context.config().twilio_redact_bodies:
        return 0
    began, redacted = clock(), 0
    with reading():
        due = found.unredacted(began - REACHES_BACK, began - SETTLED, A_RUN)
    for message_id, sid in due:
        if context.stopping().is_set() or clock() - began > LONGEST_RUN:
            break
        try:
            redacted += _redact_one(message_id, sid, clock)
        except NotLetIn:
            logger.error("redaction_refused")
            break
    return redacted


def _redact_one(message_id: UUID, sid: str, clock: Callable[[], datetime]) -> bool:
    """Ask the provider first, then note it down; a text that is gone there has no body either."""
    try:
        context.gateway().redact(sid)
    except Gone:
        pass
    except NotLetIn:
        raise
    except OutOfReach as error:
        logger.warning("text_not_redacted", message=str(message_id), error=str(error))
        return False
    with writing():
        emptied = sa.update(Message).where(Message.id == message_id).values(redacted_at=clock())
        db.session.execute(emptied)
    return True
