"""How a case answers to evidence: opening, strengthening, resurfacing, withdrawing, ending, closing."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recovery.domain import triage
from recovery.domain.casework import Past, closes_by_itself, update
from recovery.domain.protocol import DEFAULT
from recovery.domain.targets import ClinicHours, due
from recovery.domain.triage import Facts, Report
from recovery.domain.vocabulary import CaseStatus, Outcome, Priority, Score

HOURS = ClinicHours("UTC", ((time(9), time(17)),) * 5 + (None, None), frozenset(), on_call=True)
MONDAY = datetime(2026, 11, 16, 10, tzinfo=UTC)
PLAIN = Facts(1.5, "pen", frozenset())
DIABETIC = Facts(1.5, "pen", frozenset({"diabetes"}))


def report(seq, day, redness=None, **more):
    scores = {"redness": redness} | {name: more.pop(name) for name in ("swelling", "itching") if name in more}
    told = {name: Score.exact(value) for name, value in scores.items() if value is not None}
    return Report(f"r{seq}", seq, day, told, **more)


def answer(case, *reports, also=(), past=None, facts=PLAIN, now=MONDAY, **more):
    """The case after these reports, and whatever else gives evidence at this moment."""
    evidence = [*triage.assess(DEFAULT, facts, reports), *also]
    return update(DEFAULT, HOURS, case, past, evidence, reports, facts, now, **more)


def silence(source_id="c2", last_score=None, facts=PLAIN, day=2):
    return triage.no_answer(
        DEFAULT, facts, source_id=source_id, seq=0, day=day, last_score=last_score, answered_ever=True
    )


def reasons(case):
    return {(str(each.rule), each.symptom, str(each.priority), each.score) for each in case.reasons}


def acknowledged(case):
    return replace(case, status=CaseStatus.ACKNOWLEDGED, acknowledged=True)


def later(hours=24):
    return MONDAY + timedelta(hours=hours)


# Opening and strengthening


def test_nothing_to_flag_opens_nothing():
    assert answer(None, report(1, 2, 2)) is None


def test_a_flag_opens_a_case_with_its_target():
    case = answer(None, report(1, 4, 3))
    assert (case.status, case.priority, case.flagged_at) == ("open", "routine", MONDAY)
    assert case.due_at == due(DEFAULT, HOURS, Priority.ROUTINE, MONDAY)
    assert not case.acknowledged
    assert case.reasons[0].explanation == "Redness 3/10 on day 4; expected to be gone after day 3."


def test_a_repeated_reason_stands_once_with_its_highest_score():
    first, second, third = report(1, 4, 3), report(2, 5, 5), report(3, 6, 4)
    case = answer(answer(None, first), first, second, third, now=later())
    assert reasons(case) == {("persisting", "redness", "soon", 5)}
    assert case.reasons[0].sources == ("r1", "r2", "r3")
    assert case.reasons[0].day == 5


def test_two_symptoms_are_two_reasons():
    case = answer(None, report(1, 4, 1, swelling=4))
    assert reasons(case) == {("persisting", "redness", "routine", 1), ("persisting", "swelling", "soon", 4)}
    assert case.priority == "soon"


def test_the_target_is_the_earliest_over_the_reasons():
    case = answer(None, report(1, 4, 1))
    worse = answer(case, report(1, 4, 1), report(2, 4, 1, red_flags=("pus",)), now=later(1))
    assert worse.due_at == due(DEFAULT, HOURS, Priority.URGENT, later(1))
    assert worse.priority == "urgent"


def test_a_repeat_that_raises_the_priority_takes_the_earlier_target():
    first, second = report(1, 4, 3), report(2, 5, 4)
    case = answer(None, first)
    late = answer(case, first, second, now=later(24 * 4))
    assert late.due_at == case.due_at


def test_a_mild_and_a_high_score_of_another_day_keep_both_highest():
    first, second = report(1, 4, 3), report(2, 7, 2)
    case = answer(answer(None, first), first, second)
    assert reasons(case) == {("persisting", "redness", "soon", 3)}


# Resurfacing


def test_an_acknowledged_case_stays_so_when_the_same_comes_again():
    first, second = report(1, 4, 4), report(2, 5, 4)
    case = answer(acknowledged(answer(None, first)), first, second, now=later())
    assert (case.status, case.flagged_at, case.reasons[0].sources) == ("acknowledged", MONDAY, ("r1", "r2"))


RESURFACING = [
    (CaseStatus.ACKNOWLEDGED, {"redness": 4, "swelling": 1}, False),  # new, no higher
    (CaseStatus.ACKNOWLEDGED, {"redness": 4, "red_flags": ("pus",)}, True),
    (CaseStatus.ACKNOWLEDGED, {"redness": 7}, True),
    (CaseStatus.SNOOZED, {"redness": 4, "swelling": 1}, True),  # any new one
    (CaseStatus.SNOOZED, {"redness": 4}, False),
    (CaseStatus.SNOOZED, {"redness": 8}, True),
]


@pytest.mark.parametrize(("status", "told", "surfaces"), RESURFACING)
def test_only_what_is_new_enough_brings_a_case_back(status, told, surfaces):
    first = report(1, 4, 4)
    seen = replace(answer(None, first), status=status, acknowledged=True)
    case = answer(seen, first, report(2, 5, **told), now=later())
    assert (case.status == "open", case.acknowledged) == (surfaces, not surfaces)
    assert case.flagged_at == (later() if surfaces else MONDAY)


def test_an_urgent_repeat_resurfaces_an_urgent_case_with_a_target_ahead():
    first, second = report(1, 2, 8), report(2, 3, 8)
    case = answer(acknowledged(answer(None, first)), first, second, now=later(72))
    assert (case.status, case.flagged_at) == ("open", later(72))
    assert case.due_at == due(DEFAULT, HOURS, Priority.URGENT, later(72))


def test_a_waiting_case_keeps_its_place_unless_its_priority_rises():
    first, second = report(1, 4, 3), report(2, 4, 3, swelling=1)
    case = answer(answer(None, first), first, second, now=later())
    assert case.flagged_at == MONDAY
    risen = answer(case, first, second, report(3, 5, 5), now=later(30))
    assert (risen.priority, risen.flagged_at) == ("soon", later(30))


def test_an_urgent_repeat_leaves_a_waiting_urgent_case_in_its_place():
    first, second = report(1, 2, 8), report(2, 3, 8)
    assert answer(answer(None, first), first, second, now=later()).flagged_at == MONDAY


# Corrections


def test_a_correction_withdraws_reasons_from_scores_and_closes_the_case():
    case = answer(answer(None, report(1, 2, 9)), report(2, 2, 2), now=later(1))
    assert (case.status, case.outcome) == ("resolved", Outcome.CLEARED)
    assert case.reasons[0].withdrawn_at == later(1)


def test_a_correction_leaves_reasons_from_words():
    case = answer(answer(None, report(1, 2, 9, red_flags=("pus",))), report(2, 2, 2), now=later(1))
    assert (case.status, case.priority) == ("open", "urgent")
    assert {each.rule: each.stands for each in case.reasons} == {"infection_words": True, "severe": False}


def test_a_partly_corrected_reason_keeps_what_is_left():
    first, mistaken = report(1, 4, 3), report(2, 5, 8)
    case = answer(answer(None, first), first, mistaken)
    corrected = answer(case, first, report(3, 5, 2))
    persisting = next(each for each in corrected.reasons if each.rule == "persisting")
    assert (persisting.score, persisting.priority, persisting.stands) == (3, "routine", True)
    assert corrected.priority == "routine"


def test_a_withdrawn_reason_comes_back_with_its_evidence():
    told = report(1, 4, 3)
    deep = Facts(2.5, "pen", frozenset())
    withdrawn = answer(acknowledged(answer(None, told)), told, facts=deep, now=later(1))
    assert (withdrawn.status, withdrawn.reasons[0].stands) == ("acknowledged", False)
    back = answer(withdrawn, told, now=later(2))
    assert back.reasons[0].stands


# Ending and closing


def test_a_routine_reason_ends_by_a_later_zero():
    first, zero = report(1, 4, 1), report(2, 5, 0)
    case = answer(answer(None, first), first, zero, now=later())
    assert (case.status, case.outcome, case.reasons[0].ended_at) == ("resolved", "cleared", later())


@pytest.mark.parametrize("after", [{"redness": 4}, {"swelling": 0}])
def test_a_reason_stays_without_a_zero_of_its_symptom(after):
    first = report(1, 4, 1)
    assert answer(answer(None, first), first, report(2, 5, **after)).status == "open"


def test_a_soon_reason_does_not_end_by_a_zero():
    first, zero = report(1, 4, 4), report(2, 5, 0)
    assert answer(answer(None, first), first, zero).reasons[0].stands


def test_an_acknowledged_case_is_left_to_its_nurse():
    first, zero = report(1, 4, 1), report(2, 5, 0)
    case = answer(acknowledged(answer(None, first)), first, zero)
    assert (case.status, case.reasons[0].stands) == ("acknowledged", False)


def test_an_ended_reason_stands_again_when_the_symptom_returns():
    first, zero, again = report(1, 4, 1), report(2, 5, 0), report(3, 6, 1)
    ended = answer(acknowledged(answer(None, first)), first, zero)
    case = answer(ended, first, zero, again, now=later(48))
    assert (case.reasons[0].stands, case.due_at) == (True, due(DEFAULT, HOURS, Priority.ROUTINE, later(48)))


def test_silence_ends_by_a_report():
    case = answer(None, also=[silence()])
    ended = answer(case, report(1, 3, 2), silence_broken=True, now=later())
    assert (ended.status, ended.outcome) == ("resolved", "cleared")


def test_a_case_with_one_standing_reason_stays_open():
    case = answer(None, report(1, 2, red_flags=("pus",)), also=[silence()])
    ended = answer(case, report(1, 2, red_flags=("pus",)), report(2, 3, 0), silence_broken=True)
    assert (ended.status, ended.priority) == ("open", "urgent")


def test_a_raising_fact_keeps_a_case_from_closing_by_itself():
    case = answer(None, also=[silence(facts=DIABETIC)], facts=DIABETIC)
    told = answer(case, report(1, 3, 0), silence_broken=True, facts=DIABETIC)
    assert told.status == "open"


def test_what_ended_before_it_was_told_opens_nothing():
    assert answer(None, report(2, 4, 1), report(1, 5, 0)) is None


@pytest.mark.parametrize(
    ("told", "also", "expected"),
    [
        ([report(1, 4, 1)], [], True),
        ([], [silence()], True),
        ([report(1, 4, 4)], [], False),
        ([report(1, 4, 1, question=True)], [], False),
        ([], [triage.undeliverable(source_id="m1", seq=0, day=1)], False),
    ],
)
def test_some_cases_close_by_themselves(told, also, expected):
    case = answer(None, *told, also=also)
    assert closes_by_itself(case) is expected
    assert not closes_by_itself(acknowledged(case))
    assert not closes_by_itself(case, raised=True)


# What must hold for any course


courses = st.lists(
    st.tuples(
        st.integers(0, 9),
        st.none() | st.integers(0, 10),
        st.none() | st.integers(0, 10),
        st.sets(st.sampled_from(["pus", "breathing"]), max_size=1),
        st.booleans(),
    ),
    min_size=1,
    max_size=6,
).map(
    lambda course: [
        report(seq, day, redness, itching=itching, red_flags=tuple(flags), question=asks)
        for seq, (day, redness, itching, flags, asks) in enumerate(course, start=1)
    ]
)
risks = st.sampled_from([PLAIN, DIABETIC])


def followed(told, facts):
    """The case after the reports came one by one, an hour between them, with the last closing seq."""
    case, since = None, 0
    for n in range(1, len(told) + 1):
        case = answer(case, *told[:n], facts=facts, now=later(n), since_seq=since)
        if case and case.status == "resolved":
            case, since = None, n
    return case, since


@given(courses, risks)
def test_the_same_evidence_again_changes_nothing(told, facts):
    case, since = followed(told, facts)
    assert answer(case, *told, facts=facts, now=later(99), since_seq=since) == case


@given(courses, risks, st.randoms())
def test_the_order_of_evidence_in_one_call_does_not_matter(told, facts, random):
    evidence = triage.assess(DEFAULT, facts, told)
    shuffled = random.sample(evidence, len(evidence))
    cases = [update(DEFAULT, HOURS, None, None, given, told, facts, MONDAY) for given in (evidence, shuffled)]
    assert cases[0] == cases[1]


@given(courses, risks)
def test_the_case_is_as_urgent_and_due_as_its_standing_reasons(told, facts):
    case, _ = followed(told, facts)
    standing = [reason for reason in case.reasons if reason.stands] if case else []
    if standing:
        assert case.priority.rank == max(reason.priority.rank for reason in standing)
        assert case.due_at == min(reason.due_at for reason in standing)
        assert len({reason.key for reason in case.reasons}) == len(case.reasons)


@given(courses, risks)
def test_losing_every_report_withdraws_the_scores_and_only_them(told, facts):
    case, since = followed(told, facts)
    if case is not None:
        bare = answer(case, facts=facts, since_seq=since, now=later(99))
        assert all(reason.stands == (reason.basis != "scores") for reason in bare.reasons)


@given(courses)
def test_a_raising_fact_never_makes_a_case_less_urgent(told):
    plain, raised = answer(None, *told), answer(None, *told, facts=DIABETIC)
    assert plain is None or plain.priority.rank <= raised.priority.rank


@given(courses, risks, st.data())
def test_after_a_resolve_the_same_evidence_again_changes_nothing_either(told, facts, data):
    seen = data.draw(st.integers(0, len(told)))
    before = answer(None, *told[:seen], facts=facts)
    past, case = Past(before.reasons if before else (), seen), None
    for n in range(seen + 1, len(told) + 1):
        case = answer(case, *told[:n], facts=facts, past=past, now=later(n))
        again = answer(case, *told[:n], facts=facts, past=past, now=later(n + 1))
        assert again == case
        if case and case.status == "resolved":
            return


def test_a_case_with_nothing_left_in_it_comes_up_again_for_anything_new():
    severe = report(1, 1, 9)
    case = acknowledged(answer(None, severe))
    emptied = answer(case, report(2, 1, 2), now=later(1))
    assert (emptied.status, [each.stands for each in emptied.reasons]) == ("acknowledged", [False])
    asks = triage.asks_for_contact(source_id="m3", seq=3, day=1)
    again = answer(emptied, report(2, 1, 2), also=[asks], now=later(3))
    assert (again.status, again.priority, again.flagged_at) == ("open", "soon", later(3))
