"""When each automatic text falls due: the welcome, the check-ins, the late question, reminders.

Moments are in UTC; hours and days are the patient's. A text goes at or after `due_at` and before
`expires_at`; what did not go by then expires.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from recovery.domain.days import date_of, day_of, local, next_within, utc, within
from recovery.domain.protocol import Protocol
from recovery.domain.vocabulary import CheckInKind


@dataclass(frozen=True, slots=True)
class Slot:
    """One question: its day since the treatment and the window in which it may go.

    `due_at == expires_at` means that it can no longer go: it is left to expire.
    """

    kind: CheckInKind
    day: int
    due_at: datetime
    expires_at: datetime


def accepts_treated_at(protocol: Protocol, treated_at: datetime, now: datetime) -> str | None:
    """None if a treatment at `treated_at` may be entered now, else a sentence of what is wrong."""
    treated_at, now = utc(treated_at), utc(now)
    if treated_at > now + timedelta(hours=protocol.treated_ahead_hours):
        return f"The treatment is more than {protocol.treated_ahead_hours} hours ahead."
    if treated_at < now - timedelta(days=protocol.treated_back_days):
        return f"The treatment is more than {protocol.treated_back_days} days back."
    return None


def welcome(protocol: Protocol, entered_at: datetime, timezone: str) -> tuple[datetime, datetime]:
    """When the first text of a treatment falls due, and the end of that day's hours, when it expires."""
    due = next_within(entered_at, protocol.quiet_until, protocol.quiet_from, timezone)
    return due, local(date_of(due, timezone), 0, protocol.quiet_from, timezone)


def check_ins(
    protocol: Protocol,
    *,
    treated_at: datetime,
    timezone: str,
    check_in_time: time,
    entered_at: datetime,
    next_session_on: date | None,
) -> tuple[Slot, ...]:
    """The questions still ahead of a treatment that is entered at `entered_at`, in order.

    Each goes at `check_in_time`, the first no sooner than `welcome_to_check_in_minutes` after the
    welcome; one whose window closes before that is not planned. `next_session_on` is a date in
    the patient's zone, before which the late question comes.
    """
    day0 = date_of(treated_at, timezone)
    welcomed_at, _ = welcome(protocol, entered_at, timezone)
    earliest = welcomed_at + timedelta(minutes=protocol.welcome_to_check_in_minutes)
    questions = [(CheckInKind.CHECK_IN, day) for day in protocol.check_in_days]
    questions.append((CheckInKind.LATE, late_day(protocol, day0, next_session_on)))
    slots = (_slot(protocol, kind, day, day0, check_in_time, timezone) for kind, day in questions)
    return tuple(
        replace(slot, due_at=max(slot.due_at, earliest))
        for slot in slots
        if max(slot.due_at, earliest) < slot.expires_at
    )


def end(protocol: Protocol, treated_at: datetime, timezone: str) -> datetime:
    """When a recovery ends by its days alone: the last day of the daily questions is over."""
    return local(date_of(treated_at, timezone), protocol.last_day + 1, time(), timezone)


def look(protocol: Protocol, treated_at: datetime, timezone: str, *, looked_at: datetime | None) -> datetime:
    """When time alone next calls for a look at a recovery that was looked at then, if it ever was.

    First on the day from which a patient without texts is phoned, then at its end.
    """
    last = end(protocol, treated_at, timezone)
    phoned = local(date_of(treated_at, timezone), protocol.not_texted_day, time(), timezone)
    return min(phoned, last) if looked_at is None or looked_at < phoned else last


def late_day(protocol: Protocol, day0: date, next_session_on: date | None) -> int:
    """The day of the late question: some days before the next session, unless that is too early."""
    if next_session_on is None:
        return protocol.late_day
    before_session = (next_session_on - day0).days - protocol.late_days_before_session
    return before_session if before_session >= protocol.late_earliest_day else protocol.late_day


def moved(
    protocol: Protocol,
    slots_unsent: Sequence[Slot],
    *,
    treated_at: datetime,
    timezone: str,
    check_in_time: time,
    asked_at: Sequence[datetime],
    now: datetime,
    welcomed_at: datetime | None = None,
) -> tuple[Slot, ...]:
    """The unsent questions under a new zone, hour or time of treatment: one slot for each, in order.

    `asked_at` are the moments of the check-ins sent so far, `welcomed_at` that of the welcome (sent
    or due). No local day is asked twice, and none within `hours_between_check_ins` of the last:
    such a slot goes later inside its window, or is left to expire.
    """
    day0 = date_of(treated_at, timezone)
    asked_days = {day_of(treated_at, asked, timezone) for asked in asked_at}
    apart = timedelta(hours=protocol.hours_between_check_ins)
    earliest = max([utc(now), *(utc(asked) + apart for asked in asked_at)])
    if welcomed_at is not None:
        earliest = max(earliest, utc(welcomed_at) + timedelta(minutes=protocol.welcome_to_check_in_minutes))
    return tuple(
        _begun(_slot(protocol, each.kind, each.day, day0, check_in_time, timezone), earliest, asked_days)
        for each in slots_unsent
    )


def reminder(
    protocol: Protocol,
    *,
    kind: CheckInKind,
    sent_at: datetime,
    timezone: str,
    reminders_sent: int,
    texts_today: int,
) -> tuple[datetime, datetime] | None:
    """When a check-in sent at `sent_at` is reminded of, and when that expires; None: it is not.

    `reminders_sent` counts this treatment's reminders, `texts_today` the automatic texts of the
    patient's local day. The late question has no reminder.
    """
    if kind == CheckInKind.LATE or reminders_sent >= protocol.reminders_at_most:
        return None
    if texts_today >= protocol.automatic_per_day:
        return None
    due = utc(sent_at) + timedelta(hours=protocol.reminder_after_hours)
    same_day = date_of(due, timezone) == date_of(sent_at, timezone)
    if not same_day or not within(due, protocol.quiet_until, protocol.reminder_until, timezone):
        return None
    return due, local(date_of(due, timezone), 0, protocol.reminder_until, timezone)


def within_budget(protocol: Protocol, *, texts_today: int, texts_in_all: int) -> bool:
    """Whether one more automatic text may go: by the patient's local day, and by the treatment."""
    return texts_today < protocol.automatic_per_day and texts_in_all < protocol.automatic_per_treatment


def _slot(
    protocol: Protocol, kind: CheckInKind, day: int, day0: date, check_in_time: time, timezone: str
) -> Slot:
    due = local(day0, day, check_in_time, timezone)
    return Slot(kind, day, due, local(day0, day, protocol.check_in_until, timezone))


def _begun(slot: Slot, earliest: datetime, asked_days: set[int]) -> Slot:
    """The slot no sooner than `earliest`; on a day already asked it is left to expire."""
    if slot.day in asked_days:
        return replace(slot, due_at=slot.expires_at)
    return replace(slot, due_at=min(max(slot.due_at, earliest), slot.expires_at))
