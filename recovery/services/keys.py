"""The keys of the database: whether we hold the right ones, and sealing anew under the newest."""

import hmac
import time
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple, cast

import sqlalchemy as sa

from recovery.crypto import Unreadable
from recovery.db import SealedBytes, SealedText, add_if_new, db, keyring, reading, writing
from recovery.models.system import KnownWord

_WORD = "recovery"
_BATCH = 50  # rows of one transaction: patients' texts wait for no more than these
PAUSE = 0.1  # seconds between two: on SQLite a waiting text asks this often whether it may write
_FIRST, _LENGTH = 2, 4  # where a sealed value names its key: after its version
_HEAD = 17  # bytes of version, key and nonce, by which a sealed value differs from every other


class _Fresh(NamedTuple):
    """A value sealed anew: of which column and row, the head of the one that it replaces, and itself."""

    column: str
    key: Any
    head: bytes
    new: bytes


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
    run does the rest. Rows that somebody else is changing are left to the next run.
    """
    for table in _sealed_tables():
        (key,) = table.primary_key
        after: Any = None
        while rows := _under_older_keys(table, key, after):
            after = rows[-1][key.name]
            fresh, unreadable = _sealed_anew(table, key, rows)
            yield table.name, _put(table, key, fresh), unreadable
            time.sleep(PAUSE)


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


def _under_older_keys(table: sa.Table, key: sa.Column[Any], after: Any) -> Sequence[sa.RowMapping]:
    """The next rows as they stand; nobody waits for us while we look at them and seal."""
    found = sa.select(key, *(_raw(column).label(column.name) for column in _sealed_columns(table)))
    found = found.where(_is_older(table)).order_by(key).limit(_batch(table))
    if after is not None:
        found = found.where(key > after)
    with reading():
        return db.session.execute(found).mappings().all()


def _sealed_anew(
    table: sa.Table, key: sa.Column[Any], rows: Sequence[sa.RowMapping]
) -> tuple[list[_Fresh], int]:
    """What is to be put in place of these rows' values, and how many of them do not open."""
    fresh, unreadable = [], 0
    for row in rows:
        for column in _sealed_columns(table):
            sealed = row[column.name]
            if sealed is None or keyring().is_newest(sealed):
                continue
            purpose = cast(SealedText | SealedBytes, column.type).purpose
            try:
                new = keyring().resealed(sealed, purpose)
            except Unreadable:
                unreadable += 1
                continue
            fresh.append(_Fresh(column.name, row[key.name], sealed[:_HEAD], new))
    return fresh, unreadable


def _put(table: sa.Table, key: sa.Column[Any], fresh: Sequence[_Fresh]) -> int:
    """Put the values in place, in one short transaction; how many there were.

    We never wait for a row, so nobody can be in our way for ever, and what somebody changed
    meanwhile is left as it is: no two sealed values have the same head.
    """
    put = 0
    with writing():
        free = sa.select(key).where(key.in_({each.key for each in fresh}))
        ours = set(db.session.scalars(free.with_for_update(skip_locked=True, key_share=True)))
        for column in _sealed_columns(table):
            mine = [each for each in fresh if each.column == column.name and each.key in ours]
            if mine:
                given = [{"_key": each.key, "_head": each.head, "_new": each.new} for each in mine]
                put += db.session.connection().execute(_replacing(table, key, column), given).rowcount
    return put


def _replacing(table: sa.Table, key: sa.Column[Any], column: sa.Column[Any]) -> sa.Update:
    head = sa.func.substr(_raw(column), 1, _HEAD)
    unchanged = head == sa.bindparam("_head", type_=sa.LargeBinary)
    new = sa.bindparam("_new", type_=sa.LargeBinary)
    return sa.update(table).where(key == sa.bindparam("_key"), unchanged).values({column: new})


def _batch(table: sa.Table) -> int:
    """How many rows are held in memory at once: of photos, which have megabytes, one."""
    return 1 if any(isinstance(column.type, SealedBytes) for column in table.columns) else _BATCH


def _raw(column: sa.Column[Any]) -> sa.ColumnElement[bytes]:
    """The sealed value as it stands, not opened."""
    return sa.type_coerce(column, sa.LargeBinary)
