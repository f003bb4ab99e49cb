"""A text arrives, its whole path: against a bare handler, and in a large clinic against a small one."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from statistics import median

import sqlalchemy as sa
from flask import Flask

from bench import callers, texts
from bench.callers import CLIENTS, Call, Load
from bench.measure import Measure, Pairs, Result, figure, in_turn, percentile, table
from bench.patients import Size
from bench.timing import progress
from bench.world import Filled, World
from recovery.db import db

OURS, BARE, TWELVE = "wsgi:app", "bench.bare:create_app()", "bench.bare:create_app(statements=12)"
_TEXTS, _FIRST, _COUNTED = 100, 24, 12  # a round, before the first round, and to count statements
_MORE = 3  # times as many go to the bare handler, which takes a third of the time or less
_HEADS = ("", "texts", "a second", "p50, ms", "p99, ms", "web processor, ms a text")


class Side:
    """One server and the texts that it has taken, round after round."""

    def __init__(self, world: World, of: Filled, app: str, name: str, count: int) -> None:
        self.world, self.of, self.app, self.name, self.count = world, of, app, name, count
        self.loads: list[Load] = []
        self.used = 0.0
        callers.call(world.web(of, app), self._calls(world.count(_FIRST, CLIENTS)))  # it loads what it needs

    def take(self) -> Load:
        """One round."""
        progress(f"inbound: {self.name}, round {len(self.loads) + 1} of {self.world.rounds}")
        calls, server = self._calls(self.count), self.world.server_of(self.of, self.app)
        before = server.processor_seconds()
        self.loads.append(callers.call(server.address, calls))
        self.used += server.processor_seconds() - before
        return self.loads[-1]

    @property
    def each(self) -> list[float]:
        """The seconds of every text; a round alone is too short for a hundredth."""
        return [each for load in self.loads for each in load.each]

    @property
    def processor(self) -> float:
        """Seconds of it that the server's processes used for a text."""
        return self.used / len(self.each)

    def row(self) -> list[object]:
        """Over all rounds, and how many a second in the middle one."""
        each = self.each
        throughput = median(load.throughput for load in self.loads)
        parts = [percentile(each, percent) * 1e3 for percent in (50, 99)]
        return [self.name, len(each), throughput, *parts, self.processor * 1e3]

    def _calls(self, count: int) -> list[Call]:
        if self.app == OURS:
            return texts.unanswered(self.of, count)
        return [texts.inbound(self.of, "+16475550100", "2 1 0") for _ in range(count)]


def on_postgresql(world: World) -> Result:
    return _against_bare(world, "postgresql")


def on_sqlite(world: World) -> Result:
    return _against_bare(world, "sqlite")


def in_a_large_clinic(world: World) -> Result:
    """The same texts to a clinic of `scale` patients and to one of a thousand, both on PostgreSQL."""
    count, small_one = world.count(_TEXTS, CLIENTS), world.database(Size(world.few, awaiting=world.few))
    large, small = (
        Side(world, each, OURS, f"{each.size.patients:,} patients", count)
        for each in (world.large, small_one)
    )
    pairs = in_turn(lambda: large.take().seconds, lambda: small.take().seconds, world.rounds)
    what = f"time of a text among {large.name} against one among {small.name}"
    return Result([figure(what, pairs.ratios, goal=1.2)], table(_HEADS, [large.row(), small.row()]))


def _against_bare(world: World, kind: str) -> Result:
    filled = world.database(Size(2 * world.few, awaiting=2 * world.few), kind)
    counted = texts.unanswered(filled, world.count(_COUNTED, len(texts.SAID)))
    statements = _statements(world.served(filled), counted)
    count = world.count(_TEXTS, CLIENTS)
    ours = Side(world, filled, OURS, "the whole path", count)
    bare = Side(world, filled, BARE, "the bare handler", _MORE * count)
    pairs: Pairs = in_turn(lambda: ours.take().throughput, lambda: bare.take().throughput, world.rounds)
    twelve = Side(world, filled, TWELVE, "the bare handler, 12 statements", _MORE * count)
    twelve.take()
    slow = percentile(ours.each, 99) / percentile(ours.each, 50)
    figures = [
        figure("its throughput against the bare handler's", pairs.ratios, goal=1 / 3, at_least=True),
        figure("its web processor a text against the bare handler's", [ours.processor / bare.processor]),
        figure("12 statements alone against the bare handler's", [twelve.processor / bare.processor]),
        figure("p99 against its own median", [slow], goal=5),
        figure("statements of a text", statements, goal=12),
    ]
    return Result(figures, table(_HEADS, [ours.row(), bare.row(), twelve.row()]))


def _statements(app: Flask, calls: Sequence[Call]) -> list[float]:
    """How many statements each of these texts takes, in this process."""
    client, found = app.test_client(), []
    with app.app_context(), _counted(db.engine) as seen:
        for each in calls:
            seen.clear()
            answer = client.post(each.path, data=each.body, headers=list(each.headers))
            if answer.status_code not in each.statuses:
                raise callers.Unexpected(answer.text)
            found.append(float(len(seen)))
        db.session.remove()
        db.engine.dispose()
    return found


@contextmanager
def _counted(engine: sa.Engine) -> Iterator[list[str]]:
    """The statements that go to the database; what begins and ends a transaction is none."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if not statement.startswith(("BEGIN", "COMMIT", "ROLLBACK")):
            seen.append(statement)

    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)


_GOAL = "a third of its throughput at least, p99 under 5 medians, 12 statements at most"
MEASURES = (
    Measure("inbound", "POST /sms/inbound on PostgreSQL", "a bare handler", _GOAL, on_postgresql),
    Measure("inbound-sqlite", "POST /sms/inbound on SQLite", "a bare handler", _GOAL, on_sqlite),
    Measure("inbound-large", "inbound in a large clinic", "itself at 1,000", "1.2", in_a_large_clinic),
)
