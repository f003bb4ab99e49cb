"""How soon a nurse looks: clinic hours, due times and the moments at which a phone on call is texted.

Every time is an aware datetime; answers are in UTC unless said otherwise. Hours are the clinic's
local time, so daylight saving moves an opening but never its local hour.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from recovery.domain.protocol import Protocol
from recovery.domain.vocabulary import Priority

DAY = timedelta(days=1)
HORIZON_DAYS = 366  # a clinic without an open hour in a year is never open


@dataclass(frozen=True, slots=True)
class ClinicHours:
    """When a clinic is open: one (opening, closing) or None for each day, Monday first.

    A closing not after its opening lies on the next day; a holiday closes the day that it names.
    """

    timezone: str
    weekly: tuple[tuple[time, time] | None, ...]
    holidays: frozenset[date]
    on_call: bool


def is_open(hours: ClinicHours, at: datetime) -> bool:
    """Whether the clinic is open at that moment (open at its opening, closed at its closing)."""
    return any(opens <= at < closes for opens, closes in _windows(hours, at, days=1))


def next_opening(hours: ClinicHours, at: datetime) -> datetime:
    """When the clinic opens next: `at` itself while it is open, or if it never opens."""
    for opens, _ in _windows(hours, at):
        return max(_utc(at), opens)
    return _utc(at)


def add_open_time(hours: ClinicHours, at: datetime, span: timedelta) -> datetime:
    """The moment when `span` of open time has passed since `at`; clock time if it never opens."""
    left = span
    for opens, closes in _windows(hours, at):
        start = max(_utc(at), opens)
        if left <= closes - start:
            return start + left
        left -= closes - start
    return _utc(at) + span


def due(protocol: Protocol, hours: ClinicHours, priority: Priority, flagged_at: datetime) -> datetime:
    """The target of a priority flagged at that moment; never later than that of a lower one.

    Without a phone on call the clock hours of `urgent` do not apply.
    """
    milder = [each for each in Priority if each.rank <= priority.rank]
    return min(_target(protocol, hours, each, flagged_at) for each in milder)


def shown_when(hours: ClinicHours, due_at: datetime) -> datetime:
    """The moment to promise a patient, in the clinic's zone: `due_at`, on a closed day the next opening."""
    local = due_at.astimezone(ZoneInfo(hours.timezone))
    closed_day = _hours_of(hours, local.date()) is None
    return next_opening(hours, due_at).astimezone(local.tzinfo) if closed_day else local


def on_call_from(
    protocol: Protocol, hours: ClinicHours, priority: Priority, flagged_at: datetime
) -> datetime | None:
    """When the phone on call is texted first, or None if it is not.

    `emergency` at once; `urgent` at once while closed, else at half its target, and at the closing if
    that comes first; in the quiet hours of a closed clinic `urgent` waits for their end.
    """
    if not hours.on_call or priority.rank < Priority.URGENT.rank:
        return None
    if priority == Priority.EMERGENCY:
        return _utc(flagged_at)
    if not is_open(hours, flagged_at):
        return after_quiet(protocol, hours, flagged_at)
    target = due(protocol, hours, priority, flagged_at) - flagged_at
    rings = min(flagged_at + target * protocol.on_call_share, _closing(hours, flagged_at))
    return _utc(rings) if is_open(hours, rings) else after_quiet(protocol, hours, rings)


def after_quiet(protocol: Protocol, hours: ClinicHours, at: datetime) -> datetime:
    """The moment itself, or the end of the quiet hours of the phone on call that it lies in."""
    local = at.astimezone(ZoneInfo(hours.timezone))
    wall, begins, ends = local.time(), protocol.on_call_quiet_from, protocol.on_call_quiet_until
    over_midnight = begins > ends
    is_quiet = (wall >= begins or wall < ends) if over_midnight else begins <= wall < ends
    if not is_quiet:
        return _utc(at)
    day = local.date() + DAY if over_midnight and wall >= begins else local.date()
    return _utc(datetime.combine(day, ends, local.tzinfo))


def _closing(hours: ClinicHours, at: datetime) -> datetime:
    """When the clinic, open at that moment, closes without opening again at once, within a day or so."""
    closing = at
    for opens, closes in _windows(hours, at, days=2):
        if opens > closing:
            break
        closing = closes
    return closing


def _target(protocol: Protocol, hours: ClinicHours, priority: Priority, at: datetime) -> datetime:
    match priority:
        case Priority.EMERGENCY:
            return _utc(at) + timedelta(minutes=protocol.emergency_minutes)
        case Priority.URGENT:
            in_hours = add_open_time(hours, at, timedelta(hours=protocol.urgent_clinic_hours))
            by_clock = _utc(at) + timedelta(hours=protocol.urgent_clock_hours)
            return min(in_hours, by_clock) if hours.on_call else in_hours
        case Priority.SOON:
            return add_open_time(hours, at, protocol.soon_clinic_days * _clinic_day(hours, at))
        case Priority.ROUTINE:
            return add_open_time(hours, at, protocol.routine_clinic_days * _clinic_day(hours, at))


def _clinic_day(hours: ClinicHours, at: datetime) -> timedelta:
    """The open time of the day on which the counting starts, a clock day if the clinic never opens."""
    for opens, closes in _windows(hours, at):
        return closes - opens
    return DAY


def _windows(
    hours: ClinicHours, at: datetime, days: int = HORIZON_DAYS
) -> Iterator[tuple[datetime, datetime]]:
    """The stretches of open time that end after `at`, in UTC, none overlapping, oldest first."""
    first = at.astimezone(ZoneInfo(hours.timezone)).date() - DAY
    closed = datetime.min.replace(tzinfo=UTC)
    for day in (first + ahead * DAY for ahead in range(days + 1)):
        opens, closes = _window(hours, day) or (closed, closed)
        opens = max(opens, closed)
        if opens < closes and at < closes:
            yield opens, closes
            closed = closes


def _window(hours: ClinicHours, day: date) -> tuple[datetime, datetime] | None:
    span = _hours_of(hours, day)
    if span is None:
        return None
    zone = ZoneInfo(hours.timezone)
    opening, closing = span
    last = day if closing > opening else day + DAY
    return _utc(datetime.combine(day, opening, zone)), _utc(datetime.combine(last, closing, zone))


def _hours_of(hours: ClinicHours, day: date) -> tuple[time, time] | None:
    return None if day in hours.holidays else hours.weekly[day.weekday()]


def _utc(at: datetime) -> datetime:
    return at.astimezone(UTC)
