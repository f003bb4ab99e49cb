"""What time it is: the machine's clock, which in development may be moved ahead for a demonstration."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta
from time import monotonic

import sqlalchemy as sa

from recovery import context
from recovery.db import db
from recovery.domain.errors import Conflict
from recovery.models.system import Switch

_OFFSET = "clock_offset_seconds"
_started: ContextVar[tuple[datetime, float] | None] = ContextVar("clock_started", default=None)


def now() -> datetime:
    """The present moment in UTC. Only edges ask; everything below is told."""
    started = _started.get()
    if started is not None:
        return started[0] + timedelta(seconds=monotonic() - started[1])
    return unset()


def machines() -> datetime:
    """The machine's own time, which moving the development clock ahead does not change.

    For what is a person's and not a patient's: how long a session, a lock, a link or a code is good.
    """
    started = _started.get()
    return now() if started is not None else datetime.now(UTC)


def is_set() -> bool:
    """Whether this run goes by a moment of its own."""
    return _started.get() is not None


def unset() -> datetime:
    """The same, whatever moment a single run was set to."""
    return datetime.now(UTC) + offset()


def offset() -> timedelta:
    """How far the development clock is ahead; nothing in production.

    It reads on a connection of its own: whoever asks the time must not begin a transaction that
    then stays open while the provider is called.
    """
    if context.config().is_production:
        return timedelta(0)
    with db.engine.connect().execution_options(reading=True) as connection:
        seconds = connection.scalar(sa.select(Switch.value).where(Switch.name == _OFFSET))
    return timedelta(seconds=seconds or 0)


def skip_to(moment: datetime, at: datetime) -> None:
    """Move the development clock ahead to `moment`. Raises Conflict in production or for the past."""
    if context.config().is_production:
        raise Conflict("The clock cannot be moved in production.")
    if moment < at:
        raise Conflict("The development clock only moves forward.")
    ahead = int((moment - datetime.now(UTC)).total_seconds()) + 1
    row = db.session.get(Switch, _OFFSET)
    if row is None:
        db.session.add(Switch(name=_OFFSET, value=ahead, changed_at=moment))
        return
    row.value, row.changed_at = max(row.value, ahead), moment


def skipped_to() -> datetime | None:
    """Where the development clock was moved last: what ran before seems longer ago than it is."""
    if context.config().is_production:
        return None
    row = db.session.get(Switch, _OFFSET, populate_existing=True)
    return row.changed_at if row is not None else None


@contextmanager
def set_to(moment: datetime) -> Iterator[None]:
    """Inside, now is `moment` plus the seconds that have passed since."""
    token = _started.set((moment, monotonic()))
    try:
        yield
    finally:
        _started.reset(token)
