"""What a call came to is written down, whoever may have settled the text meanwhile."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

import structlog

from recovery import alike, context
from recovery.models.message import Message
from recovery.queries import messages, outgoing
from recovery.services import circumstances, delivery, gaps, statuses
from recovery.services.claiming import Claim, Outcome
from recovery.sms.gateway import Accepted, RefusalKind, Refused, Sent

logger = structlog.get_logger()

LONGEST_PAUSE = timedelta(minutes=15)
TO_BE_MENDED = timedelta(days=1)  # then a nurse hears of it, who can phone


def record_all(ended: Iterable[tuple[Claim, Sent]], now: datetime) -> dict[UUID, Outcome]:
    """Write down at once every plain case: a claimed text that was accepted, whose patient is free.

    What is not in the answer is still to be recorded, alone.
    """
    plain = {held.message_id: (held, result) for held, result in ended if isinstance(result, Accepted)}
    theirs = {message_id: held.patient_id for message_id, (held, _) in plain.items()}
    texts = [
        (message, patient)
        for message, patient in outgoing.locked_texts(theirs, wait=False)
        if (message.status, message.attempts) == ("sending", plain[message.id][0].attempt)
    ]
    now = gaps.later(now)
    taken = outgoing.known_sids(result.sid for _, result in plain.values())
    about = circumstances.of_sent([message for message, _ in texts], now)
    became = {}
    for message, _ in texts:
        _, result = plain[message.id]
        if message.twilio_sid is None and result.sid not in taken:
            delivered = context.gateway().delivers_at_once
            delivery.accepted(message, result, now, delivered=delivered, about=about.get(message.id))
            became[message.id] = Outcome.SENT
    alike.write()
    return became


def record(held: Claim, result: Sent, now: datetime) -> Outcome:
    """Write down what the call of a claim came to.

    The word may come late: its lease ran out and the text is in doubt, a callback or a look settled
    it, or it was released and claimed anew. Only the latest attempt decides; an earlier one leaves
    its SID behind and overwrites nothing.
    """
    message, _ = outgoing.locked(held.message_id)
    if message is None:
        return Outcome.WAITS
    now = gaps.later(now)
    if message.attempts != held.attempt:
        return _overtaken(message, result, now)
    match result:
        case Accepted():
            return _accepted(message, result, now)
        case _ if message.twilio_sid is not None:  # a status callback or a look was faster
            return Outcome.SENT
        case Refused():
            return _refused(message, result, now)
    if message.status == "sending":
        delivery.doubted(message, now)
    return Outcome.IN_DOUBT if message.status == "in_doubt" else Outcome.WAITS


def _accepted(message: Message, result: Accepted, now: datetime) -> Outcome:
    if message.twilio_sid not in (None, result.sid):  # a look took its twin's SID: the twin finds this one
        statuses.keep(None, result.sid, result.status, {"attempt_of": str(message.id)}, now)
        return Outcome.SENT
    known = messages.message_by_sid(result.sid)
    if known is not None and known.id != message.id:  # its twin took this SID: it looks for the twin's
        delivery.doubted(message, now)
        return Outcome.IN_DOUBT
    delivery.accepted(message, result, now, delivered=context.gateway().delivers_at_once)
    return Outcome.SENT


def _refused(message: Message, result: Refused, now: datetime) -> Outcome:
    if message.status not in ("sending", "in_doubt"):  # released meanwhile, which is what a refusal asks for
        return Outcome.WAITS
    if result.kind is RefusalKind.LATER:
        pause = min(timedelta(minutes=2 ** min(message.attempts - 1, 10)), LONGEST_PAUSE)
        delivery.returned(message, now + pause)
        return Outcome.WAITS
    if result.kind is RefusalKind.ALARM and now - message.created_at < TO_BE_MENDED:
        delivery.alarmed(message, result)
        delivery.returned(message, now + LONGEST_PAUSE)
        return Outcome.WAITS
    delivery.refused(message, result, now)
    return Outcome.REFUSED


def _overtaken(message: Message, result: Sent, now: datetime) -> Outcome:
    """An earlier attempt, given up after fifteen minutes of looking, comes to its word after all."""
    if isinstance(result, Accepted) and result.sid != message.twilio_sid:
        statuses.keep(message, result.sid, result.status, {"overtaken": "1"}, now)
        logger.error("text_accepted_twice", message=str(message.id))
    return Outcome.WAITS
