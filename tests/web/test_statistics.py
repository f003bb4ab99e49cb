"""The page with the clinic's numbers: what it counts, on whose clock, and what its files hold."""

from datetime import UTC, date, datetime, timedelta

import pytest

from recovery.domain.vocabulary import Priority
from recovery.models.clinic import Clinic
from recovery.services.statistics import Numbers, Speed
from recovery.web import plots
from recovery.web.csv_file import safe
from tests import make
from tests.web import stories
from tests.web.visitor import Visitor, words


def test_an_empty_clinic_is_told_so_in_words(signed_in: Visitor) -> None:
    said = words(signed_in.get("/statistics"))

    assert "Thu 22 Oct 2026 to Fri 20 Nov 2026, both days included" in said
    for sentence in (
        "No treatments in this range.",
        "No questions were sent in this range.",
        "No case was flagged in this range.",
        "No case is open.",
    ):
        assert sentence in said
    assert "<svg" not in signed_in.get("/statistics").text.partition("<main")[2]


def test_each_plot_has_a_name_and_its_table(signed_in: Visitor, clinic: Clinic) -> None:
    stories.flagged(clinic)

    page = signed_in.get("/statistics").text.partition("<main")[2]

    assert page.count("<svg") == page.count('role="img"') == page.count("<title id=") == 2  # flags, ages
    assert "Redness" not in page
    assert '<th scope="row">Persisting</th><td>1</td><td>100.0</td>' in page
    assert "So few treatments" in page


def test_a_day_is_the_clinics_day(signed_in: Visitor, clinic: Clinic) -> None:
    late_in_the_evening = datetime(2026, 11, 20, 4, 30, tzinfo=UTC)  # half past eleven on the 19th in Toronto
    make.treatment(make.patient(clinic), late_in_the_evening, make.NOON)

    counted = {
        day: signed_in.get(f"/statistics/flags.csv?from=2026-11-{day}&to=2026-11-{day}").text.splitlines()[1]
        for day in (19, 20)
    }

    assert counted == {19: "emergency_words,0,0.0", 20: "emergency_words,0,"}


def test_a_table_is_a_file_named_for_its_days(signed_in: Visitor, clinic: Clinic) -> None:
    stories.flagged(clinic)

    file = signed_in.get("/statistics/open-cases.csv?from=2026-11-01&to=2026-11-20")

    assert file.content_type == "text/csv; charset=utf-8"
    assert file.headers["Content-Disposition"] == (
        'attachment; filename="open-cases-2026-11-01-to-2026-11-20.csv"'
    )
    assert file.text.splitlines()[:2] == [
        "age,emergency,urgent,soon,routine,cases",
        "under a day,0,0,1,0,1",
    ]


def test_another_clinics_numbers_are_not_counted(stranger: Visitor, clinic: Clinic) -> None:
    stories.flagged(clinic)

    assert "No case is open." in words(stranger.get("/statistics"))


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("from=2026-11-20&to=2026-11-19", "The last day must not be before the first."),
        ("from=1999-12-31&to=2000-01-05", "Must lie between the years 2000 and 2100."),
        ("from=2020-01-01&to=2026-01-01", "must be within two years"),
        ("to=%3Cscript%3E", "Please give a day, such as 2026-11-20."),
        ("from=0001-01-01", "Must lie between"),
        ("to=0001-01-01", "Must lie between"),
        ("to=9999-12-31", "Must lie between"),
    ],
)
def test_a_range_that_is_none_is_refused_in_a_sentence(signed_in: Visitor, query: str, said: str) -> None:
    page = signed_in.get(f"/statistics?{query}")

    assert page.status_code == 422
    assert said in words(page)
    assert "<script>" not in page.text
    assert signed_in.get(f"/statistics/flags.csv?{query}").status_code == 400


def test_there_is_no_other_table(signed_in: Visitor) -> None:
    assert signed_in.get("/statistics/patients.csv").status_code == 404


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx"])
def test_a_cell_is_never_a_formula(cell: str) -> None:
    assert safe(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["a=1", "", None, -1, 0.5])
def test_any_other_cell_stays_as_it_is(cell: str | float | None) -> None:
    assert safe(cell) == cell


def test_times_from_a_second_to_years_stand_on_the_plot() -> None:
    numbers = _numbers(Speed(Priority.URGENT, 3, 2, 0.01, 10_000_000, 0, None, None))

    (stretch,) = plots.acknowledged(numbers)

    assert (stretch.half, stretch.most) == (0, pytest.approx(100))
    assert stretch.said == "half in less than a minute, most in 6944 days 10 h"
    assert plots.resolved(numbers) == []
    assert [said for _, said in plots.ticks()] == ["1 min", "10 min", "1 h", "8 h", "1 day", "1 week"]


def _numbers(*speed: Speed) -> Numbers:
    day = date(2026, 11, 20)
    return Numbers(day - timedelta(days=1), day, [], 0, 0, {}, speed, {}, {})
