"""Local hours: changes of the clocks, of the patient's zone, and of the treatment itself."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest

from recovery.db import writing
from recovery.domain.errors import Conflict, Invalid
from recovery.domain.vocabulary import EndReason
from recovery.queries import patients as finding
from recovery.services import patients, treatments
from tests.stories.sending.story import TORONTO, Story, at, begin, run, tick

pytestmark = pytest.mark.usefixtures("app")

CHANGES = [
    ("America/Toronto", date(2026, 3, 6)),  # clocks forward on March 8th
    ("America/Toronto", date(2026, 10, 30)),  # back on November 1st
    ("Europe/Lisbon", date(2026, 3, 27)),
    ("Australia/Lord_Howe", date(2026, 4, 3)),  # by half an hour
    ("America/Santiago", date(2026, 9, 4)),  # at midnight
]


@pytest.mark.parametrize(("zone", "day0"), CHANGES)
def test_across_a_change_of_the_clocks_each_question_comes_at_its_hour(zone: str, day0: date) -> None:
    story = begin(at(0, "12:00", zone, day0), zone=zone)
    tick(at(0, "12:00", zone, day0))
    utc = ZoneInfo("UTC")

    for day in (1, 2, 3):
        start = at(day, "09:45", zone, day0).astimezone(utc)
        for quarter in range(3):
            run("send-check-ins", start + timedelta(minutes=15) * quarter)

    assert story.texts() == [
        ("welcome", "0 12:00"),
        ("check_in", "1 10:00"),
        ("check_in", "2 10:00"),
        ("check_in", "3 10:00"),
    ]


def test_the_jobs_every_quarter_of_the_night_of_the_change_text_nobody() -> None:
    day0 = date(2026, 10, 30)
    story = begin(at(0, "12:00", of=day0))
    tick(at(0, "12:00", of=day0))
    utc = ZoneInfo("UTC")

    moment = at(1, "23:30", of=day0).astimezone(utc)
    while moment < at(2, "04:00", of=day0):
        run("send-check-ins", moment)
        run("send-reminders", moment)
        moment += timedelta(minutes=15)

    assert story.kinds() == ["welcome"]


def move(story: Story, moment_day: int, wall: str, zone: str) -> None:
    """She tells of her new zone at that Toronto time."""
    change_patient(story, moment_day, wall, timezone=zone)


def change_patient(story: Story, day: int, wall: str, **changes: object) -> None:
    with writing():
        patient = finding.locked_patient(story.patient_id)
        assert patient is not None
        patients.change(patient, at(day, wall), changes)


def change_treatment(story: Story, day: int, wall: str, **changes: object) -> None:
    with writing():
        patient = finding.locked_patient(story.patient_id)
        assert patient is not None
        treatments.change(patient, story.treatment, at(day, wall), changes)


def test_a_new_zone_moves_what_is_not_sent_to_its_local_hour() -> None:
    story = begin()
    tick(at(0, "12:00"))
    run("send-check-ins", at(1, "10:00"))

    move(story, 1, "12:00", "America/Vancouver")

    assert story.due()[2] == "2 13:00"  # 10:00 in Vancouver
    assert story.asked()[1] == "delivered"


def test_a_question_of_today_that_was_not_sent_keeps_its_hour_in_the_new_zone() -> None:
    story = begin()
    tick(at(0, "12:00"))

    move(story, 1, "09:30", "America/Halifax")

    assert story.due()[1] == "1 09:30"  # 10:00 in Halifax was half an hour ago


def test_a_question_whose_window_has_closed_in_the_new_zone_expires_and_is_recorded() -> None:
    story = begin()
    tick(at(0, "12:00"))
    move(story, 1, "13:30", "Europe/London")  # 18:30 there

    run("send-check-ins", at(1, "13:31"))

    assert story.asked()[1] == "expired"
    assert list(story.asked()) == [1, 2, 3, 4, 5, 7, 28]


def test_no_question_comes_within_twelve_hours_of_the_last() -> None:
    story = begin()
    tick(at(0, "12:00"))
    run("send-check-ins", at(1, "17:30"))

    move(story, 1, "17:45", "Europe/London")

    assert story.due()[2] == "2 05:30"  # half past ten in London, not ten


def test_no_local_day_is_asked_twice_by_a_move_to_the_west() -> None:
    story = begin(at(0, "02:00", "Europe/London"), zone="Europe/London")  # the day before in Toronto
    tick(at(0, "09:00", "Europe/London"))
    run("send-check-ins", at(1, "10:00", "Europe/London"))
    move(story, 1, "06:00", TORONTO)  # where it is day 2 already

    run("send-check-ins", at(1, "10:00"))
    run("send-check-ins", at(1, "17:30"))
    run("send-check-ins", at(1, "18:00"))

    assert story.kinds().count("check_in") == 1
    assert story.asked()[2] == "expired"
    assert story.due()[3] == "2 15:00"  # ten in the morning in Toronto


def test_the_late_question_of_an_ended_recovery_moves_too() -> None:
    story = begin()
    run("review-recoveries", at(8, "00:00"))

    move(story, 10, "12:00", "America/Vancouver")

    assert story.due()[28] == "28 13:00"
    assert story.status() == "ended"


def test_a_corrected_moment_plans_anew_and_assesses_again() -> None:
    story = begin(treated=at(-2, "12:00"), entered=at(0, "09:00"))
    story.reports(at(0, "09:30"), 3, 1, 0)
    before = story.flags()

    change_treatment(story, 0, "11:00", treated_at=at(-4, "12:00"))

    assert before == {}
    assert story.flags() == {"persisting": "routine"}  # day 4, past the 3 days expected
    assert story.due()[5] == "5 10:00"


def test_a_corrected_hour_of_the_same_day_moves_nothing() -> None:
    story = begin()
    before = story.due()

    change_treatment(story, 1, "08:00", treated_at=at(0, "09:00"))

    assert story.due() == before


def test_a_next_session_told_after_the_end_still_moves_the_late_question() -> None:
    story = begin()
    run("review-recoveries", at(8, "00:00"))

    change_treatment(story, 9, "12:00", next_session_on=at(21, "00:00").date())

    assert story.asked()[19] == "planned"
    assert 28 not in story.asked()


def test_once_the_late_question_went_no_other_is_planned() -> None:
    story = begin(entered=at(8, "12:00"))
    tick(at(8, "12:00"))
    run("send-check-ins", at(28, "10:00"))

    change_treatment(story, 29, "12:00", next_session_on=at(40, "00:00").date())

    assert list(story.asked()) == [28]


def test_a_recovery_ended_by_a_wrong_date_goes_on_when_it_is_corrected() -> None:
    story = begin(treated=at(-9, "12:00"), entered=at(0, "12:00"))
    run("review-recoveries", at(0, "12:05"))
    ended = story.status()

    change_treatment(story, 0, "12:10", treated_at=at(0, "10:00"))

    assert ended == "ended"
    assert story.status() == "recovering"
    assert list(story.asked()) == [1, 2, 3, 4, 5, 7, 28]


def test_a_correction_to_a_day_after_its_reports_is_refused() -> None:
    story = begin()
    story.reports(at(0, "20:00"), 3, 0, 0)

    with pytest.raises(Invalid, match="reports from before"):
        change_treatment(story, 1, "12:00", treated_at=at(1, "09:00"))


def test_a_treatment_entered_in_error_is_changed_no_more() -> None:
    story = begin()
    with writing():
        treatments.end(story.treatment, at(0, "13:00"), EndReason.ENTERED_IN_ERROR)

    with pytest.raises(Conflict):
        change_treatment(story, 0, "14:00", needle_depth_mm=1.0)
