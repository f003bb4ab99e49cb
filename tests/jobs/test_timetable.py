"""The timetable is the contract's: every job, how often it runs, and what it counts."""

import pytest
from apscheduler.triggers.interval import IntervalTrigger
from flask import Flask

from jobs import clock, runs
from jobs.timetable import TIMETABLE, job
from tests import make

SENDING = "due queued expired cancelled sent refused in_doubt"
PROMISED = [
    ("send-check-ins", 15, SENDING),
    ("send-reminders", 60, SENDING),
    ("send-messages", 2, "sent refused expired in_doubt"),
    ("review-recoveries", 60, "missed flagged recovered ended woken"),
    ("reconcile-messages", 60, "adopted released expired received updated"),
    ("escalate-cases", 60, "escalated texted"),
    ("fetch-photos", 15, "fetched deleted failed"),
    ("redact-messages", 60, "redacted"),
    ("seal-audit", 60, "sealed"),
    ("purge-expired", 3600, "purged"),
]


def test_the_timetable_holds_every_job_at_its_interval() -> None:
    assert [(each.name, each.seconds) for each in TIMETABLE] == [row[:2] for row in PROMISED]


@pytest.mark.parametrize(("name", "_seconds", "counts"), PROMISED)
def test_a_job_counts_what_was_promised(app: Flask, name: str, _seconds: int, counts: str) -> None:
    found = job(name)
    assert found is not None
    assert runs.run(found, make.NOON) == dict.fromkeys(counts.split(), 0)


def test_no_other_name_is_a_job() -> None:
    assert job("send-everything") is None


def test_the_scheduler_ticks_as_the_timetable_says(app: Flask) -> None:
    ticks = {each.id: each for each in clock.build(app).get_jobs()}
    assert ticks.keys() == {each.name for each in TIMETABLE}
    for each in TIMETABLE:
        trigger = ticks[each.name].trigger
        assert isinstance(trigger, IntervalTrigger)
        assert trigger.interval.total_seconds() == each.seconds


def test_a_missed_tick_is_made_up_for_once(app: Flask) -> None:
    scheduler = clock.build(app)
    scheduler.start(paused=True)
    try:
        kept = {(each.misfire_grace_time, each.coalesce, each.max_instances) for each in scheduler.get_jobs()}
    finally:
        scheduler.shutdown()
    assert kept == {(None, True, 1)}
