"""A column with one of many values, asked so that it is the same statement however many they are."""

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

from recovery.db import db


def one_of(column: sa.orm.InstrumentedAttribute[Any], values: Iterable[Any]) -> sa.ColumnElement[bool]:
    """Whether the column has one of these values: an array on PostgreSQL, which SQLite does not know.

    A list with a place for each value is another text for each number of them, and reading such a
    text anew costs the driver more than all else of a short statement.
    """
    wanted = list(values)
    if db.session.get_bind().dialect.name == "sqlite":
        return column.in_(wanted)
    return column == sa.any_(sa.literal(wanted, sa.ARRAY(column.type)))
