"""Finding patients: by number, by name, locked for a decision, page by page."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from recovery.crypto import words
from recovery.db import db, keyring
from recovery.models.clinic import Clinic
from recovery.models.patient import FormerPhone, NamePrefix, OptOut, Patient, UnknownNumber
from recovery.models.treatment import Treatment
from recovery.queries.one_of import among, made_once, one_of


def patient(clinic_id: UUID, patient_id: UUID) -> Patient | None:
    return db.session.scalar(
        sa.select(Patient).where(Patient.id == patient_id, Patient.clinic_id == clinic_id)
    )


def patients(patient_ids: Sequence[UUID]) -> list[Patient]:
    """These, in the order of their ids here; each of them is there."""
    found = {row.id: row for row in db.session.scalars(sa.select(Patient).where(Patient.id.in_(patient_ids)))}
    return [found[patient_id] for patient_id in patient_ids]


def locked_patient(patient_id: UUID, *, wait: bool = True) -> Patient | None:
    """The patient, whose row stays ours until the commit; every decision about her begins here.

    Without `wait` None as well where somebody else decides about her at this moment.
    """
    return db.session.scalar(
        sa.select(Patient)
        .where(Patient.id == patient_id)
        .with_for_update(key_share=True, skip_locked=not wait)
        .execution_options(populate_existing=True)
    )


def locked_by_phone(clinic_phone: str, phone_hash: bytes) -> tuple[Clinic, Patient] | None:
    """The clinic that a text to this number is for, and the patient there who has that phone now, locked."""
    numbers = {"clinic_phone": clinic_phone.strip(), "phone_hash": phone_hash}
    row = db.session.execute(_locked_by_phone(), numbers).one_or_none()
    return (row[0], row[1]) if row else None


@cache
def _locked_by_phone() -> sa.Select[Clinic, Patient]:
    return (
        sa.select(Clinic, Patient)
        .join(Patient, Patient.clinic_id == Clinic.id)
        .where(
            Clinic.phone == sa.bindparam("clinic_phone"),
            Patient.phone_hash == sa.bindparam("phone_hash"),
            Patient.erased_at.is_(None),
        )
        .with_for_update(key_share=True, of=Patient)
        .execution_options(populate_existing=True)
    )


def locked_patient_of(treatment_id: UUID) -> Patient | None:
    """The patient of a treatment, locked as above."""
    hers = sa.select(Treatment.patient_id).where(Treatment.id == treatment_id)
    return db.session.scalar(
        sa.select(Patient)
        .where(Patient.id == hers.scalar_subquery())
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )


def locked_patients(patient_ids: Iterable[UUID], *, wait: bool) -> dict[UUID, Patient]:
    """Several patients by their ids, locked in one order; without `wait` only those that nobody holds."""
    found = db.session.scalars(_locked(wait), {"ids": list(set(patient_ids))})
    return {row.id: row for row in found}


@made_once
def _locked(wait: bool) -> sa.Select[Any]:
    return (
        sa.select(Patient)
        .where(among(Patient.id, "ids"))
        .order_by(Patient.id)
        .with_for_update(key_share=True, skip_locked=not wait)
        .execution_options(populate_existing=True)
    )


def locked_by_treatment(treatment_ids: Collection[UUID], *, wait: bool) -> dict[UUID, Patient]:
    """The same of the patients of these treatments, by treatment."""
    found = sa.select(Treatment.id, Treatment.patient_id).where(one_of(Treatment.id, treatment_ids))
    patient_of = {row.id: row.patient_id for row in db.session.execute(found)}
    held = locked_patients(patient_of.values(), wait=wait)
    return {treatment: held[patient] for treatment, patient in patient_of.items() if patient in held}


def patient_id_by_phone(clinic_id: UUID, phone_hash: bytes) -> UUID | None:
    return db.session.scalar(
        sa.select(Patient.id).where(Patient.clinic_id == clinic_id, Patient.phone_hash == phone_hash)
    )


def patient_id_by_former_phone(clinic_id: UUID, phone_hash: bytes, since: datetime) -> UUID | None:
    return db.session.scalar(
        sa.select(FormerPhone.patient_id)
        .where(
            FormerPhone.clinic_id == clinic_id,
            FormerPhone.phone_hash == phone_hash,
            FormerPhone.changed_at >= since,
        )
        .order_by(FormerPhone.changed_at.desc())
        .limit(1)
    )


def newest_patients(
    clinic_id: UUID, q: str | None, phone: str | None, after: tuple[datetime, UUID] | None, limit: int
) -> Sequence[Patient]:
    """A clinic's patients, newest first: with `phone` (E.164) exactly, or with the names that `q` begins."""
    found = sa.select(Patient).where(Patient.clinic_id == clinic_id, Patient.erased_at.is_(None))
    if phone is not None:
        found = found.where(Patient.phone_hash == keyring().phone_hash(phone))
    elif q is not None:
        found = found.where(*named(clinic_id, q, Patient.id))
    if after is not None:
        found = found.where(sa.tuple_(Patient.created_at, Patient.id) < sa.tuple_(*_typed(after)))
    return db.session.scalars(found.order_by(Patient.created_at.desc(), Patient.id.desc()).limit(limit)).all()


def named(
    clinic_id: UUID, q: str, patient_id: sa.orm.InstrumentedAttribute[UUID]
) -> list[sa.ColumnElement[bool]]:
    """Conditions: every word of `q` with two letters or more begins a word of the patient's name."""
    asked = [word for word in words(q) if len(word) >= 2]
    if not asked:
        return [sa.false()]
    return [
        patient_id.in_(
            sa.select(NamePrefix.patient_id).where(
                NamePrefix.clinic_id == clinic_id, NamePrefix.prefix_hash == keyring().word_hash(word)
            )
        )
        for word in asked[:10]
    ]


def has_opted_out(clinic_id: UUID, patient_id: UUID | None, phone_hash: bytes | None) -> bool:
    """Whether this number, or this patient under any number, asked for no more texts."""
    return standing_opt_outs(clinic_id, patient_id, phone_hash) != []


def stops(clinic_id: Any, patient_id: Any, phone_hash: Any) -> sa.Exists:
    """The same as a condition on the columns of another statement."""
    theirs = sa.or_(OptOut.phone_hash == phone_hash, OptOut.patient_id == patient_id)
    return sa.exists().where(OptOut.clinic_id == clinic_id, OptOut.ended_at.is_(None), theirs)


def opted_out(patient_ids: Iterable[UUID]) -> set[UUID]:
    """Those of these patients who asked for no more texts, or whose number did."""
    theirs = stops(Patient.clinic_id, Patient.id, Patient.phone_hash)
    return set(db.session.scalars(sa.select(Patient.id).where(one_of(Patient.id, patient_ids), theirs)))


def standing_opt_outs(clinic_id: UUID, patient_id: UUID | None, phone_hash: bytes | None) -> list[OptOut]:
    theirs = []
    if phone_hash is not None:
        theirs.append(OptOut.phone_hash == phone_hash)
    if patient_id is not None:
        theirs.append(OptOut.patient_id == patient_id)
    if not theirs:
        return []
    return list(
        db.session.scalars(
            sa.select(OptOut).where(OptOut.clinic_id == clinic_id, OptOut.ended_at.is_(None), sa.or_(*theirs))
        )
    )


def locked_unknown_number(clinic_id: UUID, phone_hash: bytes) -> UnknownNumber | None:
    return db.session.scalar(
        sa.select(UnknownNumber)
        .where(UnknownNumber.clinic_id == clinic_id, UnknownNumber.phone_hash == phone_hash)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )


def unknown_numbers(
    clinic_id: UUID, after: tuple[datetime, UUID] | None, limit: int
) -> Sequence[UnknownNumber]:
    """Numbers of nobody that wait to be read, latest first."""
    found = sa.select(UnknownNumber).where(
        UnknownNumber.clinic_id == clinic_id, UnknownNumber.dismissed_at.is_(None)
    )
    if after is not None:
        found = found.where(sa.tuple_(UnknownNumber.last_at, UnknownNumber.id) < sa.tuple_(*_typed(after)))
    return db.session.scalars(
        found.order_by(UnknownNumber.last_at.desc(), UnknownNumber.id.desc()).limit(limit)
    ).all()


def _typed(after: tuple[datetime, UUID]) -> tuple[sa.BindParameter[datetime], sa.BindParameter[UUID]]:
    return (
        sa.literal(after[0], Patient.created_at.type),
        sa.literal(after[1], Patient.id.type),
    )
