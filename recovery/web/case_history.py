"""What was done about a case, a line each: when, what, who, and a note if there is one."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from recovery.models.case import CaseEvent
from recovery.queries import staff
from recovery.web.forms import OUTCOMES
from recovery.web.shown import moment, words

_DONE = {
    "flagged": "Flagged",
    "flagged_again": "Flagged again",
    "cleared": "Closed by itself: every reason has ended",
    "escalated": "Raised one level: nobody looked in twice the target",
    "woken": "Back from being put away",
    "acknowledge": "Acknowledged",
    "messages": "Texted the patient",
    "not_arrived": "The text to the patient did not arrive: please phone",
    "notes": "Note",
    "reopen": "Opened again",
}
_SAID = {str(outcome): said.lower() for outcome, said in OUTCOMES.items()}


@dataclass(frozen=True, slots=True)
class Line:
    """`who` is None for what the system did by itself."""

    at: datetime
    done: str
    who: str | None
    note: str | None


def lines(events: Sequence[CaseEvent], zone: str) -> list[Line]:
    """Oldest first; people are named even after they have left."""
    names = staff.names(_people(events))
    return [
        Line(
            each.at, _done(each, names, zone), names.get(each.staff_id) if each.staff_id else None, each.note
        )
        for each in events
    ]


def _done(event: CaseEvent, names: Mapping[UUID, str], zone: str) -> str:
    match event.action:
        case "assign":
            to = event.detail.get("to")
            return f"Given to {names.get(UUID(to), 'somebody')}" if to else "Given to nobody"
        case "snooze":
            return f"Put away until {moment(datetime.fromisoformat(event.detail['until']), zone)}"
        case "resolve":
            outcome = str(event.detail.get("outcome", ""))
            return f"Resolved: {_SAID.get(outcome, words(outcome))}"
        case action:
            return _DONE.get(action, words(action).capitalize())


def _people(events: Iterable[CaseEvent]) -> set[UUID]:
    found = {event.staff_id for event in events if event.staff_id is not None}
    return found | {UUID(event.detail["to"]) for event in events if event.detail.get("to")}
