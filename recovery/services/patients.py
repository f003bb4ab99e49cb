"""Patients: enrolled, changed, erased."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from recovery.db import add_if_new, db, keyring, new_id
from recovery.domain.errors import Conflict, Invalid
from recovery.domain.vocabulary import CaseStatus, EndReason, Outcome, TreatmentStatus
from recovery.models.case import CaseEvent, FlaggedCase
from recovery.models.clinic import Clinic
from recovery.models.message import Message
from recovery.models.patient import FormerPhone, NamePrefix, Patient, UnknownNumber
from recovery.models.report import Report
from recovery.models.treatment import Treatment
from recovery.phones import parsed
from recovery.queries import cases, treatments
from recovery.services import assessing, recoveries
from recovery.services import treatments as recovering


def enrol(clinic: Clinic, now: datetime, *, name: str, phone: str | None, **details: Any) -> Patient:
    """A new patient. Raises Invalid for a wrong number, Conflict for one that is a patient's already."""
    _check_consent(details.get("consented_at"), now)
    number = parsed(phone, clinic.region) if phone is not None else None
    patient_id = new_id()
    values = {
        "language": details.get("language") or clinic.language,
        "timezone": details.get("timezone") or clinic.timezone,
        "skin_type": details.get("skin_type"),
        "risk_facts": sorted(set(details.get("risk_facts") or ())),
        "consented_at": details.get("consented_at"),
    }
    added = add_if_new(
        Patient,
        id=patient_id,
        clinic_id=clinic.id,
        name=name,
        phone=number,
        phone_hash=keyring().phone_hash(number) if number else None,
        created_at=now,
        **values,
    )
    if not added:
        raise Conflict("This number is already a patient's of this clinic.")
    patient = db.session.get_one(Patient, patient_id)
    _index_name(patient)
    return patient


def change(patient: Patient, now: datetime, changes: Mapping[str, Any]) -> None:
    """Change a locked patient; what follows from it for her texts and cases follows at once.

    A number given anew, even the same, is thereby confirmed as hers.
    """
    clinic = db.session.get_one(Clinic, patient.clinic_id)
    _check_consent(changes.get("consented_at"), now)
    before = (patient.phone_hash, patient.timezone, patient.consented_at, list(patient.risk_facts))
    for field, value in changes.items():
        if field == "phone":
            _change_phone(patient, clinic, value, now)
        elif field == "risk_facts":
            patient.risk_facts = sorted(set(value))
        elif field == "name":
            patient.name = value
            _index_name(patient)
        else:
            setattr(patient, field, value)
    patient.version += 1
    db.session.flush()
    for treatment in treatments.treatments_of(patient.id):
        if treatment.end_reason is not None:
            continue
        if patient.timezone != before[1] and treatment.status != TreatmentStatus.ENDED:
            recovering.plan_again(patient, treatment, now)
        newly_texted = (patient.phone_hash, patient.consented_at) != (before[0], before[2])
        if newly_texted and treatment.status == TreatmentStatus.RECOVERING:
            recovering.welcome(patient, clinic, treatment, now)
        if patient.risk_facts != before[3]:
            assessing.assess(patient, treatment, now)


def erase(patient: Patient, now: datetime) -> None:
    """Remove the person from a locked patient and keep anonymous scores; the opt-out outlives it.

    Raises Conflict while an urgent or emergency case is open.
    """
    if cases.urgent_open_case(patient.id) is not None:
        raise Conflict("An urgent case of this patient is open; resolve it first.")
    for treatment in treatments.treatments_of(patient.id):
        recoveries.cancel_check_ins(treatment, but_late=False)
        if treatment.status == TreatmentStatus.RECOVERING:
            treatment.status, treatment.ended_at = TreatmentStatus.ENDED, now
            treatment.end_reason = EndReason.OTHER
    _forget_texts(patient)
    _close_cases(patient, now)
    patient.name = patient.phone = patient.phone_hash = None
    patient.consented_at = None
    patient.erased_at = now
    patient.version += 1
    db.session.flush()


def _forget_texts(patient: Patient) -> None:
    theirs = patient.id
    db.session.execute(sa.delete(NamePrefix).where(NamePrefix.patient_id == theirs))
    db.session.execute(sa.delete(FormerPhone).where(FormerPhone.patient_id == theirs))
    db.session.execute(
        sa.update(Message)
        .where(Message.patient_id == theirs, Message.status == "queued")
        .values(status="cancelled")
    )
    db.session.execute(
        sa.update(Message)
        .where(Message.patient_id == theirs)
        .values(body=None, body_hash=None, phone=None, phone_hash=None, reading=None, media=None)
    )
    db.session.execute(sa.update(UnknownNumber).where(UnknownNumber.patient_id == theirs).values(phone=None))
    db.session.execute(
        sa.update(Treatment).where(Treatment.patient_id == theirs).values(notes=None, area=None, serum=None)
    )
    db.session.execute(sa.update(Report).where(Report.patient_id == theirs).values(note=None))
    of_cases = sa.select(FlaggedCase.id).where(FlaggedCase.patient_id == theirs)
    db.session.execute(sa.update(CaseEvent).where(CaseEvent.case_id.in_(of_cases)).values(note=None))


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
    number = parsed(typed, clinic.region) if typed is not None else None
    if number == patient.phone:
        return
    phone_hash = keyring().phone_hash(number) if number else None
    if phone_hash is not None and _is_taken(patient, phone_hash):
        raise Conflict("This number is already a patient's of this clinic.")
    if patient.phone_hash is not None:
        former = FormerPhone(
            id=new_id(),
            clinic_id=clinic.id,
            patient_id=patient.id,
            phone_hash=patient.phone_hash,
            changed_at=now,
        )
        db.session.add(former)
    patient.phone, patient.phone_hash = number, phone_hash


def _is_taken(patient: Patient, phone_hash: bytes) -> bool:
    found = sa.select(Patient.id).where(
        Patient.clinic_id == patient.clinic_id, Patient.phone_hash == phone_hash, Patient.id != patient.id
    )
    return db.session.scalar(found) is not None


def _index_name(patient: Patient) -> None:
    db.session.execute(sa.delete(NamePrefix).where(NamePrefix.patient_id == patient.id))
    rows = [
        {"clinic_id": patient.clinic_id, "patient_id": patient.id, "prefix_hash": prefix}
        for prefix in sorted(keyring().name_hashes(patient.name or ""))
    ]
    if rows:
        db.session.execute(sa.insert(NamePrefix), rows)


def _check_consent(consented_at: datetime | None, now: datetime) -> None:
    if consented_at is not None and consented_at > now + timedelta(minutes=5):
        raise Invalid({"consented_at": ["Must not be ahead of now."]})
