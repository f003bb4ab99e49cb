"""What stands in the way of a start: no tables, a demonstration's database in production."""

from pathlib import Path

import pytest
from flask import Flask

import config
from recovery.app import create_app
from recovery.db import db
from tests import make
from tests.commands.run import run, run_alone
from tests.conftest import KEYS
from tests.test_config import PRODUCTION


@pytest.mark.parametrize(
    "command",
    [("clinic", "list"), ("staff", "list"), ("sending", "hold"), ("jobs", "list"), ("jobs", "start")],
)
def test_a_database_without_tables_is_one_clear_line(command: tuple[str, ...], tmp_path: Path) -> None:
    app = create_app(config.load(KEYS, tmp_path))
    done = run(app, *command)
    assert (done.status, done.out) == (1, "")
    assert done.err == "Error: The database lacks our tables; run: flask --app wsgi db upgrade\n"


def test_a_job_without_tables_says_the_same(tmp_path: Path) -> None:
    app = create_app(config.load(KEYS, tmp_path))
    done = run(app, "jobs", "run", "send-messages")
    assert (done.status, done.out) == (1, "")
    assert done.err.splitlines()[-1] == (
        "Error: The database lacks our tables; run: flask --app wsgi db upgrade"
    )


def test_a_database_that_is_not_there_is_one_clear_line(tmp_path: Path) -> None:
    address = "postgresql://nobody:s3cret@127.0.0.1:1/none"
    app = create_app(config.load({**KEYS, "DATABASE_URL": address}, tmp_path))
    done = run(app, "clinic", "list")
    assert (done.status, done.out, len(done.err.splitlines())) == (1, "", 1)
    assert done.err.startswith("Error: The database cannot be used: ")
    assert "s3cret" not in done.err


def production(app: Flask) -> config.Config:
    address = db.engine.url.render_as_string(hide_password=False)
    return config.load({**PRODUCTION, "DATABASE_URL": address})


def test_production_refuses_a_demonstrations_database(app: Flask) -> None:
    make.clinic(is_demo=True)
    with pytest.raises(config.ConfigError, match="DATABASE_URL: holds a demonstration"):
        create_app(production(app))


def test_production_starts_beside_a_clinic_of_its_own(app: Flask) -> None:
    make.clinic()
    assert create_app(production(app)).extensions["recovery.config"].is_production


def test_production_migrates_an_empty_database_first(tmp_path: Path) -> None:
    environ = {**PRODUCTION, "DATABASE_URL": f"sqlite:///{tmp_path / 'recovery.db'}"}
    assert run_alone(environ, "db", "upgrade").status == 0
    done = run_alone(environ, "clinic", "list")
    assert (done.status, done.answer) == (0, [])


def test_production_has_no_other_now(tmp_path: Path) -> None:
    environ = {**PRODUCTION, "DATABASE_URL": f"sqlite:///{tmp_path / 'recovery.db'}"}
    done = run_alone(environ, "jobs", "run", "send-messages", "--at", "2026-11-20T15:00:00Z")
    assert (done.status, done.out) == (1, "")
    assert done.err == "Error: --at is refused in production.\n"


def test_a_refused_start_is_plain_lines(tmp_path: Path) -> None:
    environ = {**KEYS, "DATABASE_URL": f"sqlite:///{tmp_path / 'recovery.db'}"}
    app = create_app(config.load(environ, tmp_path))
    with app.app_context():
        run(app, "db", "upgrade")
        make.clinic(is_demo=True)
        db.engine.dispose()
    done = run_alone({**PRODUCTION, "DATABASE_URL": environ["DATABASE_URL"]}, "clinic", "list")
    assert (done.status, done.out) == (1, "")
    assert done.err == (
        "DATABASE_URL: holds a demonstration; accepted: in production a database of its own\n"
    )
