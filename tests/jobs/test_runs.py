"""A run keeps what it counted, or why it failed; two at once do no harm."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier

import pytest
import sqlalchemy as sa
from flask import Flask

from jobs import runs
from jobs.timetable import TIMETABLE, Job
from recovery.db import db, reading, writing
from recovery.models.message import Message
from recovery.models.system import JobRun
from recovery.services import clinics, clock
from tests import make

AT_ONCE = 4
NEXT_MORNING = make.NOON + timedelta(hours=22, minutes=1)  # 10:01 in Toronto on day 1


def failing(_clock: Callable[[], datetime]) -> dict[str, int]:
    make.clinic()
    clinics.add(make.NOON, name="Half done", phone="+14165550111", timezone="America/Toronto")
    raise RuntimeError("it broke\nand quoted a patient")


def kept(name: str) -> JobRun:
    with reading():
        row = db.session.get_one(JobRun, name)
        db.session.expunge(row)
        return row


def test_a_run_keeps_its_counts(app: Flask) -> None:
    counted = Job("count-to-three", 60, lambda _clock: {"counted": 3})
    before = clock.now()
    assert runs.run(counted) == {"counted": 3}
    row = kept("count-to-three")
    assert (row.result, row.error) == ({"counted": 3}, None)
    assert row.ended_at is not None
    assert before <= row.started_at <= row.ended_at <= clock.now()
    assert ":" in row.owner


def test_a_run_as_if_tomorrow_is_kept_with_the_clock_as_it_stands(app: Flask) -> None:
    with writing():
        clock.skip_to(clock.now() + timedelta(hours=3), clock.now())
    before = clock.now()
    runs.run(Job("look", 60, lambda _clock: {}), before + timedelta(days=1))
    row = kept("look")
    assert row.ended_at is not None
    assert before <= row.started_at <= row.ended_at <= clock.now()


def test_a_failing_run_keeps_its_error_and_undoes_its_half(app: Flask) -> None:
    with pytest.raises(RuntimeError):
        runs.run(Job("break", 60, failing), make.NOON)
    row = kept("break")
    assert (row.result, row.error) == (None, "RuntimeError: it broke")
    with reading():
        assert db.session.scalar(sa.text("SELECT count(*) FROM clinic")) == 1


def test_a_later_run_replaces_the_earlier(app: Flask) -> None:
    with pytest.raises(RuntimeError):
        runs.run(Job("now and then", 60, failing), make.NOON)
    first = kept("now and then").started_at
    runs.run(Job("now and then", 60, lambda _clock: {"done": 1}), make.NOON + timedelta(hours=1))
    row, last = kept("now and then"), clock.now()
    assert (row.result, row.error) == ({"done": 1}, None)
    assert first < row.started_at <= last


@pytest.mark.both_databases
def test_now_goes_on_within_a_run(app: Flask) -> None:
    moments: list[datetime] = []

    def look(clock: Callable[[], datetime]) -> dict[str, int]:
        moments.extend((clock(), clock()))
        return {}

    runs.run(Job("look", 60, look), make.NOON)
    assert make.NOON <= moments[0] <= moments[1] < make.NOON + timedelta(minutes=1)


def at_once(app: Flask, name: str, moment: datetime) -> list[dict[str, int]]:
    """The same job in several threads, let go together."""
    job = next(each for each in TIMETABLE if each.name == name)
    together = Barrier(AT_ONCE)

    def one(_number: int) -> dict[str, int]:
        together.wait(timeout=30)
        with app.app_context():
            return runs.run(job, moment)

    with ThreadPoolExecutor(AT_ONCE) as threads:
        return list(threads.map(one, range(AT_ONCE)))


def texts(kind: str) -> list[str]:
    with reading():
        return list(db.session.scalars(sa.select(Message.status).where(Message.kind == kind)))


@pytest.mark.both_databases
def test_runs_at_once_send_one_check_in(app: Flask) -> None:
    clinic = make.clinic()
    for _ in range(5):
        make.treatment(make.patient(clinic))
    at_once(app, "send-check-ins", make.NOON + timedelta(minutes=1))
    counted = at_once(app, "send-check-ins", NEXT_MORNING)
    assert texts("welcome") == ["delivered"] * 5
    assert texts("check_in") == ["delivered"] * 5
    assert sum(each["queued"] for each in counted) == 5
    assert sum(each["sent"] for each in counted) == 5


@pytest.mark.both_databases
@pytest.mark.parametrize("name", [each.name for each in TIMETABLE])
def test_any_job_may_run_at_once_with_itself(app: Flask, name: str) -> None:
    make.treatment(make.patient(make.clinic()))
    at_once(app, name, NEXT_MORNING)
    assert kept(name).error is None
