"""Opening hours as one types them: "Mon-Thu 09:00-17:00, Fri 09:00-13:00"."""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime

import click

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_ENTRY = re.compile(r"([a-z]{3})(?:-([a-z]{3}))? +([\d:]+)-([\d:]+)", re.IGNORECASE)


def week(typed: Iterable[str]) -> list[list[str] | None]:
    """Monday to Sunday, each [opens, closes] as HH:MM or None; a day not named is closed.

    Raises click.BadParameter for what cannot be read and for a day named twice.
    """
    hours: list[list[str] | None] = [None] * len(DAYS)
    for entry in (each.strip() for line in typed for each in line.split(",")):
        days, opened = _read(entry)
        for day in days:
            if hours[day] is not None:
                raise _wrong(f"{DAYS[day]} is named twice")
            hours[day] = opened
    return hours


def as_written(weekly_hours: Sequence[Sequence[str] | None]) -> list[str]:
    """The same hours, a line for each open day."""
    return [f"{name} {hours[0]}-{hours[1]}" for name, hours in zip(DAYS, weekly_hours, strict=True) if hours]


def _read(entry: str) -> tuple[list[int], list[str]]:
    found = _ENTRY.fullmatch(entry)
    if found is None:
        raise _wrong(f"{entry!r} is not of the form DAYS HH:MM-HH:MM")
    first, last, *times = found.groups()
    start, end = _day(first), _day(last or first)
    opens, closes = (_time(each) for each in times)
    if opens >= closes:
        raise _wrong(f"{entry!r} closes before it opens")
    return [(start + step) % len(DAYS) for step in range((end - start) % len(DAYS) + 1)], [opens, closes]


def _day(typed: str) -> int:
    if typed.title() not in DAYS:
        raise _wrong(f"{typed!r} is no day; there are {', '.join(DAYS)}")
    return DAYS.index(typed.title())


def _time(typed: str) -> str:
    try:
        return datetime.strptime(typed, "%H:%M").strftime("%H:%M")  # noqa: DTZ007  (a time of day, no moment)
    except ValueError:
        raise _wrong(f"{typed!r} is no time of day") from None


def _wrong(sentence: str) -> click.BadParameter:
    return click.BadParameter(
        f'{sentence}; accepted: "Mon-Thu 09:00-17:00, Fri 09:00-13:00".', param_hint="--hours"
    )
