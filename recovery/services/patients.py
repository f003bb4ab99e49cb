"""Patients: enrolled, changed, erased."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from recovery.db import UtcTime, add_all_if_new, db, keyring, new_id
from recovery.domain.errors import Conflict, Invalid
from recovery.domain.vocabulary import CaseStatus, EndReason, Outcome, TreatmentStatus
from recovery.models.case import CaseEvent, FlaggedCase
from recovery.models.clinic import Clinic
from recovery.models.message import Message
from recovery.models.patient import FormerPhone, NamePrefix, Patient, UnknownNumber
from recovery.models.report import Report
from recovery.models.system import IdempotencyKey
from recovery.models.treatment import Treatment
from recovery.phones import parsed
from recovery.queries import cases, treatments
from recovery.queries import patients as stored
from recovery.services import assessing, photos, planning, queued, recoveries
from recovery.services import treatments as recovering

_TAKEN = "This number is already a patient's of this clinic."


def enrol(clinic: Clinic, now: datetime, **person: Any) -> Patient:
    """A new patient: name, phone (or None), `patient_id` if it was made before, and any further field.

    Raises Invalid for a wrong number, Conflict for one that is a patient's already.
    """
    return enrol_all(clinic, now, [person])[0]


def enrol_all(clinic: Clinic, now: datetime, people: Sequence[Mapping[str, Any]]) -> Sequence[Patient]:
    """Several at once, in as few statements as one takes. Raises for the first that is refused."""
    rows = [_row(clinic, now, **person) for person in people]
    if add_all_if_new(Patient, rows) < len(rows):
        raise Conflict(_TAKEN)
    added = stored.patients([row["id"] for row in rows])
    _index_names(added)
    return added


def change(patient: Patient, now: datetime, changes: Mapping[str, Any]) -> None:
    """Change a locked patient; what follows from it for her texts and cases follows at once.

    A number given anew, even the same, is thereby confirmed as hers.
    """
    if patient.erased_at is not None:
        raise Conflict("This patient was erased.")
    clinic = db.session.get_one(Clinic, patient.clinic_id)
    _check_consent(changes.get("consented_at"), now)
    before = _Before(patient.phone_hash, patient.consented_at, patient.timezone, list(patient.risk_facts))
    for field, value in changes.items():
        if field == "phone":
            _change_phone(patient, clinic, value, now)
        elif field == "risk_facts":
            patient.risk_facts = sorted(set(value))
        elif field == "name":
            patient.name = value
            db.session.execute(sa.delete(NamePrefix).where(NamePrefix.patient_id == patient.id))
            _index_names([patient])
        else:
            setattr(patient, field, value)
    patient.version += 1
    _flush_unless_taken()
    for treatment in treatments.treatments_of(patient.id):
        _follow(patient, clinic, treatment, before, now)


def erase(patient: Patient, now: datetime) -> None:
    """Remove the person from a locked patient and keep anonymous scores; the opt-out outlives it.

    Raises Conflict while an urgent or emergency case is open. Doing it twice changes nothing.
    """
    if patient.erased_at is not None:
        return
    if cases.urgent_open_case(patient.id) is not None:
        raise Conflict("An urgent case of this patient is open; resolve it first.")
    for treatment in treatments.treatments_of(patient.id):
        recoveries.cancel_check_ins(treatment, but_late=False)
        if treatment.status == TreatmentStatus.RECOVERING:
            treatment.status, treatment.ended_at = TreatmentStatus.ENDED, now
            treatment.end_reason = EndReason.OTHER
    photos.forget(patient.id, now)
    _forget_texts(patient, now)
    _close_cases(patient, now)
    patient.name = patient.phone = patient.phone_hash = None
    patient.consented_at = None
    patient.erased_at = now
    patient.version += 1
    db.session.flush()


@dataclass(frozen=True, slots=True)
class _Before:
    """What a change of a patient is compared with."""

    phone_hash: bytes | None
    consented_at: datetime | None
    timezone: str
    risk_facts: list[str]


def _follow(patient: Patient, clinic: Clinic, treatment: Treatment, before: _Before, now: datetime) -> None:
    """What a change means for one of her treatments: texts moved, a welcome first, reports weighed again."""
    if treatment.end_reason is not None:
        return
    if patient.timezone != before.timezone:
        planning.again(patient, treatment, now)
    if patient.phone_hash != before.phone_hash:
        planning.ask_again(treatment)
    newly_texted = (patient.phone_hash, patient.consented_at) != (before.phone_hash, before.consented_at)
    if newly_texted:
        planning.look_anew(patient, treatment)
    still_asked = treatment.status == TreatmentStatus.RECOVERING or treatments.asks_late(treatment.id)
    if newly_texted and still_asked:
        recovering.welcome(patient, clinic, treatment, now)
    if patient.risk_facts != before.risk_facts:
        assessing.assess(patient, treatment, now)


def _forget_texts(patient: Patient, now: datetime) -> None:
    theirs = patient.id
    _forget_numbers(patient, now)
    db.session.execute(sa.delete(NamePrefix).where(NamePrefix.patient_id == theirs))
    db.session.execute(sa.delete(FormerPhone).where(FormerPhone.patient_id == theirs))
    db.session.execute(sa.delete(IdempotencyKey).where(IdempotencyKey.patient_id == theirs))
    db.session.execute(
        sa.update(Message)
        .where(Message.patient_id == theirs, Message.status == "queued")
        .values(status="cancelled")
    )
    db.session.execute(
        sa.update(Message)
        .where(Message.patient_id == theirs)
        .values(body=None, body_hash=None, phone=None, phone_hash=None, reading=None)
    )
    db.session.execute(
        sa.update(Treatment).where(Treatment.patient_id == theirs).values(notes=None, area=None, serum=None)
    )
    db.session.execute(sa.update(Report).where(Report.patient_id == theirs).values(note=None))
    of_cases = sa.select(FlaggedCase.id).where(FlaggedCase.patient_id == theirs)
    db.session.execute(sa.update(CaseEvent).where(CaseEvent.case_id.in_(of_cases)).values(note=None))


def _forget_numbers(patient: Patient, now: datetime) -> None:
    """Numbers that were nobody's and wrote for her; one that has something else to be read stays."""
    hers = sa.select(Message.phone_hash).where(
        Message.patient_id == patient.id, Message.phone_hash.is_not(None)
    )
    wrote = sa.exists().where(Message.unknown_number_id == UnknownNumber.id, Message.patient_id.is_(None))
    dismissed_at = sa.func.coalesce(UnknownNumber.dismissed_at, sa.literal(now, UtcTime))
    db.session.execute(
        sa.update(UnknownNumber)
        .where(
            UnknownNumber.clinic_id == patient.clinic_id,
            sa.or_(UnknownNumber.patient_id == patient.id, UnknownNumber.phone_hash.in_(hers)),
            ~wrote,
        )
        .values(phone=None, priority=None, dismissed_at=dismissed_at)
        .execution_options(synchronize_session=False)
    )


def _close_cases(patient: Patient, now: datetime) -> None:
    standing = sa.select(FlaggedCase).where(
        FlaggedCase.patient_id == patient.id, FlaggedCase.status != CaseStatus.RESOLVED
    )
    for row in db.session.scalars(standing):
        row.status, row.outcome, row.resolved_at = CaseStatus.RESOLVED, Outcome.CLEARED, now
        row.closed_seq = patient.take_seq()
        row.version += 1
        assessing.log(row, "cleared", now)


def _change_phone(patient: Patient, clinic: Clinic, typed: str | None, now: datetime) -> None:
    patient.number_doubted_at = None
    number = _number(clinic, typed)
    if number == patient.phone:
        return
    phone_hash = keyring().phone_hash(number) if number else None
    if phone_hash is not None and _is_taken(patient, phone_hash):
        raise Conflict(_TAKEN)
    if patient.phone_hash is not None:
        former = FormerPhone(
            id=new_id(),
            clinic_id=clinic.id,
            patient_id=patient.id,
            phone_hash=patient.phone_hash,
            changed_at=now,
        )
        db.session.add(former)
        queued.withdraw_to(patient, patient.phone_hash)
    patient.phone, patient.phone_hash = number, phone_hash


def _number(clinic: Clinic, typed: str | None) -> str | None:
    """The number as E.164; the clinic's own phones are never read as a patient's."""
    if typed is None:
        return None
    number = parsed(typed, clinic.region)
    if number in (clinic.phone, clinic.on_call_phone):
        raise Invalid({"phone": ["This is a phone of the clinic itself."]})
    return number


def _flush_unless_taken() -> None:
    """The database has the last word on a number that two nurses enter at once."""
    try:
        with db.session.begin_nested():
            db.session.flush()
    except sa.exc.IntegrityError as error:
        raise Conflict(_TAKEN) from error


def _is_taken(patient: Patient, phone_hash: bytes) -> bool:
    found = sa.select(Patient.id).where(
        Patient.clinic_id == patient.clinic_id, Patient.phone_hash == phone_hash, Patient.id != patient.id
    )
    return db.session.scalar(found) is not None


def _row(
    clinic: Clinic,
    now: datetime,
    *,
    name: str,
    phone: str | None,
    patient_id: UUID | None = None,
    **details: Any,
) -> dict[str, Any]:
    _check_consent(details.get("consented_at"), now)
    number = _number(clinic, phone)
    return {
        "id": patient_id or new_id(),
        "clinic_id": clinic.id,
        "name": name,
        "phone": number,
        "phone_hash": keyring().phone_hash(number) if number else None,
        "language": details.get("language") or clinic.language,
        "timezone": details.get("timezone") or clinic.timezone,
        "skin_type": details.get("skin_type"),
        "risk_facts": sorted(set(details.get("risk_facts") or ())),
        "consented_at": details.get("consented_at"),
        "created_at": now,
    }


def _index_names(patients: Iterable[Patient]) -> None:
    rows = [
        {"clinic_id": patient.clinic_id, "patient_id": patient.id, "prefix_hash": prefix}
        for patient in patients
        for prefix in sorted(keyring().name_hashes(patient.name or ""))
    ]
    if rows:
        db.session.execute(sa.insert(NamePrefix), rows)


def _check_consent(consented_at: datetime | None, now: datetime) -> None:
    if consented_at is not None and consented_at > now + timedelta(minutes=5):
        raise Invalid({"consented_at": ["Must not be ahead of now."]})
