"""Days that are played in one minute: our texts go out on days ahead, and the phone answers at once."""

import pytest

from recovery.db import writing
from tests.webhooks.story import Story


@pytest.fixture
def ahead(story: Story) -> Story:
    """The welcome went out; from here on the phone lives in the first minutes of day 0."""
    story.at(0, "12:01").run("send-check-ins")
    return story


def asked(story: Story, day: int, hour: str = "10:00", job: str = "send-check-ins") -> Story:
    """Run a job on that day, and come back to the present a few seconds later."""
    present = story.now
    story.at(day, hour).run(job)
    story.now = present
    return story.later(seconds=10)


def test_two_zeros_to_two_questions_are_two_clear_days(ahead: Story) -> None:
    assert asked(ahead, 1).text("0") == "thanks_clear"
    assert asked(ahead, 2).text("0") == "recovered"
    assert [(report.day, report.redness) for report in ahead.reports] == [(1, 0), (2, 0)]
    assert ahead.treatment.status == "recovered"


def test_a_second_zero_to_the_same_question_says_the_same(ahead: Story) -> None:
    assert asked(ahead, 1).text("0") == "thanks_clear"
    assert ahead.later(seconds=10).text("0") == "thanks_clear"
    assert ahead.scores == [(0, 0, 0)]


def test_a_reply_to_the_next_question_corrects_nothing(ahead: Story) -> None:
    asked(ahead, 1).text("3 1 0")
    asked(ahead, 2).text("2 1 0")
    assert [(report.day, report.redness) for report in ahead.reports] == [(1, 3), (2, 2)]


def test_the_same_answer_to_every_question_is_no_robot(ahead: Story) -> None:
    heard = [asked(ahead, day).text("2 1 1") for day in (1, 2, 3)]
    assert heard == ["thanks_usual"] * 3
    assert [ahead.text("2 1 1"), ahead.text("2 1 1")] == ["thanks_usual", None]


def test_a_new_question_may_be_asked_about_again_at_once(ahead: Story) -> None:
    assert asked(ahead, 1).text("banana") == "clarification"
    assert asked(ahead, 2).text("banana") == "clarification_second"
    assert ahead.flags == {("unread_message", ""): "soon"}
    assert asked(ahead, 3).text("3 1 0") == "thanks_noted"
    assert asked(ahead, 4).text("banana") == "clarification"


def test_tomorrow_is_the_day_after_the_question(ahead: Story) -> None:
    assert asked(ahead, 3).text("3 1 0") == "thanks_usual"
    assert asked(ahead, 5).text("0 0 1") == "thanks_flagged_routine"


def test_a_danger_said_twice_is_answered_once_even_after_a_question(ahead: Story) -> None:
    assert asked(ahead, 1).text("I can't breathe") == "emergency"
    assert asked(ahead, 2).text("I can't breathe") is None


# --- silence ------------------------------------------------------------------------------------


def test_words_between_two_missed_check_ins_are_no_silence(ahead: Story) -> None:
    asked(ahead, 1).text("can I wear makeup?")
    asked(asked(ahead, 2), 2, "18:05", "review-recoveries")
    assert ahead.check_in(2).status == "missed"
    assert ahead.flags == {("asks_for_contact", ""): "soon"}


def test_words_before_both_check_ins_end_no_silence(ahead: Story) -> None:
    ahead.at(3).text("can I wear makeup?")  # the phone's clock is ahead of ours
    ahead.at(0, "12:05")
    for day in (1, 2):
        asked(ahead, day)
    asked(ahead, 2, "18:05", "review-recoveries")
    assert ("no_answer", "") in ahead.flags


def test_a_report_after_a_silence_lets_the_later_days_be_asked(ahead: Story) -> None:
    with writing():
        ahead.patient_row.risk_facts = ["diabetes"]  # a silence that does not end by itself
    for day in (1, 2):
        asked(ahead, day)
    asked(ahead, 2, "18:05", "review-recoveries")
    assert ahead.flags == {("no_answer", ""): "urgent"}
    assert asked(ahead, 3).text("3 1 0") is not None

    asked(asked(ahead, 4), 5)

    assert ahead.check_in(5).status == "sent"
