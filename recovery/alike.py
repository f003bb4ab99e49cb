"""Rows that changed alike are written with one statement, where the session would send one for each."""

from collections import defaultdict
from collections.abc import Iterable
from functools import cache
from typing import Any

import sqlalchemy as sa

from recovery.db import Base, db


def write() -> None:
    """Write what was changed in this unit: on PostgreSQL one statement for all rows with the same columns.

    It takes that server longer to plan the UPDATE of one row than to do it; SQLite, within our process,
    only does it. Rows that come or go besides are written by the session, which knows in what order.
    Only columns are written, no relation that was set instead of its key. The session lets go of all its
    rows: there is nothing to be done with them after this.
    """
    session = db.session
    if session.new or session.deleted or session.get_bind().dialect.name == "sqlite":
        session.flush()
    alike: defaultdict[tuple[type[Base], tuple[str, ...]], list[Base]] = defaultdict(list)
    for row in session.dirty:
        alike[type(row), _changed(row)].append(row)
    session.expunge_all()
    for (model, names), rows in alike.items():
        if names:
            session.execute(_update(model, names), _values(model, names, rows))


def _changed(row: Base) -> tuple[str, ...]:
    state = sa.inspect(row)
    return tuple(sorted(set(state.mapper.column_attrs.keys()) - state.unmodified))


@cache
def _update(model: type[Base], names: tuple[str, ...]) -> sa.Update:
    """Of the table, so that nothing is mapped: a list of new values for each column, and of the keys."""
    table = model.__table__
    assert isinstance(table, sa.Table)  # noqa: S101 (no row of ours is of anything else)
    keys = [column.name for column in table.primary_key]
    lists = [sa.bindparam(f"new_{name}", type_=_list_of(table.c[name].type)) for name in (*keys, *names)]
    new = sa.func.unnest(*lists).table_valued(*keys, *names).render_derived(name="new")
    return (
        sa.update(table)
        .where(*(table.c[key] == new.c[key] for key in keys))
        .values({name: new.c[name] for name in names})
    )


def _list_of(type_: sa.types.TypeEngine[Any]) -> sa.ARRAY[Any]:
    """Of one dimension, as a value may be a list itself; of texts, as a cast to a length cuts silently."""
    return sa.ARRAY(sa.Text() if isinstance(type_, sa.String) else type_, dimensions=1)


def _values(model: type[Base], names: Iterable[str], rows: Iterable[Base]) -> dict[str, list[Any]]:
    keys = [column.name for column in sa.inspect(model).primary_key]
    return {f"new_{name}": [getattr(row, name) for row in rows] for name in (*keys, *names)}
