"""How a report is thanked for, when a patient counts as recovered, and what comes after."""

import pytest

from tests.webhooks.story import Story


def statuses(story: Story) -> dict[int, str]:
    return {each.day: each.status for each in story.treatment.check_ins}


@pytest.mark.parametrize(
    ("day", "body", "wording"),
    [
        (0, "5 3 1", "thanks_noted"),
        (1, "6 6 6", "thanks_usual"),
        (1, "3 1 0", "thanks_usual"),
        (2, "5 1 0", "thanks_usual"),
        (2, "6 1 0", "thanks_noted"),
        (1, "a little red, no swelling, no itching", "thanks_noted"),
        (1, "3 1 0 and burning 4", "thanks_noted"),
        (1, "3 1 0, skin is peeling", "thanks_usual"),
        (1, "0 0 0", "thanks_clear"),
        (1, "none", "thanks_clear"),
        (4, "1 0 0", "thanks_flagged_routine"),
        (4, "4 0 0", "thanks_flagged"),
    ],
)
def test_thanks_by_what_was_said(story: Story, day: int, body: str, wording: str) -> None:
    assert story.at(day, "13:00").text(body) == wording


def test_usual_names_the_day_and_when_it_settles(story: Story) -> None:
    story.at(2).text("3 1 0")
    assert story.heard is not None
    assert "usual on day 2; for most people it settles by day 3. We ask again tomorrow." in story.heard


def test_nothing_is_usual_while_a_case_stands(story: Story) -> None:
    story.at(1).text("call me")
    assert story.later(hours=1).text("3 1 0") == "thanks_noted"


def test_tomorrow_is_promised_only_when_a_check_in_is_planned(story: Story) -> None:
    story.at(3).text("3 0 0")
    assert story.heard is not None
    assert "We ask again tomorrow" in story.heard
    assert story.at(5).text("0 0 1") == "thanks_flagged_routine"  # day 6 asks nothing
    assert story.at(7).text("0 0 0") == "recovered"


def test_on_a_day_without_a_morrow_nothing_is_promised(story: Story) -> None:
    story.at(5).text("0 0 0 can I swim?")
    assert story.later(hours=1).text("0 0 0") == "thanks_clear_last"  # the question keeps the case open
    assert story.heard is not None
    assert "tomorrow" not in story.heard


def test_two_clear_reports_running_end_the_daily_texts_and_keep_the_late_question(story: Story) -> None:
    story.asked(1).at(1, "10:05").text("0")
    story.at(2, "10:00").run("send-check-ins")
    assert story.at(2, "10:05").text("0 0 0") == "recovered"

    assert story.treatment.status == "recovered"
    assert statuses(story) == {
        1: "answered",
        2: "answered",
        3: "cancelled",
        4: "cancelled",
        5: "cancelled",
        7: "cancelled",
        28: "planned",
    }


def test_one_clear_report_is_enough_from_day_four(story: Story) -> None:
    assert story.at(4).text("none") == "recovered"
    assert story.treatment.status == "recovered"


def test_two_clear_reports_with_another_between_are_not_running(story: Story) -> None:
    for day, body in ((1, "0"), (2, "1 0 0"), (3, "0")):
        story.at(day).text(body)
    assert story.treatment.status == "recovering"


@pytest.mark.parametrize(
    "body", ["0 0 0 but pus", "0 0 0, burning 3", "0 0 0 can I run?", "0 0 0 and a rash"]
)
def test_zeros_with_something_beside_them_are_not_clear(story: Story, body: str) -> None:
    story.at(4).text(body)
    assert story.treatment.status == "recovering"


def test_zeros_with_peeling_and_tightness_are_clear(story: Story) -> None:
    assert story.at(4).text("0 0 0, a bit of peeling, tight") == "recovered"


def test_a_clear_report_in_two_parts_is_one_clear_report(story: Story) -> None:
    story.at(4).text("redness 0")
    assert story.later(minutes=5).text("0 0") == "recovered"


def test_an_open_case_keeps_a_patient_from_being_recovered(story: Story) -> None:
    story.at(3).text("there is pus")
    assert story.at(4).text("0 0 0") != "recovered"
    assert story.treatment.status == "recovering"


def test_a_case_that_closes_by_itself_does_not(story: Story) -> None:
    story.at(4).text("1 0 0")
    assert story.flags == {("persisting", "redness"): "routine"}
    assert story.at(5).text("0") == "recovered"
    assert story.case is None
    assert [row.outcome for row in story.closed] == ["cleared"]


def test_a_text_after_recovery_takes_the_patient_back_to_following(story: Story) -> None:
    story.at(4).text("0")
    assert story.at(7).text("4 2 1") == "thanks_flagged"
    assert story.flags[("rebound", "redness")] == "urgent"
    assert story.treatment.status == "recovered"  # shown as follow_up while the case is open


def test_a_danger_weeks_later_still_opens_a_case(story: Story) -> None:
    story.at(8, "00:05").run("review-recoveries")
    assert story.treatment.status == "ended"
    assert story.at(21).text("there is pus") == "infection_open"
    assert story.flags == {("infection_words", "pus"): "urgent"}
