"""A clinic of any number of patients, written straight into an empty database as its services would have."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from secrets import token_urlsafe
from typing import Any

import sqlalchemy as sa
from flask import Flask
from flask_migrate import upgrade

from bench.patients import MODELS, Given, Rows, Size, add
from bench.timing import progress
from recovery.db import Base, db, keyring, writing
from recovery.queries import treatments
from recovery.services import clinics, sessions, staff, tokens

CLINIC_PHONE = "+14165550100"
_BATCH = 2_000  # patients
# Foreign keys first: they rest on nothing, and go back last.
_CONSTRAINTS = sa.text(
    "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
    " WHERE contype IN ('f', 'u') AND connamespace = 'public'::regnamespace ORDER BY contype, conname"
)
_INDEXES_ON_SQLITE = sa.text("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL")
_INDEXES = sa.text(
    "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index"
    " JOIN pg_class ON pg_class.oid = indexrelid AND relnamespace = 'public'::regnamespace"
    " WHERE NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = indexrelid AND contype IN ('p', 'u'))"
)


@dataclass(frozen=True, slots=True)
class Keys:
    """How the clinic's people come in: a nurse's API token, and the cookie of her browser."""

    token: str
    cookie: str


def fill(app: Flask, size: Size) -> Keys:
    """Tables, a clinic, its nurse and so many patients in an empty database."""
    with app.app_context():
        upgrade()
        now = datetime.now(UTC)
        with writing():
            clinic = clinics.add(now, name="Bench", phone=CLINIC_PHONE, timezone=noon(now))
            secret = token_urlsafe()
            nurse = staff.add(
                now, email="nurse@bench.example", clinic_id=clinic.id, role="nurse", password=secret
            )
            token = tokens.add(nurse, "bench", now)[1]
            client = app.test_client()
            with client.session_transaction() as session:
                session[sessions.KEY] = sessions.begin(nurse, now)
            protocol = treatments.current_protocol(clinic.id)
            protocol.approved_by, protocol.approved_at = "Bench", now  # in production nobody is texted before
            given = Given(clinic.id.hex, protocol.id.hex, clinic.timezone, now, keyring())
        with _tables_alone():
            _load(given, size)
        cookie = client.get_cookie("session")
        _settle()
    assert cookie is not None  # noqa: S101 (the transaction above has set it)
    return Keys(token, cookie.value)


def noon(now: datetime) -> str:
    """A zone where it is about noon, so that no quiet hour holds a text back."""
    ahead = 12 - now.hour
    return f"Etc/GMT{-ahead if ahead >= -11 else -ahead - 24:+d}"  # whose signs are the other way round


def _load(given: Given, size: Size) -> None:
    templates: dict[type[Base], dict[str, Any]] = {model: _template(model) for model in MODELS}
    for start in range(0, size.patients, _BATCH):
        progress(f"filling: {start:,} of {size.patients:,} patients")
        rows: Rows = {model: [] for model in MODELS}
        for number in range(start, min(start + _BATCH, size.patients)):
            add(rows, number, size, given)
        for model, found in rows.items():
            _write(model, templates[model], found)
        db.session.commit()


def _write(model: type[Base], template: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> None:
    """Rows of values as they are stored: ids as text, and what is to be sealed is sealed already."""
    if not rows:
        return
    named = {name for row in rows for name in row}
    whole = {
        name: json.dumps(value) if isinstance(value, list | dict) else value
        for name, value in template.items()
        if name in named or value is not None
    }
    table, names = model.__tablename__, ", ".join(whole)
    values = ([*{**whole, **row}.values()] for row in rows)
    cursor: Any = db.session.connection().connection.cursor()
    if db.engine.dialect.name == "sqlite":
        places = ", ".join("?" * len(whole))
        statement = f"INSERT INTO {table} ({names}) VALUES ({places})"  # noqa: S608 (our own names)
        cursor.executemany(statement, _in_sqlite(model, [*whole], values))
        return
    with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
        for each in values:
            copy.write_row(each)


def _in_sqlite(
    model: type[Base], names: Sequence[str], values: Iterable[list[Any]]
) -> Iterator[Sequence[Any]]:
    """The same rows with every moment and day as the text that it is there."""
    types = [model.__table__.c[name].type.python_type for name in names]
    moments = [at for at, each in enumerate(types) if each is datetime]
    days = [at for at, each in enumerate(types) if each is date]
    for row in values:
        for at in moments:
            if row[at] is not None:
                row[at] = row[at].astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")
        for at in days:
            row[at] = row[at] and row[at].isoformat()
        yield row


def _template(model: type[Base]) -> dict[str, Any]:
    """Every column with what it holds unless told otherwise."""
    found: dict[str, Any] = {}
    for column in model.__table__.columns:
        default: Any = column.default
        found[column.name] = None
        if default is not None:
            found[column.name] = default.arg(None) if default.is_callable else default.arg
    return found


@contextmanager
def _tables_alone() -> Iterator[None]:
    """Indexes are kept and foreign keys checked row by row; put back at the end that is done at once.

    SQLite cannot put a table's own rules back, and keeps those.
    """
    on_sqlite = db.engine.dialect.name == "sqlite"
    with db.engine.begin() as connection:
        constraints = [] if on_sqlite else connection.execute(_CONSTRAINTS).all()
        indexes = connection.execute(_INDEXES_ON_SQLITE if on_sqlite else _INDEXES).all()
        for table, name, _ in constraints:
            connection.exec_driver_sql(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
        for name, _ in indexes:
            connection.exec_driver_sql(f"DROP INDEX {name}")
    yield
    restored = [definition for _, definition in indexes]
    restored += [
        f"ALTER TABLE {table} ADD CONSTRAINT {name} {what}" for table, name, what in constraints[::-1]
    ]
    for number, statement in enumerate(restored, start=1):
        progress(f"filling: index or key {number} of {len(restored)}")
        with db.engine.begin() as connection:
            if not on_sqlite:
                connection.exec_driver_sql("SET LOCAL maintenance_work_mem = '512MB'")
            connection.exec_driver_sql(statement)


def _settle() -> None:
    """Statistics as they are after a while, so that the first plans are those of every day."""
    progress("filling: statistics")
    db.session.remove()
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE" if connection.dialect.name == "sqlite" else "VACUUM ANALYZE")
    db.engine.dispose()
    progress("")
