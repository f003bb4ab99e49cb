"""Counting what reaches the database, for whoever must not ask once a row."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from recovery.db import db


@contextmanager
def statements() -> Iterator[list[str]]:
    """The statements that reach the database meanwhile; the BEGIN of SQLite is none."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if not statement.startswith("BEGIN"):
            seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
