"""APScheduler built from the timetable: in memory, in UTC, one thread a job."""

import signal
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from types import FrameType

import structlog
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from flask import Flask

from jobs import runs
from jobs.timetable import TIMETABLE, Job
from recovery import context

logger = structlog.get_logger()


def build(app: Flask) -> BackgroundScheduler:
    """A scheduler with every job of the timetable, not yet started.

    Jobs stand in memory: what is due stands in our tables, so that any number of schedulers may
    run against one database, and a tick that was missed is simply made up for by the next.
    """
    scheduler = BackgroundScheduler(
        timezone=UTC,
        executors={"default": ThreadPoolExecutor(len(TIMETABLE))},
        job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
    )
    for job in TIMETABLE:
        scheduler.add_job(
            _tick,
            "interval",
            seconds=job.seconds,
            args=(app, job),
            id=job.name,
            next_run_time=datetime.now(UTC),
        )
    return scheduler


def start_in_background(app: Flask) -> BackgroundScheduler:
    """The clock beside the web server, in the same process."""
    scheduler = build(app)
    scheduler.start()
    return scheduler


def run_until_stopped(app: Flask) -> None:
    """The clock alone: runs until SIGTERM or SIGINT, then lets the running jobs finish."""
    told: list[int] = []

    def stop(number: int, _frame: FrameType | None) -> None:
        told.append(number)

    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, stop)
    scheduler = start_in_background(app)
    logger.info("clock_started", jobs=len(TIMETABLE))
    while not told:  # a wait without an end could miss a signal that came just before it
        time.sleep(0.5)
    stop_ticking(app, scheduler)
    logger.info("clock_stopped")


def stop_ticking(app: Flask, scheduler: BackgroundScheduler) -> None:
    """Nothing more is begun; returns when what was in flight is recorded, some ten seconds at most."""
    _stopping(app).set()
    scheduler.shutdown(wait=True)


def stop_when_told(app: Flask, scheduler: BackgroundScheduler) -> None:
    """Beside a web server: SIGTERM and SIGINT first stop the clock, then do what they did before.

    The running jobs are waited for when the interpreter ends. The event is set in a thread, because a
    handler interrupts whoever may just hold its lock.
    """
    if threading.current_thread() is not threading.main_thread():
        return  # signals are somebody else's

    def stop() -> None:
        _stopping(app).set()
        scheduler.pause()

    def chained(before: object) -> Callable[[int, FrameType | None], None]:
        def told(number: int, frame: FrameType | None) -> None:
            threading.Thread(target=stop).start()
            if callable(before):
                before(number, frame)
            elif before is signal.SIG_DFL:
                raise SystemExit(128 + number)

        return told

    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, chained(signal.getsignal(each)))


def _stopping(app: Flask) -> threading.Event:
    with app.app_context():
        return context.stopping()


def _tick(app: Flask, job: Job) -> None:
    """One run; a failure is kept and logged, and the next tick comes all the same."""
    with app.app_context():
        try:
            runs.run(job)
        except Exception as error:
            logger.warning("tick_failed", job=job.name, error=type(error).__name__)
