"""Texts whose webhook never came: found in the provider's log, and taken in like all others."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
import structlog

from recovery import context
from recovery.db import add_if_new, db, reading, writing
from recovery.models.message import InboundLook
from recovery.queries import inbound, outgoing
from recovery.queries.inbound import Number
from recovery.services import inbox
from recovery.services.at_once import at_once
from recovery.services.incoming import Incoming
from recovery.services.one_by_one import apart, until_stopped
from recovery.sms.gateway import Listed, OutOfReach

logger = structlog.get_logger()

LOOKS_AT_ONCE = 8
LONGEST_RUN = 45.0  # seconds; the numbers that are left come first in the next run
OVERLAP = timedelta(hours=1)  # the log is not written in the order of its times
AT_FIRST = timedelta(hours=24)  # before the latest text, or before the clinic was added if that is later

Clock = Callable[[], datetime]


def receive(clock: Clock) -> int:
    """Look for lost texts at every clinic's number and take them in; how many were new.

    What cannot be reached or taken in now is looked for again in the next run. Any number of
    workers may do so at once: a text is stored once, whoever brings it.
    """
    with reading():
        numbers = inbound.numbers()

    def at(number: Number) -> int:
        with apart("lost_texts_failed", clinic=number.clinic_id):
            return _look(number, clock)
        return 0

    return sum(at_once(at, numbers, LOOKS_AT_ONCE, LONGEST_RUN))


def _look(number: Number, clock: Clock) -> int:
    """Each unknown text in a transaction of its own, oldest first; the mark stays before one that failed."""
    try:
        listed = _told(number, context.gateway().received_at(number.phone, _since(number)))
    except OutOfReach as error:
        logger.warning("inbound_log_out_of_reach", clinic=str(number.clinic_id), error=str(error))
        return 0
    with reading():
        known = outgoing.known_sids(each.sid for each, _ in listed)
    unknown = [each for each in listed if each[0].sid not in known]
    received, done = 0, set(known)
    for text, sent_at in until_stopped(unknown):
        with apart("lost_text_failed", clinic=number.clinic_id, sid=text.sid):
            received += _is_new(text, sent_at, clock)
            done.add(text.sid)
    left = min((sent_at for text, sent_at in unknown if text.sid not in done), default=None)
    read = [sent_at for _, sent_at in listed if left is None or sent_at < left]
    with writing():
        _note(number, max(read, default=None), clock())
    return received


def _since(number: Number) -> datetime | None:
    """From where to look, by the provider's own clock alone; None for its latest texts."""
    return number.newest_sent_at and number.newest_sent_at - OVERLAP


def _told(number: Number, listed: Sequence[Listed]) -> list[tuple[Listed, datetime]]:
    """The texts to us with the time at which each was sent, oldest first."""
    texts = [(each, each.sent_at) for each in listed if each.direction == "inbound" and each.sent_at]
    texts.sort(key=lambda each: each[1])
    if number.newest_sent_at is None and texts:
        since = max(number.added_at, texts[-1][1]) - AT_FIRST
        texts = [each for each in texts if each[1] >= since]
    return texts


def _is_new(text: Listed, sent_at: datetime, clock: Clock) -> bool:
    media = context.gateway().media_of(text.sid) if text.media else ()
    now = clock()
    incoming = Incoming(
        sid=text.sid,
        to=text.to,
        sender=text.sender or "",
        body=text.body.replace("\x00", ""),
        media=media,
        sent_at=min(sent_at, now),
        from_twiml=False,
    )
    try:
        with writing():
            return inbox.receive_late(incoming, now)
    except inbox.NotTaken:
        with writing():
            return inbox.leave(incoming, now)


def _note(number: Number, read_to: datetime | None, now: datetime) -> None:
    """Keep how far the log was read; another worker may have been faster, and the mark only rises."""
    clinic_id = number.clinic_id
    if add_if_new(InboundLook, clinic_id=clinic_id, newest_sent_at=read_to, looked_at=now):
        return
    this = sa.update(InboundLook).where(InboundLook.clinic_id == clinic_id)
    db.session.execute(this.values(looked_at=now))
    if read_to is not None:
        behind = sa.or_(InboundLook.newest_sent_at.is_(None), InboundLook.newest_sent_at < read_to)
        db.session.execute(this.where(behind).values(newest_sent_at=read_to))
