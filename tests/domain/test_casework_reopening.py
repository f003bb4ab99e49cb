"""What opens again after a nurse resolved, and what time and her own moves do to a case."""

from dataclasses import replace
from datetime import timedelta

import pytest

from recovery.domain import triage
from recovery.domain.casework import Past, escalate, move, reopen, rises_at, wake
from recovery.domain.errors import Conflict
from recovery.domain.protocol import DEFAULT
from recovery.domain.targets import due
from recovery.domain.vocabulary import CaseStatus, Outcome, Priority
from tests.domain.test_casework import DIABETIC, HOURS, MONDAY, acknowledged, answer, later, report, silence


def resolved(*told, also=(), seq):
    """What a nurse resolved after these reports."""
    return Past(answer(None, *told, also=also).reasons, resolved_seq=seq)


AGAIN = [
    (4, 3, 5, 3, False),  # the same
    (4, 1, 5, 2, False),
    (4, 1, 5, 3, True),  # 2 above
    (4, 3, 5, 4, True),  # a higher band
    (4, 4, 5, 5, False),
    (4, 4, 5, 6, True),
    (4, 6, 5, 7, True),
    (4, 3, 7, 2, True),  # once on day 7
    (4, 3, 8, 1, True),
    (7, 3, 8, 3, False),  # day 7 was seen
]


@pytest.mark.parametrize(("day", "seen", "next_day", "score", "opens"), AGAIN)
def test_a_resolved_reason_opens_again_only_when_it_is_more(day, seen, next_day, score, opens):
    first, second = report(1, day, seen), report(2, next_day, score)
    case = answer(None, first, second, past=resolved(first, seq=1), since_seq=1)
    rules = {each.rule for each in case.reasons} if case else set()
    assert ("persisting" in rules) is opens


def test_day_7_opens_it_once():
    first, seventh, eighth = report(1, 4, 3), report(2, 7, 3), report(3, 8, 3)
    again = Past(answer(None, first, seventh, past=resolved(first, seq=1)).reasons, resolved_seq=2)
    assert answer(None, first, seventh, eighth, past=again) is None


def test_another_symptom_opens_at_once():
    first, second = report(1, 4, 3), report(2, 5, 3, swelling=1)
    case = answer(None, first, second, past=resolved(first, seq=1))
    assert [each.symptom for each in case.reasons] == ["swelling"]


def test_what_was_held_back_stays_out_when_the_reason_opens_again():
    told = [report(1, 4, 4), report(2, 5, 5), report(3, 6, 6)]
    past = resolved(told[0], seq=1)
    case = answer(None, *told, past=past)
    assert case.reasons[0].sources == ("r3",)
    assert answer(case, *told, past=past, now=later()) == case


def test_what_follows_a_reason_that_opened_again_strengthens_it():
    told = [report(1, 4, 4), report(2, 5, 6), report(3, 6, 5)]
    past = resolved(told[0], seq=1)
    case = answer(answer(None, *told[:2], past=past), *told, past=past)
    assert case.reasons[0].sources == ("r2", "r3")


def test_words_always_open_again():
    first, second = report(1, 2, red_flags=("pus",)), report(2, 3, red_flags=("pus",))
    case = answer(None, first, second, past=resolved(first, seq=1))
    assert case.reasons[0].sources == ("r2",)


def test_a_raising_fact_opens_everything_again():
    first, second = report(1, 4, 3), report(2, 5, 1)
    assert answer(None, first, second, past=resolved(first, seq=1), facts=DIABETIC).priority == "soon"


def test_what_the_nurse_saw_does_not_open_again():
    told = report(1, 4, 5, red_flags=("pus",))
    assert answer(None, told, past=resolved(told, seq=1), facts=DIABETIC) is None


def test_a_reason_that_was_withdrawn_does_not_hold_back_a_real_one():
    mistaken = answer(None, report(1, 2, 9, question=True))
    past = Past(answer(mistaken, report(2, 2, 2, question=True)).reasons, resolved_seq=2)
    case = answer(None, report(2, 2, 2), report(3, 3, 8), past=past)
    assert "severe" in {each.rule for each in case.reasons}


def test_the_same_silence_stays_resolved_and_a_new_one_opens():
    past = resolved(also=[silence("c2")], seq=0)
    assert answer(None, also=[silence("c3")], past=past) is None
    case = answer(None, report(1, 3, 2), also=[silence("c5")], past=past)
    assert case.reasons[0].rule == "no_answer"


def test_a_new_failure_to_deliver_opens_again_and_the_old_one_does_not():
    failed = [triage.undeliverable(source_id=f"m{n}", seq=0, day=n) for n in (1, 2)]
    past = resolved(also=failed[:1], seq=0)
    assert answer(None, also=failed[:1], past=past) is None
    assert answer(None, also=failed, past=past).reasons[0].sources == ("m2",)


def test_what_a_cleared_case_rested_on_opens_no_second_one():
    told = [report(1, 4, 1), report(2, 5, 0), report(3, 6, 1)]
    case = answer(None, *told, since_seq=2)
    assert case.reasons[0].sources == ("r3",)


# Targets long passed


def test_a_reason_rises_one_level_past_twice_its_target():
    case = answer(None, report(1, 4, 4))
    limit = due(DEFAULT, HOURS, Priority.SOON, case.due_at)
    assert escalate(DEFAULT, HOURS, case, limit) == case
    risen = escalate(DEFAULT, HOURS, case, limit + timedelta(minutes=1))
    assert (risen.priority, risen.flagged_at, risen.due_at) == ("urgent", MONDAY, case.due_at)
    assert escalate(DEFAULT, HOURS, risen, limit + timedelta(days=30)) == risen


def test_it_is_known_when_the_next_reason_rises():
    case = answer(None, report(1, 4, 4))
    limit = due(DEFAULT, HOURS, Priority.SOON, case.due_at)
    risen = escalate(DEFAULT, HOURS, case, limit + timedelta(minutes=1))
    assert (rises_at(DEFAULT, HOURS, case), rises_at(DEFAULT, HOURS, risen)) == (limit, None)


def test_a_risen_reason_keeps_its_level_when_the_evidence_is_assessed_again():
    told = report(1, 4, 1)
    risen = escalate(DEFAULT, HOURS, answer(None, told), later(24 * 30))
    assert (risen.priority, answer(risen, told, now=later(24 * 31))) == ("soon", risen)


def test_a_risen_reason_still_ends_by_a_zero():
    told = report(1, 4, 1)
    risen = escalate(DEFAULT, HOURS, answer(None, told), later(24 * 30))
    assert answer(risen, told, report(2, 5, 0)).outcome == Outcome.CLEARED


def test_new_evidence_takes_over_from_the_rise():
    told = [report(1, 4, 1), report(2, 5, 7)]
    risen = escalate(DEFAULT, HOURS, answer(None, told[0]), later(24 * 30))
    persisting = answer(risen, *told).reasons[0]
    assert (persisting.priority, persisting.escalated) == ("urgent", False)


@pytest.mark.parametrize("red_flag", ["pus", "breathing"])
def test_the_urgent_does_not_rise(red_flag):
    case = answer(None, report(1, 2, red_flags=(red_flag,)))
    assert escalate(DEFAULT, HOURS, case, later(24 * 30)) == case


def test_what_a_nurse_took_does_not_rise():
    case = acknowledged(answer(None, report(1, 4, 1)))
    assert escalate(DEFAULT, HOURS, case, later(24 * 30)) == case


# A nurse's moves


MOVES = [
    ("open", "acknowledge", "acknowledged"),
    ("open", "assign", "open"),
    ("open", "messages", "open"),
    ("open", "notes", "open"),
    ("open", "snooze", "snoozed"),
    ("open", "resolve", "resolved"),
    ("open", "reopen", None),
    ("acknowledged", "acknowledge", None),
    ("acknowledged", "assign", "acknowledged"),
    ("acknowledged", "messages", "acknowledged"),
    ("acknowledged", "notes", "acknowledged"),
    ("acknowledged", "snooze", "snoozed"),
    ("acknowledged", "resolve", "resolved"),
    ("acknowledged", "reopen", None),
    ("snoozed", "acknowledge", "acknowledged"),
    ("snoozed", "assign", "snoozed"),
    ("snoozed", "messages", "snoozed"),
    ("snoozed", "notes", "snoozed"),
    ("snoozed", "snooze", "snoozed"),
    ("snoozed", "resolve", "resolved"),
    ("snoozed", "reopen", None),
    ("resolved", "acknowledge", None),
    ("resolved", "assign", None),
    ("resolved", "messages", None),
    ("resolved", "notes", "resolved"),
    ("resolved", "snooze", None),
    ("resolved", "resolve", None),
    ("resolved", "reopen", "open"),
]


@pytest.mark.parametrize(("status", "action", "expected"), MOVES)
def test_a_move_leads_where_the_table_says(status, action, expected):
    if expected is not None:
        assert move(CaseStatus(status), action) == expected
        return
    with pytest.raises(Conflict, match=r"\w+ .*\.$"):
        move(CaseStatus(status), action)


def test_the_same_person_may_acknowledge_twice():
    assert move(CaseStatus.ACKNOWLEDGED, "acknowledge", same_person=True) == "acknowledged"


def test_a_case_is_not_reopened_beside_another():
    with pytest.raises(Conflict, match="another case"):
        move(CaseStatus.RESOLVED, "reopen", another_open=True)


def test_a_reopened_case_waits_from_now_and_stays_open():
    told = [report(1, 4, 1), report(2, 5, 0)]
    cleared = answer(answer(None, told[0]), *told)
    opened = reopen(DEFAULT, HOURS, cleared, later())
    assert (opened.status, opened.outcome, opened.flagged_at) == ("open", None, later())
    assert opened.due_at == due(DEFAULT, HOURS, Priority.ROUTINE, later())
    assert answer(opened, *told, now=later(25)) == opened


def test_a_snooze_that_ran_out_opens_the_case_or_clears_it():
    told = [report(1, 4, 1), report(2, 5, 0)]
    snoozed = replace(answer(None, told[0]), status=CaseStatus.SNOOZED, acknowledged=True)
    woken = wake(DEFAULT, HOURS, snoozed, later())
    assert (woken.status, woken.acknowledged, woken.flagged_at) == ("open", False, later())
    assert wake(DEFAULT, HOURS, answer(snoozed, *told), later()).outcome == Outcome.CLEARED
