"""Days that are played in one minute: our texts go out on days ahead, and the phone answers at once."""

import pytest

from tests.webhooks.story import Story


@pytest.fixture
def ahead(story: Story) -> Story:
    """The welcome went out; from here on the phone lives in the first minutes of day 0."""
    return story.at(0, "12:01").run("send-check-ins") and story


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
