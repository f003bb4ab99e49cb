"""How moments, words and scores are written on the pages."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import phonenumbers
from flask import Flask

from recovery.domain.triage_evidence import Scored
from recovery.domain.vocabulary import CORE, OTHER
from recovery.models.report import Report

_WORDS = {
    "infection_words": "signs of infection",
    "emergency_words": "signs of an emergency",
    "asks_for_contact": "asks for contact",
    "unread_message": "text to be read by a person",
    "no_answer": "no answer",
    "undeliverable": "texts do not arrive",
    "not_texted": "gets no texts",
    "opted_out": "stopped the texts",
    "sms": "text",
}
_TRENDS = {
    "improving": "improving",
    "steady": "steady",
    "worsening": "worsening",
    "unknown": "too early to say",
}


def set_up(app: Flask) -> None:
    app.jinja_env.filters.update(
        moment=moment,
        clock_time=clock_time,
        date_words=date_words,
        day_words=day_words,
        from_now=from_now,
        words=words,
        trend_words=lambda trend: _TRENDS[trend],
        scores=scores,
        phone=spaced,
        national=national,
    )
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True


def moment(at: datetime, timezone: str) -> str:
    """ "Fri 20 Nov, 12:05" on that zone's clock."""
    return f"{date_words(at, timezone)}, {clock_time(at, timezone)}"


def date_words(at: datetime, timezone: str) -> str:
    wall = at.astimezone(ZoneInfo(timezone))
    return f"{wall:%a} {wall.day} {wall:%b}"


def day_words(day: date) -> str:
    """ "Fri 20 Nov 2026"."""
    return f"{day:%a} {day.day} {day:%b} {day.year}"


def clock_time(at: datetime, timezone: str) -> str:
    return f"{at.astimezone(ZoneInfo(timezone)):%H:%M}"


def from_now(at: datetime, now: datetime) -> str:
    """How far a target is: "in 3 h 20 min", "overdue by 2 days"."""
    return f"in {span(at - now)}" if at > now else f"overdue by {span(now - at)}"


def words(value: str) -> str:
    """A word of the vocabulary as a person says it."""
    return _WORDS.get(value, value.replace("_", " "))


def scores(report: Report | Scored, *, other: bool = False) -> list[tuple[str, str]]:
    """(symptom, score) for the core symptoms, "–" where none was given; with `other` those that were."""
    given = report.scores
    listed = [name for name in OTHER if name in given] if other else CORE
    shown = [(name, given.get(name)) for name in listed]
    return [
        (name, "–" if score is None else f"about {score.value}" if score.approximate else str(score.value))
        for name, score in shown
    ]


def spaced(number: str) -> str:
    """An E.164 number with blanks for the eye: "+1 647-555-0101"."""
    parsed = phonenumbers.parse(number)
    return str(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL))


def national(number: str) -> str:
    """An E.164 number as people dial it at home: "(647) 555-0101"."""
    parsed = phonenumbers.parse(number)
    return str(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.NATIONAL))


def span(length: timedelta) -> str:
    """How long something lasts: "25 min", "3 h 20 min", "2 days 1 h"."""
    minutes = int(length.total_seconds() // 60)
    hours, days = minutes // 60, minutes // 1440
    if minutes < 1:
        return "less than a minute"
    if hours < 1:
        return f"{minutes} min"
    if days < 1:
        return f"{hours} h {minutes % 60} min" if minutes % 60 else f"{hours} h"
    return (
        f"{days} day{'s' if days > 1 else ''} {hours % 24} h"
        if hours % 24
        else f"{days} day{'s' if days > 1 else ''}"
    )
