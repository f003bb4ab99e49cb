"""How the database finds what is asked for: every statement that ran, with its plan."""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine

from recovery.db import Base

_SQLITE_STEP = re.compile(r"^(SCAN|SEARCH) (\w+?)(?:_\d+)?(?: USING (?:COVERING )?INDEX (\w+)|\b.*)?$")
_INDEX_SCANS = ("Index Scan", "Index Only Scan", "Bitmap Index Scan")


@dataclass(frozen=True, slots=True)
class Plan:
    """One statement as it ran, how the database went about it, and of which tables.

    `whole_tables` are those that it reads from end to end; a partial index that is read so is no such
    thing, since it holds nothing but what is looked for.
    """

    statement: str
    steps: tuple[str, ...]
    tables: frozenset[str]
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
        scans = list(_scans_of_sqlite(steps))
    else:
        rows = connection.exec_driver_sql(f"EXPLAIN (COSTS OFF) {statement}", values)
        steps = tuple(str(row[0]) for row in rows)
        told = connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON, COSTS OFF) {statement}", values)
        scans = list(_scans_of_postgresql(told.scalar_one()[0]["Plan"]))
    whole = frozenset(table for table, is_whole in scans if is_whole)
    return Plan(statement, steps, frozenset(table for table, _ in scans), whole)


def _scans_of_sqlite(steps: Sequence[str]) -> Iterator[tuple[str, bool]]:
    """(table, whether it is read from end to end) of each step that reads one."""
    for step in steps:
        found = _SQLITE_STEP.match(step)
        if found and found[2] in Base.metadata.tables:
            yield found[2], found[1] == "SCAN" and found[3] not in _partial_indexes()


def _scans_of_postgresql(node: dict[str, Any]) -> Iterator[tuple[str, bool]]:
    kind, index = node["Node Type"], node.get("Index Name")
    if kind in _INDEX_SCANS:
        unbound = "Index Cond" not in node and index not in _partial_indexes()
        yield node.get("Relation Name") or _tables_of_indexes()[index], unbound
    elif kind == "Seq Scan":
        yield node["Relation Name"], True
    for inner in node.get("Plans", ()):
        yield from _scans_of_postgresql(inner)


def _partial_indexes() -> frozenset[str | None]:
    found = (index for table in Base.metadata.tables.values() for index in table.indexes)
    return frozenset(each.name for each in found if each.dialect_options["postgresql"]["where"] is not None)


def _tables_of_indexes() -> dict[str | None, str]:
    """Those of keys as well, by the names that the metadata gives them."""
    found: dict[str | None, str] = {}
    for table in Base.metadata.tables.values():
        named: tuple[Any, ...] = (*table.indexes, *table.constraints)
        found |= {str(each.name): table.name for each in named}
    return found
