"""Counting what stands in the tables, for whoever watches the service."""

from datetime import datetime

import sqlalchemy as sa

from recovery.db import db
from recovery.domain.vocabulary import CaseStatus, CheckInStatus
from recovery.models.case import FlaggedCase
from recovery.models.message import Message
from recovery.models.system import JobRun
from recovery.models.treatment import CheckIn


def messages_by_status() -> dict[str, int]:
    found = sa.select(Message.status, sa.func.count().label("texts")).group_by(Message.status)
    return {row.status: row.texts for row in db.session.execute(found)}


def texts_for_no_clinic() -> int:
    """Texts that came in for a number that is no clinic's."""
    found = sa.select(sa.func.count()).where(Message.clinic_id.is_(None), Message.direction == "inbound")
    return db.session.scalar(found) or 0


def standing_cases_by_priority() -> dict[str, int]:
    """Cases that are open or acknowledged."""
    found = (
        sa.select(FlaggedCase.priority, sa.func.count().label("cases"))
        .where(FlaggedCase.status.in_((CaseStatus.OPEN, CaseStatus.ACKNOWLEDGED)))
        .group_by(FlaggedCase.priority)
    )
    return {row.priority: row.cases for row in db.session.execute(found)}


def due_check_ins(now: datetime) -> int:
    found = sa.select(sa.func.count()).where(CheckIn.status == CheckInStatus.PLANNED, CheckIn.due_at <= now)
    return db.session.scalar(found) or 0


def oldest_waiting_text(now: datetime) -> datetime | None:
    """Since when the longest waiting text has been due."""
    return db.session.scalar(
        sa.select(sa.func.min(Message.due_at)).where(Message.status == "queued", Message.due_at <= now)
    )


def last_ticks() -> dict[str, datetime]:
    """When each job last began."""
    found = sa.select(JobRun.name, JobRun.started_at)
    return {row.name: row.started_at for row in db.session.execute(found)}
