"""A clinic's facts before they are kept: every field is right, or wrong in a sentence."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, time
from typing import Any

from recovery import zones
from recovery.domain import gsm7, wording
from recovery.domain.errors import Invalid
from recovery.domain.vocabulary import LANGUAGES

NAME_IN_TEXTS = wording.LONGEST["clinic"]
CHECK_IN_FROM, CHECK_IN_TO = time(8), time(14)
LONGEST_NAME = 200
MOST_HOLIDAYS = 366
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_CLOCK = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
_EMERGENCY = re.compile(r"[0-9]{2,4}")
_CRISIS = re.compile(r"[0-9 *#+()-]*")
_SERVICE = re.compile(r"MG[0-9A-Za-z]{1,32}")
_YEARS = range(2000, 2100)


def check(facts: Mapping[str, Any]) -> None:
    """Raises Invalid with every field that is wrong."""
    found = {name: list(_CHECKS[name](value)) for name, value in facts.items() if name in _CHECKS}
    if wrong := {name: sentences for name, sentences in found.items() if sentences}:
        raise Invalid(wrong)


def _name(value: str) -> Iterable[str]:
    if not value.strip():
        yield "Must not be empty."
    elif not value.isprintable() or len(value) > LONGEST_NAME:
        yield f"Must be at most {LONGEST_NAME} characters on one line."


def _sms_name(value: str) -> Iterable[str]:
    if not value.strip() or not _fits_a_text(value, NAME_IN_TEXTS):
        yield f"Must be 1 to {NAME_IN_TEXTS} characters of the GSM-7 alphabet."


def _timezone(value: str) -> Iterable[str]:
    if value not in zones.names():
        yield "Not a time zone; accepted: names such as America/Toronto."


def _language(value: str) -> Iterable[str]:
    if value not in LANGUAGES:
        yield f"Not a language of the texts; accepted: {', '.join(LANGUAGES)}."


def _weekly_hours(value: Sequence[Sequence[str] | None]) -> Iterable[str]:
    if len(value) != len(DAYS):
        yield "Must have seven days, Monday first."
        return
    for day, hours in zip(DAYS, value, strict=True):
        if hours is None:
            continue
        if len(hours) != 2 or not all(_CLOCK.fullmatch(each) for each in hours):
            yield f"{day}: give both times as HH:MM, or none for a closed day."
        elif hours[0] >= hours[1]:
            yield f"{day}: must close after it opens."
    if not any(value):
        yield "Must be open on one day at least: targets count open hours."


def _holidays(value: Sequence[date]) -> Iterable[str]:
    if any(each.year not in _YEARS for each in value):
        yield f"Must lie between the years {_YEARS.start} and {_YEARS.stop}."
    if len(value) > MOST_HOLIDAYS:
        yield f"Must be at most {MOST_HOLIDAYS} days."


def _check_in_time(value: time) -> Iterable[str]:
    if not CHECK_IN_FROM <= value <= CHECK_IN_TO:
        yield f"Must lie between {CHECK_IN_FROM:%H:%M} and {CHECK_IN_TO:%H:%M}."


def _emergency_number(value: str) -> Iterable[str]:
    if not _EMERGENCY.fullmatch(value):
        yield f"Must be 2 to {wording.LONGEST['em']} digits: what a patient dials, as 911."


def _crisis_number(value: str) -> Iterable[str]:
    longest = wording.LONGEST["crisis"]
    if not _CRISIS.fullmatch(value) or not _fits_a_text(value, longest):
        yield f"Must be at most {longest} characters that can be dialled; empty if there is no such line."


def _service(value: str | None) -> Iterable[str]:
    if value and not _SERVICE.fullmatch(value):
        yield "Must be the SID of a Messaging Service: MG and up to 32 letters and digits."


def _fits_a_text(value: str, longest: int) -> bool:
    """Whether a text with it stays one segment; the signs of the extension table count two."""
    return value.isprintable() and gsm7.is_gsm7(value) and gsm7.septets(value) <= longest


_CHECKS: Mapping[str, Callable[[Any], Iterable[str]]] = {
    "name": _name,
    "sms_name": _sms_name,
    "timezone": _timezone,
    "language": _language,
    "weekly_hours": _weekly_hours,
    "holidays": _holidays,
    "check_in_time": _check_in_time,
    "emergency_number": _emergency_number,
    "crisis_number": _crisis_number,
    "messaging_service_sid": _service,
}
