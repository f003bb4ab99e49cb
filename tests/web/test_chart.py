"""The drawings of a recovery: where a score stands, what is marked, and what a screen reader hears."""

from datetime import UTC, datetime
from typing import Any

import pytest

from recovery.domain.protocol import DEFAULT
from recovery.models.case import Flag
from recovery.models.report import Report
from recovery.models.treatment import CheckIn, Treatment
from recovery.web import case_reports
from recovery.web.chart import Chart, Frame, chart, spark

DEEP, SHALLOW = Treatment(needle_depth_mm=2.0), Treatment(needle_depth_mm=0.5)


def report(day: int, redness: int | None, swelling: int | None = None, **more: Any) -> Report:
    at = datetime(2026, 11, 20 + day, 15, tzinfo=UTC)
    return Report(day=day, redness=redness, swelling=swelling, reported_at=at, **{"ranges": {}, **more})


def drawn(*reports: Report, check_ins: Any = (), flags: Any = (), of: Treatment = DEEP) -> Chart:
    return chart(reports, check_ins, flags, of, DEFAULT)


def test_a_higher_score_stands_higher_and_a_later_day_further_right() -> None:
    frame = Frame(left=10, top=20, width=80, height=100, days=7)
    assert [frame.y(score) for score in (0, 5, 10)] == [120, 70, 20]
    assert [frame.x(day) for day in (0, 1, 7)] == [15, 25, 85]


def test_the_band_is_what_is_usual_for_the_depth() -> None:
    def usual(of: Treatment) -> list[float]:
        corners = [tuple(map(float, each.split(","))) for each in drawn(of=of).band.split()]
        return [round(10 - (y - 30) / 19) for _, y in corners[1:-1:2]]

    assert usual(DEEP) == [6, 6, 5, 4, 3, 0, 0, 0]
    assert usual(SHALLOW) == [5, 5, 3, 0, 0, 0, 0, 0]


def test_each_symptom_has_its_own_curve_of_what_was_told() -> None:
    found = drawn(report(1, 6, 3), report(2, 5), report(3, 4, 0))
    assert [(each.symptom, len(each.dots)) for each in found.curves] == [
        ("redness", 3),
        ("swelling", 2),
        ("itching", 0),
    ]
    assert found.said == "Redness: day 1 6, day 2 5, day 3 4. Swelling: day 1 3, day 3 0."


def test_two_reports_of_a_day_stand_beside_each_other() -> None:
    first, second = drawn(report(2, 5), report(2, 7)).curves[0].dots
    assert first.x < second.x
    assert second.x - first.x < 40, "within the day's column"


def test_a_score_told_in_words_shows_how_far_it_may_be() -> None:
    (dot,) = drawn(report(1, 5, ranges={"redness": [4, 6]})).curves[0].dots
    assert dot.low > dot.y > dot.high
    assert dot.said == "day 1 about 5"


def test_a_silence_and_a_flag_are_marked_on_their_days() -> None:
    missed = CheckIn(day=2, status="missed", sent_at=datetime(2026, 11, 22, 15, tzinfo=UTC))
    planned = CheckIn(day=4, status="planned", due_at=datetime(2026, 11, 24, 15, tzinfo=UTC))
    held = Flag(day=3, explanation="Redness 8/10 on day 3.")
    withdrawn = Flag(day=1, explanation="no more", withdrawn_at=datetime.now(UTC))
    found = drawn(report(1, 4), check_ins=(missed, planned), flags=(held, withdrawn))
    assert [(each.day, each.said) for each in found.unanswered] == [(2, "No answer to the check-in")]
    assert [(each.day, each.said) for each in found.flags] == [(3, "Redness 8/10 on day 3.")]
    assert "No answer to the check-in of day 2. Flagged: Redness 8/10 on day 3." in found.said

    rows = case_reports.rows([report(1, 4)], (missed, planned), DEEP, DEFAULT)
    assert [(row.day, row.usual, row.said) for row in rows] == [
        (1, 6, ""),
        (2, 5, "No answer to the check-in"),
    ]


@pytest.mark.parametrize(("days", "ticks"), [((1, 3), 8), ((1, 12), 13), ((1, 28), 5), ((1, 400), 7)])
def test_a_long_recovery_is_told_by_the_week_and_ends_somewhere(days: tuple[int, ...], ticks: int) -> None:
    found = chart([_at(day) for day in days], (), (), DEEP, DEFAULT)
    assert len(found.days) == ticks


def test_the_small_curve_is_of_the_worst_score_of_each_day() -> None:
    found = spark([report(1, 3, 6), report(2, 5, 2), report(2, 4, 2), report(3, None)], DEEP, DEFAULT)
    assert found is not None
    assert found.said == "Worst score by day: day 1 6, day 2 4"
    assert spark([report(1, 3)], DEEP, DEFAULT) is None


def _at(day: int) -> Report:
    return Report(day=day, redness=1, ranges={}, reported_at=datetime(2026, 11, 20, tzinfo=UTC))
