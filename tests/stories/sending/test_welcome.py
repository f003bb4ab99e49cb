"""The first text, and what is still asked of a treatment that is entered late."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from recovery.db import writing
from recovery.domain.errors import Conflict, Invalid
from recovery.domain.vocabulary import EndReason
from recovery.models.treatment import Treatment
from recovery.services import treatments
from tests import make
from tests.stories.sending.story import Story, at, begin, enter, pass_time, run, tick

pytestmark = pytest.mark.usefixtures("app")


def test_the_welcome_goes_first_and_at_once_within_hours() -> None:
    story = begin()

    tick(at(0, "12:00"))

    assert story.texts() == [("welcome", "0 12:00")]


def test_entered_at_night_the_welcome_waits_for_the_morning() -> None:
    story = begin(entered=at(0, "22:00"))

    pass_time(at(0, "22:00"), at(1, "10:00"))

    assert story.texts() == [("welcome", "1 08:00"), ("check_in", "1 10:00")]


def test_the_first_check_in_comes_an_hour_after_the_welcome_at_the_earliest() -> None:
    story = begin(entered=at(1, "09:40"))

    pass_time(at(1, "09:40"), at(1, "11:00"), timedelta(minutes=10))

    assert story.texts() == [("welcome", "1 09:40"), ("check_in", "1 10:40")]


def test_the_check_in_waits_for_an_hour_after_a_welcome_that_was_held_up() -> None:
    story = begin(clinic={"on_call_phone": None})
    run("send-messages", at(1, "09:55"))

    run("send-check-ins", at(1, "10:00"))
    early = story.kinds()
    run("send-check-ins", at(1, "10:56"))

    assert early == ["welcome"]
    assert story.kinds() == ["welcome", "check_in"]


def test_entered_late_only_what_is_ahead_is_planned_and_today_if_its_window_is_open() -> None:
    assert list(begin(entered=at(3, "14:00")).asked()) == [3, 4, 5, 7, 28]


def test_entered_late_in_the_day_today_is_not_planned() -> None:
    assert list(begin(entered=at(3, "17:30")).asked()) == [4, 5, 7, 28]


def test_entered_after_day_7_the_welcome_and_the_late_question_go() -> None:
    story = begin(entered=at(10, "09:00"))

    pass_time(at(10, "09:00"), at(10, "12:00"))
    pass_time(at(28, "09:30"), at(28, "10:30"))

    assert story.texts() == [("welcome", "10 09:00"), ("late", "28 10:00")]


@pytest.mark.parametrize("hours", [13, -28 * 24 - 1])
def test_a_treatment_too_far_ahead_or_back_is_refused(app: Flask, hours: int) -> None:
    entered = at(0, "12:00")

    with pytest.raises(Invalid, match="treated_at"):
        begin(entered + timedelta(hours=hours), entered)


@pytest.mark.parametrize("hours", [12, -28 * 24])
def test_a_treatment_just_within_the_limits_is_taken(app: Flask, hours: int) -> None:
    entered = at(0, "12:00").astimezone(UTC)

    begin(entered + timedelta(hours=hours), entered)


def test_two_treatments_on_one_local_day_are_a_conflict() -> None:
    story = begin(treated=at(0, "09:00"))

    with pytest.raises(Conflict, match="on that day already"):
        again(story, at(0, "23:30"))


def test_the_local_day_counts_not_the_utc_day() -> None:
    story = begin(treated=at(0, "18:30"))  # 23:30 in UTC

    assert again(story, at(1, "09:00")) is not None


def test_one_entered_in_error_frees_its_day() -> None:
    story = begin()
    with writing():
        treatments.end(story.treatment, at(0, "12:10"), EndReason.ENTERED_IN_ERROR)

    assert again(story, at(0, "12:30")) is not None


def test_a_new_treatment_ends_the_earlier_with_its_texts_in_the_same_commit() -> None:
    story = begin(entered=at(0, "22:00"))

    again(story, at(5, "12:00"))

    assert story.status() == "ended"
    assert set(story.asked().values()) == {"cancelled"}
    assert story.rows()[0].status == "cancelled"


def test_a_new_treatment_leaves_the_earlier_ones_open_case_standing() -> None:
    story = begin()
    story.reports(at(1, "12:00"), 9, 0, 0)

    again(story, at(5, "12:00"))

    assert story.flags() == {"severe": "urgent"}


def test_a_new_treatment_takes_away_the_late_question_of_one_that_was_over() -> None:
    story = begin()
    run("review-recoveries", at(8, "00:05"))

    again(story, at(21, "12:00"))

    assert story.asked()[28] == "cancelled"


def test_a_treatment_older_than_the_latest_is_a_conflict() -> None:
    story = begin()
    run("review-recoveries", at(8, "00:05"))

    with pytest.raises(Conflict, match="later treatment"):
        again(story, at(-3, "12:00"), entered=at(9, "12:00"))


def test_patients_of_one_clinic_do_not_wait_for_each_other() -> None:
    maria = begin()
    ana = enter(maria.clinic_id, at(0, "13:00"))

    tick(at(0, "13:00"))

    assert maria.kinds() == ana.kinds() == ["welcome"]


def again(story: Story, treated: datetime, entered: datetime | None = None) -> Treatment:
    """Another treatment of the same patient."""
    return make.treatment(story.patient, treated, entered)
