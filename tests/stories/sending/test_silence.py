"""A patient who does not answer, and one whom no text reaches."""

import pytest

from recovery.db import writing
from recovery.domain.vocabulary import Outcome
from recovery.models.staff import Staff
from recovery.models.treatment import Treatment
from recovery.queries import cases, patients
from recovery.services import cases as casework
from recovery.services import patients as changing
from recovery.services import switches
from tests import make
from tests.stories.sending.story import Story, at, begin, run, tick

pytestmark = pytest.mark.usefixtures("app")


def ask(story: Story, *days: int) -> None:
    """The welcome and the questions of these days go; nobody answers."""
    tick(at(0, "12:00"))
    for day in days:
        run("send-check-ins", at(day, "10:00"))
        run("review-recoveries", at(day, "18:00"))


def test_two_questions_running_without_an_answer_are_flagged_eight_hours_after_the_second() -> None:
    story = begin()
    ask(story, 1)
    run("send-check-ins", at(2, "10:00"))

    early = run("review-recoveries", at(2, "17:59"))
    counts = run("review-recoveries", at(2, "18:00"))

    assert (early["missed"], early["flagged"]) == (0, 0)
    assert (counts["missed"], counts["flagged"]) == (1, 1)
    assert story.flags() == {"no_answer": "routine"}


def test_reviewing_twice_at_one_moment_does_nothing_the_second_time() -> None:
    story = begin()
    ask(story, 1, 2)

    assert set(run("review-recoveries", at(2, "18:00")).values()) == {0}
    assert story.case().version == 1


@pytest.mark.parametrize(
    ("told", "priority"),
    [
        ({"patient": {"risk_facts": ["keloid"]}}, "soon"),
        ({"needle_depth_mm": 2.0}, "soon"),
        ({"device": "radio_frequency"}, "soon"),
        ({"needle_depth_mm": 1.5}, "routine"),
    ],
)
def test_silence_weighs_more_with_a_risk_fact_or_a_deep_treatment(
    told: dict[str, object], priority: str
) -> None:
    story = begin(**told)  # type: ignore[arg-type]
    ask(story, 1, 2)

    assert story.flags() == {"no_answer": priority}


def test_silence_weighs_more_after_a_last_score_of_4_or_more() -> None:
    story = begin()
    story.reports(at(0, "20:00"), 4, 0, 0)
    ask(story, 1, 2)

    assert story.flags() == {"no_answer": "soon"}


def test_a_deep_treatment_that_was_answered_once_is_routine() -> None:
    story = begin(needle_depth_mm=2.0)
    story.reports(at(0, "20:00"), 3, 0, 0)
    ask(story, 1, 2)

    assert story.flags() == {"no_answer": "routine"}


@pytest.mark.parametrize("gone", ["expired", "cancelled", "undelivered"])
def test_a_question_that_did_not_reach_her_is_skipped(gone: str) -> None:
    story = begin()
    ask(story, 1)
    run("send-check-ins", at(2, "10:00"))
    with writing():
        next(row for row in story.treatment.check_ins if row.day == 2).status = gone
    run("review-recoveries", at(2, "18:00"))
    before = story.flags()
    ask(story, 3)

    assert before == {}
    assert "no_answer" in story.flags()


def test_words_that_are_no_report_break_the_silence() -> None:
    story = begin()
    ask(story, 1)
    story.says("can I wear makeup?", at(2, "09:00"))
    ask(story, 2)

    assert "no_answer" not in story.flags()


def test_an_acknowledgement_breaks_no_silence() -> None:
    story = begin()
    ask(story, 1)
    story.says("ok thanks", at(2, "09:00"))
    ask(story, 2)

    assert "no_answer" in story.flags()


def test_a_report_between_the_two_breaks_the_silence() -> None:
    story = begin()
    ask(story, 1)
    story.reports(at(1, "19:00"), 3, 1)
    ask(story, 2)

    assert "no_answer" not in story.flags()


def test_a_clock_that_stood_still_over_the_third_question_flags_all_the_same() -> None:
    story = begin()
    tick(at(0, "12:00"))
    for day in (1, 2, 3):
        run("send-check-ins", at(day, "10:00"))

    run("review-recoveries", at(3, "10:30"))

    assert "no_answer" in story.flags()


def test_after_a_silence_days_up_to_4_are_asked_without_reminders_and_5_and_7_are_not() -> None:
    story = begin()
    ask(story, 1, 2)
    before = len(story.kinds())
    for day in (3, 4, 5, 7):
        for hour in ("10:00", "13:00", "18:00"):
            tick(at(day, hour))

    assert story.texts()[before:] == [("check_in", "3 10:00"), ("check_in", "4 10:00")]
    assert (story.asked()[5], story.asked()[7], story.asked()[28]) == ("cancelled", "cancelled", "planned")


def test_a_report_ends_the_silence_and_the_case_closes_by_itself() -> None:
    story = begin()
    ask(story, 1, 2)
    story.reports(at(2, "20:00"), 2, 0, 0)

    assert (story.case().status, story.case().outcome) == ("resolved", "cleared")
    run("send-check-ins", at(5, "10:00"))
    assert story.asked()[5] == "delivered"


def test_a_nurses_resolve_ends_no_silence_but_a_later_report_does() -> None:
    story = begin()
    nurse = make.nurse(story.clinic)
    ask(story, 1, 2)
    resolve(story, nurse)
    ask(story, 3, 4)
    run("send-check-ins", at(5, "10:00"))
    silent = story.asked()[5]

    story.reports(at(5, "20:00"), 1, 0, 0)
    run("send-check-ins", at(7, "10:00"))

    assert silent == "cancelled"
    assert story.asked()[7] == "delivered"


def test_a_second_silence_after_a_report_is_flagged_anew() -> None:
    story = begin()
    ask(story, 1, 2)
    story.reports(at(2, "20:00"), 2, 0, 0)
    ask(story, 3, 4)

    assert story.flags() == {"no_answer": "routine"}


def test_held_questions_are_no_silence() -> None:
    story = begin()
    tick(at(0, "12:00"))
    with writing():
        switches.hold(at(0, "13:00"))
    for day in (1, 2, 3, 4):
        tick(at(day, "18:00"))

    assert story.flags() == {}


@pytest.mark.parametrize("missing", ["phone", "consented_at"])
def test_a_patient_who_is_not_texted_is_flagged_on_day_3_once(missing: str) -> None:
    story = begin(patient={missing: None})
    for day in (1, 2):
        tick(at(day, "23:59"))
    before = story.flags()

    counts = run("review-recoveries", at(3, "00:05"))
    again = run("review-recoveries", at(3, "00:06"))

    assert before == {}
    assert (counts["flagged"], again["flagged"]) == (1, 0)
    assert story.flags() == {"not_texted": "routine"}
    assert story.kinds() == []


@pytest.mark.parametrize("taken_away", ["phone", "consented_at"])
def test_a_patient_who_can_be_texted_no_more_after_day_3_is_flagged_at_once(taken_away: str) -> None:
    story = begin()
    looked = run("review-recoveries", at(3, "00:05"))["flagged"]
    with writing():
        patient = patients.locked_patient(story.patient_id)
        assert patient is not None
        changing.change(patient, at(4, "12:00"), {taken_away: None})

    counts = run("review-recoveries", at(4, "12:01"))

    assert (looked, counts["flagged"]) == (0, 1)
    assert story.flags() == {"not_texted": "routine"}


def test_a_patient_whose_number_stays_doubted_is_phoned_once_nobody_is_asked_any_more() -> None:
    story = begin()
    nurse = make.nurse(story.clinic)
    story.says("wrong number", at(1, "12:00"))
    asked = run("review-recoveries", at(3, "00:05"))["flagged"]
    resolve(story, nurse)

    counts = run("review-recoveries", at(3, "09:01"))
    again = run("review-recoveries", at(3, "09:02"))

    assert (asked, counts["flagged"], again["flagged"]) == (0, 1, 0)
    assert story.flags() == {"not_texted": "routine"}


def test_a_patient_who_opted_out_before_the_treatment_is_flagged_as_not_texted() -> None:
    earlier = begin(treated=at(-14, "12:00"))
    earlier.says("STOP", at(-13, "12:00"))
    entry = make.treatment(earlier.patient, at(0, "12:00"))
    with writing() as session:
        treatment_id = session.merge(entry).id

    run("review-recoveries", at(3, "09:00"))

    assert earlier.flags(treatment_id) == {"not_texted": "routine"}


def test_one_who_stops_during_the_treatment_has_that_reason_instead() -> None:
    story = begin()
    tick(at(0, "12:00"))
    story.says("please stop texting me", at(1, "12:00"))

    run("review-recoveries", at(3, "09:00"))

    assert list(story.flags()) == ["opted_out"]


def test_a_nurse_who_resolved_it_is_not_reminded_of_the_same_treatment_again() -> None:
    story = begin(patient={"phone": None})
    nurse = make.nurse(story.clinic)
    run("review-recoveries", at(3, "09:00"))
    resolve(story, nurse)

    assert run("review-recoveries", at(4, "09:00"))["flagged"] == 0
    assert story.flags() == {}


def resolve(story: Story, nurse: Staff) -> None:
    with writing() as session:
        staff_id = session.merge(nurse).id
        patient = patients.locked_patient(story.patient_id)
        row = cases.standing_case(session.get_one(Treatment, story.treatment_id))
        assert patient is not None
        assert row is not None
        casework.resolve(patient, row, staff_id, Outcome.UNREACHABLE, None, at(2, "20:00"))


def test_a_silence_to_the_very_end_is_flagged_though_the_recovery_has_ended() -> None:
    story = begin()
    for day in (1, 2, 3, 4):
        story.reports(at(day, "12:00"), 1, 1, 0)
    tick(at(0, "12:00"))
    run("send-check-ins", at(5, "10:00"))
    run("review-recoveries", at(5, "18:00"))
    run("send-check-ins", at(7, "17:30"))
    assert run("review-recoveries", at(8, "00:10"))["ended"] == 1

    assert run("review-recoveries", at(8, "01:31"))["flagged"] == 1
    assert "no_answer" in story.flags()
