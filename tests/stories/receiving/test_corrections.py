"""Second thoughts: which report stands, which day it belongs to, and what a correction takes back."""

import pytest
from sqlalchemy import select

from recovery.db import db
from recovery.models.report import Report
from tests import make
from tests.webhooks.story import Story


def days(story: Story) -> list[int]:
    return [report.day for report in story.reports]


def test_within_fifteen_minutes_a_second_report_corrects_the_first(story: Story) -> None:
    story.at(2).text("3 8 1")
    assert story.flags == {("severe", "swelling"): "urgent"}

    story.later(minutes=14).text("3 1 1")

    assert story.scores == [(3, 1, 1)]
    assert story.flags == {}
    assert story.withdrawn == {("severe", "swelling")}


def test_a_case_that_nobody_took_closes_when_its_only_reason_was_a_slip(story: Story) -> None:
    story.at(2).text("3 8 1")
    story.later(minutes=2).text("3 1 1")
    assert story.case is None
    assert [row.outcome for row in story.closed] == ["cleared"]


@pytest.mark.parametrize("body", ["sorry I meant 3 1 1", "typo: 3 1 1", "*3 1 1", "3 1 1 sorry, typo"])
def test_hours_later_it_takes_a_word_to_correct(story: Story, body: str) -> None:
    story.at(2, "10:30").text("3 8 1")
    story.at(2, "15:00").text(body)
    assert story.scores == [(3, 1, 1)]
    assert story.flags == {}


@pytest.mark.parametrize("cue", ["sorry", "oops i meant", "Typo!"])
def test_the_word_may_come_in_a_text_of_its_own(story: Story, cue: str) -> None:
    story.at(2, "10:30").text("3 8 1")
    story.at(2, "15:00").text(cue)
    story.later(minutes=2).text("3 1 1")
    assert story.scores == [(3, 1, 1)]
    assert story.flags == {}


def test_so_may_every_number_after_it(story: Story) -> None:
    story.at(2, "10:30").text("3 8 1")
    story.at(2, "15:00").text("oops i meant")
    for number in ("3", "1", "1"):
        story.later(seconds=30).text(number)
    assert story.scores == [(3, 1, 1)]


def test_such_a_word_is_soon_forgotten(story: Story) -> None:
    story.at(2, "10:30").text("3 8 1")
    story.at(2, "15:00").text("sorry")
    story.later(minutes=16).text("3 1 1")
    assert story.scores == [(3, 8, 1), (3, 1, 1)]


@pytest.mark.parametrize("body", ["sorry for the late reply 3 1 0", "3 1 0 :*"])
def test_an_excuse_or_a_kiss_corrects_nothing(story: Story, body: str) -> None:
    story.at(2, "10:30").text("3 8 1")
    story.at(2, "15:00").text(body)
    assert story.scores == [(3, 8, 1), (3, 1, 0)]


def test_the_next_morning_sorry_is_an_excuse(story: Story) -> None:
    story.at(0, "12:01").run("send-check-ins")
    story.at(1, "14:00").run("send-check-ins")  # of which twenty hours end in the next morning
    story.at(1, "14:10").text("3 8 1")
    story.at(2, "09:00").text("sorry, 3 1 0")
    assert (days(story), story.scores) == ([1, 1], [(3, 8, 1), (3, 1, 0)])


def test_without_such_a_word_it_is_another_report_and_both_are_compared(story: Story) -> None:
    story.at(2, "10:30").text("1 1 1")
    story.at(2, "15:00").text("5 1 1")
    assert story.scores == [(1, 1, 1), (5, 1, 1)]
    assert story.flags == {("worsening", "redness"): "soon"}


def test_a_report_that_sank_again_the_same_day_withdraws_nothing(story: Story) -> None:
    story.at(2, "10:30").text("3 8 1")
    story.at(2, "15:00").text("3 1 1")
    assert story.flags == {("severe", "swelling"): "urgent"}
    assert story.withdrawn == set()


def test_a_correction_never_takes_back_words(story: Story) -> None:
    story.at(2).text("3 8 1 and there is pus")
    story.later(minutes=5).text("sorry, 3 1 1")
    assert story.flags == {("infection_words", "pus"): "urgent"}
    assert story.withdrawn == {("severe", "swelling")}


def test_a_correction_of_one_symptom_keeps_the_others(story: Story) -> None:
    story.at(2).text("5 4 3")
    story.later(minutes=5).text("sorry, redness 2")
    assert story.scores == [(2, 4, 3)]


def test_a_correction_replaces_an_answer_in_all_its_parts(story: Story) -> None:
    story.at(3).text("redness 1")
    story.later(minutes=4).text("1 0")
    story.later(minutes=4).text("5 1 0")
    assert story.scores == [(5, 1, 0)]
    assert story.flags == {}  # no rebound from a 1 that was never meant


def test_the_corrected_report_is_kept(story: Story) -> None:
    story.at(2).text("3 8 1")
    story.later(minutes=1).text("3 1 1")
    standing = story.reports[0].id
    rows = db.session.scalars(select(Report)).all()
    assert len(rows) == 2
    assert {row.superseded_by_id for row in rows} == {None, standing}


def test_a_slip_that_made_a_patient_recovered_is_taken_back_with_its_texts(story: Story) -> None:
    story.at(1).text("0")
    assert story.at(2).text("0 0 0") == "recovered"

    assert story.later(minutes=3).text("sorry, 3 0 0") == "thanks_usual"

    assert story.treatment.status == "recovering"
    assert [story.check_in(day).status for day in (3, 4, 5, 7, 28)] == ["planned"] * 5
    assert story.heard is not None
    assert "We ask again tomorrow" in story.heard


# --- the day ----------------------------------------------------------------------------------


def test_a_late_reply_belongs_to_the_check_in_of_the_last_twenty_hours(story: Story) -> None:
    story.asked(1).at(2, "05:30").text("3 1 0")
    assert days(story) == [1]
    assert story.check_in(1).status == "answered"


def test_after_twenty_hours_a_reply_belongs_to_its_own_day(story: Story) -> None:
    story.asked(1).at(2, "06:30").text("3 1 0")
    assert days(story) == [2]


def test_at_two_in_the_morning_it_is_still_yesterday(story: Story) -> None:
    story.at(3, "02:00").text("3 1 0")  # no check-in went out
    assert days(story) == [2]


def test_at_six_the_day_begins(story: Story) -> None:
    story.at(3, "06:00").text("3 1 0")
    assert days(story) == [3]


def test_before_any_morning_it_is_the_day_of_treatment(story: Story) -> None:
    story.at(0, "18:00").text("8 8 5")
    story.at(1, "01:00").text("7 7 5")
    assert days(story) == [0, 0]
    assert story.flags == {}


def test_a_complete_report_in_the_morning_answers_the_check_in_that_is_then_not_sent(story: Story) -> None:
    story.at(0, "12:01").run("send-check-ins")
    story.at(1, "08:15").text("3 1 0")
    counts = story.at(1, "10:00").run("send-check-ins")
    assert counts["sent"] == 0
    assert story.check_in(1).status == "answered"
    assert len(story.twilio.inbox(story.phone)) == 2  # the welcome and the thanks


def test_a_part_in_the_morning_does_not(story: Story) -> None:
    story.at(0, "12:01").run("send-check-ins")
    story.at(1, "08:15").text("redness 3")
    story.at(1, "10:00").run("send-check-ins")
    assert story.check_in(1).status == "sent"


def test_a_reply_to_the_day_before_leaves_todays_question_standing(story: Story) -> None:
    story.asked(1).at(2, "02:00").text("3 1 0")
    story.at(2, "10:00").run("send-check-ins")
    assert story.check_in(2).status == "sent"


def test_a_text_belongs_to_the_latest_treatment(story: Story) -> None:
    story.asked(1)
    again = make.treatment(story.patient, story.at(9, "12:00").now).id
    story.at(10, "11:00").text("3 1 0")
    assert story.reports == []
    story.treatment_id = again
    assert (story.scores, days(story)) == ([(3, 1, 0)], [1])
