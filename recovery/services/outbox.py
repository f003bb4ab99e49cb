"""The outbox sends: a row is claimed and committed before the provider hears of it, then recorded.

Why no text goes twice, the provider having no idempotency key:

- A claim is made under the lock of the patient's row (SKIP LOCKED, or SQLite's one writer) and only on
  a row that is `queued`; it commits before the call. So of any number of workers one calls.
- A row never becomes `queued` again by the passing of time. A lease that ran out puts it in doubt, and
  from there it comes back only if the provider's log was looked at and does not hold it, fifteen
  minutes or more after the claim (services/looking.py), or was told a certain refusal.
- Whoever called compares its attempt with the row's before it writes (services/recording.py).
- Leases begin at the later of the worker's clock and the latest tick of any other (services/gaps.py),
  so that a clock set back makes no lease look old. Nothing is called on a claim that is older than
  ten seconds, by the wall or by the machine's steady clock, whichever is more.

What is left: a process frozen for a quarter of an hour between its last look at the clock and the first
byte that it sends, and a STOP committed within the microseconds between the last look and that byte.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from recovery import context
from recovery.db import reading, writing
from recovery.queries import messages, outgoing
from recovery.queries.outgoing import Due
from recovery.services import claiming, gaps, gate, looking, recording, switches
from recovery.services.at_once import at_once
from recovery.services.claiming import Claim, Outcome, owner
from recovery.services.one_by_one import apart, until_stopped
from recovery.services.pace import pace, phones

__all__ = ["CALLS", "Counts", "owner", "send_due"]

CALLS = 16  # in flight at a time in one run
BATCH = 500
ROUND = 5.0  # seconds; then it is looked anew what is most urgent, and what others have taken
TOO_LATE_TO_CALL = timedelta(seconds=10)
GOES_WHILE_HELD = ("safety", "on_call", "nurse")  # neither a danger nor a person's own words wait

Clock = Callable[[], datetime]


@dataclass
class Counts:
    """What one run of a sending job did."""

    sent: int = 0
    refused: int = 0
    expired: int = 0
    cancelled: int = 0
    in_doubt: int = 0

    def add(self, outcome: Outcome) -> None:
        if hasattr(self, outcome):
            setattr(self, outcome, getattr(self, outcome) + 1)


def send_due(clock: Clock, kinds: tuple[str, ...] | None = None) -> Counts:
    """Send what is queued and due, of some kinds or of any, until nothing more may go now.

    What somebody else holds at this moment is tried again at the end, waiting. Once the process is
    to end nothing more is begun, and what is in flight is recorded.
    """
    counts = Counts()
    with writing():
        gap_until = gaps.note(clock())
    passed: set[UUID] = set()
    busy: list[Due] = []
    while due := _due(clock(), kinds, passed, gap_until):
        busy += _send(due, clock, counts, passed, wait=False)
    _send(busy, clock, counts, passed, wait=True)
    return counts


def _due(
    now: datetime, kinds: tuple[str, ...] | None, passed: set[UUID], gap_until: datetime | None
) -> list[Due]:
    if context.stopping().is_set():
        return []
    with reading():
        held = GOES_WHILE_HELD if switches.is_held() else None
        return outgoing.due(now, kinds, but=passed, limit=BATCH, gap_until=gap_until, or_expired=held)


def _send(due: list[Due], clock: Clock, counts: Counts, passed: set[UUID], *, wait: bool) -> list[Due]:
    """Send these, many at a time, one phone's in turn; gives back those that somebody else held.

    Without `wait` only what can be begun within a round. `passed` gets what is not to be tried again.
    """
    lanes: dict[bytes, list[Due]] = {}
    for each in due:
        lanes.setdefault(each.phone_hash, []).append(each)

    def in_turn(lane: list[Due]) -> list[tuple[Due, Outcome]]:
        return list(_send_in_turn(lane, clock, wait))

    left: list[Due] = []
    for became in at_once(in_turn, lanes.values(), CALLS, None if wait else ROUND):
        for each, outcome in became:
            counts.add(outcome)
            if outcome in (Outcome.WAITS, Outcome.BUSY):  # the others are queued no more
                passed.add(each.id)
            if outcome is Outcome.BUSY:
                left.append(each)
    return left


def _send_in_turn(lane: list[Due], clock: Clock, wait: bool) -> Iterator[tuple[Due, Outcome]]:
    """The texts to one phone; behind one that somebody else holds none goes, so that none overtakes it."""
    outcome: Outcome = Outcome.WAITS
    for each in until_stopped(lane):
        if outcome is not Outcome.BUSY:
            outcome = Outcome.WAITS
            with apart("text_failed", message=each.id), phones().only(each.phone_hash):
                outcome = _send_one(each, clock, wait)
        yield each, outcome


def _send_one(due: Due, clock: Clock, wait: bool) -> Outcome:
    if due.in_gap and not looking.clear(due.id, clock()):
        return Outcome.WAITS
    with pace().turn():
        if context.stopping().is_set():
            return Outcome.WAITS
        begun, started = clock(), time.monotonic()
        held = claiming.claim(due.id, begun, wait=wait)
        if not isinstance(held, Claim):
            return held
        moment = clock()
        stopped = _is_stopped(held)
        age = max(moment - begun, timedelta(seconds=time.monotonic() - started))
        if stopped or age > TOO_LATE_TO_CALL:
            claiming.give_back(held, moment)
            return Outcome.WAITS
        pace().called()
    result = context.gateway().send(held.outgoing)
    moment = clock()
    with writing():
        return recording.record(held, result, moment)


def _is_stopped(held: Claim) -> bool:
    """A STOP may have come since the claim was committed: one more look, the last before the call."""
    with reading():
        message = messages.message(held.message_id)
        return message is None or gate.is_stopped(message)
