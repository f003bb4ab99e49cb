"""One reminder a day after three hours, two in all, never at night."""

from datetime import time

import pytest

from recovery.db import writing
from recovery.services import switches
from tests.stories.sending.story import at, begin, run, tick

pytestmark = pytest.mark.usefixtures("app")


def test_a_reminder_goes_three_hours_after_an_unanswered_question() -> None:
    story = begin()
    tick(at(0, "12:00"))
    run("send-check-ins", at(1, "10:00"))

    early = run("send-reminders", at(1, "12:59"))
    counts = run("send-reminders", at(1, "13:00"))

    assert early["due"] == 0
    assert (counts["due"], counts["queued"], counts["sent"]) == (1, 1, 1)
    assert story.texts()[-1] == ("reminder", "1 13:00")


def test_there_is_one_reminder_a_day_and_no_third_in_all() -> None:
    story = begin()
    tick(at(0, "12:00"))
    for day in (1, 2, 3, 4):
        for hour in ("10:00", "13:00", "16:00", "19:00"):
            tick(at(day, hour), ("send-check-ins", "send-reminders"))

    assert story.kinds().count("reminder") == 2
    assert story.kinds().count("check_in") == 4


def test_none_once_answered() -> None:
    story = begin()
    tick(at(0, "12:00"))
    run("send-check-ins", at(1, "10:00"))
    story.reports(at(1, "11:00"), 3, 1)

    counts = run("send-reminders", at(1, "13:00"))

    assert counts["due"] == 0
    assert "reminder" not in story.kinds()


def test_none_answered_between_its_queueing_and_its_sending() -> None:
    story = begin()
    tick(at(0, "12:00"))
    run("send-check-ins", at(1, "10:00"))
    story.set("patient", conversation_until=at(1, "14:00"))
    run("send-reminders", at(1, "13:00"))
    story.reports(at(1, "13:30"), 3, 1, 0)

    run("send-messages", at(1, "14:00"))

    assert story.kinds("cancelled") == ["reminder"]


def test_none_after_20_hours() -> None:
    story = begin(clinic={"check_in_time": time(14)})
    tick(at(0, "12:00"))
    run("send-check-ins", at(1, "17:30"))

    run("send-reminders", at(1, "20:30"))
    run("send-reminders", at(2, "08:30"))

    assert story.kinds() == ["welcome", "check_in"]


def test_one_that_could_not_go_by_20_hours_expires() -> None:
    story = begin()
    tick(at(0, "12:00"))
    run("send-check-ins", at(1, "10:00"))

    counts = run("send-reminders", at(1, "20:00"))

    assert (counts["due"], counts["expired"], counts["sent"]) == (1, 1, 0)
    assert story.question(1).reminder_at is None


def test_none_for_the_late_question() -> None:
    story = begin(entered=at(10, "12:00"))
    tick(at(10, "12:00"))
    run("send-check-ins", at(28, "10:00"))

    run("send-reminders", at(28, "13:00"))

    assert story.kinds() == ["welcome", "late"]


def test_none_while_sending_is_held_but_it_goes_when_resumed() -> None:
    story = begin()
    tick(at(0, "12:00"))
    run("send-check-ins", at(1, "10:00"))
    with writing():
        switches.hold(at(1, "12:00"))
    run("send-reminders", at(1, "13:00"))
    held = story.kinds()
    with writing():
        switches.resume(at(1, "15:00"))

    run("send-messages", at(1, "15:00"))

    assert held == ["welcome", "check_in"]
    assert story.texts()[-1] == ("reminder", "1 15:00")


def test_none_for_a_question_that_did_not_arrive() -> None:
    story = begin()
    tick(at(0, "12:00"))
    run("send-check-ins", at(1, "10:00"))
    with writing():
        story.treatment.check_ins[0].status = "undelivered"

    counts = run("send-reminders", at(1, "13:00"))

    assert (counts["cancelled"], counts["queued"]) == (1, 0)
