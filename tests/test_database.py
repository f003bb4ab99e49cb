"""The migrations build exactly what the models say, and SQLite and PostgreSQL behave alike."""

from concurrent.futures import ThreadPoolExecutor, wait

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from flask import Flask

from recovery.db import db
from recovery.queries.one_of import made_once


def test_migrations_build_exactly_the_models(app: Flask) -> None:
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        assert compare_metadata(context, db.metadata) == []


def test_every_table_belongs_to_a_clinic(app: Flask) -> None:
    of_the_installation = {"clinic", "job_run", "known_word", "switch", "text_count"}
    without = {table.name for table in db.metadata.sorted_tables if "clinic_id" not in table.columns}
    assert without == of_the_installation


def test_sqlite_has_our_manners(app: Flask) -> None:
    if db.engine.dialect.name != "sqlite":
        return
    pragmas = {
        name: db.session.scalar(sa.text(f"PRAGMA {name}"))
        for name in ("journal_mode", "foreign_keys", "busy_timeout")
    }
    assert pragmas == {"journal_mode": "wal", "foreign_keys": 1, "busy_timeout": 10000}


def test_who_writes_on_sqlite_waits_for_whoever_writes_already(app: Flask) -> None:
    if db.engine.dialect.name != "sqlite":
        return
    engine, turns = db.engine, []

    def write() -> None:
        with engine.begin():
            turns.append("the second")

    with ThreadPoolExecutor(1) as pool:
        with engine.begin():
            waiting = pool.submit(write)
            assert not wait([waiting], timeout=0.1).done
            turns.append("the first")
        waiting.result()
    assert turns == ["the first", "the second"]


def test_nothing_is_prepared_on_a_postgresql_that_others_share(app: Flask) -> None:
    """PgBouncer in transaction mode may send each transaction down another connection."""
    if db.engine.dialect.name == "sqlite":
        return
    for _ in range(20):  # the driver would prepare what it meets for the sixth time
        db.session.execute(sa.select(sa.literal(1)))
    assert db.session.execute(sa.text("SELECT name, statement FROM pg_prepared_statements")).all() == []


@pytest.mark.usefixtures("app")
def test_a_statement_is_put_together_once_for_what_it_depends_on() -> None:
    made: list[int] = []

    @made_once
    def number(of: int) -> sa.Select[int]:
        made.append(of)
        return sa.select(sa.literal(of))

    asked = [db.session.scalar(number(each)) for each in (1, 1, 2, 1)]

    assert asked == [1, 1, 2, 1]
    assert made == [1, 2]
