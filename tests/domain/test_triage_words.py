"""The evidence of words and events, and how a recovery goes."""

import pytest

from recovery.domain import triage
from recovery.domain.protocol import DEFAULT
from recovery.domain.triage import Facts, Report
from recovery.domain.vocabulary import EMERGENCIES, Concern, RedFlag, Score, Trend

PLAIN = Facts(1.5, "pen", frozenset())
DEEP = Facts(2.5, "pen", frozenset())


def report(seq, day, *core, **more):
    """A report of redness, swelling and itching, as many as are given."""
    scores = dict(zip(("redness", "swelling", "itching"), map(Score.exact, core), strict=False))
    scores |= {symptom: Score.exact(value) for symptom, value in more.pop("other", {}).items()}
    return Report(f"r{seq}", seq, day, scores, **more)


def found(told, facts=PLAIN):
    return {
        (str(each.rule), each.symptom, str(each.priority)) for each in triage.assess(DEFAULT, facts, [told])
    }


@pytest.mark.parametrize("kind", sorted(RedFlag))
def test_every_red_flag_is_urgent_or_an_emergency(kind):
    emergency = kind in EMERGENCIES
    rule = "emergency_words" if emergency else "infection_words"
    assert found(report(1, 0, red_flags=(kind,))) == {(rule, kind, "emergency" if emergency else "urgent")}


def test_every_emergency_of_the_page_is_one():
    named = {"breathing", "eye", "fainting", "chest_pain", "face_droop", "self_harm"}
    assert named == EMERGENCIES


@pytest.mark.parametrize("kind", sorted(set(Concern) - {Concern.SCAR}))
def test_a_worry_word_asks_for_contact(kind):
    assert found(report(1, 2, concerns=(kind,))) == {("asks_for_contact", kind, "soon")}


def test_a_question_asks_for_contact():
    assert found(report(1, 2, question=True)) == {("asks_for_contact", "", "soon")}


def test_a_question_beside_a_worry_is_one_reason():
    assert found(report(1, 2, concerns=("rash",), question=True)) == {("asks_for_contact", "rash", "soon")}


def test_a_question_beside_a_danger_or_a_scar_stands_by_itself():
    told = report(1, 2, concerns=("scar",), red_flags=("pus",), question=True)
    assert ("asks_for_contact", "", "soon") in found(told)


@pytest.mark.parametrize(("day", "flagged"), [(0, False), (1, True), (20, True)])
def test_a_scar_or_patches_are_a_late_effect_from_day_1(day, flagged):
    told = report(1, day, concerns=("scar",), other={"pigment": 1})
    assert found(told) == (
        {("late_effect", "scar", "soon"), ("late_effect", "pigment", "soon")} if flagged else set()
    )


def test_patches_that_are_not_there_are_no_late_effect():
    assert found(report(1, 3, other={"pigment": 0})) == set()


def test_scores_and_words_of_one_report_keep_their_own_basis():
    evidence = triage.assess(DEFAULT, PLAIN, [report(1, 2, 9, red_flags=("pus",))])
    assert {each.rule: each.basis for each in evidence} == {"infection_words": "words", "severe": "scores"}


def test_words_are_not_raised_by_risk_facts():
    diabetic = Facts(1.5, "pen", frozenset({"diabetes"}))
    assert found(report(1, 2, question=True), diabetic) == {("asks_for_contact", "", "soon")}


def test_a_text_that_is_no_report_is_triaged_for_its_words():
    (pus,) = triage.words(DEFAULT, source_id="m7", seq=7, day=2, red_flags=["pus"])
    assert (pus.rule, pus.symptom, pus.priority) == ("infection_words", "pus", "urgent")
    assert pus.explanation == "Pus, named on day 2."


NO_ANSWER = [
    (PLAIN, None, False, "routine"),
    (PLAIN, 3, True, "routine"),
    (PLAIN, 4, True, "soon"),
    (DEEP, None, False, "soon"),
    (DEEP, 2, True, "routine"),
    (Facts(None, "radio_frequency", frozenset()), None, False, "soon"),
    (Facts(1.5, "pen", frozenset({"keloid"})), 0, True, "soon"),
    (Facts(1.5, "pen", frozenset({"diabetes"})), 0, True, "urgent"),
]


@pytest.mark.parametrize(("facts", "last", "ever", "priority"), NO_ANSWER)
def test_silence_is_weighed_by_what_was_said_before(facts, last, ever, priority):
    silence = triage.no_answer(
        DEFAULT, facts, source_id="c2", seq=3, day=2, last_score=last, answered_ever=ever
    )
    assert (silence.priority, silence.basis) == (priority, "event")
    assert "phone the patient" in silence.explanation


OPTED_OUT = [
    (2, 0, False, "soon"),  # within the expected days
    (3, None, False, "soon"),
    (4, 0, False, "routine"),
    (4, 4, False, "soon"),
    (4, 0, True, "soon"),
]


@pytest.mark.parametrize(("day", "last", "case_open", "priority"), OPTED_OUT)
def test_who_stops_the_texts_is_phoned(day, last, case_open, priority):
    stop = triage.opted_out(
        DEFAULT, PLAIN, source_id="m1", seq=1, day=day, last_score=last, case_open=case_open
    )
    assert (stop.priority, "phone the patient" in stop.explanation) == (priority, True)


def test_a_stop_from_another_phone_is_asked_about():
    stop = triage.opted_out(
        DEFAULT, PLAIN, source_id="m1", seq=1, day=2, last_score=0, case_open=False, elsewhere=True
    )
    assert (stop.rule, stop.priority, "Cannot be texted" in stop.explanation) == ("opted_out", "soon", False)


@pytest.mark.parametrize(("welcome", "priority"), [(True, "soon"), (False, "routine")])
def test_a_failed_welcome_is_looked_at_sooner(welcome, priority):
    assert triage.undeliverable(source_id="m1", seq=0, day=0, welcome=welcome).priority == priority


UNREAD = [
    ("unclear", "soon"),
    ("fine", "routine"),
    ("photo", "soon"),
    ("photo_mild_report", "routine"),
    ("emptied", "soon"),
]


@pytest.mark.parametrize(("kind", "priority"), UNREAD)
def test_an_unread_message_is_for_a_nurse(kind, priority):
    assert triage.unread_message(source_id="m1", seq=1, day=2, kind=kind).priority == priority


@pytest.mark.parametrize("reason", ["no_phone", "shared_phone", "declined", "opted_out"])
def test_who_is_not_texted_is_phoned(reason):
    reminder = triage.not_texted(source_id="t1", seq=0, day=3, reason=reason)
    assert (reminder.priority, reminder.explanation[-19:]) == ("routine", " phone the patient.")


def test_a_wrong_person_and_a_late_answer_are_looked_at_soon():
    assert triage.wrong_person(source_id="m1", seq=1, day=2).priority == "soon"
    assert triage.late_answer(source_id="m2", seq=2, day=28).rule == "late_effect"


CLEAR = [
    (report(1, 2, 0, 0, 0), True),
    (report(1, 2, 0, 0, 1), False),
    (report(1, 2, 0, 0), False),
    (report(1, 2, 0, 0, 0, other={"tightness": 6, "peeling": 4}), True),
    (report(1, 2, 0, 0, 0, other={"burning": 1}), False),
    (report(1, 2, 0, 0, 0, other={"burning": 0}), True),
    (report(1, 2, 0, 0, 0, question=True), False),
    (report(1, 2, 0, 0, 0, concerns=("bumps",)), False),
    (report(1, 2, 0, 0, 0, red_flags=("fever",)), False),
]


@pytest.mark.parametrize(("told", "clear"), CLEAR)
def test_clear_is_three_zeros_and_nothing_else(told, clear):
    assert triage.is_clear(told, complete=True) is clear
    assert not triage.is_clear(told, complete=False)


RECOVERED = [
    ([], False),
    ([report(1, 2, 0, 0, 0)], False),
    ([report(1, 2, 0, 0, 0), report(2, 3, 0, 0, 0)], True),
    ([report(1, 4, 0, 0, 0)], True),
    ([report(1, 3, 2, 0, 0), report(2, 4, 0, 0, 0)], True),
    ([report(1, 4, 0, 0, 0), report(2, 5, 1, 0, 0)], False),
    ([report(1, 1, 0, 0, 0), report(2, 2, 1, 0, 0), report(3, 3, 0, 0, 0)], False),
]


@pytest.mark.parametrize(("told", "expected"), RECOVERED)
def test_recovered_is_two_clear_reports_running_or_one_on_day_4_or_later(told, expected):
    assert triage.recovered(DEFAULT, told) is expected


TRENDS = [
    ([report(1, 1, 5, 3, 1)], Trend.UNKNOWN),
    ([report(1, 1, 5, 3, 1), report(2, 2, 3, 1, 0)], Trend.IMPROVING),
    ([report(1, 1, 3, 1, 0), report(2, 2, 3, 2, 0)], Trend.WORSENING),
    ([report(1, 1, 3, 1, 0), report(2, 2, 2, 2, 0)], Trend.STEADY),
    ([report(1, 1, 5), report(2, 2, 3, 9, 9)], Trend.IMPROVING),  # only what both reports hold
    ([report(1, 1, 5, 5), report(2, 2, other={"pain": 2}), report(3, 3, 1, 1)], Trend.IMPROVING),
]


@pytest.mark.parametrize(("told", "expected"), TRENDS)
def test_the_trend_compares_the_last_two_reports(told, expected):
    assert triage.trend(told) is expected


def test_words_that_overlap_show_no_trend():
    told = [Report("a", 1, 1, {"redness": Score(2, 1, 3)}), Report("b", 2, 2, {"redness": Score(3, 1, 6)})]
    assert triage.trend(told) is Trend.STEADY


def test_the_last_score_is_the_highest_of_the_last_report():
    assert triage.last_score([report(2, 2, 1, 4, 0), report(1, 1, 9, 9, 9)]) == 4
    assert triage.last_score([report(1, 1, other={"pain": 9})]) is None
