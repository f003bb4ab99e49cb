"""SQLite's manners: WAL, foreign keys, and writers who try again soon."""

import random
import sqlite3
import time
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine

_PRAGMAS = ("busy_timeout=10000", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON")
_PRIMARY = 0xFF  # of a code, the part that is not told apart further
_BETWEEN_TRIES = (0.001, 0.004)  # seconds, from and to
_OFTENER = 0.05  # seconds of waiting: after so many the pause is half as long, after twice as many a third
_AT_MOST = 8  # and never less than an eighth


def prepare(engine: Engine) -> None:
    """Whoever writes has the file alone from the beginning on; whoever only reads waits for nobody."""

    @event.listens_for(engine, "connect")
    def on_connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        for pragma in _PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def on_begin(connection: Connection) -> None:
        if connection.get_execution_options().get("reading"):
            connection.exec_driver_sql("BEGIN")
        else:
            _begin_writing(connection)


def _begin_writing(connection: Connection) -> None:
    """Begin once no other writes, or fail after `busy_timeout`.

    SQLite's own wait sleeps longer each time, up to a tenth of a second, while whoever comes later
    goes first: one text in a hundred then waits thirty times as long as the others. Here everybody
    tries again soon, at random, and the oftener the longer it has waited, which costs a little of the
    processor and leaves nobody behind.
    """
    raw: Any = connection.connection.driver_connection
    (patience,) = raw.execute("PRAGMA busy_timeout").fetchone()
    raw.execute("PRAGMA busy_timeout=0")
    try:
        if not _has_begun(raw, patience / 1_000):
            connection.exec_driver_sql("BEGIN IMMEDIATE")  # tells the failure as any other statement's
    finally:
        raw.execute(f"PRAGMA busy_timeout={patience}")


def _has_begun(raw: Any, patience: float) -> bool:
    since = time.monotonic()
    while (waited := time.monotonic() - since) < patience:
        try:
            raw.execute("BEGIN IMMEDIATE")
        except sqlite3.Error as error:
            if error.sqlite_errorcode & _PRIMARY != sqlite3.SQLITE_BUSY:
                return False
            time.sleep(random.uniform(*_BETWEEN_TRIES) / min(1 + waited / _OFTENER, _AT_MOST))
        else:
            return True
    return False
