"""Finding what is due, and an idle tick of every job: what they cost, and by which index they find it.

One of the measures of `make bench`. What its columns mean stands in docs/benchmarks.md.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from statistics import median

import sqlalchemy as sa

from bench.measure import Figure, Measure, Result, figure, in_turn, table
from bench.patients import Size
from bench.plans import Plan, plans
from bench.timing import progress
from bench.world import SMALL, Filled, World
from jobs import runs
from jobs.timetable import TIMETABLE, Job
from recovery.db import db, reading, writing
from recovery.domain.vocabulary import CheckInStatus
from recovery.models.message import InboundLook
from recovery.models.system import JobRun, Switch
from recovery.models.treatment import CheckIn
from recovery.queries import treatments

KINDS = {"postgresql": "PostgreSQL", "sqlite": "SQLite"}
FINDING = "finding the due"
TICKS = 3  # in turn with the other clinic's; the middle one counts
TURNS = 3  # of each round
FEW = 100  # rows, too few for an index to be quicker
BEFORE = timedelta(minutes=5)  # nothing is due yet
# One row a clinic, a job or a switch: read from end to end they are still small.
SMALL_TABLES = frozenset({"clinic", "inbound_look", "job_run", "protocol_version", "switch"})

Work = Callable[[datetime], object]


def take(world: World) -> Result:
    """Each piece of work at the scale against the same at a thousand, on both databases; then the plans."""
    figures: list[Figure] = []
    details: list[str] = []
    for kind, name in KINDS.items():
        sizes = (Size.usual(world.scale), Size.usual(min(SMALL, world.scale)))
        large, small = (world.database(size, kind) for size in sizes)
        with _left_as_they_were(large, small):
            found, rows = _compared(world, large, small, name)
            explained = _explained(large)
        figures += [*found, _whole_tables(name, explained)]
        details += [
            f"{name}, milliseconds each, the middle of {world.rounds * TURNS} turns of {TICKS}:",
            table(*rows),
        ]
        details += [
            f"{name}: how each job finds what it looks for, at {world.scale:,} patients",
            _told(explained),
        ]
    return Result(figures, "\n\n".join(details))


def _compared(
    world: World, large: Filled, small: Filled, name: str
) -> tuple[list[Figure], tuple[Sequence[str], list[list[object]]]]:
    ratios: dict[str, list[float]] = {}
    rows: list[list[object]] = []
    for what, work in _works().items():
        progress(f"due: {name}, {what}")
        pairs = in_turn(partial(_seconds, large, work), partial(_seconds, small, work), world.rounds * TURNS)
        ratios[what] = pairs.ratios
        rows.append([what, *(median(each) * 1e3 for each in (pairs.second, pairs.first, pairs.ratios))])
        rows[-1][-1] = median(pairs.ratios)
    figures = [
        figure(f"{name}, {what}, {world.scale:,} against {small.size.patients:,}", found, goal=1.3)
        for what, found in ratios.items()
    ]
    return figures, (["", f"{small.size.patients:,}", f"{world.scale:,}", "ratio"], rows)


def _works() -> Mapping[str, Work]:
    """Finding the due ones of all; every job when nothing is due."""
    return {FINDING: _find, **{f"{job.name}, idle": partial(_tick, job) for job in TIMETABLE}}


def _find(moment: datetime) -> object:
    with reading():
        return treatments.treatments_with_due_check_ins(moment + 2 * BEFORE)


def _tick(job: Job, moment: datetime) -> object:
    return runs.run(job, moment)


def _seconds(filled: Filled, work: Work) -> float:
    """The middle one of some ticks, after one that is not counted."""
    taken = []
    with filled.app.app_context():
        moment = _idle_moment()
        work(moment)
        for _ in range(TICKS):
            since = time.perf_counter()
            work(moment)
            taken.append(time.perf_counter() - since)
        db.session.remove()
    return median(taken)


def _idle_moment() -> datetime:
    """Shortly before the first question of all falls due."""
    with reading():
        first = sa.select(sa.func.min(CheckIn.due_at)).where(CheckIn.status == CheckInStatus.PLANNED)
        due_at = db.session.scalar(first)
    assert due_at is not None  # noqa: S101 (every clinic was filled with some)
    return due_at - BEFORE


@contextmanager
def _left_as_they_were(*clinics: Filled) -> Iterator[None]:
    """What the ticks noted down is removed: they went by a moment of their own."""
    yield
    for each in clinics:
        with each.app.app_context():
            with writing():
                for model in (Switch, JobRun, InboundLook):
                    db.session.execute(sa.delete(model))
            db.session.remove()


def _explained(filled: Filled) -> Mapping[str, Sequence[Plan]]:
    """The plans of what each piece of work asks of the tables that grow with the patients."""
    with filled.app.app_context():
        moment = _idle_moment()
        found = {what: plans(db.engine, partial(work, moment)) for what, work in _works().items()}
        small = SMALL_TABLES | {name for name in db.metadata.tables if _is_small(name)}
        db.session.remove()
    return {what: [plan for plan in asked if plan.tables - small] for what, asked in found.items()}


def _is_small(table: str) -> bool:
    """Whether the filled clinic has next to no rows of this kind."""
    some = sa.select(sa.literal(1)).select_from(db.metadata.tables[table]).limit(FEW).subquery()
    return (db.session.scalar(sa.select(sa.func.count()).select_from(some)) or 0) < FEW


def _whole_tables(name: str, explained: Mapping[str, Sequence[Plan]]) -> Figure:
    whole = [plan for asked in explained.values() for plan in asked if plan.whole_tables - SMALL_TABLES]
    return figure(f"{name}: statements that read a table from end to end", [float(len(whole))], goal=0)


def _told(explained: Mapping[str, Sequence[Plan]]) -> str:
    lines = []
    for what, asked in explained.items():
        for plan in asked:
            lines += [f"{what}: {', '.join(sorted(plan.tables))}", *(f"    {step}" for step in plan.steps)]
    return "\n".join(["```", *lines, "```"])


MEASURE = Measure(
    "due",
    "Finding the due ones, and an idle tick of every job, on both databases",
    f"itself at {SMALL:,} patients",
    "1.3; no sequential scan",
    take,
)
