"""The thing that a path names, if it is the caller's clinic's; otherwise there is none."""

from uuid import UUID

from recovery.api.guard import actor
from recovery.db import db
from recovery.domain.errors import NotFound
from recovery.models.case import FlaggedCase
from recovery.models.clinic import Clinic
from recovery.models.message import Photo
from recovery.models.patient import Patient, UnknownNumber
from recovery.models.treatment import Treatment, TreatmentImport
from recovery.queries import cases, imports, patients, photos, strangers, treatments


def clinic() -> Clinic:
    """The caller's own."""
    return db.session.get_one(Clinic, actor().clinic_id)


def patient(patient_id: UUID) -> Patient:
    found = patients.patient(actor().clinic_id, patient_id)
    if found is None or found.erased_at is not None:
        raise NotFound("There is no such patient.")
    return found


def treatment(treatment_id: UUID) -> Treatment:
    found = treatments.treatment(actor().clinic_id, treatment_id)
    if found is None:
        raise NotFound("There is no such treatment.")
    return found


def case(case_id: UUID) -> FlaggedCase:
    found = cases.case(actor().clinic_id, case_id)
    if found is None:
        raise NotFound("There is no such case.")
    return found


def unknown_number(unknown_message_id: UUID) -> UnknownNumber:
    found = strangers.unknown_number(actor().clinic_id, unknown_message_id)
    if found is None:
        raise NotFound("There is no such number.")
    return found


def treatment_import(import_id: UUID) -> TreatmentImport:
    found = imports.treatment_import(actor().clinic_id, import_id)
    if found is None:
        raise NotFound("There is no such import.")
    return found


def photo(photo_id: UUID) -> Photo:
    """One that can be shown."""
    found = photos.photo(actor().clinic_id, photo_id)
    if found is None:
        raise NotFound("There is no such photo.")
    return found


def locked_patient(patient_id: UUID) -> Patient:
    """For a decision; looked at again under the lock, because she may have been erased meanwhile."""
    patient(patient_id)
    locked = patients.locked_patient(patient_id)
    if locked is None or locked.erased_at is not None:
        raise NotFound("There is no such patient.")
    return locked


def locked_treatment(treatment_id: UUID) -> tuple[Patient, Treatment]:
    """The patient's row first, then the treatment's."""
    found = treatment(treatment_id)
    patient_row = patients.locked_patient(found.patient_id)
    locked = treatments.locked_treatment(treatment_id)
    if patient_row is None or locked is None:
        raise NotFound("There is no such treatment.")
    return patient_row, locked


def locked_case(case_id: UUID) -> tuple[Patient, FlaggedCase]:
    """The patient's row first, then the treatment's, then the case's."""
    found = case(case_id)
    patient_row = patients.locked_patient(found.patient_id)
    treatments.locked_treatment(found.treatment_id)
    locked = cases.locked_case(case_id)
    if patient_row is None or locked is None:
        raise NotFound("There is no such case.")
    return patient_row, locked
