"""Time zones by their names."""

from functools import cache
from zoneinfo import available_timezones

_PLACES = ("Africa/", "America/", "Asia/", "Atlantic/", "Australia/", "Europe/", "Indian/", "Pacific/")


@cache
def names() -> frozenset[str]:
    """All that are known; looked up once, because that reads the disk."""
    return frozenset(available_timezones())


@cache
def offered() -> tuple[str, ...]:
    """Those that a person is offered: places, in order."""
    return tuple(sorted(each for each in names() if each.startswith(_PLACES)))
