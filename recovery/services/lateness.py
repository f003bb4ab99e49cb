"""A text that was found late in the provider's log: whether it still counts, and whether it is answered."""

from datetime import datetime, timedelta

import sqlalchemy as sa

from recovery.db import db
from recovery.domain.days import next_within
from recovery.domain.protocol import DEFAULT
from recovery.domain.vocabulary import Intent
from recovery.models.message import Message
from recovery.queries import inbound, patients

ANSWER_FOR = timedelta(hours=DEFAULT.late_found_drop_hours)
JUST_WRITTEN = timedelta(minutes=1)  # the log may be read before the webhook has come
# A webhook is that long on its way at most: what came within it may have been sent before.
_ON_THE_WAY = timedelta(seconds=15)
_OPPOSITE = {Intent.OPT_OUT: Intent.OPT_IN, Intent.OPT_IN: Intent.OPT_OUT}


def is_taken_back(received: Message, intent: Intent) -> bool:
    """Whether a STOP or START that was found late is no longer her last word.

    Where two came so close that their order is not sure, the STOP stands.
    """
    if received.sent_at is None or received.clinic_id is None or intent not in _OPPOSITE:
        return False
    stops = intent == Intent.OPT_OUT
    at, phone_hash = received.sent_at, received.phone_hash or b""
    since = at + _ON_THE_WAY if stops else at
    hers = received.patient_id
    if inbound.is_said_after(received.clinic_id, phone_hash, hers, _OPPOSITE[intent], since):
        return True
    standing = () if stops else patients.standing_opt_outs(received.clinic_id, hers, phone_hash)
    return any(each.opted_out_at > at for each in standing)


def is_answered(received: Message, now: datetime, *, safety: bool) -> bool:
    """Whether a text still gets its answer: in time, and with nothing answered that was sent after it.

    An answer to something else does not stand for what someone in danger must hear, nor for the
    confirmation of a STOP.
    """
    if received.sent_at is None:
        return True
    if now - received.sent_at > timedelta(minutes=DEFAULT.late_found_answer_minutes):
        return False
    number = received.phone_hash or b""
    return (
        safety
        or received.clinic_id is None
        or not inbound.is_answered_after(received.clinic_id, number, received.sent_at + _ON_THE_WAY)
    )


def times(received: Message, timezone: str, now: datetime, *, safety: bool) -> tuple[datetime, datetime]:
    """When the answer is due and until when it may go.

    What was just written is answered at any hour, what was found late not in quiet hours, unless
    it is a safety text.
    """
    if received.sent_at is None or safety or now - received.sent_at < JUST_WRITTEN:
        return now, now + ANSWER_FOR
    due_at = next_within(now, DEFAULT.quiet_until, DEFAULT.quiet_from, timezone)
    return due_at, received.sent_at + ANSWER_FOR


def withdraw_answers(received: Message) -> None:
    """A newer text of this number is answered: what still waits to answer one found late goes no more."""
    late = sa.select(Message.id).where(
        Message.phone_hash == received.phone_hash,
        Message.clinic_id == received.clinic_id,
        Message.direction == "inbound",
        Message.sent_at.is_not(None),
        Message.id != received.id,
    )
    db.session.execute(
        sa.update(Message)
        .where(Message.status == "queued", Message.kind == "answer", Message.answers_id.in_(late))
        .values(status="cancelled")
        .execution_options(synchronize_session=False)
    )
