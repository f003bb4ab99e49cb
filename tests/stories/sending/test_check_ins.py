"""The daily question: its days, its window, what waits, what expires and is recorded."""

from datetime import time, timedelta

import pytest

from recovery.db import writing
from recovery.domain.vocabulary import EndReason
from recovery.services import switches, treatments
from tests.stories.sending.story import at, begin, run, tick

pytestmark = pytest.mark.usefixtures("app")


def test_the_question_comes_on_days_1_2_3_4_5_7_and_the_late_one_on_day_28() -> None:
    due = begin().due()

    assert due == {day: f"{day} 10:00" for day in (1, 2, 3, 4, 5, 7, 28)}


def test_it_comes_at_the_clinics_hour() -> None:
    assert begin(clinic={"check_in_time": time(8, 30)}).due()[1] == "1 08:30"


@pytest.mark.parametrize(("days", "asked_on"), [(21, 19), (10, 8), (9, 28)])
def test_the_late_question_comes_two_days_before_the_next_session_if_that_is_day_8_or_later(
    days: int, asked_on: int
) -> None:
    story = begin(next_session_on=at(days, "00:00").date())

    assert list(story.asked())[-1] == asked_on


def test_a_question_that_cannot_go_in_its_window_expires_and_is_recorded() -> None:
    story = begin()
    tick(at(0, "12:00"))

    counts = run("send-check-ins", at(1, "18:00"))

    assert (counts["due"], counts["expired"], counts["queued"], counts["sent"]) == (1, 1, 0, 0)
    assert story.asked()[1] == "expired"
    assert story.kinds() == ["welcome"]


def test_it_still_goes_in_the_last_minute_of_its_window() -> None:
    story = begin()
    tick(at(0, "12:00"))

    run("send-check-ins", at(1, "17:59"))

    assert story.asked()[1] == "delivered"


def test_one_that_expired_never_counts_as_unanswered() -> None:
    story = begin()
    tick(at(0, "12:00"))
    run("send-check-ins", at(1, "18:00"))
    for day in (2, 3):
        run("send-check-ins", at(day, "10:00"))
        story.reports(at(day, "11:00"), 3, 1, 0)

    run("review-recoveries", at(3, "19:00"))

    assert story.flags() == {}


def test_a_complete_report_in_the_morning_answers_the_days_check_in_which_is_not_sent() -> None:
    story = begin()
    tick(at(0, "12:00"))
    story.reports(at(1, "08:10"), 3, 1, 0)

    run("send-check-ins", at(1, "10:00"))

    assert story.asked()[1] == "answered"
    assert story.kinds() == ["welcome"]


def test_a_partial_report_in_the_morning_leaves_the_question_to_be_asked() -> None:
    story = begin()
    tick(at(0, "12:00"))
    story.reports(at(1, "08:10"), 3)

    run("send-check-ins", at(1, "10:00"))

    assert story.kinds() == ["welcome", "check_in"]


def test_the_partial_report_of_that_day_counts_as_its_answer_all_the_same() -> None:
    story = begin()
    tick(at(0, "12:00"))
    story.reports(at(1, "08:10"), 3)
    run("send-check-ins", at(1, "10:00"))

    counts = run("review-recoveries", at(1, "19:00"))

    assert counts["missed"] == 0
    assert story.asked()[1] == "answered"


def test_held_sending_lets_the_question_expire_and_resume_goes_on() -> None:
    story = begin()
    tick(at(0, "12:00"))
    with writing():
        switches.hold(at(1, "09:00"))
    run("send-check-ins", at(1, "10:00"))
    while_held = story.asked()[1]
    run("send-check-ins", at(1, "18:00"))
    with writing():
        switches.resume(at(1, "20:00"))

    run("send-check-ins", at(2, "10:00"))

    assert while_held == "planned"
    assert (story.asked()[1], story.asked()[2]) == ("expired", "delivered")


def test_resumed_within_the_window_the_question_goes_at_once() -> None:
    story = begin()
    tick(at(0, "12:00"))
    with writing():
        switches.hold(at(1, "09:00"))
    run("send-check-ins", at(1, "10:00"))
    with writing():
        switches.resume(at(1, "12:00"))

    run("send-check-ins", at(1, "12:00"))

    assert story.texts()[-1] == ("check_in", "1 12:00")


def test_what_was_queued_before_the_hold_expires_during_it() -> None:
    story = begin(entered=at(1, "09:00"))
    with writing():
        switches.hold(at(1, "09:00"))

    counts = run("send-messages", at(10, "09:00"))

    assert counts["expired"] == 1
    assert story.rows()[0].status == "expired"


def test_the_clinics_own_switch_holds_its_questions_only() -> None:
    story = begin()
    tick(at(0, "12:00"))
    story.set("clinic", texting_off_at=at(1, "09:00"))

    run("send-check-ins", at(1, "10:00"))
    run("send-check-ins", at(1, "18:00"))

    assert story.asked()[1] == "expired"


def test_safety_texts_go_while_sending_is_held() -> None:
    story = begin()
    tick(at(0, "12:00"))
    with writing():
        switches.hold(at(0, "12:30"))

    story.says("I have trouble breathing", at(0, "13:00"))
    run("send-messages", at(0, "13:00"))

    assert story.texts()[-1] == ("safety", "0 13:00")


def test_in_a_conversation_the_question_waits_inside_its_window() -> None:
    story = begin()
    tick(at(0, "12:00"))
    story.set("patient", conversation_until=at(1, "12:00"))

    run("send-check-ins", at(1, "10:00"))
    during = story.asked()[1]
    run("send-check-ins", at(1, "12:00"))

    assert during == "planned"
    assert story.texts()[-1] == ("check_in", "1 12:00")


def test_a_conversation_to_the_end_of_the_window_cancels_the_question() -> None:
    story = begin()
    tick(at(0, "12:00"))
    story.set("patient", conversation_until=at(1, "18:30"))

    run("send-check-ins", at(1, "15:00"))

    assert story.asked()[1] == "cancelled"


def test_after_an_opt_out_rows_stay_planned_and_are_cancelled_one_by_one() -> None:
    story = begin()
    tick(at(0, "12:00"))
    story.says("STOP", at(0, "13:00"))

    run("send-check-ins", at(1, "10:00"))

    assert list(story.asked().values()) == ["cancelled", *["planned"] * 6]


def test_start_simply_goes_on() -> None:
    story = begin()
    tick(at(0, "12:00"))
    story.says("STOP", at(0, "13:00"))
    run("send-check-ins", at(1, "10:00"))
    story.says("START", at(1, "20:00"))

    run("send-check-ins", at(2, "10:00"))

    assert (story.asked()[1], story.asked()[2]) == ("cancelled", "delivered")


def test_recovered_the_daily_texts_end_and_the_late_question_stays() -> None:
    story = begin()
    tick(at(0, "12:00"))
    story.reports(at(4, "09:00"), 0, 0, 0)

    assert story.status() == "recovered"
    assert (story.asked()[5], story.asked()[7], story.asked()[28]) == ("cancelled", "cancelled", "planned")


def test_not_recovered_by_the_end_of_day_7_it_is_ended_with_its_case_and_late_question() -> None:
    story = begin()
    story.reports(at(7, "12:00"), 3, 0, 0)

    before = run("review-recoveries", at(7, "23:59"))
    counts = run("review-recoveries", at(8, "00:00"))

    assert (before["ended"], counts["ended"]) == (0, 1)
    assert story.status() == "ended"
    assert story.flags() == {"persisting": "soon"}
    assert story.asked()[28] == "planned"


def test_the_late_question_keeps_its_meaning_for_seven_days_and_is_missed_then() -> None:
    story = begin(entered=at(8, "12:00"))
    tick(at(8, "12:00"))
    run("send-check-ins", at(28, "10:00"))

    run("review-recoveries", at(35, "09:59"))
    before = story.asked()[28]
    counts = run("review-recoveries", at(35, "10:00"))

    assert before == "delivered"
    assert story.asked()[28] == "missed"
    assert (counts["missed"], story.flags()) == (0, {})


@pytest.mark.parametrize("reason", [EndReason.PATIENT_REQUEST, EndReason.OTHER, EndReason.ENTERED_IN_ERROR])
def test_ended_by_a_person_nothing_more_is_asked(reason: EndReason) -> None:
    story = begin()
    with writing():
        treatments.end(story.treatment, at(0, "11:59") + timedelta(minutes=2), reason)

    tick(at(1, "10:00"))

    assert story.kinds() == []
    assert set(story.asked().values()) == {"cancelled"}
