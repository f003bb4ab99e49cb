"""A clinic changes its check-in time or its hours while patients are followed."""

from datetime import datetime
from typing import Any

import pytest

from recovery.db import db, reading, writing
from recovery.models.case import FlaggedCase
from recovery.queries import clinics as finding
from recovery.services import clinics
from tests.stories.sending.story import Story, at, begin, run, tick

pytestmark = pytest.mark.usefixtures("app")


def change(story: Story, now: datetime, **changes: Any) -> None:
    with writing():
        clinics.change(finding.locked_clinic(story.clinic_id), changes, now)


def moments(story: Story, day: int, *walls: str) -> None:
    for wall in walls:
        run("send-check-ins", at(day, wall))


def test_what_is_not_yet_sent_moves_to_the_new_hour() -> None:
    story = begin(at(0, "12:00"))
    tick(at(0, "12:00"))
    moments(story, 1, "10:00")
    change(story, at(1, "11:00"), check_in_time=at(0, "13:00").time())

    moments(story, 1, "11:00", "13:00")
    moments(story, 2, "10:00", "13:00")
    change(story, at(2, "14:00"), check_in_time=at(0, "08:30").time())
    moments(story, 3, "08:30", "10:00", "13:00")

    assert story.texts() == [
        ("welcome", "0 12:00"),
        ("check_in", "1 10:00"),
        ("check_in", "2 13:00"),
        ("check_in", "3 08:30"),
    ]
    with reading():
        assert story.clinic.replan_at is None


def test_a_question_whose_new_hour_is_over_today_goes_at_once() -> None:
    story = begin(at(0, "12:00"))
    tick(at(0, "12:00"))
    change(story, at(0, "13:00"), check_in_time=at(0, "14:00").time())
    moments(story, 1, "10:00", "11:00")
    change(story, at(1, "11:30"), check_in_time=at(0, "10:00").time())
    moments(story, 1, "11:30")

    assert story.texts() == [("welcome", "0 12:00"), ("check_in", "1 11:30")]


def test_an_open_case_keeps_the_target_that_was_promised() -> None:
    story = begin(at(0, "12:00"))
    tick(at(0, "12:00"))
    story.says("still red 4, and call me please", at(1, "12:00"))
    with reading():
        promised = db.session.query(FlaggedCase.due_at).scalar()
    change(story, at(1, "13:00"), holidays=[at(3, "12:00").date()], timezone="America/Vancouver")
    tick(at(1, "13:00"))

    with reading():
        assert db.session.query(FlaggedCase.due_at).scalar() == promised
        assert story.patient.timezone == "America/Toronto"
