"""One run of one job: what it counted, or why it failed, kept for `jobs list` and the health checks."""

from datetime import datetime
from typing import Any

import structlog

from jobs.timetable import Job
from recovery.db import add_if_new, db, writing
from recovery.models.system import JobRun
from recovery.services import clock
from recovery.services.outbox import owner

logger = structlog.get_logger()


def run(job: Job, at: datetime | None = None) -> dict[str, int]:
    """Run the job once, as if it were `at` if given, and keep its counts and when it really ran.

    What it raises is kept and raised on.
    """
    if at is None:
        return _run(job)
    with clock.set_to(at):
        return _run(job)


def said(error: Exception) -> str:
    """The kind of an error and its first line: what follows may quote a row."""
    return f"{type(error).__name__}: {error}".partition("\n")[0][:200]


def _run(job: Job) -> dict[str, int]:
    started = clock.unset()
    db.session.rollback()
    try:
        counts = job.run(clock.now)
    except Exception as error:
        logger.exception("job_failed", job=job.name)
        db.session.rollback()
        _keep(job, started, None, said(error))
        raise
    _keep(job, started, counts, None)
    if any(counts.values()):
        logger.info("job_done", job=job.name, **counts)
    return counts


def _keep(job: Job, started: datetime, result: dict[str, int] | None, error: str | None) -> None:
    values: dict[str, Any] = {
        "started_at": started,
        "ended_at": clock.unset(),
        "owner": owner(),
        "result": result,
        "error": error,
    }
    with writing():
        if not add_if_new(JobRun, name=job.name, **values):
            row = db.session.get_one(JobRun, job.name)
            for name, value in values.items():
                setattr(row, name, value)
    db.session.remove()
