"""A world of real processes: a web server and workers on one database, with Twilio beside them."""

import base64
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any, Self

import libfaketime  # type: ignore[import-untyped]
from flask import Flask
from flask_migrate import upgrade

import config
from jobs import runs
from jobs.timetable import job
from recovery.app import create_app
from recovery.db import db, writing
from recovery.services import clock
from tests.commands.run import ROOT, alone
from tests.faults.databases import Database
from tests.faults.processes import fork
from tests.twilio_simulator.simulator import Simulator

ACCOUNT, TOKEN = "AC" + "0" * 32, "a token of the simulator"
STARTS_WITHIN = 60.0  # seconds, on a machine with much else to do


class World:
    """`with World(...)`: everything runs; afterwards no process is left.

    `workers`: how many clocks. `misled`: one of them lives an hour in the past.
    """

    def __init__(self, database: Database, folder: Path, *, workers: int = 2, misled: bool = False) -> None:
        self.database = database
        self.folder = folder
        self.twilio = Simulator(ACCOUNT, TOKEN, webhook_timeout=15.0)
        self.port = _free_port()
        self.kills = 0
        self._names = [f"worker {number}" for number in range(workers)]
        self._misled = self._names[-1] if misled else None
        self._said: dict[str, int] = {}
        self._processes: dict[str, subprocess.Popen[bytes] | ForkServerProcess] = {}

    def __enter__(self) -> Self:
        self.twilio.__enter__()
        self.environ = {
            "DATABASE_URL": self.database.address,
            "SECRET_KEY": secrets.token_hex(),
            "LOOKUP_KEY": secrets.token_hex(),
            "DATA_KEYS": base64.b64encode(secrets.token_bytes(32)).decode(),
            "PUBLIC_URL": f"http://127.0.0.1:{self.port}",
            "TWILIO_ACCOUNT_SID": ACCOUNT,
            "TWILIO_AUTH_TOKEN": TOKEN,
            "TWILIO_API_BASE_URL": self.twilio.base_url,
        }
        self.app: Flask = create_app(config.load(self.environ, self.folder))
        with self.app.app_context():
            upgrade()
        for name in self.names:
            self.start(name)
        self.wait_for("web")
        return self

    def __exit__(self, *_: object) -> None:
        for name in self.names:
            self.kill(name, signal.SIGKILL, count=False)
        with self.app.app_context():
            db.session.remove()
            db.engine.dispose()
        self.twilio.__exit__()

    @property
    def names(self) -> list[str]:
        return ["web", *self._names]

    @property
    def inbound_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/sms/inbound"

    def start(self, name: str) -> None:
        log = self.folder / f"{name}.log"
        self._said[name] = log.stat().st_size if log.exists() else 0
        if name == self._misled:
            self._processes[name] = _misled(alone(self.environ), log)
        else:
            self._processes[name] = fork(name, alone(self.environ), log, self.port)

    def kill(self, name: str, how: signal.Signals = signal.SIGKILL, *, count: bool = True) -> None:
        """End a process and wait until it is gone."""
        process = self._processes[name]
        if _lives(process):
            self._signal(name, how, signal.SIGCONT)
            self.kills += count
        if isinstance(process, subprocess.Popen):
            process.wait(timeout=STARTS_WITHIN)
        else:
            process.join(timeout=STARTS_WITHIN)
        assert not _lives(process), f"the {name} does not end"

    def suspend(self, name: str) -> None:
        self._signal(name, signal.SIGSTOP)

    def wake(self, name: str) -> None:
        self._signal(name, signal.SIGCONT)

    def _signal(self, name: str, *signals: signal.Signals) -> None:
        for each in signals:
            os.kill(self._processes[name].pid or 0, each)

    def stop_workers(self) -> None:
        """As an operator does: each finishes what is in flight."""
        for name in self._names:
            self.kill(name, signal.SIGTERM, count=False)

    def wait_for(self, name: str) -> None:
        """Until it serves, or its clock runs; one that found no database is started again."""
        until = time.monotonic() + STARTS_WITHIN
        while not self._is_up(name):
            assert time.monotonic() < until, f"the {name} does not start"
            if not _lives(self._processes[name]):
                self.start(name)
            time.sleep(0.05)

    def _is_up(self, name: str) -> bool:
        if name != "web":
            log = (self.folder / f"{name}.log").read_bytes()
            return b"clock_started" in log[self._said[name] :]
        try:
            socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
        except OSError:
            return False
        return True

    def pass_time(self, length: timedelta) -> None:
        """Every process's clock goes ahead at once: it is the development clock, kept in the database."""
        with self.app.app_context(), writing():
            now = clock.now()
            clock.skip_to(now + length, now)

    def run(self, name: str) -> dict[str, Any]:
        """One job once, in this process."""
        found = job(name)
        assert found is not None
        with self.app.app_context():
            return dict(runs.run(found))


def noon() -> str:
    """A zone where it is about noon now."""
    return _zone(12)


def night() -> str:
    """A zone where it is about one in the morning."""
    return _zone(1)


def _zone(hour: int) -> str:
    ahead = hour - datetime.now(UTC).hour
    if ahead < -11:
        ahead += 24
    return f"Etc/GMT{-ahead:+d}"  # whose signs are the other way round


def _misled(environ: dict[str, str], log: Path) -> subprocess.Popen[bytes]:
    """A worker whose clock is an hour slow, started from nothing so that it is slow from the first."""
    library = Path(libfaketime.__file__).parent / "vendor/libfaketime/src/libfaketime.so.1"
    slow = {"LD_PRELOAD": str(library), "FAKETIME": "-3600s", "DONT_FAKE_MONOTONIC": "1"}
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "jobs", "start"]
    with log.open("ab") as said:
        return subprocess.Popen(command, cwd=ROOT, env=environ | slow, stdout=said, stderr=said)


def _lives(process: subprocess.Popen[bytes] | ForkServerProcess) -> bool:
    return process.poll() is None if isinstance(process, subprocess.Popen) else process.is_alive()


def _free_port() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return int(door.getsockname()[1])
