"""Patients' texts arrive while thousands of check-ins leave and a file of treatments is taken in."""

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread

import sqlalchemy as sa

from bench import callers, processes, texts
from bench.callers import Call
from bench.measure import Measure, Result, figure, percentile, table
from bench.patients import Size
from bench.timing import progress
from bench.world import Filled, World
from recovery.db import db
from recovery.models.treatment import TreatmentImport

_LEAVING, _LINES, _ALONE, _AT_ONCE = 5_000, 1_000, 200, 40
_MOST = 4_000  # texts that arrive at most while the others leave
_LONGEST = 90.0  # seconds that are waited for the last of them
_HEADS = ("", "texts in", "a second", "p50, ms", "p99, ms", "longest, ms")
_TAKEN = (201, 202)  # what is not written in five seconds is written behind the answer
_FILE = "name,phone,agrees_to_texts,treated_at"


def take(world: World) -> Result:
    """Alone, while a worker sends and a file comes in, and alone again."""
    leaving, alone = world.count(_LEAVING, 8), world.count(_ALONE, 8)
    most = world.count(_MOST, 16)
    size = Size(3 * alone + most + leaving, awaiting=3 * alone + most, due=leaving)
    filled = world.database(size)
    with _provider(world.folder / "provider.log") as provider:
        of = replace(filled, name="busy", environ=filled.environ | {"TWILIO_API_BASE_URL": provider})
        _some(world, of, alone)  # it loads what it needs
        quiet = _some(world, of, alone)
        with _clock(world, of):
            while not _left(provider):
                time.sleep(0.1)
            file = Thread(target=callers.get, args=(world.web(of), _file(of, world.count(_LINES, 4))))
            file.start()
            busy, seconds, left = _while_they_leave(world, of, provider, leaving, most)
            file.join()
        quiet += _some(world, of, alone)
    rows = [_row("alone", quiet, sum(quiet) / callers.CLIENTS), _row("meanwhile", busy, seconds)]
    sent = f"{left:,} texts left in {seconds:.0f} s ({left / seconds:.0f} a second)"
    told = f"{sent}, and {_written(of):,} lines of the file were written."
    return Result(
        [
            figure("p99 meanwhile", [percentile(busy, 99)], unit=" s", goal=1.0),
            figure("p50 meanwhile against alone", [percentile(busy, 50) / percentile(quiet, 50)]),
        ],
        f"{table(_HEADS, rows)}\n\n{told}",
    )


def _while_they_leave(
    world: World, of: Filled, provider: str, leaving: int, most: int
) -> tuple[list[float], float, int]:
    """The seconds of each text that arrived, how long it went on, and how many left in that time."""
    at_once = world.count(_AT_ONCE, 4)
    since, before = time.perf_counter(), _left(provider)
    each, left = _some(world, of, at_once), before
    while left < leaving and len(each) + at_once <= most and time.perf_counter() - since < _LONGEST:
        progress(f"busy: {left:,} of {leaving:,} texts have left, {len(each):,} have arrived")
        each += _some(world, of, at_once)
        left = _left(provider)
    return each, time.perf_counter() - since, left - before


def _some(world: World, of: Filled, count: int) -> list[float]:
    return list(callers.call(world.web(of), texts.unanswered(of, count)).each)


@contextmanager
def _provider(log: Path) -> Iterator[str]:
    """A stand-in for Twilio that takes its time; its address."""
    port = processes.free_port()
    command = [sys.executable, "-m", "bench.provider", str(port)]
    with processes.running(command, {}, log) as process:
        processes.wait_for(f"http://127.0.0.1:{port}/flight", process, log)
        yield f"http://127.0.0.1:{port}"


@contextmanager
def _clock(world: World, of: Filled) -> Iterator[None]:
    progress("busy: the clock starts")
    command = processes.flask_command("jobs", "start")
    with processes.running(command, of.environ, world.folder / "clock.log"):
        yield


def _left(provider: str) -> int:
    taken: dict[str, int] = json.loads(callers.get(provider, Call("/taken")))
    return sum(taken.values())


def _file(of: Filled, lines: int) -> Call:
    """So many treatments of this morning, of patients who are new."""
    at = (datetime.now(UTC) - timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%S+00:00")
    rows = [f"New Patient,+1604{2_000_000 + number},yes,{at}" for number in range(lines)]
    headers = (("Authorization", f"Bearer {of.keys.token}"), ("Content-Type", "text/csv"))
    return Call("/api/v1/imports", headers, "\n".join([_FILE, *rows]).encode(), _TAKEN)


def _written(of: Filled) -> int:
    with of.app.app_context():
        written = db.session.scalar(sa.select(sa.func.sum(TreatmentImport.written)))
        db.session.remove()
    return written or 0


def _row(name: str, each: list[float], seconds: float) -> list[object]:
    parts = [percentile(each, percent) * 1e3 for percent in (50, 99)]
    return [name, len(each), len(each) / seconds, *parts, max(each) * 1e3]


MEASURE = Measure(
    "busy",
    "inbound while 5,000 texts leave and a file is imported",
    "itself alone",
    "p99 under a second (Twilio waits 15)",
    take,
)
