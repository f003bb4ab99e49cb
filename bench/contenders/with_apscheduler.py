"""APScheduler: one job a patient in its SQLAlchemy job store, and one process, for a store cannot be shared.

`python -m bench.contenders.with_apscheduler plan COUNT` writes the jobs down, due now, as an enrolment would
have long before; `… work CONCURRENCY` does them.
"""

import os
import sys
import time
from datetime import UTC, datetime

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers.background import BackgroundScheduler

from bench.contenders.call import send, wait_until_told


def scheduler(concurrency: int) -> BackgroundScheduler:
    return BackgroundScheduler(
        timezone=UTC,
        jobstores={"default": SQLAlchemyJobStore(url=os.environ["BROKER_URL"])},
        executors={"default": ThreadPoolExecutor(concurrency, {"thread_name_prefix": "call"})},
        job_defaults={"misfire_grace_time": None},
    )


def plan(count: int) -> None:
    planned, now = scheduler(1), datetime.now(UTC)
    planned.start(paused=True)
    for number in range(count):
        planned.add_job(send, "date", run_date=now, args=(number,))
    planned.shutdown()


def work(concurrency: int) -> None:
    working = scheduler(concurrency)
    wait_until_told()
    working.start()
    while True:
        time.sleep(60)


if __name__ == "__main__":
    {"plan": plan, "work": work}[sys.argv[1]](int(sys.argv[2]))
