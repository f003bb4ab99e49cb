"""How a case lives with the texts that come after it: stronger, back on the list, closed, open again."""

from recovery.db import writing
from recovery.domain.vocabulary import Outcome
from recovery.models.staff import Staff
from recovery.queries import cases as finding
from recovery.queries import patients
from recovery.services import cases
from tests import make
from tests.webhooks.story import Story


def nurse(story: Story) -> Staff:
    return make.nurse(story.clinic)


def acknowledge(story: Story) -> None:
    staff_id = nurse(story).id
    with writing():
        row = finding.standing_case(story.treatment_row)
        assert row is not None
        cases.acknowledge(row, staff_id, story.now)


def resolve(story: Story) -> None:
    staff_id = nurse(story).id
    with writing():
        patient = patients.locked_patient(story.patient_id)
        row = finding.standing_case(story.treatment_row)
        assert patient is not None
        assert row is not None
        cases.resolve(patient, row, staff_id, Outcome.EXPECTED_HEALING, None, story.now)


def test_repeated_evidence_is_one_reason_with_its_highest_score(story: Story) -> None:
    story.at(4).text("5 0 0")
    story.at(5).text("4 0 0")
    assert story.case is not None
    [flag] = story.case.flags
    assert (flag.rule, flag.score, len(flag.sources)) == ("persisting", 5, 2)
    assert story.case.unread_messages == 2


def test_a_seen_case_stays_seen_when_nothing_graver_comes(story: Story) -> None:
    story.at(4).text("3 0 0")
    acknowledge(story)
    story.at(5).text("2 0 0")
    assert story.case is not None
    assert story.case.status == "acknowledged"


def test_something_graver_brings_a_seen_case_back(story: Story) -> None:
    story.at(4).text("3 0 0")
    acknowledge(story)
    story.later(hours=2).text("there is pus")
    case = story.case
    assert case is not None
    assert (case.status, case.priority, case.acknowledged_at) == ("open", "urgent", None)
    assert abs((case.flagged_at - story.now).total_seconds()) < 5


def test_a_new_reason_wakes_a_snoozed_case_and_an_old_one_does_not(story: Story) -> None:
    story.at(4, "10:00").text("3 0 0")
    with writing():
        row = finding.standing_case(story.treatment_row)
        assert row is not None
        row.status, row.snoozed_until = "snoozed", story.at(7).now
    story.at(4, "15:00").text("3 0 0")
    assert story.case is not None
    assert story.case.status == "snoozed"
    story.at(4, "16:00").text("3 1 0")
    assert story.case is not None
    assert story.case.status == "open"


def test_an_urgent_word_repeated_brings_a_seen_case_back(story: Story) -> None:
    story.at(3).text("there is pus")
    acknowledge(story)
    story.later(hours=2).text("still pus")
    assert story.case is not None
    assert story.case.status == "open"


def test_a_routine_reason_ends_with_a_later_zero_and_the_case_closes(story: Story) -> None:
    story.at(4).text("2 0 0")
    story.at(5).text("0 0 1")
    assert story.flags == {("persisting", "itching"): "routine"}
    story.at(7).text("0 0 0")
    assert story.case is None
    assert [row.outcome for row in story.closed] == ["cleared"]


def test_a_case_that_somebody_took_does_not_close_by_itself(story: Story) -> None:
    story.at(4).text("2 0 0")
    acknowledge(story)
    story.at(5).text("0")
    assert story.case is not None
    assert story.case.status == "acknowledged"


def test_a_graver_reason_does_not_end_with_a_zero(story: Story) -> None:
    story.at(4).text("5 0 0")
    story.at(5).text("0")
    assert story.flags == {("persisting", "redness"): "soon"}


def test_after_a_nurse_resolved_little_more_of_the_same_opens_nothing(story: Story) -> None:
    story.at(4).text("4 0 0")
    resolve(story)
    assert story.at(5).text("5 0 0") == "thanks_noted_last"
    assert story.case is None


def test_two_points_more_open_it_again(story: Story) -> None:
    story.at(4).text("4 0 0")
    resolve(story)
    story.at(5).text("6 0 0")
    assert ("persisting", "redness") in story.flags
    assert len(story.closed) == 1


def test_on_day_seven_it_opens_once_more(story: Story) -> None:
    story.at(4).text("4 0 0")
    resolve(story)
    story.at(7, "10:30").text("4 0 0")
    assert story.flags == {("persisting", "redness"): "soon"}


def test_words_always_open_again(story: Story) -> None:
    story.at(3).text("there is pus")
    resolve(story)
    story.later(hours=1).text("there is still pus")
    assert story.flags == {("infection_words", "pus"): "urgent"}


def test_a_risk_fact_raises_and_keeps_a_case_from_closing_by_itself(story: Story) -> None:
    with writing():
        story.patient_row.risk_facts = ["diabetes"]
    story.at(4).text("2 0 0")
    assert story.flags == {("persisting", "redness"): "soon"}
    assert story.at(5).text("0") != "recovered"
    assert story.case is not None


def test_silence_ends_with_a_report(story: Story) -> None:
    story.at(0, "12:01").run("send-check-ins")
    for day in (1, 2):
        story.at(day, "10:00").run("send-check-ins")
        story.at(day, "18:30").run("review-recoveries")
    assert story.flags == {("no_answer", ""): "routine"}

    story.at(2, "20:00").text("3 1 0")

    assert story.case is None
    assert [row.outcome for row in story.closed] == ["cleared"]


def test_words_that_are_no_report_are_no_silence(story: Story) -> None:
    story.at(0, "12:01").run("send-check-ins")
    story.at(1, "10:00").run("send-check-ins")
    story.at(1, "12:00").text("banana")
    story.at(1, "18:30").run("review-recoveries")
    story.at(2, "10:00").run("send-check-ins")
    story.at(2, "18:30").run("review-recoveries")
    assert ("no_answer", "") not in story.flags


def test_a_later_case_of_who_stopped_says_that_she_cannot_be_texted(story: Story) -> None:
    story.at(1).text("STOP")
    resolve(story)

    assert story.at(2).text("there is pus") is None

    assert story.flags == {("infection_words", "pus"): "urgent", ("opted_out", ""): "soon"}
    assert story.later(hours=1).text("more pus") is None
    assert len(story.flags) == 2
