"""A database in trouble: its disk is full, or somebody holds what a text needs."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import event

from recovery.db import db
from recovery.models.patient import Patient

_NO_ROOM = """
CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = 'disk_full'; END $$;
CREATE TRIGGER no_room BEFORE INSERT ON message FOR EACH ROW EXECUTE FUNCTION no_room();
"""
_ROOM = "DROP TRIGGER no_room ON message; DROP FUNCTION no_room();"


@contextmanager
def full_disk() -> Iterator[None]:
    """Nothing long can be stored: SQLite may not grow, PostgreSQL says what it says on a full disk."""
    db.session.remove()
    with _full_file() if db.engine.dialect.name == "sqlite" else _full_server():
        yield


@contextmanager
def held(patient_id: UUID) -> Iterator[None]:
    """Somebody decides about this patient and does not come to an end."""
    db.session.remove()
    with db.engine.connect() as other:
        other.execute(sa.select(Patient.id).where(Patient.id == patient_id).with_for_update())
        yield
        other.rollback()


@contextmanager
def impatient() -> Iterator[None]:
    """SQLite waits for its lock only a moment, so that a test need not."""
    with _on_connect("PRAGMA busy_timeout=50" if db.engine.dialect.name == "sqlite" else "SELECT 1"):
        yield


@contextmanager
def _full_file() -> Iterator[None]:
    with db.engine.connect() as connection:
        raw: Any = connection.connection.driver_connection
        raw.execute("VACUUM")
        (pages,) = raw.execute("PRAGMA page_count").fetchone()
    with _on_connect(f"PRAGMA max_page_count={pages}"):
        yield


@contextmanager
def _full_server() -> Iterator[None]:
    _run(_NO_ROOM)
    try:
        yield
    finally:
        _run(_ROOM)


@contextmanager
def _on_connect(statement: str) -> Iterator[None]:
    """Every connection made meanwhile begins with this statement."""

    def tell(connection: Any, _record: Any) -> None:
        connection.execute(statement)

    db.engine.dispose()
    event.listen(db.engine, "connect", tell)
    try:
        yield
    finally:
        event.remove(db.engine, "connect", tell)
        db.session.remove()
        db.engine.dispose()


def _run(script: str) -> None:
    db.session.remove()
    with db.engine.begin() as connection:
        connection.exec_driver_sql(script)
