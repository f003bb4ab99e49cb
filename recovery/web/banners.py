"""Why patients may not be watched just now, a sentence each, for the top of the nurse's pages."""

from datetime import datetime, timedelta

from recovery import context
from recovery.models.clinic import Clinic
from recovery.queries import figures, treatments
from recovery.services import clock, on_call, switches
from recovery.web.shown import moment

LATE_AFTER = timedelta(minutes=5)

_HELD = "Sending is held since {since}: no check-ins go out, and patients are not being watched."
_OFF = "Texts of this clinic are off since {since}: no check-ins go out, and patients are not being watched."
_LATE = "The clock is late: no job has run in the last few minutes, so check-ins may not go out."
_UNSIGNED = "Nobody has signed this clinic's protocol, so no check-ins go out."
_NO_ON_CALL = (
    "There is no on-call phone: nobody is told of an emergency at once, and an urgent case that comes in "
    "while the clinic is closed waits for its next hours, however many they are."
)
_UNREACHED = (
    "The on-call phone could not be reached: the alert of {since} did not arrive. Until the next one does, "
    "nobody is told of an emergency. An admin checks the number."
)


def standing(clinic: Clinic, now: datetime) -> list[str]:
    """What a nurse of this clinic must know before she trusts the list. Inside a unit of work."""
    held = switches.held_since()
    found = []
    if held is not None:
        found.append(_HELD.format(since=moment(held, clinic.timezone)))
    if clinic.texting_off_at is not None:
        found.append(_OFF.format(since=moment(clinic.texting_off_at, clinic.timezone)))
    if is_clock_late(now):
        found.append(_LATE)
    if context.config().is_production and treatments.current_protocol(clinic.id).approved_at is None:
        found.append(_UNSIGNED)
    if clinic.on_call_phone is None:
        found.append(_NO_ON_CALL)
    unreached = on_call.unreached_since(clinic, now)
    if unreached is not None:
        found.append(_UNREACHED.format(since=moment(unreached, clinic.timezone)))
    return found


def is_clock_late(now: datetime) -> bool:
    """Whether no job at all began in the last minutes, nor was the development clock moved in them."""
    long_ago = now - LATE_AFTER
    if any(at >= long_ago for at in figures.last_ticks().values()):
        return False
    skipped_to = clock.skipped_to()
    return skipped_to is None or skipped_to < long_ago
