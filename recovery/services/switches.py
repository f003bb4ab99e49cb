"""The switches that stop automatic texts, safety texts excepted: one for all, and each clinic's own."""

from datetime import datetime

from recovery.db import db
from recovery.models.clinic import Clinic
from recovery.models.system import SENDING_HELD, Switch


def hold(now: datetime) -> None:
    _set(1, now)


def resume(now: datetime) -> None:
    _set(0, now)


def hold_of(clinic: Clinic, now: datetime, by: str | None = None) -> None:
    """Stop one clinic's automatic texts; if they are stopped already, since when and by whom stays."""
    if clinic.texting_off_at is None:
        clinic.texting_off_at, clinic.texting_off_by = now, by


def resume_of(clinic: Clinic) -> None:
    clinic.texting_off_at = clinic.texting_off_by = None


def is_held() -> bool:
    return held_since() is not None


def held_since() -> datetime | None:
    """Since when no automatic text has gone; None while sending is on."""
    row = db.session.get(Switch, SENDING_HELD, populate_existing=True)
    return row.changed_at if row is not None and row.value else None


def _set(value: int, now: datetime) -> None:
    row = db.session.get(Switch, SENDING_HELD)
    if row is None:
        db.session.add(Switch(name=SENDING_HELD, value=value, changed_at=now))
    elif row.value != value:
        row.value, row.changed_at = value, now
