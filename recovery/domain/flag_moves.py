"""What a nurse and time do to a case: her moves, a snooze that ran out, a target long passed."""

from dataclasses import replace
from datetime import datetime
from enum import StrEnum

from recovery.domain.errors import Conflict
from recovery.domain.flag_case import Case, Reason, open_again, settled, standing
from recovery.domain.protocol import Protocol
from recovery.domain.targets import ClinicHours, due
from recovery.domain.vocabulary import CaseStatus, Outcome, Priority


class Action(StrEnum):
    """What a nurse can do with a case."""

    ACKNOWLEDGE = "acknowledge"
    ASSIGN = "assign"
    MESSAGES = "messages"
    NOTES = "notes"
    SNOOZE = "snooze"
    RESOLVE = "resolve"
    REOPEN = "reopen"


LEADS_TO = {
    Action.ACKNOWLEDGE: CaseStatus.ACKNOWLEDGED,
    Action.SNOOZE: CaseStatus.SNOOZED,
    Action.RESOLVE: CaseStatus.RESOLVED,
}


def move(
    status: CaseStatus, action: str, *, same_person: bool = False, another_open: bool = False
) -> CaseStatus:
    """The status after a nurse's action.

    `same_person`: it is she who acknowledged it already; `another_open`: the treatment has another
    case that is not resolved. Raises Conflict where the action is not allowed, ValueError for an
    unknown action.
    """
    action = Action(action)
    if action is Action.NOTES:
        return status
    if action is Action.REOPEN:
        return _reopened(status, another_open)
    if status == CaseStatus.RESOLVED:
        raise Conflict("This case is resolved; reopen it first.")
    if status == CaseStatus.ACKNOWLEDGED and action is Action.ACKNOWLEDGE and not same_person:
        raise Conflict("Somebody else has acknowledged this case already.")
    return LEADS_TO.get(action, status)


def reopen(protocol: Protocol, hours: ClinicHours, case: Case, now: datetime) -> Case:
    """A resolved case opened by a nurse: unacknowledged, waiting and due from now."""
    return open_again(protocol, hours, case, now)


def wake(protocol: Protocol, hours: ClinicHours, case: Case, now: datetime, *, raised: bool = False) -> Case:
    """A case whose snooze ran out: open again from now, or cleared if every reason ended meanwhile.

    With a risk fact that raises it is never cleared.
    """
    if case.status != CaseStatus.SNOOZED:
        return case
    if case.reasons and not standing(case.reasons) and not raised:
        return replace(case, status=CaseStatus.RESOLVED, outcome=Outcome.CLEARED)
    return open_again(protocol, hours, case, now)


def escalate(protocol: Protocol, hours: ClinicHours, case: Case, now: datetime) -> Case:
    """The case with each soon or routine reason that nobody looked at in twice its target raised one level.

    A reason rises once; the case keeps its place as the longest waiting.
    """
    if not case.unseen:
        return case
    return settled(case, tuple(_risen(protocol, hours, reason, now) for reason in case.reasons))


def rises_at(protocol: Protocol, hours: ClinicHours, case: Case) -> datetime | None:
    """When the next of its reasons rises if nobody looks; None if none rises any more."""
    limits = (_limit(protocol, hours, reason) for reason in case.reasons if _may_rise(reason))
    return min(limits, default=None)


def _reopened(status: CaseStatus, another_open: bool) -> CaseStatus:
    if status != CaseStatus.RESOLVED:
        raise Conflict("Only a resolved case can be reopened.")
    if another_open:
        raise Conflict("This treatment has another case that is not resolved.")
    return CaseStatus.OPEN


def _risen(protocol: Protocol, hours: ClinicHours, reason: Reason, now: datetime) -> Reason:
    if not _may_rise(reason) or now <= _limit(protocol, hours, reason):
        return reason
    return replace(reason, priority=reason.priority.raised(Priority.URGENT), escalated=True)


def _may_rise(reason: Reason) -> bool:
    return reason.stands and not reason.escalated and reason.priority.rank < Priority.URGENT.rank


def _limit(protocol: Protocol, hours: ClinicHours, reason: Reason) -> datetime:
    """Its target as many times over as may pass."""
    limit = reason.due_at
    for _ in range(protocol.overdue_factor - 1):
        limit = due(protocol, hours, reason.priority, limit)
    return limit
