"""In every zone a check-in lands at its local hour, across the days when the clocks change."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recovery.domain.days import date_of
from recovery.domain.plan import Slot, check_ins, reminder, welcome
from recovery.domain.protocol import DEFAULT
from recovery.domain.vocabulary import CheckInKind

ZONES = sorted(available_timezones() - {"localtime"})
MOMENTS = st.datetimes(
    min_value=datetime(2005, 1, 1),  # noqa: DTZ001
    max_value=datetime(2036, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)
HOURS = st.times(min_value=time(8), max_value=time(14)).map(lambda t: t.replace(second=0, microsecond=0))


def plan(zone: str, treated_at: datetime, hour: time, entered_at: datetime) -> tuple[Slot, ...]:
    return check_ins(
        DEFAULT,
        treated_at=treated_at,
        timezone=zone,
        check_in_time=hour,
        entered_at=entered_at,
        next_session_on=None,
    )


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(ZONES), MOMENTS, HOURS, st.timedeltas(timedelta(hours=-12), timedelta(days=28)))
def test_a_check_in_lands_at_its_local_hour(
    zone: str, treated_at: datetime, hour: time, later: timedelta
) -> None:
    entered_at = treated_at + later
    welcomed_at, _ = welcome(DEFAULT, entered_at, zone)
    day0 = date_of(treated_at, zone)
    for slot in plan(zone, treated_at, hour, entered_at):
        wall = slot.due_at.astimezone(ZoneInfo(zone))
        assert wall.date() == day0 + timedelta(days=slot.day)
        assert wall.time() == hour or slot.due_at == welcomed_at + timedelta(hours=1)
        assert hour <= wall.time() < time(18)
        assert slot.expires_at.astimezone(ZoneInfo(zone)).time() == time(18)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(ZONES), MOMENTS, st.timedeltas(timedelta(hours=-12), timedelta(days=28)))
def test_nothing_is_planned_in_quiet_hours_nor_over_the_budget(
    zone: str, treated_at: datetime, later: timedelta
) -> None:
    due, expires = welcome(DEFAULT, treated_at + later, zone)
    slots = plan(zone, treated_at, time(10), treated_at + later)
    sent = [due, *(slot.due_at for slot in slots)]
    for slot in slots:
        window = reminder(
            DEFAULT,
            kind=slot.kind,
            sent_at=slot.due_at,
            timezone=zone,
            reminders_sent=len(sent) - 1 - len(slots),
            texts_today=sum(date_of(each, zone) == date_of(slot.due_at, zone) for each in sent),
        )
        sent += [window[0]] if window else []
    local_hours = [each.astimezone(ZoneInfo(zone)).time() for each in sent]
    assert all(time(8) <= each < time(21) for each in local_hours)
    assert len(sent) <= DEFAULT.automatic_per_treatment
    assert due < expires


# Each treatment is the day before its zone's clocks change.
CHANGES = [
    ("Australia/Lord_Howe", "2026-04-04"),  # half an hour back
    ("Australia/Lord_Howe", "2026-10-03"),  # half an hour on
    ("Africa/Casablanca", "2026-02-14"),  # Ramadan begins
    ("Africa/Casablanca", "2026-03-21"),
    ("Antarctica/Troll", "2026-03-28"),  # two hours
    ("Antarctica/Troll", "2026-10-24"),
    ("Pacific/Chatham", "2026-04-04"),  # at 03:45
    ("Pacific/Chatham", "2026-09-26"),
    ("America/St_Johns", "2026-03-07"),
    ("America/St_Johns", "2010-11-06"),  # at one minute past midnight
    ("Africa/Cairo", "2026-04-23"),  # at midnight
    ("Africa/Cairo", "2026-10-29"),
    ("America/Asuncion", "2023-09-30"),  # at midnight
    ("America/Asuncion", "2024-03-23"),
    ("America/Toronto", "2026-03-07"),
    ("America/Toronto", "2026-10-31"),
]


@pytest.mark.parametrize(("zone", "treated_on"), CHANGES)
@pytest.mark.parametrize("hour", [time(8), time(10), time(14)])
def test_ten_stays_ten_when_the_clocks_change(zone: str, treated_on: str, hour: time) -> None:
    treated_at = datetime.fromisoformat(f"{treated_on}T15:00").replace(tzinfo=ZoneInfo(zone))
    walls = [slot.due_at.astimezone(ZoneInfo(zone)) for slot in plan(zone, treated_at, hour, treated_at)]
    assert {wall.utcoffset() for wall in walls} != {treated_at.utcoffset()}, "the clocks do change"
    assert [wall.time() for wall in walls] == [hour] * 7
    assert [(wall.date() - treated_at.date()).days for wall in walls] == [1, 2, 3, 4, 5, 7, 28]


def test_a_day_that_the_calendar_skips_is_not_asked() -> None:
    treated_at = datetime(2011, 12, 28, 15, tzinfo=ZoneInfo("Pacific/Apia"))
    slots = plan("Pacific/Apia", treated_at, time(10), treated_at)
    assert [slot.day for slot in slots] == [1, 3, 4, 5, 7, 28]  # 30 December 2011 never was in Samoa
    assert all(slot.kind == CheckInKind.CHECK_IN for slot in slots[:-1])
