"""Every measure runs and finds figures; how fast it found us is for people to judge, not for a test."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import pytest
import sqlalchemy as sa
import waitress

import config
from bench import bare, busy, month, reading, replies, report, rival, sending, starting, suite
from bench.contenders import entrants
from bench.measure import Measure, figure, in_turn
from bench.patients import MODELS, Size, phone
from bench.processes import Web
from bench.world import World
from recovery.app import create_app
from recovery.db import db
from recovery.models.message import Message
from recovery.models.patient import Patient

TINY = Size(patients=20, open_cases=3, awaiting=8, due=4)


@contextmanager
def in_this_process(environ: dict[str, str], app: str, log: Path) -> Iterator[Web]:
    """What the web server of the documentation would serve, without the seconds that it takes to start."""
    if app.startswith("bench.bare"):
        served = bare.create_app(environ)
    else:
        served = rival.with_route(create_app(config.load(environ, log.parent)))
    server = waitress.create_server(served, listen="127.0.0.1:0", threads=4)
    thread = Thread(target=server.run)
    thread.start()
    try:
        yield Web(f"http://127.0.0.1:{server.effective_port}", os.getpid())
    finally:
        server.close()
        thread.join()


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with World(scale=40, rounds=1, share=0.01, serve=in_this_process) as made:
        yield made


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_filled_clinic_can_be_read_like_any_other(world: World, kind: str) -> None:
    filled = world.database(TINY, kind)

    with filled.app.app_context():
        counts = {model: db.session.scalar(sa.select(sa.func.count()).select_from(model)) for model in MODELS}
        last = db.session.scalars(sa.select(Patient).order_by(Patient.id.desc()).limit(1)).one()
        texts = db.session.scalars(sa.select(Message)).all()
        assert counts[Patient] == 20
        assert min(counts.values()) > 0
        assert (last.name, last.phone) == ("Vera Chen", phone(19))
        assert all(text.body and text.phone for text in texts)
        db.session.remove()


IN_PROCESSES_OF_THEIR_OWN = (starting.MEASURE, sending.MEASURE)  # which take minutes


TAKE_LONG = (busy.MEASURE, month.MEASURE)


@pytest.mark.parametrize(
    "measure",
    [
        pytest.param(each, marks=pytest.mark.soak if each in TAKE_LONG else (), id=each.name)
        for each in suite.MEASURES
        if each not in IN_PROCESSES_OF_THEIR_OWN
    ],
)
def test_every_measure_finds_figures(world: World, measure: Measure, tmp_path: Path) -> None:
    result = measure.take(world)

    report.write(tmp_path / "found.md", [report.Taken(measure, result, "", 1.0)], 20, world.described())
    written = (tmp_path / "found.md").read_text("utf-8")
    assert [each.what for each in result.figures if each.what not in written] == []
    assert not re.search(r"\bnan\b", written)


def test_a_process_is_measured_from_its_start_to_its_end(world: World) -> None:
    """Of the small app only: ours takes its seconds."""
    found = starting.job(world, world.small, starting.SMALL)

    assert found.seconds > found.processor * 0.5 > 0
    assert 20 < found.megabytes < 200


def test_our_texts_leave_once_each_and_are_timed(world: World) -> None:
    with entrants.standing(world, 6) as stand:
        run = sending.timed(entrants.ours(stand, 1), stand)
        taken = stand.asked("/taken")

    assert sorted(taken.values()) == [1] * 6
    assert run.seconds > 0.1
    assert 1 <= run.most_in_flight <= 6


def test_two_sides_are_taken_in_turn() -> None:
    taken: list[str] = []

    def side(name: str, value: float) -> float:
        taken.append(name)
        return value

    pairs = in_turn(lambda: side("a", 3.0), lambda: side("b", 2.0), rounds=3)

    assert taken == ["a", "b", "b", "a", "a", "b"]
    assert figure("ratio", pairs.ratios, goal=1.4).reached is False


def test_the_benchmark_of_reading_prints_its_tables(capsys: pytest.CaptureFixture[str]) -> None:
    reading.main(repeats=1, most=50)

    printed = [line.strip().split("  ")[0] for line in capsys.readouterr().out.splitlines()]
    measured = [*replies.corpora(), "all", "all, at first sight", "tokens", "dangers", *replies.worst()]
    assert [name for name in measured if name not in printed] == []
    assert [f"{length:,}" for length in reading.LENGTHS if f"{length:,}" not in printed] == []


def test_the_texts_of_a_length_are_long_enough_and_differ() -> None:
    found = [reply for each in replies.corpora().values() for reply in each]

    for make in (replies.joined, replies.muddled):
        texts = [reply.text for reply in make(found, 200, 2000)]
        assert [len(text) for text in texts] == [200] * 10
        assert len(set(texts)) == 10
    assert {len(reply.text) for reply in replies.worst().values()} == {1600}
