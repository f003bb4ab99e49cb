"""What stands in the way of a start: no tables, other keys, a demonstration's database in production."""

import base64
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
    return config.load({**PRODUCTION, **KEYS, "DATABASE_URL": address})


OTHER_KEY = base64.b64encode(bytes(range(100, 132))).decode()
NEXT_KEY = base64.b64encode(bytes(range(32, 64))).decode()
REFUSED = "{}: cannot open this database; accepted: the keys that it was written with"


def under(app: Flask, tmp_path: Path, **keys: str) -> Flask:
    """The app of another process on the same database."""
    address = db.engine.url.render_as_string(hide_password=False)
    return create_app(config.load({**KEYS, "DATABASE_URL": address, **keys}, tmp_path))


@pytest.mark.parametrize(
    ("keys", "names"),
    [
        ({"DATA_KEYS": OTHER_KEY}, ["DATA_KEYS"]),
        ({"LOOKUP_KEY": "another look-up key"}, ["LOOKUP_KEY"]),
        ({"DATA_KEYS": OTHER_KEY, "LOOKUP_KEY": "another look-up key"}, ["DATA_KEYS", "LOOKUP_KEY"]),
    ],
)
def test_other_keys_than_the_databases_are_refused(
    app: Flask, tmp_path: Path, keys: dict[str, str], names: list[str]
) -> None:
    make.clinic()
    with pytest.raises(config.ConfigError) as refused:
        under(app, tmp_path, **keys)
    assert str(refused.value).splitlines() == [REFUSED.format(name) for name in names]


def test_a_newer_key_before_the_old_one_is_accepted_ever_after(app: Flask, tmp_path: Path) -> None:
    make.clinic()
    rotated = f"{OTHER_KEY},{KEYS['DATA_KEYS']}"
    with under(app, tmp_path, DATA_KEYS=rotated).app_context():
        make.clinic(name="Elm Street Skin", phone="+14165550199")
        db.engine.dispose()
    again = under(app, tmp_path, DATA_KEYS=f"{NEXT_KEY},{rotated}")
    assert again.test_client().get("/readyz").status_code == 200
    with pytest.raises(config.ConfigError, match="DATA_KEYS: cannot open"):
        under(app, tmp_path, DATA_KEYS=f"{NEXT_KEY},{OTHER_KEY}")
    with again.app_context():
        db.engine.dispose()


def test_a_process_that_started_before_the_first_clinic_of_other_keys_is_not_ready(
    app: Flask, tmp_path: Path
) -> None:
    early = under(app, tmp_path, LOOKUP_KEY="another look-up key")
    assert early.test_client().get("/readyz").status_code == 200
    make.clinic()
    answer = early.test_client().get("/readyz")
    assert (answer.status_code, answer.json["detail"]) == (
        503,
        "The database was written with other keys: LOOKUP_KEY.",
    )
    with early.app_context():
        db.engine.dispose()


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
    done = run_alone({**PRODUCTION, **environ}, "clinic", "list")
    assert (done.status, done.out) == (1, "")
    assert done.err == (
        "DATABASE_URL: holds a demonstration; accepted: in production a database of its own\n"
    )
