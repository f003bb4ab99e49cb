"""A column with one of many values, asked so that it is the same statement however many they are."""

from collections.abc import Callable, Iterable
from typing import Any, ParamSpec, TypeVar

import sqlalchemy as sa

from recovery.db import db

P = ParamSpec("P")
Statement = TypeVar("Statement")


def one_of(column: sa.orm.InstrumentedAttribute[Any], values: Iterable[Any]) -> sa.ColumnElement[bool]:
    """Whether the column has one of these values: an array on PostgreSQL, which SQLite does not know.

    A list with a place for each value is another text for each number of them, and reading such a
    text anew costs the driver more than all else of a short statement.
    """
    wanted = list(values)
    if _dialect() == "sqlite":
        return column.in_(wanted)
    return column == sa.any_(sa.literal(wanted, sa.ARRAY(column.type)))


def among(column: sa.orm.InstrumentedAttribute[Any], name: str) -> sa.ColumnElement[bool]:
    """The same in a statement that is `made_once`: it is asked with a list of values under this name."""
    if _dialect() == "sqlite":
        return column.in_(sa.bindparam(name, expanding=True))
    return column == sa.any_(sa.bindparam(name, type_=sa.ARRAY(column.type)))


def made_once(make: Callable[P, Statement]) -> Callable[P, Statement]:
    """A statement that is put together once for each database, which takes longer than to ask it."""
    kept: dict[tuple[object, ...], Statement] = {}

    def made(*args: P.args, **more: P.kwargs) -> Statement:
        which = (_dialect(), *args, *more.items())
        if which not in kept:
            kept[which] = make(*args, **more)
        return kept[which]

    return made


def _dialect() -> str:
    return db.session.get_bind().dialect.name
