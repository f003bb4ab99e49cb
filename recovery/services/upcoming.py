"""Which texts come next: what is due, certainly not sent before a gap, and each phone's in turn."""

import random
from collections.abc import Callable, Iterable
from datetime import datetime
from uuid import UUID

from recovery import context
from recovery.db import reading
from recovery.queries import outgoing
from recovery.queries.outgoing import Due
from recovery.services import looking, switches
from recovery.services.at_once import at_once
from recovery.services.one_by_one import apart
from recovery.services.pace import pace

BATCH = 2_000  # texts looked up at once; of fewer, several workers would often reach for the same
ROUND = 5.0  # seconds; then it is looked anew what is most urgent, and what others have taken
GOES_WHILE_HELD = ("safety", "on_call", "nurse")  # neither a danger nor a person's own words wait

Clock = Callable[[], datetime]
Queues = dict[bytes, list[Due]]


def due(
    now: datetime, kinds: tuple[str, ...] | None, passed: set[UUID], gap_until: datetime | None
) -> list[Due]:
    """What may go now as far as it can be told without a lock; nothing once the process is to end."""
    if context.stopping().is_set():
        return []
    with reading():
        held = GOES_WHILE_HELD if switches.is_held() else None
        return outgoing.due(now, kinds, but=passed, limit=BATCH, gap_until=gap_until, or_expired=held)


def waiting(texts: Iterable[Due]) -> list[Due]:
    """Those that still wait, in their order: nobody else has taken them meanwhile."""
    asked = list(texts)
    with reading():
        found = outgoing.patients_of_queued(each.id for each in asked)
    return [each for each in asked if each.id in found]


def clear(texts: list[Due], clock: Clock, passed: set[UUID]) -> list[Due]:
    """Those that certainly did not go before a gap; the provider is asked about many at a time.

    `passed` gets those that wait. Who is not asked about within a round is so in the next.
    """

    def look(each: Due) -> Due | None:
        with apart("text_failed", message=each.id):
            if not each.in_gap or looking.clear(each.id, clock()):
                return each
        passed.add(each.id)
        return None

    if not any(each.in_gap for each in texts):
        return texts
    return [each for each in at_once(look, texts, looking.CALLS, ROUND) if each is not None]


def queues(texts: Iterable[Due]) -> Queues:
    """By their phones, each one's in order; urgent ones first, and the others as it falls out.

    So several workers seldom reach for the same text at the same time.
    """
    found: Queues = {}
    for each in texts:
        found.setdefault(each.phone_hash, []).append(each)
    if pace().is_limited:  # few go at a time, so the longest waiting do
        return found
    turns = {
        phone: -1.0 if any(each.is_urgent for each in queue) else random.random()
        for phone, queue in found.items()
    }
    return {phone: found[phone] for phone in sorted(found, key=turns.__getitem__)}
