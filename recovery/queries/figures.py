"""Counting what stands in the tables, for whoever watches the service."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from recovery.db import db, first_id, spelled
from recovery.domain.vocabulary import CaseStatus, CheckInStatus
from recovery.models.case import FlaggedCase
from recovery.models.clinic import Clinic
from recovery.models.message import STATUSES, Message, Photo
from recovery.models.system import JobRun
from recovery.models.treatment import CheckIn

LATE_AFTER = timedelta(minutes=10)
A_DAY = timedelta(days=1)
_WAITING = ("queued", "sending", "in_doubt")
_ENDED = tuple(each for each in STATUSES if each not in (*_WAITING, "received"))
_FAILED = ("undelivered", "refused")


@dataclass(frozen=True, slots=True)
class Standing:
    """How texting stands: what is due, late of that, in doubt; what failed in the last day."""

    due_check_ins: int
    due_texts: int
    late_check_ins: int
    late_texts: int
    in_doubt: int
    failed: int
    oldest_waiting_seconds: float


def standing(now: datetime) -> Standing:
    """The figures that /readyz and /metrics tell; each is read from an index."""
    oldest, late = oldest_waiting_text(now), now - LATE_AFTER
    return Standing(
        due_check_ins=due_check_ins(now),
        due_texts=_texts(Message.status == "queued", Message.due_at <= now),
        late_check_ins=due_check_ins(late),
        late_texts=_texts(Message.status == "queued", Message.due_at <= late),
        in_doubt=_texts(Message.status == "in_doubt"),
        failed=_texts(Message.status.in_(_FAILED), Message.due_at >= now - A_DAY),
        oldest_waiting_seconds=(now - oldest).total_seconds() if oldest else 0.0,
    )


def messages_by_status(now: datetime, machines: datetime) -> dict[str, int]:
    """How many texts wait, and what became of those of the last day: of all, it would be a long count.

    What was received goes by its id, which tells the `machines` time.
    """
    since = now - A_DAY
    waiting = _by_status(Message.status.in_(_WAITING))
    ended = _by_status(Message.status.in_(_ENDED), Message.due_at >= since)
    received = _texts(Message.id >= first_id(machines - A_DAY), Message.direction == "inbound")
    return {**waiting, **ended, "received": received}


def texts_for_no_clinic() -> int:
    """Texts that came in for a number that is no clinic's."""
    return _texts(Message.clinic_id.is_(None), Message.direction == "inbound")


def standing_cases_by_priority() -> dict[str, int]:
    """Cases that are open or acknowledged."""
    found = (
        sa.select(FlaggedCase.priority, sa.func.count().label("cases"))
        .where(FlaggedCase.status.in_((CaseStatus.OPEN, CaseStatus.ACKNOWLEDGED)))
        .group_by(FlaggedCase.priority)
    )
    return {row.priority: row.cases for row in db.session.execute(found)}


def due_check_ins(now: datetime) -> int:
    planned = spelled(CheckInStatus.PLANNED)
    found = sa.select(sa.func.count()).where(CheckIn.status == planned, CheckIn.due_at <= now)
    return db.session.scalar(found) or 0


def oldest_waiting_text(now: datetime) -> datetime | None:
    """Since when the longest waiting text has been due."""
    return db.session.scalar(
        sa.select(sa.func.min(Message.due_at)).where(Message.status == "queued", Message.due_at <= now)
    )


def in_doubt_since(moment: datetime) -> int:
    """Texts in doubt whose sender claimed them by then."""
    return _texts(Message.status == "in_doubt", Message.claimed_at <= moment)


def late_texts_that_may_go(due_by: datetime, free: Sequence[str], *, held: bool) -> int:
    """Texts due by then that no switch holds: a clinic's, or (`held`) that of all; `free` kinds heed none."""
    off = sa.select(Clinic.id).where(Clinic.texting_off_at.is_not(None))
    may_go: sa.ColumnElement[bool] = Message.kind.in_(free)
    if not held:
        may_go = sa.or_(may_go, Message.clinic_id.not_in(off))
    return _texts(Message.status == "queued", Message.due_at <= due_by, may_go)


def error_codes_since(moment: datetime) -> dict[int, int]:
    """How many of our texts met which of the provider's codes, where they were to go since then."""
    found = (
        sa.select(Message.error_code, sa.func.count().label("texts"))
        .where(
            Message.status.in_(("queued", *_FAILED)),
            Message.due_at >= moment,
            Message.error_code.is_not(None),
        )
        .group_by(Message.error_code)
    )
    return {row.error_code: row.texts for row in db.session.execute(found)}


def photos_waiting_since(moment: datetime) -> int:
    """Photos that came by then and are not fetched yet."""
    found = sa.select(sa.func.count()).where(Photo.status == "waiting", Photo.created_at <= moment)
    return db.session.scalar(found) or 0


def unusable_photos_since(moment: datetime) -> int:
    """Photos that came since then and could not be kept."""
    found = sa.select(sa.func.count()).where(Photo.status == "unusable", Photo.created_at >= moment)
    return db.session.scalar(found) or 0


def clinics_off() -> int:
    """Clinics whose texts are switched off."""
    found = sa.select(sa.func.count()).where(Clinic.texting_off_at.is_not(None))
    return db.session.scalar(found) or 0


def last_ticks() -> dict[str, datetime]:
    """When each job last began."""
    rows = db.session.execute(sa.select(JobRun.name, JobRun.started_at).order_by(JobRun.name))
    return {row.name: row.started_at for row in rows}


def job_runs() -> Sequence[JobRun]:
    """The last run of each job that ever ran."""
    return db.session.scalars(sa.select(JobRun).order_by(JobRun.name)).all()


def _by_status(*which: sa.ColumnElement[bool]) -> dict[str, int]:
    found = sa.select(Message.status, sa.func.count().label("texts")).where(*which).group_by(Message.status)
    return {row.status: row.texts for row in db.session.execute(found)}


def _texts(*which: sa.ColumnElement[bool]) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(Message).where(*which)) or 0
