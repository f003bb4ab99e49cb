"""The one switch that stops all automatic texts, safety texts excepted."""

from datetime import datetime

from recovery.db import db
from recovery.models.system import Switch

_HELD = "sending_held"


def hold(now: datetime) -> None:
    _set(1, now)


def resume(now: datetime) -> None:
    _set(0, now)


def is_held() -> bool:
    return held_since() is not None


def held_since() -> datetime | None:
    """Since when no automatic text has gone; None while sending is on."""
    row = db.session.get(Switch, _HELD, populate_existing=True)
    return row.changed_at if row is not None and row.value else None


def _set(value: int, now: datetime) -> None:
    row = db.session.get(Switch, _HELD)
    if row is None:
        db.session.add(Switch(name=_HELD, value=value, changed_at=now))
    elif row.value != value:
        row.value, row.changed_at = value, now
