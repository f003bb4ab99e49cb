"""A storm: people come and write while processes die and Twilio has its moods; then calm, and the books."""

import random
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from recovery.db import db, reading
from recovery.models.message import Message
from recovery.services import clock
from tests.faults import ledger
from tests.faults.people import People
from tests.faults.world import World
from tests.twilio_simulator.faults import Moods

SHARE = 0.25  # of the requests meet a fault
UNSETTLED = ("queued", "sending", "in_doubt")
PAUSE = 0.1, 1.5  # seconds that a process at least runs before it is killed
SUSPENDED_EVERY = 9
LONGER_THAN_A_LEASE = timedelta(minutes=3)
STEP = timedelta(minutes=6)  # of the looks at 1, 5 and 15 minutes, and of a lease
PATIENCE = 14  # such steps until everything must have ended


@dataclass
class Tally:
    """What was survived."""

    kills: int = 0
    suspensions: int = 0
    restarts: int = 0
    patients: int = 0
    texts: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        faults = ", ".join(f"{times} x {name}" for name, times in sorted(self.faults.items()))
        return (
            f"survived {self.kills} kills, {self.suspensions} suspensions,"
            f" {self.restarts} restarts of the database and"
            f" {self.faults.total()} faults of Twilio ({faults});"
            f" {self.patients} patients, {self.texts} texts on Twilio's side"
        )


def rage(
    world: World,
    *,
    kills: int,
    seed: int,
    restarts: int = 0,
    said: Callable[[str], None] = lambda _: None,
) -> Tally:
    """Kill somebody `kills` times at random moments, then let everything settle and compare the books."""
    drawn = random.Random(seed)
    people, tally = People(world, seed), Tally()
    world.twilio.fail_at_random(Moods(seed, SHARE))
    restart_at = set(drawn.sample(range(kills), min(restarts, kills)))
    people.begin()
    while world.kills < kills:
        name = drawn.choice(world.names)
        world.wait_for(name)
        time.sleep(drawn.uniform(*PAUSE))
        if world.kills in restart_at:
            restart_at.remove(world.kills)
            tally.restarts += world.database.restart()
        if world.kills % SUSPENDED_EVERY == 1:
            _suspend(world, drawn.choice(world.names[1:]))
            tally.suspensions += 1
        world.kill(name)
        world.start(name)
        said(f"{world.kills} of {kills}: killed the {name}; {len(people.awake)} patients")
    people.rest()
    settle(world, people)
    tally.kills, tally.faults = world.kills, world.twilio.faults_met
    tally.patients = len(people.awake) + len(people.asleep)
    tally.texts = len(world.twilio.messages)
    tally.broken = ledger.broken(world, people)
    return tally


def _suspend(world: World, name: str) -> None:
    """A worker sleeps, wherever it is, longer than its claims hold, and wakes as if nothing had been."""
    world.suspend(name)
    with suppress(DBAPIError):  # it sleeps with SQLite's one lock in its hand
        world.pass_time(LONGER_THAN_A_LEASE)
    world.wake(name)


def settle(world: World, people: People) -> None:
    """Calm: Twilio answers again, workers end as an operator ends them, time passes."""
    world.twilio.fail_at_random(None)
    world.stop_workers()
    for _ in range(PATIENCE):
        for name in ("reconcile-messages", "send-messages"):
            world.run(name)
            people.see_stops()
        world.twilio.deliver_callbacks(reorder=lambda calls: calls[: len(calls) // 2])
        if not _unsettled(world):
            return
        world.pass_time(STEP)


def _unsettled(world: World) -> int:
    """Texts whose end is not known, but for those that wait for a morning."""
    with world.app.app_context(), reading():
        rows = db.session.scalars(sa.select(Message).where(Message.status.in_(UNSETTLED)))
        return sum(not ledger.waits_for_morning(row, clock.now()) for row in rows)
