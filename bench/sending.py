"""Due check-ins leave through a Twilio that takes 100 ms: ours, and what others would send them with.

Everybody makes the same call, and has 64 of them in flight in all. Then each is killed half-way and
started again, and the stand-in tells which texts it took twice and which never.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import partial

from bench.contenders import entrants
from bench.contenders.entrants import IN_FLIGHT, Contender, Stand, standing
from bench.measure import Measure, Result, figure, table
from bench.programs import Program, used
from bench.provider import ANSWER_AFTER
from bench.timing import progress
from bench.world import World

TEXTS = 5_000
_KILLED_AMONG = 1_000  # texts: what a kill costs depends on the calls in flight, and not on how many wait
_STILL = 15.0  # seconds without another text: nothing more is to come
_HEADS = ("", "seconds", "to the bound", "CPU s per 1,000", "its broker's", "most in flight")
_KILLED = ("killed half-way", "doubled", "never sent")


@dataclass(frozen=True, slots=True)
class Run:
    """How it went: seconds, and seconds of the processor for a thousand texts."""

    seconds: float
    own: float
    broker: float
    most_in_flight: int


def take(world: World) -> Result:
    """Everybody in turn, some rounds; then everybody once with a kill."""
    count, bound = world.count(TEXTS, 20), world.count(TEXTS, 20) / IN_FLIGHT * ANSWER_AFTER
    found: dict[str, list[Run]] = {name: [] for name in _RUNS}
    for _ in range(min(world.rounds, 2)):
        for name, (make, workers) in _RUNS.items():
            progress(f"sending: {name}")
            with standing(world, count) as stand:
                contender = make(stand, workers)
                if contender is not None:
                    found[name].append(timed(contender, stand))
    lost: dict[str, tuple[int, int] | None] = {}
    for name, make in _KILLS.items():
        progress(f"sending: {name}, killed")
        with standing(world, world.count(_KILLED_AMONG, 20)) as stand:
            contender = make(stand, 1)
            lost[name] = None if contender is None else _killed(contender, stand)
    progress("")
    return _told(found, lost, bound)


def _told(found: dict[str, list[Run]], lost: dict[str, tuple[int, int] | None], bound: float) -> Result:
    ours = [name for name in found if name.startswith("ours")]
    others = [min(run.own for run in runs) for name, runs in found.items() if runs and name not in ours]
    figures = []
    for name in ours:
        walls = [run.seconds / bound for run in found[name]]
        figures.append(figure(f"{name}: time to the bound", walls, goal=1.15))
        if others:
            costs = [run.own / min(others) for run in found[name]]
            figures.append(figure(f"{name}: CPU to the best contender's", costs, goal=1.0))
    doubled, never = lost["ours"] or (0, 0)
    figures.append(figure("ours, killed half-way: doubled", [doubled], goal=0))
    figures.append(figure("ours, killed half-way: never sent", [never], goal=0))
    rows = [row for name, runs in found.items() for row in _rows(name, runs, bound)]
    ends = [[name, *(told or ("not measured", ""))] for name, told in lost.items()]
    return Result(figures, f"{table(_HEADS, rows)}\n\n{table(_KILLED, ends)}")


def _rows(name: str, runs: Sequence[Run], bound: float) -> Iterator[list[object]]:
    if not runs:
        yield [name, "not measured", "", "", "", ""]
    for run in runs:
        yield [name, run.seconds, run.seconds / bound, run.own, run.broker, run.most_in_flight]


def timed(contender: Contender, stand: Stand) -> Run:
    """From the word to the last answer."""
    with _ready(contender, stand) as (workers, givers):
        before = used(contender.broker())
        began = time.monotonic()
        for each in givers or workers:
            each.begin()
        _until(stand, stand.count)
        time.sleep(1)  # what came of the last calls is written down
        own = sum(each.processor_seconds() for each in [*workers, *givers])
        broker = used(contender.broker()) - before
    number, last = stand.asked("/count")
    if number < stand.count:
        raise RuntimeError(f"{contender.name}: {number} of {stand.count} texts left")
    a_thousand = 1000 / stand.count
    seconds = last + ANSWER_AFTER - began
    return Run(seconds, own * a_thousand, broker * a_thousand, stand.asked("/flight"))


def _killed(contender: Contender, stand: Stand) -> tuple[int, int]:
    """One SIGKILL half-way and a new start: how many texts were doubled, and how many never sent."""
    with _ready(contender, stand) as (workers, givers):
        for each in givers or workers:
            each.begin()
        _until(stand, stand.count // 2)
        for each in workers:
            each.kill()
    with _ready(replace(contender, gives_out=None), stand) as (workers, _):
        if contender.gives_out is None:
            for each in workers:
                each.begin()
        _until(stand, stand.count)
        for mend in contender.mends:
            mend()
        _until(stand, stand.count)
    counts: dict[str, int] = stand.asked("/taken")
    return sum(counts.values()) - len(counts), stand.count - len(counts)


@contextmanager
def _ready(contender: Contender, stand: Stand) -> Iterator[tuple[list[Program], list[Program]]]:
    """Its workers, and what hands out the texts, loaded and waiting for the word."""
    handing = [] if contender.gives_out is None else [contender.gives_out]
    with ExitStack() as ending:

        def start(command: Sequence[str]) -> Program:
            program = Program(command, contender.environ, stand.log)
            ending.callback(program.end)
            return program

        workers, givers = [start(each) for each in contender.workers], [start(each) for each in handing]
        for each in [*workers, *givers]:
            each.wait_until_ready()
        yield workers, givers


def _until(stand: Stand, count: int) -> None:
    """Until so many texts were taken, or none has come for a while."""
    number, last = stand.asked("/count")
    since = time.monotonic()
    while number < count and time.monotonic() - max(last, since) < _STILL:
        time.sleep(0.02)
        number, last = stand.asked("/count")


_RUNS: dict[str, tuple[Callable[[Stand, int], Contender | None], int]] = {
    "ours, one worker": (entrants.ours, 1),
    "ours, four workers": (entrants.ours, 4),
    "Celery on Redis, four workers": (entrants.celery, 4),
    "Procrastinate on PostgreSQL, four workers": (entrants.procrastinate, 4),
    "APScheduler, a job a patient, one process": (entrants.apscheduler, 1),
}
_KILLS: dict[str, Callable[[Stand, int], Contender | None]] = {
    "ours": entrants.ours,
    "Celery, as it comes": entrants.celery,
    "Celery, acknowledging late": partial(entrants.celery, late=True),
    "Procrastinate, stalled jobs retried": entrants.procrastinate,
    "APScheduler": entrants.apscheduler,
}

MEASURE = Measure(
    "sending",
    "5,000 due check-ins leave through a Twilio that takes 100 ms, 64 calls in flight in all",
    "Celery, Procrastinate, APScheduler",
    "1.15 of the calls' own time; no more CPU than the best; after a kill 0 doubled and 0 never sent",
    take,
)
