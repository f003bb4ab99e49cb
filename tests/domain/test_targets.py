"""Targets in clinic hours, across nights, weekends, holidays and days of changed clocks."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recovery.domain.protocol import DEFAULT
from recovery.domain.targets import (
    ClinicHours,
    add_open_time,
    due,
    is_open,
    next_opening,
    on_call_from,
    shown_when,
)
from recovery.domain.vocabulary import Priority

TORONTO = ZoneInfo("America/Toronto")
DAYTIME = (time(9), time(17))
WEEKDAYS = (DAYTIME,) * 5 + (None, None)


def clinic(weekly=WEEKDAYS, holidays=(), on_call=True, timezone="America/Toronto"):
    return ClinicHours(timezone, weekly, frozenset(holidays), on_call)


def at(text):
    """A local moment of a week in which the 16th is a Monday, like "16 09:00"."""
    day, clock = text.split()
    return datetime.combine(date(2026, 11, int(day)), time.fromisoformat(clock), TORONTO)


DUE = [
    ("emergency", "16 10:00", "16 10:15"),
    ("emergency", "21 03:00", "21 03:15"),
    ("urgent", "16 10:00", "16 14:00"),
    ("urgent", "16 15:00", "17 03:00"),  # 12 clock hours come before 4 clinic hours
    ("urgent", "16 22:00", "17 10:00"),
    ("urgent", "17 02:00", "17 13:00"),
    ("urgent", "20 18:00", "21 06:00"),
    ("soon", "16 09:00", "16 17:00"),
    ("soon", "20 15:00", "23 15:00"),  # Friday afternoon to Monday afternoon
    ("soon", "21 12:00", "23 17:00"),  # Saturday to the end of Monday
    ("soon", "16 20:00", "17 17:00"),
    ("routine", "16 12:00", "18 12:00"),
    ("routine", "19 12:00", "23 12:00"),
]


@pytest.mark.parametrize(("priority", "flagged", "expected"), DUE)
def test_a_target_is_counted_in_clinic_hours(priority, flagged, expected):
    target = due(DEFAULT, clinic(), Priority(priority), at(flagged))
    assert target == at(expected)
    assert target.tzinfo is UTC


@pytest.mark.parametrize(("flagged", "expected"), [("16 15:00", "17 11:00"), ("20 18:00", "23 13:00")])
def test_without_a_phone_on_call_urgent_waits_for_clinic_hours(flagged, expected):
    assert due(DEFAULT, clinic(on_call=False), Priority.URGENT, at(flagged)) == at(expected)


def test_a_holiday_is_skipped():
    closed_monday = clinic(holidays=[date(2026, 11, 23)])
    assert due(DEFAULT, closed_monday, Priority.SOON, at("20 15:00")) == at("24 15:00")


def test_a_clinic_day_is_as_long_as_the_day_on_which_counting_starts():
    short_saturday = clinic(weekly=(DAYTIME,) * 5 + ((time(10), time(14)), None))
    assert due(DEFAULT, short_saturday, Priority.SOON, at("21 10:00")) == at("21 14:00")
    assert due(DEFAULT, short_saturday, Priority.SOON, at("21 12:00")) == at("23 11:00")


def test_a_clinic_open_past_midnight_closes_the_next_day():
    night = clinic(weekly=((time(20), time(2)),) + (None,) * 6)
    assert is_open(night, at("17 01:59"))
    assert not is_open(night, at("17 02:00"))
    assert add_open_time(night, at("16 23:00"), timedelta(hours=4)) == at("23 21:00")
    assert shown_when(night, at("17 01:00")) == at("17 01:00")


def test_hours_that_overlap_are_counted_once():
    long_nights = clinic(weekly=((time(20), time(10)), (time(9), time(12))) + (None,) * 5)
    assert add_open_time(long_nights, at("17 08:00"), timedelta(hours=4)) == at("17 12:00")


def test_a_clinic_that_never_opens_counts_clock_days():
    never = clinic(weekly=(None,) * 7)
    start = at("16 10:00")
    assert next_opening(never, start) == start
    assert due(DEFAULT, never, Priority.SOON, start) == start + timedelta(days=1)
    assert due(DEFAULT, never, Priority.ROUTINE, start) == start + timedelta(days=2)


def test_the_clinic_opens_at_its_local_hour_after_the_clocks_changed():
    saturday = datetime(2026, 10, 31, 12, tzinfo=TORONTO)  # clocks go back on 1 November
    assert next_opening(clinic(), saturday) == datetime(2026, 11, 2, 14, tzinfo=UTC)


def test_an_hour_that_does_not_exist_is_no_open_time():
    sunday_night = clinic(weekly=(None,) * 6 + ((time(2), time(3)),))
    skipped = datetime(2026, 3, 8, 1, tzinfo=TORONTO)  # 02:00 to 03:00 is skipped
    assert next_opening(sunday_night, skipped) == datetime(2026, 3, 15, 2, tzinfo=TORONTO)


SHOWN = [("16 20:00", "16 20:00"), ("21 06:00", "23 09:00"), ("22 23:00", "23 09:00")]


@pytest.mark.parametrize(("due_at", "expected"), SHOWN)
def test_a_promise_on_a_closed_day_is_for_the_next_opening(due_at, expected):
    shown = shown_when(clinic(), at(due_at).astimezone(UTC))
    assert shown == at(expected)
    assert shown.utcoffset() == timedelta(hours=-5)


ON_CALL = [
    ("emergency", "21 03:00", "21 03:00"),
    ("urgent", "16 18:00", "16 18:00"),
    ("urgent", "16 22:00", "17 07:00"),
    ("urgent", "17 06:59", "17 07:00"),
    ("urgent", "17 07:00", "17 07:00"),
    ("urgent", "16 10:00", "16 12:00"),
    ("urgent", "16 13:00", "16 15:00"),
    ("urgent", "16 16:00", "16 17:00"),  # not in the silence after the closing
    ("urgent", "16 16:59", "16 17:00"),
    ("soon", "16 10:00", None),
]


@pytest.mark.parametrize(("priority", "flagged", "expected"), ON_CALL)
def test_the_phone_on_call_rings_for_what_cannot_wait(priority, flagged, expected):
    rings = on_call_from(DEFAULT, clinic(), Priority(priority), at(flagged))
    assert rings == (expected and at(expected))


@pytest.mark.parametrize(
    ("closes", "flagged", "expected"),
    [
        (time(23), "16 22:30", "17 07:00"),  # the closing lies in the quiet hours
        (time(9), "17 08:30", "17 10:30"),  # never closed
    ],
)
def test_the_phone_on_call_hears_at_the_closing_of_what_half_its_target_outlives(closes, flagged, expected):
    hours = clinic(weekly=((time(9), closes),) * 7)
    assert on_call_from(DEFAULT, hours, Priority.URGENT, at(flagged)) == at(expected)


def test_no_phone_on_call_rings_where_there_is_none():
    assert on_call_from(DEFAULT, clinic(on_call=False), Priority.EMERGENCY, at("16 10:00")) is None


spans = st.none() | st.tuples(st.times(), st.times())
clinics = st.builds(
    ClinicHours,
    st.sampled_from(["America/Toronto", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC"]),
    st.tuples(*[spans] * 7),
    st.frozensets(st.dates(date(2026, 1, 1), date(2026, 12, 31)), max_size=3),
    st.booleans(),
)
moments = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001


@given(clinics, moments)
def test_the_more_urgent_is_never_due_later_and_nothing_before_it_was_flagged(hours, flagged):
    targets = [due(DEFAULT, hours, priority, flagged) for priority in reversed(Priority)]
    assert flagged <= targets[0]
    assert targets == sorted(targets)


@given(clinics, moments)
def test_the_next_opening_is_open_unless_there_is_none(hours, moment):
    opening = next_opening(hours, moment)
    assert opening >= moment
    assert is_open(hours, opening) or hours.weekly == (None,) * 7
