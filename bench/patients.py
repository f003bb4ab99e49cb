"""The rows of one patient of a large clinic: healed long ago, flagged, asked an hour ago, or to be asked."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from recovery.crypto import Keyring
from recovery.db import Base, new_id
from recovery.domain.vocabulary import Priority
from recovery.models.case import CaseEvent, Flag, FlaggedCase
from recovery.models.message import Message
from recovery.models.patient import Patient
from recovery.models.report import Report
from recovery.models.treatment import CheckIn, Treatment

MODELS = (Patient, Treatment, CheckIn, Message, Report, FlaggedCase, Flag, CaseEvent)
Rows = dict[type[Base], list[dict[str, Any]]]
_FIRST = ("Ana", "Maria", "Joan", "Li", "Priya", "Zoé", "Inés", "Ruth", "Noor", "Vera")
_LAST = ("Lopez", "Chen", "Smith", "Nair", "Roy", "Tremblay", "García", "Okafor", "Weiss", "Silva")
_PRIORITIES = (*[Priority.ROUTINE] * 5, *[Priority.SOON] * 4, Priority.URGENT)
_ASKED = "Bench: how is your skin today? Redness, swelling, itching, 0 to 10 each."
_SAID = ("3 1 0", "2 1 0", "redness 4, swelling 2, itching 1", "1 0 0", "a bit red still, 2 1 1")
_AHEAD = (3, 4, 5)  # days whose question is planned


@dataclass(frozen=True, slots=True)
class Size:
    """How many patients there are in all, and how many of them stand where; the others are healed.

    `open_cases`: of them a nurse must look at one. `awaiting`: asked an hour ago, and not answered
    yet. `due`: their question is due now. Patients are numbered from 0 in that order. Every
    healed patient had one case, which is resolved.
    """

    patients: int
    open_cases: int = 0
    awaiting: int = 0
    due: int = 0

    @classmethod
    def usual(cls, patients: int) -> "Size":
        """A thousand patients or a million: 10,000 open cases and as many unanswered questions at most."""
        return cls(
            patients, min(10_000, patients // 10), min(10_000, patients * 3 // 10), min(500, patients // 2)
        )

    @property
    def awaiting_numbers(self) -> range:
        return range(self.open_cases, self.open_cases + self.awaiting)

    @property
    def due_numbers(self) -> range:
        return range(self.awaiting_numbers.stop, self.awaiting_numbers.stop + self.due)


@dataclass(frozen=True, slots=True)
class Given:
    """What all patients share."""

    clinic_id: str
    protocol_version_id: str
    timezone: str
    now: datetime
    keyring: Keyring
    _sealed: dict[tuple[str, str], bytes] = field(default_factory=dict)
    _ids: Iterator[int] = field(default_factory=lambda: count(new_id().int))

    def new_id(self) -> str:
        """The next id; those of the service are UUIDs of version 7 too, which grow."""
        return f"{next(self._ids):032x}"

    def sealed(self, value: str, purpose: str) -> bytes:
        """Sealed once for each different value, which opens as well as if it were sealed each time."""
        key = (value, purpose)
        if key not in self._sealed:
            self._sealed[key] = self.keyring.seal(value, purpose)
        return self._sealed[key]


@dataclass(frozen=True, slots=True)
class _One:
    number: int
    given: Given
    treated_at: datetime
    of: dict[str, str]
    phone: dict[str, bytes]

    def day(self, day: int) -> datetime:
        """About the time of day when she is asked."""
        return self.treated_at + timedelta(days=day, minutes=30)


def phone(number: int) -> str:
    return f"+1647{2_000_000 + number:07d}"


def add(rows: Rows, number: int, size: Size, given: Given) -> None:
    """One patient with everything of hers."""
    flagged = number < size.open_cases
    awaiting = number in size.awaiting_numbers
    due = number in size.due_numbers
    days = 4 if flagged else 2 if awaiting or due else 40 + number % 300
    one = _patient(rows, number, given, days)
    answered = (1, 2, 3) if not (awaiting or due) else (0, 1)
    for place, day in enumerate(answered):
        _ask(rows, one, day, one.day(day), 2 * place + 1)
        _answer(rows, one, day, one.day(day), 2 * place + 2)
    recovering = flagged or awaiting or due
    _treatment(rows, one, recovering=recovering)
    if awaiting:
        _ask(rows, one, 2, given.now - timedelta(hours=1), 5, answered=False)
    if due:
        _plan(rows, one, 2, given.now - timedelta(minutes=1))
    if recovering:
        for ahead in _AHEAD:
            _plan(rows, one, days + ahead, given.now + timedelta(days=ahead))
    if not (awaiting or due):
        _case(rows, one, resolved=not flagged)


def _patient(rows: Rows, number: int, given: Given, days: int) -> _One:
    name = f"{_FIRST[number % len(_FIRST)]} {_LAST[number // len(_FIRST) % len(_LAST)]}"
    treated_at = given.now - timedelta(days=days, minutes=number % 97)
    own = phone(number)
    of = {"clinic_id": given.clinic_id, "patient_id": given.new_id(), "treatment_id": given.new_id()}
    hashed = given.keyring.phone_hash(own)
    rows[Patient].append(
        {
            "id": of["patient_id"],
            "clinic_id": given.clinic_id,
            "name": given.sealed(name, "patient.name"),
            "phone": given.keyring.seal(own, "patient.phone"),
            "phone_hash": hashed,
            "language": "en",
            "timezone": given.timezone,
            "consented_at": treated_at,
            "next_seq": 10,
            "created_at": treated_at,
        }
    )
    texted = {"phone": given.keyring.seal(own, "message.phone"), "phone_hash": hashed}
    return _One(number, given, treated_at, of, texted)


def _treatment(rows: Rows, one: _One, *, recovering: bool) -> None:
    rows[Treatment].append(
        {
            "id": one.of["treatment_id"],
            "patient_id": one.of["patient_id"],
            "clinic_id": one.given.clinic_id,
            "protocol_version_id": one.given.protocol_version_id,
            "treated_at": one.treated_at,
            "treated_on": one.treated_at.date(),
            "needle_depth_mm": 1.5,
            "status": "recovering" if recovering else "recovered",
            "recovered_at": None if recovering else one.day(3),
            "review_at": one.day(8),
            "created_at": one.treated_at,
        }
    )


def _ask(rows: Rows, one: _One, day: int, at: datetime, seq: int, *, answered: bool = True) -> None:
    """A question that was sent and delivered."""
    check_in = _check_in(one, day, at, "answered" if answered else "delivered")
    rows[CheckIn].append(check_in | {"sent_at": at, "answered_at": at if answered else None})
    text = _text(one, "outbound", _ASKED, seq, at, f"check_in:{check_in['id']}")
    told = {"kind": "check_in", "wording": "check_in", "check_in_id": check_in["id"], "status": "delivered"}
    sent = {"provider_status": "delivered", "due_at": at, "claimed_at": at, "sent_at": at, "attempts": 1}
    rows[Message].append(text | told | sent)


def _plan(rows: Rows, one: _One, day: int, due_at: datetime) -> None:
    rows[CheckIn].append(_check_in(one, day, due_at, "planned"))


def _check_in(one: _One, day: int, due_at: datetime, status: str) -> dict[str, Any]:
    return {
        "id": one.given.new_id(),
        "clinic_id": one.given.clinic_id,
        "treatment_id": one.of["treatment_id"],
        "kind": "check_in",
        "day": day,
        "due_at": due_at,
        "expires_at": due_at + timedelta(hours=8),
        "status": status,
    }


def _answer(rows: Rows, one: _One, day: int, at: datetime, seq: int) -> None:
    """What she said to a question, and the report that it made."""
    said = _SAID[(one.number + day) % len(_SAID)]
    text = _text(one, "inbound", said, seq, at, "")
    rows[Message].append(
        text | {"dedupe_key": f"in:{text['twilio_sid']}", "status": "received", "intent": "report"}
    )
    scores = {"redness": (one.number + day) % 5, "swelling": 1, "itching": 0}
    moment = {"seq": seq, "day": day, "reported_at": at, "created_at": at}
    rows[Report].append(
        {"id": one.given.new_id(), **one.of, **moment, "message_id": text["id"], "source": "sms", **scores}
    )


def _text(one: _One, direction: str, body: str, seq: int, at: datetime, key: str) -> dict[str, Any]:
    text_id = one.given.new_id()
    return {
        "id": text_id,
        **one.of,
        **one.phone,
        "seq": seq,
        "direction": direction,
        "dedupe_key": key,
        "body": one.given.sealed(body, "message.body"),
        "twilio_sid": f"SM{text_id}",
        "created_at": at,
    }


def _case(rows: Rows, one: _One, *, resolved: bool) -> None:
    case_id, at = one.given.new_id(), one.day(3) + timedelta(minutes=one.number % 500)
    priority = _PRIORITIES[one.number % len(_PRIORITIES)]
    case = {
        "id": case_id,
        **one.of,
        "status": "resolved" if resolved else "open",
        "priority": priority,
        "place": Priority.EMERGENCY.rank - priority.rank,
        "flagged_at": at,
        "due_at": at + timedelta(days=2),
        "rises_at": at + timedelta(days=4),
        "created_at": at,
    }
    closed = {"resolved_at": at + timedelta(hours=3), "outcome": "advice_given", "closed_seq": 7}
    rows[FlaggedCase].append(case | closed if resolved else case)
    of = {"clinic_id": one.given.clinic_id, "case_id": case_id}
    reason = {"rule": "persisting", "symptom": "redness", "priority": priority, "day": 3, "score": 4}
    said = {"explanation": "Redness 4/10 on day 3; expected to be gone after day 2.", "basis": "scores"}
    moments = dict.fromkeys(("opened_at", "last_at"), at) | {"due_at": case["due_at"]}
    rows[Flag].append({"id": one.given.new_id(), **of, **reason, **said, **moments})
    rows[CaseEvent].append({"id": one.given.new_id(), **of, "action": "flagged", "at": at})
