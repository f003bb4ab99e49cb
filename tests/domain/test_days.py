"""Days and hours in the patient's zone, through every kind of change of the clocks."""

from datetime import UTC, date, datetime, time

import pytest

from recovery.domain.days import day_of, local, next_within, reply_day, within
from recovery.domain.protocol import DEFAULT

TORONTO = "America/Toronto"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("treated", "moment", "zone", "day"),
    [
        ("2026-11-20T15:00:00-05:00", "2026-11-20T15:00:00-05:00", TORONTO, 0),
        ("2026-11-20T23:59:00-05:00", "2026-11-21T00:01:00-05:00", TORONTO, 1),
        ("2026-11-20T15:00:00-05:00", "2026-11-19T23:00:00-05:00", TORONTO, -1),
        ("2026-11-20T20:00:00-05:00", "2026-11-20T22:30:00-05:00", "America/St_Johns", 1),
        ("2026-10-31T15:00:00-04:00", "2026-11-02T00:30:00-05:00", TORONTO, 2),  # a day of 25 hours
        ("2011-12-29T12:00:00-10:00", "2011-12-31T12:00:00+14:00", "Pacific/Apia", 2),  # the 30th never was
    ],
)
def test_a_day_is_a_calendar_day_of_the_patient(treated: str, moment: str, zone: str, day: int) -> None:
    assert day_of(at(treated), at(moment), zone) == day


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        ("2026-11-22T05:59:59-05:00", 1),
        ("2026-11-22T06:00:00-05:00", 2),
        ("2026-11-22T02:00:00-05:00", 1),
        ("2026-11-20T16:00:00-05:00", 0),
        ("2026-11-21T02:00:00-05:00", 0),
        ("2026-11-20T02:00:00-05:00", 0),
    ],
)
def test_a_text_in_the_night_belongs_to_the_day_before(moment: str, day: int) -> None:
    assert reply_day(DEFAULT, at("2026-11-20T15:00:00-05:00"), at(moment), TORONTO) == day


@pytest.mark.parametrize(
    ("day0", "day", "hour", "zone", "moment"),
    [
        ("2026-03-07", 0, time(10), TORONTO, "2026-03-07T15:00:00+00:00"),
        ("2026-03-07", 1, time(10), TORONTO, "2026-03-08T14:00:00+00:00"),
        ("2026-03-07", 1, time(2, 30), TORONTO, "2026-03-08T07:00:00+00:00"),  # skipped: 03:00, after the gap
        ("2026-10-31", 1, time(1, 30), TORONTO, "2026-11-01T05:30:00+00:00"),  # twice: the first
        ("2026-10-03", 1, time(2, 15), "Australia/Lord_Howe", "2026-10-03T15:30:00+00:00"),  # half an hour
        ("2026-04-23", 1, time(0), "Africa/Cairo", "2026-04-23T22:00:00+00:00"),  # midnight is skipped
        ("2011-12-29", 1, time(10), "Pacific/Apia", "2011-12-30T10:00:00+00:00"),  # a day is skipped
        ("2011-12-29", 2, time(10), "Pacific/Apia", "2011-12-30T20:00:00+00:00"),
    ],
)
def test_a_local_hour_is_a_moment(day0: str, day: int, hour: time, zone: str, moment: str) -> None:
    assert local(date.fromisoformat(day0), day, hour, zone) == at(moment)


@pytest.mark.parametrize(
    ("moment", "inside"),
    [
        ("2026-11-20T07:59:59-05:00", False),
        ("2026-11-20T08:00:00-05:00", True),
        ("2026-11-20T20:59:59-05:00", True),
        ("2026-11-20T21:00:00-05:00", False),
    ],
)
def test_hours_begin_on_time_and_end_just_before(moment: str, inside: bool) -> None:
    assert within(at(moment), time(8), time(21), TORONTO) is inside


@pytest.mark.parametrize(
    ("moment", "following"),
    [
        ("2026-11-20T12:00:00-05:00", "2026-11-20T12:00:00-05:00"),
        ("2026-11-20T03:00:00-05:00", "2026-11-20T08:00:00-05:00"),
        ("2026-11-20T22:00:00-05:00", "2026-11-21T08:00:00-05:00"),
        ("2026-03-07T22:00:00-05:00", "2026-03-08T08:00:00-04:00"),
    ],
)
def test_the_next_moment_within_hours(moment: str, following: str) -> None:
    assert next_within(at(moment), time(8), time(21), TORONTO) == at(following)


def test_the_hours_after_a_skipped_day_are_those_of_the_day_that_came() -> None:
    evening = at("2011-12-29T22:00:00-10:00")
    assert next_within(evening, time(8), time(21), "Pacific/Apia") == at("2011-12-31T08:00:00+14:00")


def test_hours_that_never_begin_are_refused() -> None:
    with pytest.raises(ValueError, match="no hours"):
        next_within(datetime(2026, 11, 20, tzinfo=UTC), time(9), time(9), TORONTO)


@pytest.mark.parametrize("naive", [datetime(2026, 11, 20, 10)])  # noqa: DTZ001
def test_a_moment_without_a_zone_is_refused(naive: datetime) -> None:
    aware = datetime(2026, 11, 20, tzinfo=UTC)
    for ask in (
        lambda: day_of(naive, aware, TORONTO),
        lambda: day_of(aware, naive, TORONTO),
        lambda: reply_day(DEFAULT, aware, naive, TORONTO),
        lambda: within(naive, time(8), time(21), TORONTO),
        lambda: next_within(naive, time(8), time(21), TORONTO),
    ):
        with pytest.raises(ValueError, match="time zone"):
            ask()


def test_an_unknown_zone_is_refused() -> None:
    with pytest.raises(KeyError):
        local(date(2026, 11, 20), 0, time(10), "Mars/Olympus")
