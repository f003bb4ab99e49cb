"""A clinic with thousands of open cases, written straight into an empty database."""

from datetime import UTC, datetime, timedelta
from random import Random
from secrets import token_urlsafe
from typing import Any

import sqlalchemy as sa

from recovery.db import Base, db, keyring, new_id, writing
from recovery.domain.vocabulary import Priority, Rule
from recovery.models.case import CaseEvent, Flag, FlaggedCase
from recovery.models.message import Message
from recovery.models.patient import Patient
from recovery.models.report import Report
from recovery.models.staff import Staff
from recovery.models.treatment import Treatment
from recovery.queries import treatments
from recovery.services import clinics, staff

NAMES = ("Ana Lopez", "Maria Chen", "Joan Smith", "Li Nair", "Priya Roy")
NURSES, DAYS = 9, 4
Rows = dict[type[Base], list[dict[str, Any]]]


def fill(count: int) -> Staff:
    """So many cases of one clinic, and as many again that are resolved; gives a nurse of hers."""
    now, chance = datetime.now(UTC), Random(1)
    with writing():
        clinic = clinics.add(now, name="Bench", phone="+14165550100", timezone="America/Toronto")
        person: dict[str, Any] = {"clinic_id": clinic.id, "role": "nurse", "password": token_urlsafe()}
        nurses = [staff.add(now, email=f"n{number}@bench.example", **person) for number in range(NURSES)]
        db.session.flush()
        given = {"clinic_id": clinic.id, "protocol_version_id": treatments.current_protocol(clinic.id).id}
        holders = [None, *(each.id for each in nurses)]
        rows: Rows = {
            each: [] for each in (Patient, Treatment, Message, Report, FlaggedCase, Flag, CaseEvent)
        }
        for number in range(2 * count):
            _add(rows, number, given, chance.choice(holders), chance, now, resolved=number >= count)
        for model, values in rows.items():
            db.session.execute(sa.insert(model), values)
        return nurses[0]


def _add(
    rows: Rows, number: int, given: Any, holder: Any, chance: Random, now: datetime, *, resolved: bool
) -> None:
    at = now - timedelta(minutes=chance.randrange(8_000))
    of = {"clinic_id": given["clinic_id"], "patient_id": new_id(), "treatment_id": new_id()}
    _add_patient(rows, number, given, of, at)
    _add_words(rows, number, of, chance, at)
    _add_case(rows, number, of, holder, chance, at, resolved=resolved)


def _add_patient(rows: Rows, number: int, given: Any, of: Any, at: datetime) -> None:
    phone, treated_at = _phone(number), at - timedelta(days=DAYS)
    patient = {
        "id": of["patient_id"],
        "clinic_id": of["clinic_id"],
        "name": f"{NAMES[number % len(NAMES)]} {number}",
        "phone": phone,
        "phone_hash": keyring().phone_hash(phone),
        "language": "en",
        "timezone": "America/Toronto",
        "consented_at": at,
        "created_at": at,
    }
    treatment = {
        "id": of["treatment_id"],
        "patient_id": of["patient_id"],
        **given,
        "treated_at": treated_at,
        "treated_on": treated_at.date(),
        "created_at": treated_at,
    }
    rows[Patient].append(patient)
    rows[Treatment].append(treatment)


def _add_words(rows: Rows, number: int, of: Any, chance: Random, at: datetime) -> None:
    """Her last text, and a report of each day."""
    text = {
        "id": new_id(),
        **of,
        "seq": 99,
        "direction": "inbound",
        "dedupe_key": f"bench:{number}",
        "phone": _phone(number),
        "body": "4 2 1 still quite red",
        "status": "received",
        "created_at": at,
    }
    rows[Message].append(text)
    for day in range(1, DAYS + 1):
        scores = {"redness": chance.randrange(9), "swelling": 2, "itching": 1}
        when = {"seq": day, "day": day, "reported_at": at, "created_at": at}
        rows[Report].append({"id": new_id(), **of, **when, "source": "sms", **scores})


def _add_case(
    rows: Rows, number: int, of: Any, holder: Any, chance: Random, at: datetime, *, resolved: bool
) -> None:
    clinic_id, case_id = of["clinic_id"], new_id()
    priority = chance.choices(list(Priority), (50, 40, 9, 1))[0]
    status = "resolved" if resolved else chance.choices(("open", "acknowledged"), (2, 1))[0]
    case = {
        "id": case_id,
        **of,
        "status": status,
        "priority": priority,
        "place": Priority.EMERGENCY.rank - priority.rank,
        "flagged_at": at,
        "due_at": at + timedelta(hours=8),
        "assigned_to_id": holder,
        "acknowledged_at": at if status != "open" else None,
        "resolved_at": at if resolved else None,
        "outcome": "treated" if resolved else None,
        "created_at": at,
    }
    reason = {
        "clinic_id": clinic_id,
        "case_id": case_id,
        "priority": priority,
        "day": DAYS,
        "score": 4,
        "explanation": "Redness 4/10 on day 4; expected to be gone after day 3.",
        "basis": "scores",
        **dict.fromkeys(("opened_at", "last_at", "due_at"), at),
    }
    rows[FlaggedCase].append(case)
    for rule in chance.sample(list(Rule), 1 + number % 2):
        rows[Flag].append({"id": new_id(), **reason, "rule": rule})
    event = {"id": new_id(), "clinic_id": clinic_id, "case_id": case_id, "action": "flagged", "at": at}
    rows[CaseEvent].append(event)


def _phone(number: int) -> str:
    return f"+1647{2_000_000 + number:07d}"
