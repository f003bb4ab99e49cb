"""The keys of the database: whether we hold the right ones, and sealing anew under the newest."""

import hmac
from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa

from recovery.crypto import Unreadable
from recovery.db import SealedBytes, SealedText, add_if_new, db, keyring, writing
from recovery.models.system import KnownWord

_WORD = "recovery"
_BATCH = 50  # rows of one transaction: patients' texts wait for no more than these
_FIRST, _LENGTH = 2, 4  # where a sealed value names its key: after its version


def mark() -> None:
    """Write the known word down under our keys, unless it stands already: with the first clinic."""
    add_if_new(KnownWord, word=_WORD, sealed=_WORD, hashed=keyring().text_hash(_WORD))


def wrong() -> list[str]:
    """The variables whose keys are not this database's; none while it has no clinic. Inside a unit."""
    hashed = db.session.scalar(sa.select(KnownWord.hashed).where(KnownWord.word == _WORD))
    if hashed is None:
        return []
    found = [] if _opens() else ["DATA_KEYS"]
    if not hmac.compare_digest(hashed, keyring().text_hash(_WORD)):
        found.append("LOOKUP_KEY")
    return found


def rotate() -> Iterator[tuple[str, int, int]]:
    """Seal every value anew that is under an older key, batch by batch, each a transaction of its own.

    Yields (table, values sealed anew, values that no key of ours opens) after each batch. It may
    run while patients are served and be killed at any moment: what is done is done, and a second
    run does the rest. Rows that somebody else is changing are left to the next batch.
    """
    for table in _sealed_tables():
        after: Sequence[Any] | None = None
        while True:
            with writing():
                rows = _under_older_keys(table, after)
                done, unreadable = _reseal(table, rows)
            if not rows:
                break
            after = [rows[-1][column.name] for column in table.primary_key]
            yield table.name, done, unreadable


def under_older_keys() -> int:
    """How many rows still hold a value under an older key. Inside a unit."""
    return sum(
        db.session.scalar(sa.select(sa.func.count()).select_from(table).where(_is_older(table))) or 0
        for table in _sealed_tables()
    )


def _opens() -> bool:
    try:
        return db.session.scalar(sa.select(KnownWord.sealed).where(KnownWord.word == _WORD)) == _WORD
    except Unreadable:
        return False


def _sealed_tables() -> list[sa.Table]:
    return [table for table in db.metadata.sorted_tables if _sealed_columns(table)]


def _sealed_columns(table: sa.Table) -> list[sa.Column[Any]]:
    return [column for column in table.columns if isinstance(column.type, SealedText | SealedBytes)]


def _is_older(table: sa.Table) -> sa.ColumnElement[bool]:
    newest = keyring().newest
    return sa.or_(
        *(
            sa.and_(column.is_not(None), sa.func.substr(_raw(column), _FIRST, _LENGTH) != newest)
            for column in _sealed_columns(table)
        )
    )


def _under_older_keys(table: sa.Table, after: Sequence[Any] | None) -> Sequence[sa.RowMapping]:
    """The next rows, ours until the commit. We never wait for a row, so nobody can be in our way for ever."""
    key = list(table.primary_key)
    found = sa.select(*key, *(_raw(column).label(column.name) for column in _sealed_columns(table)))
    found = found.where(_is_older(table)).order_by(*key).limit(_BATCH)
    if after is not None:
        last = (sa.literal(each, column.type) for each, column in zip(after, key, strict=True))
        found = found.where(sa.tuple_(*key) > sa.tuple_(*last))
    return db.session.execute(found.with_for_update(skip_locked=True, key_share=True)).mappings().all()


def _reseal(table: sa.Table, rows: Sequence[sa.RowMapping]) -> tuple[int, int]:
    done = unreadable = 0
    for row in rows:
        values: dict[str, bytes] = {}
        for column in _sealed_columns(table):
            sealed = row[column.name]
            if sealed is None or keyring().is_newest(bytes(sealed)):
                continue
            try:
                values[column.name] = keyring().resealed(bytes(sealed), f"{table.name}.{column.name}")
            except Unreadable:
                unreadable += 1
        if values:
            mine = [column == row[column.name] for column in table.primary_key]
            raw = {table.c[name]: sa.literal(value, sa.LargeBinary) for name, value in values.items()}
            db.session.execute(sa.update(table).where(*mine).values(raw))
            done += len(values)
    return done, unreadable


def _raw(column: sa.Column[Any]) -> sa.ColumnElement[bytes]:
    """The sealed value as it stands, not opened."""
    return sa.type_coerce(column, sa.LargeBinary)
