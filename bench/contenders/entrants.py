"""Who sends, as their documentation has them set up, and what each stands on."""

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import psutil
import sqlalchemy as sa

from bench import processes
from bench.patients import Size
from bench.world import SERVED, Filled, World

IN_FLIGHT = 64  # calls, of all workers together
# A claim whose worker is gone is in doubt after two minutes, and looked for to the end after fifteen.
_LATER = (
    (3, "reconcile-messages"),
    (6, "reconcile-messages"),
    (19, "reconcile-messages"),
    (20, "send-check-ins"),
)
_STALLED_AFTER = 31.0  # seconds without a heartbeat, after which its documentation has jobs begun again
_PYTHON = (sys.executable, "-W", "ignore", "-m")


@dataclass(frozen=True, slots=True)
class Contender:
    """Who sends: so many workers, each with its share of the calls; `broker`: processes told apart.

    `gives_out` hands out the texts at the word; without it the workers themselves begin at it.
    `mends` is what an operator does after a kill, in turn.
    """

    name: str
    workers: Sequence[Sequence[str]]
    environ: dict[str, str]
    broker: Callable[[], list[psutil.Process]]
    gives_out: Sequence[str] | None = None
    mends: Sequence[Callable[[], object]] = ()


@dataclass(slots=True)
class Stand:
    """What a contender stands on: the stand-in's address, the count of texts, the world."""

    world: World
    provider: str
    count: int
    log: Path
    stack: ExitStack

    @property
    def due(self) -> Filled:
        """A clinic where so many check-ins are due, for those that change it to copy."""
        return self.world.database(Size(self.count + 10, due=self.count))

    def asked(self, path: str) -> Any:
        """What the stand-in answers."""
        with urlopen(self.provider + path) as answer:  # noqa: S310 (loopback)
            return json.load(answer)


@contextmanager
def standing(world: World, count: int) -> Iterator[Stand]:
    """A stand-in that has taken nothing yet."""
    port, log = processes.free_port(), world.folder / "sending.log"
    with ExitStack() as stack:
        command = [*_PYTHON, "bench.provider", str(port)]
        process = stack.enter_context(processes.running(command, {}, log))
        address = f"http://127.0.0.1:{port}"
        processes.wait_for(f"{address}/count", process, log)
        yield Stand(world, address, count, log, stack)


def ours(stand: Stand, workers: int) -> Contender:
    address = stand.world.copy(stand.due).environ["DATABASE_URL"]
    environ = _environ(stand, DATABASE_URL=address, SMS_IN_FLIGHT=str(IN_FLIGHT // workers))
    return Contender(
        "ours",
        [[*_PYTHON, "bench.contenders.ours"]] * workers,
        environ | SERVED,
        partial(_postgresql, stand),
        mends=[partial(_later, environ, minutes, job) for minutes, job in _LATER],
    )


def celery(stand: Stand, workers: int, *, late: bool = False) -> Contender | None:
    server = shutil.which("redis-server")
    if server is None or find_spec("celery") is None or find_spec("redis") is None:
        return None
    port = processes.free_port()
    command = [server, "--port", str(port), "--dir", str(stand.world.folder), "--save", ""]
    redis = stand.stack.enter_context(processes.running(command, {}, stand.log))
    broker = f"redis://127.0.0.1:{port}/0"
    module = "bench.contenders.with_celery"
    options = [
        "worker",
        "--pool",
        "threads",
        "--concurrency",
        str(IN_FLIGHT // workers),
        "--loglevel",
        "ERROR",
    ]
    names = [["--hostname", f"{number}@bench"] for number in range(workers)]
    return Contender(
        "celery",
        [[*_PYTHON, "celery", "--quiet", "--app", module, *options, *name] for name in names],
        _environ(stand, BROKER_URL=broker, LATE=str(int(late))),
        lambda: [psutil.Process(redis.pid)],
        gives_out=[*_PYTHON, module, str(stand.count)],
    )


def procrastinate(stand: Stand, workers: int) -> Contender | None:
    if find_spec("procrastinate") is None:
        return None
    environ = _environ(stand, BROKER_URL=_database(stand, "procrastinate"))
    program = [*_PYTHON, "bench.contenders.with_procrastinate"]
    _run([*program, "schema"], environ)
    return Contender(
        "procrastinate",
        [[*program, "work", str(IN_FLIGHT // workers)]] * workers,
        environ,
        partial(_postgresql, stand),
        gives_out=[*program, "defer", str(stand.count)],
        mends=[lambda: time.sleep(_STALLED_AFTER), lambda: _run([*program, "retry"], environ)],
    )


def apscheduler(stand: Stand, _workers: int) -> Contender:
    environ = _environ(stand, BROKER_URL=_database(stand, "apscheduler", driver="+psycopg"))
    program = [*_PYTHON, "bench.contenders.with_apscheduler"]
    _run([*program, "plan", str(stand.count)], environ)
    return Contender(
        "apscheduler", [[*program, "work", str(IN_FLIGHT)]], environ, partial(_postgresql, stand)
    )


def _environ(stand: Stand, **more: str) -> dict[str, str]:
    return stand.due.environ | {"TWILIO_API_BASE_URL": stand.provider} | more


def _database(stand: Stand, name: str, driver: str = "") -> str:
    """An empty one of PostgreSQL, which goes with the stand."""
    address = stand.world.server.new(f"bench_{name}")
    stand.stack.callback(stand.world.server.drop, f"bench_{name}")
    return address.replace("+psycopg", driver)


def _postgresql(stand: Stand) -> list[psutil.Process]:
    """The server with all its processes, if it runs on this machine."""
    with stand.world.server.connected() as connection:
        own = connection.scalar(sa.select(sa.func.pg_backend_pid()))
        server = psutil.Process(own).parent() if psutil.pid_exists(own) else None
    return [] if server is None else [server]


def _later(environ: dict[str, str], minutes: int, job: str) -> None:
    """One of our jobs as it will run then, without the wait."""
    moment = (datetime.now(UTC) + timedelta(minutes=minutes)).isoformat()
    _run(processes.flask_command("jobs", "run", job, "--at", moment), environ)


def _run(command: Sequence[str], environ: dict[str, str]) -> None:
    subprocess.run(  # noqa: S603 (our own commands)
        command, cwd=processes.ROOT, env=processes.alone(environ), check=True, capture_output=True
    )
