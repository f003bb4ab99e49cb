"""The switches on which an answer rests: whether sending is held, and the latest tick of any worker."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from recovery.db import db
from recovery.models.system import LAST_TICK, SENDING_HELD, Switch
from recovery.queries.one_of import made_once


@dataclass(frozen=True, slots=True)
class Switches:
    """How they stand."""

    held: bool
    last_tick: datetime | None


def switches() -> Switches:
    return Switches(*db.session.execute(_switches()).one())


def columns() -> tuple[sa.ColumnElement[Any], ...]:
    """The same to be selected beside something else."""
    held = sa.exists().where(Switch.name == SENDING_HELD, Switch.value != 0)
    tick = sa.select(Switch.changed_at).where(Switch.name == LAST_TICK).scalar_subquery()
    return held, tick


@made_once
def _switches() -> sa.Select[Any]:
    return sa.select(*columns())
