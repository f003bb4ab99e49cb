"""When each automatic text falls due: the stories of a treatment's first weeks."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from recovery.domain.plan import (
    Slot,
    accepts_treated_at,
    check_ins,
    end,
    late_day,
    look,
    moved,
    reminder,
    welcome,
    within_budget,
)
from recovery.domain.protocol import DEFAULT
from recovery.domain.vocabulary import CheckInKind

TORONTO = "America/Toronto"
TREATED = datetime(2026, 11, 20, 15, tzinfo=ZoneInfo(TORONTO))
ALL_DAYS = [1, 2, 3, 4, 5, 7, 28]


def at(day: int, clock: str, zone: str = TORONTO) -> datetime:
    """The clock on the wall in `zone`, that many days after the treatment on 20 November."""
    wall = datetime.combine(date(2026, 11, 20) + timedelta(day), time.fromisoformat(clock))
    return wall.replace(tzinfo=ZoneInfo(zone))


def plan(
    entered_at: datetime = TREATED, hour: time = time(10), next_session_on: date | None = None
) -> tuple[Slot, ...]:
    return check_ins(
        DEFAULT,
        treated_at=TREATED,
        timezone=TORONTO,
        check_in_time=hour,
        entered_at=entered_at,
        next_session_on=next_session_on,
    )


def test_the_questions_come_at_ten_and_may_go_until_six() -> None:
    slots = plan()
    assert [slot.day for slot in slots] == ALL_DAYS
    assert [slot.kind for slot in slots] == [CheckInKind.CHECK_IN] * 6 + [CheckInKind.LATE]
    assert all(slot.due_at == at(slot.day, "10:00") for slot in slots)
    assert all(slot.expires_at == at(slot.day, "18:00") for slot in slots)


@pytest.mark.parametrize(
    ("entered_at", "days", "first_due"),
    [
        (at(0, "15:30"), ALL_DAYS, at(1, "10:00")),
        (at(0, "23:00"), ALL_DAYS, at(1, "10:00")),  # welcome at 08:00
        (at(1, "09:30"), ALL_DAYS, at(1, "10:30")),  # an hour after the welcome
        (at(1, "13:00"), ALL_DAYS, at(1, "14:00")),
        (at(1, "16:59"), ALL_DAYS, at(1, "17:59")),
        (at(1, "17:00"), ALL_DAYS[1:], at(2, "10:00")),  # its window closes before that
        (at(6, "12:00"), [7, 28], at(7, "10:00")),
        (at(7, "20:00"), [28], at(28, "10:00")),
        (at(28, "12:00"), [28], at(28, "13:00")),
        (at(28, "17:30"), [], None),
    ],
)
def test_a_treatment_entered_late_plans_only_what_is_ahead(
    entered_at: datetime, days: list[int], first_due: datetime | None
) -> None:
    slots = plan(entered_at)
    assert [slot.day for slot in slots] == days
    assert not slots or slots[0].due_at == first_due


def test_time_alone_changes_a_recovery_on_day_3_and_after_its_last_day() -> None:
    def after(looked_at: datetime | None) -> datetime:
        return look(DEFAULT, TREATED, TORONTO, looked_at=looked_at)

    assert end(DEFAULT, TREATED, TORONTO) == at(8, "00:00")
    assert [after(None), after(at(2, "23:59"))] == [at(3, "00:00")] * 2
    assert [after(at(3, "00:00")), after(at(9, "00:00"))] == [at(8, "00:00")] * 2


def test_a_recovery_shorter_than_the_wait_for_a_phone_call_is_looked_at_when_it_ends() -> None:
    short = replace(DEFAULT, check_in_days=(1,), last_day=1)
    assert look(short, TREATED, TORONTO, looked_at=None) == at(2, "00:00")


def test_at_eight_the_first_question_still_waits_an_hour_after_the_welcome() -> None:
    slots = plan(at(0, "22:00"), time(8))
    assert [slot.due_at for slot in slots[:2]] == [at(1, "09:00"), at(2, "08:00")]


@pytest.mark.parametrize(
    ("session_day", "day"),
    [(None, 28), (5, 28), (9, 28), (10, 8), (14, 12), (21, 19), (30, 28), (42, 40)],
)
def test_the_late_question_comes_before_the_next_session(session_day: int | None, day: int) -> None:
    session = session_day and date(2026, 11, 20) + timedelta(session_day)
    assert late_day(DEFAULT, date(2026, 11, 20), session or None) == day
    assert plan(next_session_on=session or None)[-1].day == day


@pytest.mark.parametrize(
    ("entered_at", "due", "expires"),
    [
        (at(0, "15:30"), at(0, "15:30"), at(0, "21:00")),
        (at(0, "07:00"), at(0, "08:00"), at(0, "21:00")),
        (at(0, "21:00"), at(1, "08:00"), at(1, "21:00")),
        (at(12, "10:00"), at(12, "10:00"), at(12, "21:00")),
    ],
)
def test_the_welcome_is_the_first_text_whenever_entered(
    entered_at: datetime, due: datetime, expires: datetime
) -> None:
    assert welcome(DEFAULT, entered_at, TORONTO) == (due, expires)


@pytest.mark.parametrize(
    ("treated_at", "wrong"),
    [
        (timedelta(0), None),
        (timedelta(hours=12), None),
        (timedelta(hours=12, seconds=1), "more than 12 hours ahead"),
        (timedelta(days=-28), None),
        (timedelta(days=-28, seconds=-1), "more than 28 days back"),
    ],
)
def test_a_treatment_too_far_away_is_refused(treated_at: timedelta, wrong: str | None) -> None:
    sentence = accepts_treated_at(DEFAULT, TREATED.astimezone(UTC) + treated_at, TREATED)
    assert sentence is None if wrong is None else wrong in (sentence or "")


@pytest.mark.parametrize(
    ("sent_at", "due"),
    [
        (at(1, "10:00"), at(1, "13:00")),
        (at(1, "16:59"), at(1, "19:59")),
        (at(1, "17:00"), None),  # 20:00 is too late
        (at(1, "22:00"), None),
    ],
)
def test_a_reminder_comes_after_three_hours_the_same_day(sent_at: datetime, due: datetime | None) -> None:
    window = reminder(
        DEFAULT,
        kind=CheckInKind.CHECK_IN,
        sent_at=sent_at,
        timezone=TORONTO,
        reminders_sent=0,
        texts_today=1,
    )
    assert window == (due and (due, at(1, "20:00")))


@pytest.mark.parametrize(
    ("kind", "reminders_sent", "texts_today", "reminded"),
    [
        (CheckInKind.CHECK_IN, 1, 2, True),
        (CheckInKind.CHECK_IN, 2, 1, False),
        (CheckInKind.CHECK_IN, 0, 3, False),
        (CheckInKind.LATE, 0, 1, False),
    ],
)
def test_reminders_are_few(kind: CheckInKind, reminders_sent: int, texts_today: int, reminded: bool) -> None:
    window = reminder(
        DEFAULT,
        kind=kind,
        sent_at=at(1, "10:00"),
        timezone=TORONTO,
        reminders_sent=reminders_sent,
        texts_today=texts_today,
    )
    assert (window is not None) is reminded


@pytest.mark.parametrize(
    ("today", "in_all", "fits"), [(0, 0, True), (2, 9, True), (3, 5, False), (0, 10, False)]
)
def test_the_budget_is_three_a_day_and_ten_in_all(today: int, in_all: int, fits: bool) -> None:
    assert within_budget(DEFAULT, texts_today=today, texts_in_all=in_all) is fits


def move(
    slots: tuple[Slot, ...],
    zone: str,
    *,
    asked_at: tuple[datetime, ...],
    now: datetime,
    hour: time = time(10),
    treated_at: datetime = TREATED,
    welcomed_at: datetime | None = None,
) -> tuple[Slot, ...]:
    return moved(
        DEFAULT,
        slots,
        treated_at=treated_at,
        timezone=zone,
        check_in_time=hour,
        asked_at=asked_at,
        now=now,
        welcomed_at=welcomed_at,
    )


def test_a_new_zone_moves_what_is_unsent_to_its_own_hour() -> None:
    slots = move(plan()[2:], "America/Vancouver", asked_at=(at(2, "10:00"),), now=at(2, "15:00"))
    assert [slot.day for slot in slots] == ALL_DAYS[2:]
    assert all(slot.due_at == at(slot.day, "10:00", "America/Vancouver") for slot in slots)
    assert all(slot.expires_at == at(slot.day, "18:00", "America/Vancouver") for slot in slots)


def test_a_new_hour_moves_what_is_unsent() -> None:
    slots = move(plan()[2:], TORONTO, asked_at=(at(2, "10:00"),), now=at(2, "15:00"), hour=time(14))
    assert [slot.due_at for slot in slots] == [at(day, "14:00") for day in ALL_DAYS[2:]]


def test_none_is_asked_within_twelve_hours_of_the_last() -> None:
    asked = at(2, "10:00")  # 23:00 in Singapore
    morning = at(0, "09:00")
    slots = move(
        plan()[2:], "Asia/Singapore", asked_at=(at(1, "10:00"), asked), now=asked, treated_at=morning
    )
    assert slots[0].due_at == at(2, "22:00") == at(3, "11:00", "Asia/Singapore")
    assert slots[1].due_at == at(4, "10:00", "Asia/Singapore")


def test_twelve_hours_are_real_hours() -> None:
    asked = datetime(2026, 10, 31, 20, 30, tzinfo=ZoneInfo(TORONTO))  # the clocks go back that night
    slots = move(plan(), TORONTO, asked_at=(asked,), now=asked, treated_at=asked, hour=time(8))
    assert slots[0].due_at == datetime(2026, 11, 1, 8, tzinfo=ZoneInfo(TORONTO))


def test_no_day_is_asked_twice() -> None:
    treated = at(0, "09:00")  # 23:00 in Tokyo, so that 10:00 on day 1 is already day 2 there
    slots = move(plan()[1:], "Asia/Tokyo", asked_at=(at(1, "10:00"),), now=at(1, "11:00"), treated_at=treated)
    assert slots[0].day == 2
    assert slots[0].due_at == slots[0].expires_at
    assert slots[1].due_at == at(3, "10:00", "Asia/Tokyo")


def test_a_corrected_day_of_treatment_asks_no_day_twice() -> None:
    earlier = TREATED - timedelta(days=1)
    slots = move(plan()[1:], TORONTO, asked_at=(at(1, "10:00"),), now=at(1, "12:00"), treated_at=earlier)
    assert slots[0].due_at == slots[0].expires_at  # its day 2 is today, and today was asked
    assert slots[1].due_at == at(2, "10:00")


def test_what_no_longer_fits_its_window_is_left_to_expire() -> None:
    asked = at(2, "10:30")  # 23:30 in Singapore, and 11:30 is past the window
    slots = moved(
        replace(DEFAULT, check_in_until=time(11)),
        plan()[2:],
        treated_at=at(0, "09:00"),
        timezone="Asia/Singapore",
        check_in_time=time(10),
        asked_at=(asked,),
        now=asked,
    )
    assert slots[0].due_at == slots[0].expires_at == at(3, "11:00", "Asia/Singapore")


def test_nothing_moves_before_now_or_before_an_hour_after_the_welcome() -> None:
    slots = plan(at(1, "09:30"))
    now, welcomed = at(1, "09:40"), at(1, "09:30")
    assert move(slots, TORONTO, asked_at=(), now=now, welcomed_at=welcomed, hour=time(8))[0].due_at == at(
        1, "10:30"
    )
    assert move(slots, TORONTO, asked_at=(), now=at(1, "12:00"), hour=time(8))[0].due_at == at(1, "12:00")


def test_the_numbers_are_the_protocols() -> None:
    short = replace(DEFAULT, check_in_days=(1, 2), late_day=14, check_in_until=time(12))
    slots = check_ins(
        short,
        treated_at=TREATED,
        timezone=TORONTO,
        check_in_time=time(9),
        entered_at=TREATED,
        next_session_on=None,
    )
    assert [slot.day for slot in slots] == [1, 2, 14]
    assert slots[0].expires_at == at(1, "12:00")


def test_a_moment_without_a_zone_is_refused() -> None:
    naive = datetime(2026, 11, 20, 10)  # noqa: DTZ001
    with pytest.raises(ValueError, match="time zone"):
        welcome(DEFAULT, naive, TORONTO)
    with pytest.raises(ValueError, match="time zone"):
        accepts_treated_at(DEFAULT, naive, datetime(2026, 11, 20, tzinfo=UTC))
