"""Clinics: set up with defaults that a person can change."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from recovery.db import add_if_new, db, keyring, new_id
from recovery.domain import gsm7, protocol, regions
from recovery.domain.errors import Conflict, Invalid
from recovery.models.clinic import OFFICE_HOURS, Clinic, ProtocolVersion
from recovery.phones import parsed, region_of
from recovery.queries import clinics, patients
from recovery.services import clinic_facts, keys, on_call, switches
from recovery.services.clinic_facts import NAME_IN_TEXTS


def add(
    now: datetime,
    *,
    name: str,
    phone: str,
    timezone: str,
    language: str = "en",
    sms_name: str | None = None,
    weekly_hours: Sequence[list[str] | None] | None = None,
    holidays: Sequence[date] = (),
    check_in_time: time | None = None,
    on_call_phone: str | None = None,
    emergency_number: str | None = None,
    crisis_number: str | None = None,
    messaging_service_sid: str | None = None,
    is_demo: bool = False,
) -> Clinic:
    """A new clinic with the default protocol, not yet signed.

    Raises Invalid for a wrong value, Conflict if the number is a clinic's already.
    """
    number = parsed(phone, "US")
    region = region_of(number)
    numbers = regions.numbers(region)
    phone_on_call = parsed(on_call_phone, region, "on_call_phone") if on_call_phone else None
    facts: dict[str, Any] = {
        "name": name,
        "sms_name": sms_name if sms_name is not None else _short(name),
        "phone": number,
        "region": region,
        "messaging_service_sid": messaging_service_sid,
        "timezone": timezone,
        "language": language,
        "weekly_hours": list(weekly_hours) if weekly_hours is not None else OFFICE_HOURS,
        "holidays": list(holidays),
        "check_in_time": check_in_time or protocol.DEFAULT.check_in_time,
        "on_call_phone": phone_on_call,
        "on_call_phone_hash": keyring().phone_hash(phone_on_call) if phone_on_call else None,
        "emergency_number": emergency_number or numbers.emergency,
        "crisis_number": crisis_number if crisis_number is not None else numbers.crisis,
        "is_demo": is_demo,
    }
    clinic_facts.check(facts)
    facts["holidays"] = _listed(facts["holidays"])
    clinic_id = new_id()
    if not add_if_new(Clinic, id=clinic_id, created_at=now, **facts):
        raise Conflict(f"{number} is another clinic's number already.")
    _add_first_version(clinic_id, now)
    keys.mark()
    return db.session.get_one(Clinic, clinic_id)


# What a person may change; the number that texts leave from is none of it: patients know it, Twilio owns it.
CHANGEABLE = frozenset(
    {
        "name",
        "sms_name",
        "timezone",
        "language",
        "weekly_hours",
        "holidays",
        "check_in_time",
        "on_call_phone",
        "emergency_number",
        "crisis_number",
        "messaging_service_sid",
        "second_step_required",
        "texting_on",
    }
)


def change(clinic: Clinic, changes: Mapping[str, Any], now: datetime, by: str | None = None) -> None:
    """Change some facts of a clinic whose row is locked; `by` is the name of who does.

    Hours, holidays and zone count for cases from now on: an open case keeps the target that its patient
    was promised. Patients keep their own zones. A new check-in time moves every question that is
    not yet sent (`services/replanning.py`). Raises Invalid for wrong values, Conflict for an on-call number
    whose texts are read otherwise.
    """
    given = {name: changes[name] for name in changes if name != "texting_on"}
    if unknown := sorted(changes.keys() - CHANGEABLE):
        raise Invalid({name: ["This cannot be changed."] for name in unknown})
    clinic_facts.check(given)
    if "holidays" in given:
        given["holidays"] = _listed(given["holidays"])
    if "messaging_service_sid" in given:
        given["messaging_service_sid"] = given["messaging_service_sid"] or None
    if "on_call_phone" in given:
        given["on_call_phone"] = _on_call(clinic, given["on_call_phone"])
    for name in ("name", "sms_name", "crisis_number"):
        if name in given:
            given[name] = given[name].strip()
    changed = {name: value for name, value in given.items() if getattr(clinic, name) != value}
    for name, value in changed.items():
        setattr(clinic, name, value)
    if "on_call_phone" in changed:
        number = changed["on_call_phone"]
        clinic.on_call_phone_hash = keyring().phone_hash(number) if number else None
        if number:
            on_call.hand_over(clinic, now)
    if "check_in_time" in changed:
        clinic.replan_at = now
    switched = "texting_on" in changes and _switch(clinic, changes["texting_on"], now, by)
    clinic.version += bool(changed or switched)


def _switch(clinic: Clinic, on: bool, now: datetime, by: str | None) -> bool:
    """Whether that changed anything; who stopped the texts, and when, stays as it was."""
    if on == (clinic.texting_off_at is None):
        return False
    if on:
        switches.resume_of(clinic)
    else:
        switches.hold_of(clinic, now, by)
    return True


def _on_call(clinic: Clinic, typed: str | None) -> str | None:
    if not typed:
        return None
    number = parsed(typed, clinic.region, "on_call_phone")
    if number == clinic.phone:
        raise Conflict("That is the clinic's own number: texts to it would come back to us.")
    if clinics.clinic_by_phone(number) is not None:
        raise Conflict("That is the number of another clinic's texts: nobody would see them.")
    if patients.patient_id_by_phone(clinic.id, keyring().phone_hash(number)):
        raise Conflict("That is a patient's number: the patient's texts would no longer be read.")
    return number


def _listed(days: Sequence[date]) -> list[str]:
    return sorted({each.isoformat() for each in days})


def _short(name: str) -> str:
    """A clinic's name as a text can hold it, cut after a whole word where there is one."""
    plain = gsm7.plain(name).strip()
    whole, space, _ = plain[: NAME_IN_TEXTS + 1].rpartition(" ")
    return whole.strip() if space and len(plain) > NAME_IN_TEXTS else plain[:NAME_IN_TEXTS]


def _add_first_version(clinic_id: UUID, now: datetime) -> None:
    version = ProtocolVersion(
        id=new_id(),
        clinic_id=clinic_id,
        number=1,
        content=protocol.to_json(protocol.DEFAULT),
        created_at=now,
    )
    db.session.add(version)
    db.session.flush()
