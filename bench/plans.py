"""How the database finds what is asked for: every statement that ran, with its plan."""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine

from recovery.db import Base

_SQLITE_SCAN = re.compile(r"^SCAN (\w+?)(?:_\d+)?(?: USING (?:COVERING )?INDEX (\w+))?$")
_INDEX_SCANS = ("Index Scan", "Index Only Scan", "Bitmap Index Scan")


@dataclass(frozen=True, slots=True)
class Plan:
    """One statement as it ran, how the database went about it, and which tables it read from end to end.

    Reading a partial index from end to end is no such thing: it holds nothing but what is looked for.
    """

    statement: str
    steps: tuple[str, ...]
    whole_tables: frozenset[str]


def plans(engine: Engine, run: Callable[[], object], *, avoid_scans: bool = False) -> Sequence[Plan]:
    """The plans of all that `run` asks of the database, in the order in which it first asked.

    With `avoid_scans` a small PostgreSQL table, too, is read whole only where no index serves.
    """
    with _recorded(engine) as ran:
        run()
    with engine.connect().execution_options(reading=True) as connection:
        if avoid_scans and engine.dialect.name == "postgresql":
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        return [_explained(connection, statement, values) for statement, values in ran.items()]


@contextmanager
def _recorded(engine: Engine) -> Iterator[dict[str, Any]]:
    """Inside, every statement that asks for rows or changes them is kept once, with its values."""
    ran: dict[str, Any] = {}

    def keep(_c: Connection, _cursor: Any, statement: str, values: Any, _context: Any, many: bool) -> None:
        if not many and statement.startswith(("SELECT", "UPDATE", "DELETE", "WITH")):
            ran.setdefault(statement, values)

    event.listen(engine, "before_cursor_execute", keep)
    try:
        yield ran
    finally:
        event.remove(engine, "before_cursor_execute", keep)


def _explained(connection: Connection, statement: str, values: Any) -> Plan:
    if connection.dialect.name == "sqlite":
        rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
        steps = tuple(str(row[-1]) for row in rows)
        return Plan(statement, steps, frozenset(_scanned_by_sqlite(steps)))
    rows = connection.exec_driver_sql(f"EXPLAIN (COSTS OFF) {statement}", values)
    steps = tuple(str(row[0]) for row in rows)
    told = connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON, COSTS OFF) {statement}", values).scalar_one()
    return Plan(statement, steps, frozenset(_scanned_by_postgresql(told[0]["Plan"])))


def _scanned_by_sqlite(steps: Sequence[str]) -> Iterator[str]:
    for step in steps:
        found = _SQLITE_SCAN.match(step)
        if found and found[1] in Base.metadata.tables and found[2] not in _partial_indexes():
            yield found[1]


def _scanned_by_postgresql(node: dict[str, Any]) -> Iterator[str]:
    kind, index = node["Node Type"], node.get("Index Name")
    if kind == "Seq Scan":
        yield node["Relation Name"]
    if kind in _INDEX_SCANS and "Index Cond" not in node and index not in _partial_indexes():
        yield node.get("Relation Name") or _tables_of_indexes()[index]
    for inner in node.get("Plans", ()):
        yield from _scanned_by_postgresql(inner)


def _partial_indexes() -> frozenset[str | None]:
    found = (index for table in Base.metadata.tables.values() for index in table.indexes)
    return frozenset(each.name for each in found if each.dialect_options["postgresql"]["where"] is not None)


def _tables_of_indexes() -> dict[str | None, str]:
    tables = Base.metadata.tables.values()
    return {str(index.name): table.name for table in tables for index in table.indexes}
