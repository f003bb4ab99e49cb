"""The turn of a report: as they came, but what was taken down late goes before what was said after it."""

from datetime import UTC, datetime
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from recovery.domain import triage
from recovery.domain.protocol import DEFAULT
from recovery.domain.triage import Facts, Report, in_turn
from recovery.domain.vocabulary import Score

MEDIUM = Facts(1.5, "pen", frozenset())


def said(seq: int, hour: int, redness: int = 0, *, day: int = 3, late: bool = False) -> Report:
    """A report of that day, said at that hour."""
    at = datetime(2026, 11, 20, hour, tzinfo=UTC)
    return Report(f"r{seq}", seq, day, {"redness": Score.exact(redness)}, reported_at=at, is_late=late)


def turns(*reports: Report) -> list[int]:
    return [report.seq for report in in_turn(reports)]


def flagged(*reports: Report) -> set[str]:
    return {str(each.rule) for each in triage.assess(DEFAULT, MEDIUM, reports)}


def test_reports_stand_as_they_came_though_a_clock_went_back() -> None:
    assert turns(said(1, 12), said(2, 11), said(3, 13)) == [1, 2, 3]


def test_what_came_late_goes_before_what_was_said_after_it() -> None:
    assert turns(said(1, 9), said(2, 12), said(3, 10, late=True)) == [1, 3, 2]


def test_two_that_came_late_stand_as_they_were_said() -> None:
    assert turns(said(1, 12), said(2, 10, late=True), said(3, 11, late=True)) == [2, 3, 1]


def test_what_came_late_but_was_said_last_stands_last() -> None:
    assert turns(said(1, 9), said(2, 12, late=True)) == [1, 2]


def test_a_late_one_never_leaves_its_day() -> None:
    assert turns(said(1, 9, day=2), said(2, 10, day=4), said(3, 8, day=3, late=True)) == [1, 3, 2]


def test_a_score_that_was_higher_before_is_no_rise_when_it_comes_late() -> None:
    assert flagged(said(1, 12, 1), said(2, 15, 5)) == {"rebound"}
    assert flagged(said(1, 15, 1), said(2, 12, 5, late=True)) == set()


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 23), st.booleans()), max_size=8), st.randoms())
def test_the_order_in_which_they_are_handed_over_does_not_matter(
    told: list[tuple[int, int, bool]], random: Random
) -> None:
    reports = [said(seq, hour, day=day, late=late) for seq, (day, hour, late) in enumerate(told)]
    shuffled = random.sample(reports, len(reports))
    assert in_turn(shuffled) == in_turn(reports)
    assert sorted(turns(*reports)) == list(range(len(reports)))
