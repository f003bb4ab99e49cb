"""`doctor`: JSON for programs, sentences for people, and an exit status; never a trace."""

import base64
from pathlib import Path

import pytest
from flask import Flask

import config
from jobs.timetable import TIMETABLE
from recovery.app import create_app
from tests import make
from tests.commands.run import Done, run, run_alone, run_with
from tests.conftest import KEYS
from tests.test_config import PRODUCTION


@pytest.fixture
def clinic(app: Flask) -> str:
    """A clinic with all it needs, and a clock that has just run; its id."""
    clinic = str(make.clinic(on_call_phone="+14165550199").id)
    run(app, "protocol", "approve", "--clinic", clinic, "--by", "Dr Ada")
    for job in TIMETABLE:
        assert run(app, "jobs", "run", job.name).status == 0
    return clinic


def told(done: Done) -> dict[str, str]:
    return {each["name"]: each["state"] for each in done.answer}


def test_a_set_up_in_order_is_all_well(app: Flask, clinic: str) -> None:
    done = run(app, "doctor")
    assert done.status == 0
    assert set(told(done).values()) == {"ok"}
    lines = done.err.splitlines()
    assert lines[:-1] == [f"ok    {each['sentence']}" for each in done.answer]
    assert lines[-1] == f"0 to mend, 0 to know, {len(done.answer)} well."


def test_a_finding_is_json_with_the_clinic_that_it_is_about(app: Flask, clinic: str) -> None:
    (finding,) = [each for each in run(app, "doctor").answer if each["name"] == "on_call"]
    assert finding == {
        "name": "on_call",
        "state": "ok",
        "sentence": "Rosewood Skin: an on-call phone is set.",
        "clinic_id": clinic,
        "paste": None,
    }


def test_what_somebody_should_know_fails_nothing(app: Flask, clinic: str) -> None:
    run(app, "sending", "hold")
    done = run(app, "doctor")
    assert (done.status, told(done)["sending"]) == (0, "warn")
    assert "\nwarn  Sending is held since " in done.err


def test_what_must_be_mended_fails(app: Flask) -> None:
    done = run(app, "doctor")
    assert (done.status, told(done)["clock"]) == (1, "mend")
    assert "\nmend  The clock has never run" in done.err
    assert "Traceback" not in done.err


def test_before_the_first_migration_it_says_what_to_run(tmp_path: Path) -> None:
    done = run_alone({**KEYS, "DATABASE_URL": f"sqlite:///{tmp_path / 'recovery.db'}"}, "doctor")
    assert (done.status, told(done)) == (1, {"database": "mend", "twilio": "ok"})
    assert done.err.startswith("mend  There is no database yet; run: flask --app wsgi db upgrade\n")
    assert not (tmp_path / "recovery.db").exists()


def test_after_the_migration_it_goes_on(tmp_path: Path) -> None:
    environ = {**KEYS, "DATABASE_URL": f"sqlite:///{tmp_path / 'recovery.db'}"}
    assert run_with(environ, "db", "upgrade").status == 0
    done = run_alone(environ, "doctor")
    assert done.status == 1
    assert (told(done)["database"], told(done)["clock"], told(done)["clinics"]) == ("ok", "mend", "warn")


@pytest.mark.parametrize("content", [b"", b"no database at all, but long enough to look like one" * 20])
def test_a_file_that_is_no_database_of_ours(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "recovery.db").write_bytes(content)
    done = run_alone({**KEYS, "DATABASE_URL": f"sqlite:///{tmp_path / 'recovery.db'}"}, "doctor")
    assert (done.status, told(done)["database"]) == (1, "mend")
    assert "Traceback" not in done.err


def test_a_database_that_is_not_there_is_told_in_words(tmp_path: Path) -> None:
    address = "postgresql://nobody:s3cret@127.0.0.1:1/none"
    app = create_app(config.load({**KEYS, "DATABASE_URL": address}, tmp_path))
    done = run(app, "doctor")
    assert (done.status, told(done)) == (1, {"database": "mend", "twilio": "ok"})
    assert done.err.startswith("mend  The database cannot be used: ")
    assert "s3cret" not in done.err + done.out


def test_with_other_keys_the_start_itself_says_so(tmp_path: Path) -> None:
    environ = {**KEYS, "DATABASE_URL": f"sqlite:///{tmp_path / 'recovery.db'}"}
    run_with(environ, "db", "upgrade")
    added = ("clinic", "add", "Elm Street Skin", "--phone", "+14165550199", "--timezone", "America/Toronto")
    assert run_alone(environ, *added).status == 0
    other = base64.b64encode(bytes(range(100, 132))).decode()
    done = run_alone({**environ, "DATA_KEYS": other}, "doctor")
    assert (done.status, done.out) == (1, "")
    assert done.err.splitlines() == [
        "DATA_KEYS: cannot open this database; accepted: the keys that it was written with"
    ]


def test_texts_to_paste_stand_below_their_sentence(tmp_path: Path) -> None:
    """Nobody answers at that address, so Twilio is only told as not asked."""
    environ = {
        **PRODUCTION,
        "DATABASE_URL": f"sqlite:///{tmp_path / 'recovery.db'}",
        "TWILIO_API_BASE_URL": "http://127.0.0.1:1",
    }
    run_with(environ, "db", "upgrade")
    run_with(environ, "clinic", "add", "Elm Skin", "--phone", "+14165550199", "--timezone", "America/Toronto")
    done = run_alone(environ, "doctor")
    assert told(done)["twilio"] == "warn"
    assert "warn  Twilio could not be asked (" in done.err
    lines = done.err.splitlines()
    at = next(number for number, line in enumerate(lines) if "Twilio answers STOP, START and HELP" in line)
    assert lines[at + 1].startswith("        en opt_out: You will get no more texts from Elm Skin")
