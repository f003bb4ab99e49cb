"""Texts whose fate is not known: looked for, asked about, and never sent again blindly."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from recovery.db import reading, writing
from recovery.queries import outgoing
from recovery.services import asking, delivery, looking, lost_texts, outbox
from recovery.services.one_by_one import apart, until_stopped

Clock = Callable[[], datetime]


@dataclass
class Counts:
    adopted: int = 0
    released: int = 0
    expired: int = 0
    received: int = 0
    updated: int = 0


def reconcile(clock: Clock) -> Counts:
    """Put claims without a word in doubt, look for what is in doubt, ask about what nobody told of.

    Then take in the texts whose webhook never came. Each part is apart: one that fails stops no
    other. What was released, and what answers a text, is sent before it returns.
    """
    counts = Counts()
    with apart("leases_failed"):
        counts.updated += _end_leases(clock)
    with apart("looks_failed"):
        looked = looking.settle(clock)
        counts.adopted, counts.released, counts.expired = looked.adopted, looked.released, looked.expired
    with apart("asking_failed"):
        counts.updated += asking.ask(clock)
    with apart("lost_texts_failed"):
        counts.received = lost_texts.receive(clock)
    if counts.released or counts.received:
        outbox.send_due(clock)
    return counts


def _end_leases(clock: Clock) -> int:
    """Mark claims whose lease ran out as in doubt."""
    with reading():
        stuck = outgoing.expired_leases(clock(), limit=500)
    doubted = 0
    for message_id in until_stopped(stuck):
        now = clock()
        with apart("reconcile_failed", message=message_id), writing():
            doubted += _doubt(message_id, now)
    return doubted


def _doubt(message_id: UUID, now: datetime) -> bool:
    message, _ = outgoing.locked(message_id)
    if message is None or message.status != "sending":
        return False
    if message.lease_until is None or message.lease_until >= now:
        return False
    delivery.doubted(message, now)
    return True
