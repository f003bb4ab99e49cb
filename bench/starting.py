"""How long the web process and a job take to start and what they hold, against an app that does nothing."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import count
from pathlib import Path

import psutil

from bench import processes
from bench.measure import Measure, Pairs, Result, figure, in_turn, table
from bench.timing import progress
from bench.world import Filled, World

OURS, SMALL = "wsgi", "bench.small"
_JOB = {OURS: ("jobs", "run", "send-messages"), SMALL: ("tick",)}
_MEGABYTE = 1024 * 1024
_numbers = count()


@dataclass(frozen=True, slots=True)
class Start:
    """Seconds until it served or had ended, seconds of the processor, and the megabytes it held."""

    seconds: float
    processor: float
    megabytes: float


def take(world: World) -> Result:
    """Both started anew each round, by the same web server and the same command."""
    figures, rows = [], []
    for what, start in (("the web service", web), ("jobs run", job)):
        taken: dict[str, list[Start]] = {OURS: [], SMALL: []}
        ours, small = (partial(_once, world, what, start, app, taken[app]) for app in taken)
        pairs = in_turn(ours, small, world.rounds)
        held = Pairs(*([each.megabytes for each in found] for found in taken.values()))
        figures.append(figure(f"{what}: time to start, against the small app", pairs.ratios, goal=1.3))
        figures.append(figure(f"{what}: memory, against the small app", held.ratios, goal=1.3))
        rows += [[what, app, *_middle(found)] for app, found in taken.items()]
    return Result(figures, table(("", "app", "start, s", "processor, s", "memory, MB"), rows))


def _once(
    world: World, what: str, start: Callable[[World, Filled, str], Start], app: str, taken: list[Start]
) -> float:
    progress(f"starting: {what} of {app}, round {len(taken) + 1} of {world.rounds}")
    taken.append(start(world, world.small, app))
    return taken[-1].seconds


def web(world: World, of: Filled, app: str) -> Start:
    """Until it answers; its memory once it idles, what its processes share counted once."""
    log, since = world.folder / f"start-{next(_numbers)}.log", time.perf_counter()
    with processes.web(of.environ, f"{app}:app", log) as server:
        seconds = time.perf_counter() - since
        time.sleep(1.0 * world.share)
        master = psutil.Process(server.pid)
        tree = [master, *master.children(recursive=True)]
        held = sum(each.memory_full_info().pss for each in tree)
        return Start(seconds, server.processor_seconds(), held / _MEGABYTE)


def job(world: World, of: Filled, app: str) -> Start:
    """From its command to its end; the most memory that it held."""
    command, since = [sys.executable, "-m", "flask", "--app", app, *_JOB[app]], time.perf_counter()
    with (world.folder / f"start-{next(_numbers)}.log").open("wb") as log:
        process = subprocess.Popen(  # noqa: S603 (our own commands)
            command, cwd=processes.ROOT, env=processes.alone(of.environ), stdout=log, stderr=log
        )
    most, ended = 0.0, 0
    while not ended:
        most = max(most, _most_held(process.pid))
        time.sleep(0.01)
        ended, status, used = os.wait4(process.pid, os.WNOHANG)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}")
    return Start(time.perf_counter() - since, used.ru_utime + used.ru_stime, most)


def _most_held(pid: int) -> float:
    """The megabytes that it has held at most so far; what `wait4` tells counts those of its parent too."""
    told = Path(f"/proc/{pid}/status").read_text("utf-8")
    found = re.search(r"VmHWM:\s+(\d+) kB", told)
    return int(found[1]) / 1024 if found else 0.0


def _middle(taken: list[Start]) -> list[float]:
    half = len(taken) // 2
    return [
        sorted(each.seconds for each in taken)[half],
        sorted(each.processor for each in taken)[half],
        sorted(each.megabytes for each in taken)[half],
    ]


MEASURE = Measure(
    "starting",
    "start of the web service and of `jobs run`, and idle memory",
    "an app that imports Flask, Flask-SQLAlchemy, flask-smorest, Flask-Migrate and opens one engine",
    "1.3",
    take,
)
