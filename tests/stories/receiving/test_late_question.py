"""The question of day 28: none, words, and numbers that are no scores."""

from datetime import timedelta

import pytest

from recovery.queries import treatments
from tests import make
from tests.webhooks.story import TREATED, Story


@pytest.fixture
def late(story: Story) -> Story:
    """A recovered patient who has just been asked about patches, bumps and scars."""
    story.at(0, "12:01").run("send-check-ins")
    story.at(4).text("0")
    story.at(28, "10:00").run("send-check-ins")
    assert story.check_in(28).status == "sent"
    return story


@pytest.mark.parametrize(
    "body", ["NONE", "none, thanks", "No", "nothing new", "0", "no new dark patches, bumps or scars"]
)
def test_none_ends_the_story(late: Story, body: str) -> None:
    reports = len(late.reports)
    assert late.at(28, "12:00").text(body) == "day_28_none"
    assert late.check_in(28).status == "answered"
    assert (late.flags, len(late.reports)) == ({}, reports)


@pytest.mark.parametrize("body", ["a dark patch on my chin", "some bumps", "3 1 0", "not sure", "yes"])
def test_anything_else_is_seen_soon(late: Story, body: str) -> None:
    assert late.at(28, "12:00").text(body) == "thanks_flagged"
    assert "soon" in {late.flags[key] for key in late.flags if key[0] == "late_effect"}
    assert late.check_in(28).status == "answered"


def test_no_score_is_read_from_the_answer(late: Story) -> None:
    late.at(28, "12:00").text("redness 5 swelling 4 itching 3")
    assert late.scores == [(0, 0, 0)]
    assert {rule for rule, _ in late.flags} == {"late_effect"}


def test_a_danger_in_the_answer_counts_first(late: Story) -> None:
    assert late.at(28, "12:00").text("there is pus") == "infection_open"
    assert late.flags[("infection_words", "pus")] == "urgent"


def test_thanks_are_no_answer_and_leave_the_question_open(late: Story) -> None:
    assert late.at(28, "12:00").text("ok thanks") is None
    assert late.check_in(28).status == "sent"
    assert late.at(29).text("none") == "day_28_none"


def test_the_question_keeps_its_meaning_for_seven_days(late: Story) -> None:
    late.at(35, "09:00").text("3 1 0")
    assert {rule for rule, _ in late.flags} == {"late_effect"}


def test_and_loses_it_then(late: Story) -> None:
    late.at(35, "10:30").run("review-recoveries")
    assert late.check_in(28).status == "missed"
    late.at(35, "11:00").text("3 1 0")
    assert {rule for rule, _ in late.flags} == {"persisting"}
    assert late.scores[-1] == (3, 1, 0)


def test_a_second_text_after_the_answer_is_read_as_usual(late: Story) -> None:
    late.at(28, "12:00").text("none")
    assert late.later(hours=1).text("there is a new dark patch") == "thanks_flagged"
    assert late.flags == {("late_effect", "pigment"): "soon"}


@pytest.mark.parametrize("body", ["can I use retinol again?", "not sure what you mean", "yes", "3 1 0"])
def test_what_does_not_answer_it_leaves_it_its_meaning(late: Story, body: str) -> None:
    late.at(28, "12:00").text(body)
    assert late.later(hours=3).text("none") == "day_28_none"
    assert late.scores == [(0, 0, 0)]  # of day 4


def test_patches_after_a_question_are_still_an_answer(late: Story) -> None:
    late.at(28, "12:00").text("can I use retinol again?")
    late.at(30).text("3 1 0, a dark patch on my chin")
    assert ("late_effect", "pigment") in late.flags
    assert late.scores == [(0, 0, 0)]


def test_once_told_what_there_is_texts_are_read_as_usual(late: Story) -> None:
    late.at(28, "12:00").text("some bumps")
    late.at(29).text("3 1 0")
    assert late.scores[-1] == (3, 1, 0)


def test_stop_is_no_answer_to_it(late: Story) -> None:
    late.at(28, "12:00").text("STOP")
    assert {rule for rule, _ in late.flags} == {"opted_out"}
    assert late.check_in(28).status == "sent"


# --- after a new treatment ----------------------------------------------------------------------


@pytest.fixture
def treated_again(story: Story) -> Story:
    """Asked two days before the next session, which was held as planned; `check_in` is of the new one."""
    story.begin({"phone": "+14165550123"}, next_session_on=TREATED.date() + timedelta(days=30))
    story.at(0, "12:01").run("send-check-ins")
    story.at(8, "00:05").run("review-recoveries")
    story.at(28, "10:00").run("send-check-ins")
    assert story.check_in(28).status == "sent"
    again = story.at(30, "12:00").now
    story.treatment_id = make.treatment(story.patient, again).id
    return story


def first_late(story: Story) -> str:
    first = treatments.treatments_of(story.patient_id)[-1]
    return next(each.status for each in first.check_ins if each.day == 28)


def test_the_question_stays_open_after_a_new_treatment(treated_again: Story) -> None:
    assert treated_again.at(30, "12:10").text("a dark patch on my cheek") == "thanks_flagged"
    assert treated_again.flags == {("late_effect", "pigment"): "soon"}
    assert (treated_again.reports, first_late(treated_again)) == ([], "answered")


def test_none_after_a_new_treatment_is_no_score_and_not_our_last_text(treated_again: Story) -> None:
    assert treated_again.at(30, "12:10").text("NONE") == "thanks_clear"
    assert (treated_again.flags, treated_again.reports) == ({}, [])
    assert first_late(treated_again) == "answered"


def test_the_first_check_in_of_the_new_treatment_closes_the_question(treated_again: Story) -> None:
    treated_again.at(30, "12:01").run("send-check-ins")
    treated_again.at(31, "10:00").run("send-check-ins")
    assert treated_again.at(31, "10:05").text("NONE") == "thanks_clear"
    assert treated_again.scores == [(0, 0, 0)]
    assert first_late(treated_again) == "sent"
