"""Many texts are in flight at once, one phone's in their order, and an end is an orderly one."""

import itertools
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from threading import Barrier, Event, Thread
from typing import Any

import pytest
from flask import Flask

from recovery import context
from recovery.db import reading, writing
from recovery.models.message import Message
from recovery.queries import patients as finding
from recovery.services import claiming, clock, opt_outs, outbox
from tests.commands.run import ROOT, alone
from tests.stories.sending.conftest import with_twilio
from tests.stories.sending.doubt import TEN, nurse_writes
from tests.stories.sending.story import Story, at, begin, enter, run
from tests.twilio_simulator import faults
from tests.twilio_simulator.seen import creates
from tests.twilio_simulator.simulator import Simulator

NOON = at(0, "12:00")
IN_FLIGHT = 16  # by the settings
PATIENCE = 180.0  # seconds, for what comes at once or never, on a machine with much else to do


def patients(number: int) -> list[Story]:
    """Patients of one clinic, each with a welcome to be sent."""
    first = begin()
    return [first, *(enter(first.clinic_id, NOON) for _ in range(number - 1))]


@contextmanager
def at_each_text(twilio: Simulator, act: Callable[[str], object]) -> Iterator[None]:
    """Twilio does something with each body before it takes the text."""
    accept = twilio.account.accept

    def acting(**text: Any) -> Any:
        act(text["body"])
        return accept(**text)

    twilio.account.accept = acting  # type: ignore[method-assign]
    try:
        yield
    finally:
        del twilio.account.accept


@pytest.mark.usefixtures("online")
def test_texts_to_many_patients_are_in_flight_at_once(twilio: Simulator) -> None:
    stories = patients(IN_FLIGHT)
    all_here = Barrier(IN_FLIGHT)  # nobody gets through before everybody is there

    with at_each_text(twilio, lambda _body: all_here.wait(PATIENCE)):
        counts = run("send-messages", NOON)

    assert counts["sent"] == len(stories)


def test_two_texts_to_one_phone_keep_their_order_whoever_sends_them(online: Flask, twilio: Simulator) -> None:
    story = begin()
    run("send-messages", NOON)
    nurse_writes(story, "First.", TEN)
    arrived, others_ran = Event(), Event()

    def first_is_slow(body: str) -> None:
        if body == "First.":
            arrived.set()
            others_ran.wait(0.5)  # time enough for the second text to overtake, if it could

    def another_job() -> None:
        with online.app_context():
            run("send-messages", TEN + timedelta(seconds=2))

    with at_each_text(twilio, first_is_slow):
        first = Thread(target=another_job)
        first.start()
        assert arrived.wait(PATIENCE)
        nurse_writes(story, "Second.", TEN + timedelta(seconds=1))
        run("send-messages", TEN + timedelta(seconds=2))
        first.join()

    assert twilio.inbox(story.patient.phone or "")[1:] == ["First.", "Second."]


@pytest.mark.both_databases
def test_a_patient_whom_somebody_else_holds_is_skipped_and_then_waited_for(
    online: Flask, twilio: Simulator
) -> None:
    """On PostgreSQL the others go meanwhile; on SQLite there is one writer, and all wait."""
    held, *others = patients(3)
    holding, may_end = Event(), Event()

    def hold() -> None:
        with online.app_context(), writing():
            finding.locked_patient(held.patient_id)
            holding.set()
            assert may_end.wait(PATIENCE)

    def let_go_when_the_others_went(_body: str) -> None:
        if len(twilio.messages) == len(others) - 1:
            may_end.set()

    holder = Thread(target=hold)
    holder.start()
    assert holding.wait(PATIENCE)
    if "sqlite" in online.config["SQLALCHEMY_DATABASE_URI"]:
        may_end.set()
    else:
        assert claiming.claim(held.rows()[0].id, NOON, wait=False) == "busy"
    with at_each_text(twilio, let_go_when_the_others_went):
        counts = run("send-messages", NOON)
    holder.join()

    assert counts["sent"] == 3
    assert held.kinds("sent") == ["welcome"]


def test_once_told_to_stop_what_is_in_flight_is_recorded_and_nothing_is_begun(
    online: Flask, twilio: Simulator
) -> None:
    stories = patients(IN_FLIGHT + 4)
    stopping = context.stopping()

    with at_each_text(twilio, lambda _body: stopping.set()):
        stopped = run("send-messages", NOON)
    statuses = [story.rows()[0].status for story in stories]
    stopping.clear()
    again = run("send-messages", NOON)

    assert set(statuses) == {"sent", "queued"}
    assert stopped["sent"] == statuses.count("sent") <= IN_FLIGHT
    assert again["sent"] == statuses.count("queued")
    assert set(twilio.taken.values()) == {1}


def test_a_stop_that_comes_between_claim_and_call_is_heard(online: Flask, twilio: Simulator) -> None:
    story = begin()

    def while_claimed() -> Any:
        """The clock is asked after the claim: at that moment she stops the texts."""
        message: Message = story.rows()[0]
        if message.status == "sending" and not is_stopped(story):
            with writing():
                patient = finding.locked_patient(story.patient_id)
                assert patient is not None
                opt_outs.stop(patient, patient.phone_hash or b"", NOON)
        return NOON

    def is_stopped(of: Story) -> bool:
        with reading():
            return finding.has_opted_out(of.clinic_id, of.patient_id, None)

    counts = outbox.send_due(while_claimed)
    run("send-messages", NOON + timedelta(seconds=2))

    assert counts.sent == 0
    assert twilio.messages == []
    assert story.kinds("cancelled") == ["welcome"]


WORKER = ("flask", "--app", "wsgi", "jobs", "start")
SERVER = ("flask", "--app", "wsgi", "run", "--port", "0")
GUNICORN = ("gunicorn", "--no-control-socket", "--bind", "127.0.0.1:0", "wsgi:app")


@pytest.mark.parametrize(
    ("command", "ended_by", "status"),
    [
        (WORKER, signal.SIGTERM, 0),
        (WORKER, signal.SIGINT, 0),
        (SERVER, signal.SIGTERM, 128 + signal.SIGTERM),
        (GUNICORN, signal.SIGTERM, 0),
    ],
)
def test_a_process_that_is_ended_records_the_call_that_it_makes(
    online: Flask,
    settings: dict[str, str],
    twilio: Simulator,
    command: tuple[str, ...],
    ended_by: signal.Signals,
    status: int,
) -> None:
    with online.app_context(), reading():
        now = clock.now()
    story = begin(now - timedelta(minutes=5), zone="UTC")
    nurse_writes(story, "Please call us.", now)
    calling = Event()
    twilio.fail_next(faults.slow(1.0), only=lambda seen: creates(seen) and not calling.set())

    with started(command, settings, twilio) as process:
        assert calling.wait(PATIENCE)
        process.send_signal(ended_by)
        assert process.wait(PATIENCE) == status

    assert {row.status for row in story.rows()} <= {"sent", "queued"}
    assert "sent" in {row.status for row in story.rows()}
    assert set(twilio.taken.values()) == {1}


@contextmanager
def started(
    command: tuple[str, ...], settings: dict[str, str], twilio: Simulator
) -> Iterator[subprocess.Popen[bytes]]:
    """A process with the clock in it on the same database."""
    with subprocess.Popen(
        [sys.executable, "-m", *command],
        cwd=ROOT,
        env=alone({**with_twilio(settings, twilio), "RUN_CLOCK": "1"}),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


SHARING = """
import sys, json
from wsgi import app
from recovery.services import clock, outbox
with app.app_context():
    print("ready", flush=True)
    sys.stdin.readline()
    print(outbox.send_due(clock.now).sent, flush=True)
"""


@pytest.mark.both_databases
def test_several_worker_processes_share_a_hundred_and_twenty_texts_in_order_without_a_double(
    online: Flask, settings: dict[str, str], twilio: Simulator
) -> None:
    """Four on PostgreSQL, two on SQLite. Twilio holds the first calls until more are made than one has."""
    sqlite = settings["DATABASE_URL"].startswith("sqlite")
    stories = patients(30)
    run("send-messages", NOON)
    with reading():
        now = clock.now()
    notes = [f"Note {number}" for number in range(4)]
    for story in stories:
        for note in notes:
            nurse_writes(story, note, now - timedelta(minutes=1))
    calls, two_workers_call = itertools.count(1), Event()

    def wait_for_a_second_worker(_body: str) -> None:
        if next(calls) > IN_FLIGHT:
            two_workers_call.set()
        two_workers_call.wait(PATIENCE)

    with at_each_text(twilio, wait_for_a_second_worker):
        sent = share(2 if sqlite else 4, settings, twilio)

    assert sum(sent) == 120
    assert sum(each > 0 for each in sent) > 1
    assert set(twilio.taken.values()) == {1}
    for story in stories:
        assert twilio.inbox(story.patient.phone or "")[1:] == notes


def share(workers: int, settings: dict[str, str], twilio: Simulator) -> list[int]:
    """So many processes start at the same moment; how many texts each sent."""
    environ = alone(with_twilio(settings, twilio))
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", SHARING],
            cwd=ROOT,
            env=environ,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        for _ in range(workers)
    ]
    try:
        for each in processes:
            assert each.stdout is not None
            assert each.stdout.readline() == "ready\n"
        return [int(each.communicate(timeout=240)[0]) for each in told(processes)]
    finally:
        for each in processes:
            each.kill()
            each.wait()


def told(workers: list["subprocess.Popen[str]"]) -> list["subprocess.Popen[str]"]:
    """All are let go together, before the first is waited for."""
    for each in workers:
        assert each.stdin is not None
        each.stdin.write("go\n")
        each.stdin.flush()
    return workers
