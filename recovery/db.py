"""The database: session, transactions, and the column types for UTC time and sealed values."""

import os
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar, cast
from uuid import UUID

import sqlalchemy as sa
from flask import current_app
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Dialect, Engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from recovery.crypto import Keyring
from recovery.sqlite import prepare as prepare_sqlite


class Base(DeclarativeBase):
    metadata = sa.MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


# What the clock is to look at and nobody has said when: it is looked at.
LONG_AGO = sa.text("'1970-01-01 00:00:00'")

db = SQLAlchemy(model_class=Base)
Row = TypeVar("Row", bound=Base)


def new_id() -> UUID:
    """A UUID of version 7: ids made later sort later (to the millisecond)."""
    milliseconds = time.time_ns() // 1_000_000
    value = (milliseconds << 80) | int.from_bytes(os.urandom(10), "big")
    value = (value & ~(0xF << 76)) | (7 << 76)
    return UUID(int=(value & ~(3 << 62)) | (2 << 62))


def first_id(moment: datetime) -> UUID:
    """Where the ids begin that are made from a moment on, by the machine's own clock."""
    return UUID(int=int(moment.timestamp() * 1_000) << 80)


def id_column() -> Mapped[UUID]:
    return mapped_column(sa.Uuid, primary_key=True, default=new_id)


def keyring() -> Keyring:
    return cast(Keyring, current_app.extensions["recovery.keyring"])


class UtcTime(sa.types.TypeDecorator[datetime]):
    """A moment: takes any zone, keeps UTC, gives UTC back (SQLite knows no zones)."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs its offset")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class SealedText(sa.types.TypeDecorator[str]):
    """Text encrypted at rest; `purpose` ("table.column") is bound in."""

    impl = sa.LargeBinary
    cache_ok = True

    def __init__(self, purpose: str) -> None:
        super().__init__()
        self.purpose = purpose

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:
        return None if value is None else keyring().seal(value, self.purpose)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> str | None:
        return None if value is None else keyring().open(bytes(value), self.purpose)


class SealedBytes(sa.types.TypeDecorator[bytes]):
    """Bytes encrypted at rest; `purpose` ("table.column") is bound in."""

    impl = sa.LargeBinary
    cache_ok = True

    def __init__(self, purpose: str) -> None:
        super().__init__()
        self.purpose = purpose

    def process_bind_param(self, value: bytes | None, dialect: Dialect) -> bytes | None:
        return None if value is None else keyring().seal_bytes(value, self.purpose)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> bytes | None:
        return None if value is None else keyring().open_bytes(bytes(value), self.purpose)


def choice(name: str, values: type[Any] | tuple[str, ...], column: str) -> sa.CheckConstraint:
    """A check that `column` holds one of the words of an enumeration, or null."""
    listed = ", ".join(f"'{value}'" for value in values)
    return sa.CheckConstraint(f"{column} IN ({listed})", name=name)


def spelled(value: str) -> sa.BindParameter[str]:
    """A word that stands in the statement itself: SQLite uses no partial index for one that is bound."""
    return sa.literal(str(value), literal_execute=True)


def add_if_new(model: type[Base], **values: Any) -> bool:
    """Insert a row unless a unique rule says that it is already there; whether it was inserted."""
    return add_all_if_new(model, [values]) == 1


def add_all_if_new(model: type[Base], rows: Sequence[Mapping[str, Any]]) -> int:
    """The same for many rows in one statement; how many were inserted."""
    statement = upsert(model).on_conflict_do_nothing().returning(*model.__table__.primary_key)
    return len(db.session.execute(statement, rows).all()) if rows else 0


def added_if_new(model: type[Row], **values: Any) -> Row | None:
    """The same; gives the row that was inserted, None if there was one."""
    statement = upsert(model).values(**values).on_conflict_do_nothing()
    return db.session.scalar(statement.returning(model))


def upsert(model: type[Base] | sa.Table) -> postgresql.Insert | sqlite.Insert:
    """An INSERT that may say what to do `on_conflict`, as both databases know it."""
    on_postgresql = db.session.get_bind().dialect.name == "postgresql"
    return postgresql.insert(model) if on_postgresql else sqlite.insert(model)


@contextmanager
def writing(*, patience: timedelta | None = None) -> Iterator[Session]:
    """One unit that writes: commits at the end, rolls back on any error.

    Only edges (a route, a job, a command) open one; services work inside it. On SQLite the
    transaction is immediate, so that two units cannot both decide on what the other changes.
    `patience`: how long one statement may take on PostgreSQL, its wait for a lock included; beyond
    that it fails with an OperationalError. SQLite waits at its beginning only, ten seconds at most.
    """
    session = cast(Session, db.session)
    session.rollback()
    try:
        if patience is not None:
            _limit(session, patience)
        yield session
        session.commit()
    except BaseException:
        session.rollback()
        raise


@contextmanager
def reading() -> Iterator[Session]:
    """One unit that only reads: on SQLite it waits for no writer."""
    session = cast(Session, db.session)
    session.rollback()
    session.connection(execution_options={"reading": True})
    try:
        yield session
    finally:
        session.rollback()


def engine_options(address: str) -> dict[str, Any]:
    """How an engine for this address is made: nothing of a row is ever told in an error.

    Nobody waits long for a connection: Twilio gives a webhook 15 seconds. On PostgreSQL no statement
    is prepared on the server: behind a PgBouncer in transaction mode the next statement may meet
    another connection, which knows nothing of it.
    """
    options: dict[str, Any] = {"pool_pre_ping": True, "pool_timeout": 10, "hide_parameters": True}
    if address.startswith("postgresql"):
        options["connect_args"] = {"prepare_threshold": None, "connect_timeout": 5}
    return options


def _limit(session: Session, patience: timedelta) -> None:
    if session.get_bind().dialect.name == "postgresql":
        milliseconds = str(int(patience.total_seconds() * 1000))
        session.execute(sa.select(sa.func.set_config("statement_timeout", milliseconds, True)))


def prepare(engine: Engine) -> None:
    """Give an engine our manners: on SQLite WAL, foreign keys and immediate transactions.

    On PostgreSQL nobody waits for ever: whoever froze inside a transaction loses it and its locks.
    """
    if engine.dialect.name == "sqlite":
        prepare_sqlite(engine)
    else:
        _prepare_postgresql(engine)


def _prepare_postgresql(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def on_connect(connection: Any, _record: Any) -> None:
        connection.autocommit = True
        for name, seconds in (("lock_timeout", 30), ("idle_in_transaction_session_timeout", 60)):
            connection.execute(f"SET {name} = '{seconds}s'")
        connection.autocommit = False
