"""Clinics: set up with defaults that a person can change."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import available_timezones

from recovery.db import add_if_new, db, keyring, new_id
from recovery.domain import gsm7, protocol, regions, wording
from recovery.domain.errors import Conflict, Invalid
from recovery.domain.vocabulary import LANGUAGES
from recovery.models.clinic import OFFICE_HOURS, Clinic, ProtocolVersion
from recovery.phones import parsed, region_of
from recovery.queries import patients
from recovery.services import keys

NAME_IN_TEXTS = wording.LONGEST["clinic"]
CHECK_IN_FROM, CHECK_IN_TO = time(8), time(14)
_LONGEST = {"name": 200, "messaging_service_sid": 34}
_LONGEST_IN_TEXTS = {"emergency_number": wording.LONGEST["em"], "crisis_number": wording.LONGEST["crisis"]}


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
    on_call = parsed(on_call_phone, region, "on_call_phone") if on_call_phone else None
    facts: dict[str, Any] = {
        "name": name,
        "sms_name": sms_name if sms_name is not None else _short(name),
        "phone": number,
        "region": region,
        "messaging_service_sid": messaging_service_sid,
        "timezone": timezone,
        "language": language,
        "weekly_hours": list(weekly_hours) if weekly_hours is not None else OFFICE_HOURS,
        "holidays": sorted(each.isoformat() for each in holidays),
        "check_in_time": check_in_time or protocol.DEFAULT.check_in_time,
        "on_call_phone": on_call,
        "on_call_phone_hash": keyring().phone_hash(on_call) if on_call else None,
        "emergency_number": emergency_number or numbers.emergency,
        "crisis_number": crisis_number if crisis_number is not None else numbers.crisis,
        "is_demo": is_demo,
    }
    _check(facts)
    clinic_id = new_id()
    if not add_if_new(Clinic, id=clinic_id, created_at=now, **facts):
        raise Conflict(f"{number} is another clinic's number already.")
    _add_first_version(clinic_id, now)
    keys.mark()
    return db.session.get_one(Clinic, clinic_id)


def change(clinic: Clinic, *, on_call_phone: str | None = None, messaging_service: str | None = None) -> None:
    """Change what may change at any time; None leaves a fact as it is, "" takes it away.

    Raises Invalid for a wrong value, Conflict if the on-call number is one whose texts are read otherwise.
    """
    if on_call_phone is not None:
        number = parsed(on_call_phone, clinic.region, "on_call_phone") if on_call_phone else None
        hashed = keyring().phone_hash(number) if number else None
        if number == clinic.phone:
            raise Conflict("That is the clinic's own number: texts to it would come back to us.")
        if hashed and patients.patient_id_by_phone(clinic.id, hashed):
            raise Conflict("That is a patient's number: her texts would no longer be read.")
        clinic.on_call_phone, clinic.on_call_phone_hash = number, hashed
    if messaging_service is not None:
        if wrong := _too_long("messaging_service_sid", messaging_service):
            raise Invalid(wrong)
        clinic.messaging_service_sid = messaging_service or None


def _check(facts: Mapping[str, Any]) -> None:
    wrong: dict[str, list[str]] = {}
    for field in _LONGEST:
        wrong |= _too_long(field, facts[field] or "")
    if not facts["name"].strip():
        wrong["name"] = ["Must not be empty."]
    if facts["timezone"] not in available_timezones():
        wrong["timezone"] = ["Not a time zone; accepted: names such as America/Toronto."]
    if facts["language"] not in LANGUAGES:
        wrong["language"] = [f"Not a language of the texts; accepted: {', '.join(LANGUAGES)}."]
    for field, longest in _LONGEST_IN_TEXTS.items():
        if not _fits_a_text(facts[field], longest):
            wrong[field] = [f"Must be at most {longest} characters of the GSM-7 alphabet."]
    if not facts["sms_name"].strip() or not _fits_a_text(facts["sms_name"], NAME_IN_TEXTS):
        wrong["sms_name"] = [f"Must be 1 to {NAME_IN_TEXTS} characters of the GSM-7 alphabet."]
    if not CHECK_IN_FROM <= facts["check_in_time"] <= CHECK_IN_TO:
        wrong["check_in_time"] = ["Must lie between 08:00 and 14:00."]
    if wrong:
        raise Invalid(wrong)


def _too_long(field: str, value: str) -> dict[str, list[str]]:
    """What is wrong with a value of one line, under its field's name; nothing if it is well."""
    longest = _LONGEST[field]
    well = value.isprintable() and len(value) <= longest
    return {} if well else {field: [f"Must be at most {longest} characters on one line."]}


def _short(name: str) -> str:
    """A clinic's name as a text can hold it, cut after a whole word where there is one."""
    plain = gsm7.plain(name).strip()
    whole, space, _ = plain[: NAME_IN_TEXTS + 1].rpartition(" ")
    return whole.strip() if space and len(plain) > NAME_IN_TEXTS else plain[:NAME_IN_TEXTS]


def _fits_a_text(value: str, longest: int) -> bool:
    """Whether a text with it stays one segment; the signs of the extension table count two."""
    return value.isprintable() and gsm7.is_gsm7(value) and gsm7.septets(value) <= longest


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
