"""When the sending jobs last looked at the clock: what fell due while none did may have been sent already.

A restored dump knows nothing of what was sent after it was taken, and it looks exactly like a machine
that was off. So what fell due in a gap is looked up at the provider before it is sent.

The latest tick is also what clocks are held against. Workers tick every few seconds; one whose clock
was set back would text in quiet hours, and its leases would look long past to all others, who could
give its texts to somebody else while it still calls. So a claim goes by the later of the two.
"""

from datetime import datetime, timedelta

from recovery.db import add_if_new, db
from recovery.models.system import LAST_TICK, Switch
from recovery.queries import switches
from recovery.services import clock

GAP = timedelta(minutes=5)  # a worker ticks every few seconds; nothing but a silence takes that long
STRAYED = timedelta(hours=2)  # a tick so far ahead was a clock gone wrong, and is not believed
_GAP = "gap_until"


def note(now: datetime) -> datetime | None:
    """Keep that a sending job looks at the clock; gives until when the latest gap lasted, if one ever did.

    Its end is kept to the second: what is due in that very second did not fall due in the gap.
    """
    if add_if_new(Switch, name=LAST_TICK, value=0, changed_at=now):
        return None
    row = db.session.get_one(Switch, LAST_TICK, populate_existing=True, with_for_update={"key_share": True})
    silence = now - row.changed_at
    if silence > GAP:
        _end(now.replace(microsecond=0))
    if silence > timedelta(0) or silence < -STRAYED:
        row.changed_at = now
    return until()


def until() -> datetime | None:
    """Until when the latest gap lasted; None if there never was one."""
    row = db.session.get(Switch, _GAP, populate_existing=True)
    return row.changed_at if row is not None else None


def later(now: datetime) -> datetime:
    """`now` by this worker's clock, or the latest tick of any worker where that is ahead."""
    return later_of(now, None if clock.is_set() else switches.switches().last_tick)


def later_of(now: datetime, tick: datetime | None) -> datetime:
    """The same, with that tick as it stands; a single run that was set to a moment goes by that alone."""
    if clock.is_set() or tick is None or not timedelta(0) < tick - now <= STRAYED:
        return now
    return tick


def _end(now: datetime) -> None:
    if not add_if_new(Switch, name=_GAP, value=0, changed_at=now):
        db.session.get_one(Switch, _GAP).changed_at = now
