"""`jobs list`, `jobs run` and `jobs start`, and the process that keeps the clock."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask

from jobs import clock, timetable
from jobs.timetable import TIMETABLE, Job
from recovery.services import clock as services_clock
from tests import make
from tests.commands.run import ROOT, alone, run, run_alone, run_with
from tests.conftest import KEYS


def test_every_job_is_listed_before_its_first_run(app: Flask) -> None:
    listed = run(app, "jobs", "list").answer
    assert [each["name"] for each in listed] == [each.name for each in TIMETABLE]
    assert listed[0] == {
        "name": "send-check-ins",
        "trigger": "every 15 s",
        "last_start": None,
        "last_end": None,
        "result": None,
        "owner": None,
        "next_run": None,
    }


def test_a_run_is_listed_with_its_result(app: Flask) -> None:
    before = services_clock.now()
    counts = run(app, "jobs", "run", "purge-expired").answer
    assert counts == {"purged": 0}
    listed = run(app, "jobs", "list").answer[-1]
    assert listed["result"] == {"purged": 0}
    assert before <= datetime.fromisoformat(listed["last_start"]) <= services_clock.now()
    between = datetime.fromisoformat(listed["next_run"]) - datetime.fromisoformat(listed["last_start"])
    assert between.total_seconds() == 3600


@pytest.mark.parametrize(
    "at", ["2026-11-20T17:00:00Z", "2026-11-20T12:00:00-05:00", "2026-11-20T17:00:00.5+00:00"]
)
def test_a_job_runs_as_if_it_were_another_moment(app: Flask, at: str) -> None:
    make.treatment(make.patient(make.clinic()))
    assert run(app, "jobs", "run", "send-check-ins", "--at", at).answer["sent"] == 1


def test_a_run_as_if_tomorrow_leaves_no_tick_of_tomorrow(app: Flask) -> None:
    before = services_clock.now()
    tomorrow = before + timedelta(days=1)
    run(app, "jobs", "run", "purge-expired", "--at", tomorrow.isoformat())
    listed = run(app, "jobs", "list").answer[-1]
    assert before <= datetime.fromisoformat(listed["last_start"]) <= services_clock.now()
    with services_clock.set_to(tomorrow):
        assert app.test_client().get("/readyz").json["clock"] == "late"


@pytest.mark.parametrize("at", ["", "now", "2026-11-20", "2026-11-20T12:00:00", "0001-01-01T00:00:00+14:00"])
def test_a_moment_needs_its_offset(app: Flask, at: str) -> None:
    done = run(app, "jobs", "run", "send-messages", "--at", at)
    assert (done.status, done.out) == (2, "")
    assert "--at" in done.err


def test_an_unknown_job_is_answered_with_the_list(app: Flask) -> None:
    done = run(app, "jobs", "run", "send-everything")
    assert (done.status, done.out) == (2, "")
    assert all(each.name in done.err for each in TIMETABLE)


def test_a_failing_job_is_named_and_listed(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_clock: Callable[[], datetime]) -> dict[str, int]:
        raise RuntimeError("it broke")

    table = (Job("send-messages", 2, broken),)
    monkeypatch.setattr(timetable, "TIMETABLE", table)
    done = run(app, "jobs", "run", "send-messages")
    assert (done.status, done.out) == (1, "")
    assert done.err.splitlines()[-1] == "Error: send-messages failed: RuntimeError: it broke"
    listed = {each["name"]: each["result"] for each in run(app, "jobs", "list").answer}
    assert listed["send-messages"] == {"error": "RuntimeError: it broke"}


def until(is_so: Callable[[], bool]) -> None:
    """Waits until something is so, half a minute at most."""
    given_up = time.monotonic() + 30
    while not is_so():
        assert time.monotonic() < given_up, "it never came"
        time.sleep(0.02)


def test_the_clock_beside_the_web_server_runs_the_jobs(app: Flask) -> None:
    scheduler = clock.start_in_background(app)
    try:
        until(lambda: all(each["last_end"] for each in run(app, "jobs", "list").answer))
    finally:
        scheduler.shutdown(wait=True)
    assert not scheduler.running
    assert [each["result"] for each in run(app, "jobs", "list").answer if "error" in each["result"]] == []


@pytest.mark.parametrize("ended_by", [signal.SIGTERM, signal.SIGINT])
def test_the_clock_alone_ends_when_told(ended_by: signal.Signals, tmp_path: Path) -> None:
    environ = {**KEYS, "DATABASE_URL": f"sqlite:///{tmp_path / 'recovery.db'}"}
    assert run_with(environ, "db", "upgrade").status == 0
    with subprocess.Popen(
        [sys.executable, "-m", "flask", "--app", "wsgi", "jobs", "start"],
        cwd=ROOT,
        env=alone(environ),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        while "clock_started" not in process.stderr.readline():
            assert process.poll() is None
        process.send_signal(ended_by)
        try:
            out, err = process.communicate(timeout=60)
        finally:
            process.kill()
    assert (process.returncode, out) == (0, "")
    assert "clock_stopped" in err.splitlines()[-1]
    listed = json.loads(run_alone(environ, "jobs", "list").out)
    assert [each["name"] for each in listed if each["result"] and "error" in each["result"]] == []
