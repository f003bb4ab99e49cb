"""Days and hours in the patient's time zone, steady across every change of its clocks.

Every moment is an aware datetime; a naive one is a ValueError. A time zone is its IANA name; an
unknown name is a KeyError. Results are in UTC.
"""

from bisect import bisect_left
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from recovery.domain.protocol import Protocol

_DAY = timedelta(days=1)
_DAYS_TO_SEARCH = 4


def utc(at: datetime) -> datetime:
    """The same moment in UTC, where adding hours and comparing count real time and not the wall's."""
    if at.tzinfo is None or at.utcoffset() is None:
        raise ValueError(f"a moment needs its time zone, and {at.isoformat()} has none")
    return at.astimezone(UTC)


def date_of(at: datetime, timezone: str) -> date:
    """The calendar date on the patient's wall."""
    return _on_the_wall(at, timezone).date()


def day_of(treated_at: datetime, at: datetime, timezone: str) -> int:
    """Calendar days since the treatment: 0 on its day, negative before it."""
    return (date_of(at, timezone) - date_of(treated_at, timezone)).days


def reply_day(protocol: Protocol, treated_at: datetime, at: datetime, timezone: str) -> int:
    """The day that a text speaks of, where a day begins at `day_begins`; never less than 0.

    A text at 02:00 belongs to the day before.
    """
    day = day_of(treated_at, at, timezone)
    begun = _on_the_wall(at, timezone).time() >= protocol.day_begins
    return max(day if begun else day - 1, 0)


def local(day0: date, day: int, at: time, timezone: str) -> datetime:
    """The moment when the patient's wall clock shows `at`, `day` days after the date `day0`.

    A time that the clock shows twice is its first; one that the clock skips is the first moment
    after the gap (of a day that the calendar skips, the beginning of the next).
    """
    wall = datetime.combine(day0 + day * _DAY, at)
    zone = ZoneInfo(timezone)
    moment = wall.replace(tzinfo=zone).astimezone(UTC)
    if _on_the_wall(moment, timezone) == wall:
        return moment
    before = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
    seconds = range(int((moment - before).total_seconds()))
    skipped = bisect_left(seconds, wall, key=lambda s: _on_the_wall(before + timedelta(seconds=s), timezone))
    return before + timedelta(seconds=skipped)


def within(at: datetime, from_time: time, until_time: time, timezone: str) -> bool:
    """Whether the patient's clock shows at least `from_time` and less than `until_time`."""
    return from_time <= _on_the_wall(at, timezone).time() < until_time


def next_within(at: datetime, from_time: time, until_time: time, timezone: str) -> datetime:
    """`at` itself if it is inside the hours, else the next moment when they begin.

    Raises ValueError for hours that never begin (`from_time` not before `until_time`).
    """
    if within(at, from_time, until_time, timezone):
        return utc(at)
    today = date_of(at, timezone)
    for day in range(_DAYS_TO_SEARCH):
        begin = local(today, day, from_time, timezone)
        if begin > at and within(begin, from_time, until_time, timezone):
            return begin
    raise ValueError(f"no hours from {from_time:%H:%M} to {until_time:%H:%M}")


def _on_the_wall(at: datetime, timezone: str) -> datetime:
    """What the patient's clock shows: a naive datetime, for comparing within one zone."""
    return utc(at).astimezone(ZoneInfo(timezone)).replace(tzinfo=None, fold=0)
