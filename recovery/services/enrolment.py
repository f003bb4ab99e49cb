"""A patient and her treatment entered at once; the same form twice makes one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from recovery.db import keyring
from recovery.domain.errors import Conflict, NotFound
from recovery.models.clinic import Clinic
from recovery.models.patient import Patient
from recovery.models.treatment import Treatment
from recovery.phones import parsed
from recovery.queries import patients as stored
from recovery.queries import treatments as begun
from recovery.services import patients, treatments


@dataclass(frozen=True, slots=True)
class Entered:
    """What was entered, now (`is_new`) or by the same form before; `warnings` are to be heard at once."""

    patient: Patient
    treatment: Treatment
    warnings: list[str]
    is_new: bool


def enrol(
    clinic: Clinic, now: datetime, patient_id: UUID, person: Mapping[str, Any], treatment: Mapping[str, Any]
) -> Entered:
    """A new patient with her treatment, in one unit of work.

    `patient_id` was made with the form: whoever sends the form twice gets what was made first.
    Raises Invalid and Conflict as `patients.enrol` and `treatments.begin` do.
    """
    before = stored.patient(clinic.id, patient_id)
    if before is None:
        try:
            patient = patients.enrol(clinic, now, patient_id=patient_id, **person)
        except Conflict:
            before = stored.patient(clinic.id, patient_id)  # her twin form was faster
            if before is None:
                raise
    if before is not None:
        return _as_entered(before, begun.latest_treatment(patient_id), now)
    return _begun(patient, treatments.begin(patient, now, **treatment), now)


def begin(patient: Patient, now: datetime, treatment_id: UUID, treatment: Mapping[str, Any]) -> Entered:
    """Another treatment of a locked patient; `treatment_id` was made with the form."""
    before = begun.treatment(patient.clinic_id, treatment_id)
    if before is not None:
        return _as_entered(patient, before if before.patient_id == patient.id else None, now)
    row = treatments.begin(patient, now, treatment_id=treatment_id, **treatment)
    return _begun(patient, row, now)


def whose(clinic: Clinic, typed: str | None) -> Patient | None:
    """The patient of this clinic whose number it is. Raises Invalid for what is no number."""
    if typed is None:
        return None
    found = stored.patient_id_by_phone(clinic.id, keyring().phone_hash(parsed(typed, clinic.region)))
    return stored.patient(clinic.id, found) if found else None


def _begun(patient: Patient, treatment: Treatment, now: datetime) -> Entered:
    return Entered(patient, treatment, treatments.warnings(patient, treatment, now), is_new=True)


def _as_entered(patient: Patient, treatment: Treatment | None, now: datetime) -> Entered:
    if treatment is None or patient.erased_at is not None:
        raise NotFound("What this form entered is no longer there.")
    return Entered(patient, treatment, treatments.warnings(patient, treatment, now), is_new=False)
