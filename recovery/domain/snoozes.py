"""Until when a case can be put away: a few moments that make sense, and how far ahead at most."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta

from recovery.domain.days import date_of, local
from recovery.domain.targets import ClinicHours, next_opening

LONGEST = timedelta(days=14)

_HOURS, _DAYS = 2, 7


def offered(hours: ClinicHours, now: datetime) -> Mapping[str, datetime]:
    """By key, soonest first: in two hours, at the first opening after today, at the first in a week."""
    today = date_of(now, hours.timezone)
    found = {
        "hours": now + timedelta(hours=_HOURS),
        "opening": next_opening(hours, local(today, 1, time(), hours.timezone)),
        "week": next_opening(hours, local(today, _DAYS, time(), hours.timezone)),
    }
    return {key: at for key, at in found.items() if now < at <= now + LONGEST}
