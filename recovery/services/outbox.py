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
byte that it sends, and a STOP committed within the milliseconds between the last look and that byte.

One thread of a run talks to the database: it claims as many texts as calls are free, and records what
came of the calls, many in one commit; a batch that fails is done again one by one. The calls are made by
threads that talk to the provider alone (services/calls.py).
"""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ParamSpec, TypeVar
from uuid import UUID

from recovery import context
from recovery.db import reading, writing
from recovery.queries import outgoing
from recovery.queries.outgoing import Due
from recovery.services import claiming, gaps, recording, upcoming
from recovery.services.calls import Calls, Ended
from recovery.services.claiming import Claim, Outcome, owner
from recovery.services.one_by_one import all_together, apart
from recovery.services.pace import lines, pace
from recovery.services.upcoming import ROUND, Queues
from recovery.sms.gateway import Sent

__all__ = ["Counts", "owner", "send_due"]

GLANCE = 0.05  # seconds until it is looked again whether a phone or a line is free
TOO_LATE_TO_CALL = timedelta(seconds=10)

Clock = Callable[[], datetime]
P = ParamSpec("P")
Became = TypeVar("Became")


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

    What somebody else holds at this moment is tried again at the end, waiting; what would overtake a text
    in another worker's call is so too, and then left to the next run. Once the process is to end nothing
    more is begun, and what is in flight is recorded.
    """
    with writing():
        gap_until = gaps.note(clock())
    with Calls(context.config().sms_in_flight) as calls:
        run = _Run(clock, calls)
        try:
            # Looked up first: what is put aside goes at the end, without another look.
            while due := upcoming.due(clock(), kinds, run.passed, gap_until):
                run.send(run.in_turn(upcoming.clear(due, clock, run.passed)), wait=False)
            run.finish()
            held, run.busy = run.busy, []
            for start in range(0, len(held), upcoming.BATCH):
                again = upcoming.waiting(held[start : start + upcoming.BATCH])
                run.send(run.in_turn(again), wait=True)
        finally:
            run.finish()
    return run.counts


class _Run:
    """One run of a sending job: what it counted, what it passed over, and what is in its hands."""

    def __init__(self, clock: Clock, calls: Calls) -> None:
        self.counts = Counts()
        self.passed: set[UUID] = set()  # not to be tried again
        self.busy: list[Due] = []  # of these, what somebody else held, in this pass
        self._clock, self._calls = clock, calls
        self._phones: dict[UUID, bytes] = {}  # of what is begun and not yet written down

    def in_turn(self, due: Sequence[Due]) -> list[Due]:
        """Without those that would overtake what was busy: they wait with it, for the end or the next run."""
        phones = {each.phone_hash for each in self.busy}
        behind = {each.id for each in due if each.phone_hash in phones and not each.is_urgent}
        self.busy += [each for each in due if each.id in behind]
        self.passed |= behind
        return [each for each in due if each.id not in behind]

    def send(self, due: Iterable[Due], *, wait: bool) -> None:
        """Send these, many at a time, one phone's in turn; without `wait` what can be begun in a round."""
        queues = upcoming.queues(due)
        until = time.monotonic() + ROUND
        while queues and not context.stopping().is_set() and (wait or time.monotonic() < until):
            ended = self._over(0)
            chosen = self._next(queues, 1 if wait or pace().is_limited else None)
            try:
                if chosen:
                    queues = self._begin(chosen, queues, wait)
            finally:
                self._record(ended or ([] if chosen else self._over(GLANCE)))

    def finish(self) -> None:
        """Wait for the calls in flight, and write them down."""
        try:
            while self._calls.in_flight:
                self._record(self._over(ROUND))
        finally:
            for message_id in list(self._phones):
                self._let_go(message_id)

    def _next(self, queues: Queues, most: int | None) -> list[Due]:
        """The first text to each phone, to as many phones as calls are free."""
        chosen: list[Due] = []
        for phone_hash, queue in queues.items():
            if len(chosen) == most or lines().are_taken:
                break
            if lines().take(phone_hash):
                chosen.append(queue.pop(0))
                self._phones[chosen[-1].id] = phone_hash
        for each in chosen:
            if not queues[each.phone_hash]:
                del queues[each.phone_hash]
        return chosen

    def _begin(self, chosen: Sequence[Due], queues: Queues, wait: bool) -> Queues:
        """Claim these and call; gives what is left to be sent.

        Behind one that somebody else holds none goes, so that none overtakes it; nor, as long as there is
        other work, behind one that another worker took, and at the end none at all: what is left out then
        waits for the next run. It is looked what else that one took.
        """
        with pace().turn():
            became = self._claim([each.id for each in chosen], wait)
        for each in chosen:
            outcome = became.get(each.id, Outcome.WAITS)
            if outcome is Outcome.BUSY or (wait and outcome is Outcome.TAKEN):
                behind = queues.pop(each.phone_hash, [])
                self.busy += [each, *behind]
                self.passed.update(other.id for other in behind)
            if outcome is Outcome.TAKEN:
                queues.pop(each.phone_hash, None)
            if not isinstance(outcome, Claim):
                self._let_go(each.id, outcome)
        if Outcome.TAKEN not in became.values():
            return queues
        return upcoming.queues(upcoming.waiting(each for queue in queues.values() for each in queue))

    def _claim(self, message_ids: Sequence[UUID], wait: bool) -> dict[UUID, Claim | Outcome]:
        """What became of each; on a claim that is given, the call has begun."""
        if context.stopping().is_set():
            return {}
        became: dict[UUID, Claim | Outcome] = {}
        begun, started = self._clock(), time.monotonic()
        with all_together():
            became |= claiming.claim_all(message_ids, begun, wait=wait)
        for message_id in message_ids:
            with apart("text_failed", message=message_id):
                became[message_id] = became.get(message_id) or claiming.claim(message_id, begun, wait=wait)
        held = [each for each in became.values() if isinstance(each, Claim)]
        moment = self._clock()
        stopped = _stopped(held)
        age = max(moment - begun, timedelta(seconds=time.monotonic() - started))
        for each in held:
            if age > TOO_LATE_TO_CALL or each.message_id in stopped:
                became[each.message_id] = Outcome.WAITS
                with apart("text_failed", message=each.message_id):
                    claiming.give_back(each, moment)
            else:
                pace().called()
                self._calls.begin(each)
        return became

    def _over(self, wait: float) -> list[Ended]:
        ended = self._calls.ended(wait)
        for held, _ in ended:
            lines().hang_up(self._phones[held.message_id])
        return ended

    def _record(self, ended: Sequence[Ended]) -> None:
        if not ended:
            return
        moment = self._clock()
        results: list[tuple[Claim, Sent]] = []
        became: dict[UUID, Outcome] = {}
        for held, result in ended:
            with apart("text_failed", message=held.message_id):
                results.append((held, result()))
        with all_together():
            became |= _recorded(recording.record_all, results, moment)
        for held, sent in results:
            if held.message_id not in became:
                with apart("text_failed", message=held.message_id):
                    became[held.message_id] = _recorded(recording.record, held, sent, moment)
        for held, _ in ended:
            self._let_go(held.message_id, became.get(held.message_id, Outcome.WAITS))

    def _let_go(self, message_id: UUID, outcome: Outcome = Outcome.WAITS) -> None:
        """It is over with that text: its phone may be texted again."""
        self.counts.add(outcome)
        if outcome in (Outcome.WAITS, Outcome.BUSY):  # the others are queued no more
            self.passed.add(message_id)
        lines().free(self._phones.pop(message_id))


def _recorded(record: Callable[P, Became], *what: P.args, **more: P.kwargs) -> Became:
    """In a commit; nothing has become of what cannot be committed."""
    with writing():
        return record(*what, **more)


def _stopped(held: Sequence[Claim]) -> set[UUID]:
    """A STOP may have come since the claims were committed: one more look, the last before the calls."""
    with reading():
        return outgoing.stopped(each.message_id for each in held if each.heeds_stop)
