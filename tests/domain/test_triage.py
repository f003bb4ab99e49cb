"""Every score rule of the flags table, by examples, and what must hold for any reports."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recovery.domain import triage
from recovery.domain.protocol import DEFAULT
from recovery.domain.triage import Evidence, Facts, Report
from recovery.domain.vocabulary import SYMPTOMS, Concern, Priority, RedFlag, Rule, Score

MEDIUM = Facts(1.5, "pen", frozenset())
DEEP = Facts(2.0, "pen", frozenset())
RADIO = Facts(None, "radio_frequency", frozenset())
SHALLOW = Facts(0.5, "pen", frozenset())
DIABETIC = Facts(1.5, "pen", frozenset({"diabetes"}))

VERY = Score(8, 6, 9)
SLIGHT = Score(2, 1, 3)


def reports(*scores_by_day, symptom="redness"):
    """One report for each (day, score), a whole number or a Score, numbered in that order."""
    return [
        Report(f"r{n}", n, day, {symptom: score if isinstance(score, Score) else Score.exact(score)})
        for n, (day, score) in enumerate(scores_by_day, start=1)
    ]


def latest(facts, *scores_by_day, symptom="redness"):
    """The rules and priorities that the last report gives."""
    found = triage.assess(DEFAULT, facts, reports(*scores_by_day, symptom=symptom))
    return {
        str(each.rule): str(each.priority) for each in found if each.source_id == f"r{len(scores_by_day)}"
    }


SEVERE = [
    (MEDIUM, "redness", 0, 8, None),
    (MEDIUM, "redness", 0, 9, "urgent"),
    (MEDIUM, "redness", 1, 6, None),
    (MEDIUM, "redness", 1, 7, "soon"),
    (MEDIUM, "redness", 1, 8, "soon"),
    (MEDIUM, "redness", 1, 9, "urgent"),
    (MEDIUM, "redness", 2, 7, "urgent"),
    (DEEP, "redness", 2, 8, "soon"),
    (DEEP, "redness", 2, 9, "urgent"),
    (DEEP, "redness", 3, 7, "urgent"),
    (RADIO, "redness", 2, 7, "soon"),
    (MEDIUM, "swelling", 1, 7, "urgent"),
    (DEEP, "itching", 2, 7, "urgent"),
    (MEDIUM, "pain", 1, 7, "urgent"),
    (MEDIUM, "burning", 0, 9, "urgent"),
    (MEDIUM, "burning", 0, 8, None),
    (MEDIUM, "peeling", 3, 10, None),
    (MEDIUM, "bruising", 1, 9, None),
    (MEDIUM, "redness", 1, VERY, "soon"),
    (DIABETIC, "redness", 1, 7, "urgent"),
    (DIABETIC, "redness", 1, 9, "urgent"),
]


@pytest.mark.parametrize(("facts", "symptom", "day", "score", "priority"), SEVERE)
def test_a_high_score_is_severe(facts, symptom, day, score, priority):
    assert latest(facts, (day, score), symptom=symptom).get("severe") == priority


WORSENING = [
    (MEDIUM, [(0, 1), (1, 5)], None),  # only from day 2
    (MEDIUM, [(1, 2), (2, 4)], None),
    (MEDIUM, [(1, 2), (2, 5)], "soon"),
    (MEDIUM, [(1, 0), (2, 3)], None),  # less than 4
    (MEDIUM, [(1, 1), (2, 4)], "soon"),
    (MEDIUM, [(1, 4), (2, 7)], "urgent"),
    (MEDIUM, [(0, 0), (1, 2), (2, 4)], "soon"),  # two rises running of 2 or more
    (MEDIUM, [(0, 0), (1, 2), (2, 3)], None),
    (MEDIUM, [(0, 3), (1, 5), (2, 7)], "urgent"),
    (MEDIUM, [(2, 2), (2, 6)], "soon"),  # a second report of a day is compared too
    (MEDIUM, [(2, 6)], None),  # nothing earlier raises no comparison
    (MEDIUM, [(1, SLIGHT), (2, 5)], None),  # 5 less the high end 3
    (MEDIUM, [(1, SLIGHT), (2, 6)], "soon"),
    (MEDIUM, [(1, 3), (2, VERY)], "urgent"),  # the low end 6 less 3, and the fixed 8
    (MEDIUM, [(1, 4), (2, VERY)], None),
    (DIABETIC, [(1, 2), (2, 5)], "urgent"),
]


@pytest.mark.parametrize(("facts", "scores", "priority"), WORSENING)
def test_a_sure_rise_is_worsening(facts, scores, priority):
    assert latest(facts, *scores).get("worsening") == priority


def test_a_symptom_missing_from_a_report_is_compared_with_the_one_before():
    told = [
        Report("a", 1, 1, {"redness": Score.exact(1)}),
        Report("b", 2, 2, {"swelling": Score.exact(0)}),
        Report("c", 3, 2, {"redness": Score.exact(6)}),
    ]
    assert [each.rule for each in triage.assess(DEFAULT, MEDIUM, told)] == [Rule.WORSENING]


REBOUND = [
    (MEDIUM, "redness", [(1, 1), (3, 4)], "urgent"),
    (MEDIUM, "redness", [(1, 2), (3, 4)], None),
    (MEDIUM, "redness", [(1, 0), (3, 3)], None),
    (MEDIUM, "redness", [(1, 1), (2, 4)], None),  # only from day 3
    (MEDIUM, "redness", [(0, 0), (3, 4)], None),  # day 0 does not count
    (MEDIUM, "redness", [(1, 1), (2, 4), (3, 4)], "urgent"),  # some earlier report, not only the last
    (MEDIUM, "redness", [(1, SLIGHT), (3, 5)], None),  # slight is 2
    (MEDIUM, "itching", [(1, 0), (3, 5)], "soon"),
    (DIABETIC, "itching", [(1, 0), (3, 5)], "urgent"),
]


@pytest.mark.parametrize(("facts", "symptom", "scores", "priority"), REBOUND)
def test_a_symptom_that_comes_back_is_a_rebound(facts, symptom, scores, priority):
    assert latest(facts, *scores, symptom=symptom).get("rebound") == priority


def test_a_rebound_stands_instead_of_worsening():
    assert latest(MEDIUM, (2, 0), (3, 5)) == {"rebound": "urgent"}


def test_itching_that_comes_back_with_redness_is_urgent():
    zero, five = Score.exact(0), Score.exact(5)
    told = [
        Report("a", 1, 1, {"redness": zero, "itching": zero}),
        Report("b", 2, 3, {"redness": five, "itching": five}),
    ]
    found = triage.assess(DEFAULT, MEDIUM, told)
    assert {(each.symptom, each.priority) for each in found} == {("redness", "urgent"), ("itching", "urgent")}


PERSISTING = [
    (MEDIUM, [(3, 3)], None),
    (MEDIUM, [(4, 0)], None),
    (MEDIUM, [(4, 1)], "routine"),
    (MEDIUM, [(4, 3)], "routine"),
    (MEDIUM, [(4, 4)], "soon"),
    (MEDIUM, [(4, 7)], "urgent"),
    (SHALLOW, [(2, 3)], None),
    (SHALLOW, [(3, 2)], "routine"),
    (DEEP, [(4, 3)], None),
    (DEEP, [(5, 2)], "routine"),
    (RADIO, [(4, 3)], None),
    (Facts(None, None, frozenset()), [(4, 2)], "routine"),
    (MEDIUM, [(7, 2)], "soon"),
    (MEDIUM, [(7, 1)], "routine"),
    (MEDIUM, [(4, 3), (5, 3)], "soon"),  # a second late day, not falling
    (MEDIUM, [(4, 3), (5, 2)], "routine"),  # falling
    (MEDIUM, [(4, 1), (5, 2)], "soon"),
    (MEDIUM, [(4, 2), (5, 1)], "routine"),
    (MEDIUM, [(3, 2), (4, 2)], "routine"),  # day 3 was not late
    (MEDIUM, [(4, 0), (5, 2)], "routine"),  # it was gone on the earlier late day
    (MEDIUM, [(4, 2), (4, 2)], "routine"),  # the same late day
    (MEDIUM, [(4, SLIGHT), (5, SLIGHT)], "routine"),  # not surely as much
    (MEDIUM, [(4, 1), (5, SLIGHT)], "soon"),
    (DIABETIC, [(4, 1)], "soon"),
    (DIABETIC, [(4, 4)], "urgent"),
    (DIABETIC, [(4, 7)], "urgent"),
    (Facts(1.5, "pen", frozenset({"keloid"})), [(4, 1)], "routine"),
]


@pytest.mark.parametrize(("facts", "scores", "priority"), PERSISTING)
def test_a_symptom_after_the_expected_days_persists(facts, scores, priority):
    assert latest(facts, *scores).get("persisting") == priority


def test_the_reason_is_told_in_a_sentence():
    (persisting,) = triage.assess(DEFAULT, MEDIUM, reports((4, 3)))
    assert persisting == Evidence(
        source_id="r1",
        seq=1,
        rule=Rule.PERSISTING,
        symptom="redness",
        priority=Priority.ROUTINE,
        day=4,
        score=3,
        explanation="Redness 3/10 on day 4; expected to be gone after day 3.",
        basis="scores",
    )


def test_a_score_in_words_is_told_as_about():
    (severe,) = triage.assess(DEFAULT, MEDIUM, reports((1, VERY)))
    assert severe.explanation == "Redness about 8/10 on day 1; 7 or more is severe."


scores = st.integers(0, 10).flatmap(
    lambda low: st.integers(low, 10).flatmap(
        lambda high: st.integers(low, high).map(lambda value: Score(value, low, high))
    )
)


@st.composite
def any_reports(draw):
    days = draw(st.lists(st.integers(0, 30), max_size=7))
    return [
        Report(
            f"r{seq}",
            seq,
            day,
            draw(st.dictionaries(st.sampled_from(SYMPTOMS), scores, max_size=5)),
            red_flags=tuple(draw(st.sets(st.sampled_from(tuple(RedFlag)), max_size=2))),
            concerns=tuple(draw(st.sets(st.sampled_from(tuple(Concern)), max_size=2))),
            question=draw(st.booleans()),
        )
        for seq, day in enumerate(days)
    ]


@given(any_reports(), st.randoms())
def test_the_order_in_which_reports_are_handed_over_does_not_matter(told, random):
    shuffled = random.sample(told, len(told))
    assert triage.assess(DEFAULT, MEDIUM, shuffled) == triage.assess(DEFAULT, MEDIUM, told)


@given(any_reports())
def test_each_report_gives_each_rule_and_symptom_once(told):
    found = triage.assess(DEFAULT, MEDIUM, told)
    assert len({(each.source_id, each.rule, each.symptom) for each in found}) == len(found)


@given(any_reports())
def test_a_raising_fact_never_lowers_a_priority_and_adds_no_evidence(told):
    plain = triage.assess(DEFAULT, MEDIUM, told)
    raised = triage.assess(DEFAULT, DIABETIC, told)
    assert [(each.source_id, each.rule, each.symptom) for each in plain] == [
        (each.source_id, each.rule, each.symptom) for each in raised
    ]
    assert all(low.priority.rank <= high.priority.rank for low, high in zip(plain, raised, strict=True))


@given(any_reports())
def test_no_report_gives_both_rebound_and_worsening_of_a_symptom(told):
    found = triage.assess(DEFAULT, MEDIUM, told)
    changes = [
        (each.source_id, each.symptom) for each in found if each.rule in {Rule.REBOUND, Rule.WORSENING}
    ]
    assert len(set(changes)) == len(changes)
