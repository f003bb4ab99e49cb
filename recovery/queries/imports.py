"""Finding imports, and what stands already of the patients and treatments that a file names."""

from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime
from typing import TypeVar
from uuid import UUID

import sqlalchemy as sa

from recovery.db import db, keyring
from recovery.domain.vocabulary import EndReason
from recovery.models.patient import Patient
from recovery.models.treatment import Treatment, TreatmentImport
from recovery.queries.patients import named

Value = TypeVar("Value")

_AT_ONCE = 400  # values in one statement
_NOT_IN_ERROR = sa.or_(Treatment.end_reason.is_(None), Treatment.end_reason != EndReason.ENTERED_IN_ERROR)


def treatment_import(clinic_id: UUID, import_id: UUID) -> TreatmentImport | None:
    return db.session.scalar(
        sa.select(TreatmentImport).where(
            TreatmentImport.id == import_id, TreatmentImport.clinic_id == clinic_id
        )
    )


def latest_imports(
    clinic_id: UUID, limit: int, after: tuple[datetime, UUID] | None = None
) -> Sequence[TreatmentImport]:
    """Newest first; `after` is the last one seen."""
    found = sa.select(TreatmentImport).where(TreatmentImport.clinic_id == clinic_id)
    moment, identity = TreatmentImport.created_at, TreatmentImport.id
    if after is not None:
        seen = sa.tuple_(sa.literal(after[0], moment.type), sa.literal(after[1], identity.type))
        found = found.where(sa.tuple_(moment, identity) < seen)
    return db.session.scalars(found.order_by(moment.desc(), identity.desc()).limit(limit)).all()


def import_of(clinic_id: UUID, digest: bytes) -> TreatmentImport | None:
    """The import of the file with that content."""
    return db.session.scalar(
        sa.select(TreatmentImport).where(
            TreatmentImport.clinic_id == clinic_id, TreatmentImport.digest == digest
        )
    )


def locked_import(import_id: UUID) -> TreatmentImport | None:
    """The import, ours until the commit: two who send one file at once take turns."""
    return db.session.scalar(
        sa.select(TreatmentImport)
        .where(TreatmentImport.id == import_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )


def written_lines(import_id: UUID) -> set[int]:
    """The lines of an import's file that are treatments by now."""
    found = sa.select(Treatment.import_line).where(Treatment.import_id == import_id)
    return {line for line in db.session.scalars(found) if line is not None}


def patients_by_phone(clinic_id: UUID, phone_hashes: Collection[bytes]) -> dict[bytes, Patient]:
    """Whose numbers these are."""
    found = {}
    for some in _parts(sorted(phone_hashes)):
        rows = sa.select(Patient).where(Patient.clinic_id == clinic_id, Patient.phone_hash.in_(some))
        found.update({row.phone_hash: row for row in db.session.scalars(rows) if row.phone_hash is not None})
    return found


def treated(patient_ids: Collection[UUID]) -> dict[UUID, list[Treatment]]:
    """The treatments of these patients that were not entered in error."""
    found: dict[UUID, list[Treatment]] = {}
    for some in _parts(sorted(patient_ids)):
        rows = sa.select(Treatment).where(Treatment.patient_id.in_(some), _NOT_IN_ERROR)
        for row in db.session.scalars(rows):
            found.setdefault(row.patient_id, []).append(row)
    return found


def treated_without_phone(clinic_id: UUID, name: str, on: date) -> bool:
    """Whether a patient of exactly this name, without a phone, has a treatment on that local day."""
    rows = db.session.scalars(
        sa.select(Patient)
        .join(Treatment, Treatment.patient_id == Patient.id)
        .where(
            Patient.clinic_id == clinic_id,
            Patient.phone_hash.is_(None),
            Treatment.treated_on == on,
            _NOT_IN_ERROR,
            *named(clinic_id, name, Patient.id),
        )
    )
    return any(row.name == name for row in rows)


def phone_hashes(phones: Collection[str]) -> dict[str, bytes]:
    """By which each number (E.164) is found."""
    return {phone: keyring().phone_hash(phone) for phone in phones}


def _parts(values: Sequence[Value]) -> Iterator[Sequence[Value]]:
    for begin in range(0, len(values), _AT_ONCE):
        yield values[begin : begin + _AT_ONCE]
