"""When the phone on call is texted about a case: first, again, and no more."""

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from recovery.domain.flag_case import Case, Reason, standing
from recovery.domain.protocol import Protocol
from recovery.domain.targets import ClinicHours, after_quiet, is_open, on_call_from
from recovery.domain.vocabulary import Priority

RINGS = (Priority.EMERGENCY, Priority.URGENT)

# A whole text that says that somebody sees to it, whatever surrounds the words.
_TAKES = re.compile(
    r"(ok(ay)? )?((i|i ?ll|i will|i m|im|i am|we) )?tak(e|en|ing)( (it|this|that|them|over))?( now)?"
)


@dataclass(frozen=True, slots=True)
class Alerts:
    """`at`: when the phone is texted next, as long as nobody has seen the case; `texts`: how often it was."""

    at: datetime | None = None
    texts: int = 0


def follow(
    protocol: Protocol, hours: ClinicHours, before: Case | None, after: Case, alerts: Alerts, now: datetime
) -> Alerts:
    """The alerts of a case that has just changed; `before` is None for a new one.

    What is flagged anew or rises is told from the beginning, and so is news that is urgent itself in a
    case that nobody has seen; what is only strengthened goes on as it was; what no longer is urgent is
    not told. They are reckoned as if there were a phone on call, so that one which is named later
    hears of what still waits.
    """
    if not _rings(after):
        return Alerts()
    if before is None or not _rings(before) or before.flagged_at != after.flagged_at:
        return Alerts(_first(protocol, hours, after.priority, now))
    if after.priority.rank > before.priority.rank:
        return Alerts(_first(protocol, hours, after.priority, now))
    if after.priority.rank < before.priority.rank:
        told = alerts.texts > 0
        return replace(alerts, at=None if told else _first(protocol, hours, after.priority, after.flagged_at))
    if not _is_news(before, after):
        return alerts
    return _anew(protocol, before, alerts, _first(protocol, hours, after.priority, now), after.priority)


def may_ring(protocol: Protocol, hours: ClinicHours, priority: Priority, now: datetime) -> datetime:
    """`now`, or for an urgent case in the quiet hours of a closed clinic their end."""
    if priority == Priority.EMERGENCY or is_open(hours, now):
        return now
    return after_quiet(protocol, hours, now)


def told(protocol: Protocol, priority: Priority, alerts: Alerts, now: datetime) -> Alerts:
    """After one more text about the case: an emergency is told of again, an urgent case once."""
    texts = alerts.texts + 1
    again = priority == Priority.EMERGENCY and texts < protocol.on_call_times
    return Alerts(_next(protocol, now) if again else None, texts)


def joined(protocol: Protocol, alerts: Alerts, now: datetime) -> Alerts:
    """After a text about another emergency, which told of this one too: its next text is put off.

    So emergencies that stand at one time are told of together, and none loses a text by it.
    """
    return alerts if alerts.at is None else replace(alerts, at=max(alerts.at, _next(protocol, now)))


def silenced(alerts: Alerts, until: datetime) -> Alerts:
    """After TAKE: nothing more about what was told of, for a while; of what was not told yet all."""
    if alerts.at is None or not alerts.texts:
        return alerts
    return replace(alerts, at=max(alerts.at, until))


def handed_over(alerts: Alerts, now: datetime) -> Alerts:
    """When another phone is on call: what the one before was told of is told anew, the rest at its time."""
    return Alerts(now) if alerts.texts else alerts


def missed(protocol: Protocol, alerts: Alerts, now: datetime) -> Alerts:
    """After a text that did not arrive: one more in a while if it was the last, no more than so many."""
    if alerts.at is not None or alerts.texts >= protocol.on_call_times:
        return alerts
    return replace(alerts, at=_next(protocol, now))


def takes(body: str) -> bool:
    """Whether a text from the phone on call says TAKE: the word alone, or "I'll take it" and the like."""
    letters = re.sub(r"[^\w\s]|_", "", body[:80].casefold())
    return _TAKES.fullmatch(" ".join(letters.split())) is not None


def _rings(case: Case) -> bool:
    return case.unseen and case.priority in RINGS


def _is_news(before: Case, after: Case) -> bool:
    """Whether a reason that is urgent by its evidence is new, rose, or rests on something new."""
    held = {reason.key: reason for reason in standing(before.reasons)}
    return any(_is_more(held.get(reason.key), reason) for reason in standing(after.reasons))


def _is_more(held: Reason | None, reason: Reason) -> bool:
    if reason.evident not in RINGS:
        return False
    if held is None or reason.evident.rank > held.evident.rank:
        return True
    return not set(reason.sources) <= set(held.sources)


def _anew(
    protocol: Protocol, before: Case, alerts: Alerts, first: datetime | None, priority: Priority
) -> Alerts:
    """The alerts begun again at `first`; those that go on keep their time, and with it what TAKE silenced.

    Of an urgent case it is told again not sooner than an emergency would be: news comes in pieces.
    """
    if alerts.at is not None:
        return replace(alerts, texts=min(alerts.texts, 1))
    if first is None or priority == Priority.EMERGENCY:
        return Alerts(first)
    last = max((each.last_at for each in standing(before.reasons) if each.evident in RINGS), default=None)
    at = first if last is None else max(first, _next(protocol, last))
    return Alerts(at, min(alerts.texts, 1))


def _first(protocol: Protocol, hours: ClinicHours, priority: Priority, at: datetime) -> datetime | None:
    return on_call_from(protocol, replace(hours, on_call=True), priority, at)


def _next(protocol: Protocol, now: datetime) -> datetime:
    return now + timedelta(minutes=protocol.on_call_again_minutes)
