"""Questions that are not yet sent follow their clinic: its new check-in time, its protocol when it is signed.

One treatment a transaction.
"""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from recovery import context
from recovery.db import db, reading, writing
from recovery.models.clinic import Clinic
from recovery.models.treatment import Treatment
from recovery.queries import clinics, patients, treatments
from recovery.services import planning
from recovery.services.one_by_one import apart, until_stopped


def move_check_ins(clock: Callable[[], datetime]) -> int:
    """Move what waits to be moved; how many treatments were. What a stop interrupts begins anew later."""
    with reading():
        waiting = clinics.waiting_to_replan()
    moved = 0
    for clinic_id, since in until_stopped(waiting):
        with reading():
            found = treatments.with_unsent_check_ins(clinic_id)
        for patient_id, treatment_id in until_stopped(found):
            with apart("check_in_not_moved", treatment=treatment_id), writing():
                moved += _move(patient_id, treatment_id, clock())
        if not context.stopping().is_set():
            with apart("replanning_not_ended", clinic=clinic_id), writing():
                _end(clinic_id, since)
    return moved


def _move(patient_id: UUID, treatment_id: UUID, now: datetime) -> int:
    patient = patients.locked_patient(patient_id)
    treatment = treatments.locked_treatment(treatment_id)
    if patient is None or treatment is None or treatment.end_reason is not None:
        return 0
    _take_signed_version(treatment)
    planning.again(patient, treatment, now)
    return 1


def _take_signed_version(treatment: Treatment) -> None:
    """From a version that nobody ever signed to the signed one that followed it.

    Under the former she would never be asked. Every other treatment keeps the version it began with.
    """
    current = treatments.current_protocol(treatment.clinic_id)
    if treatment.protocol_version.approved_at is None and current.approved_at is not None:
        treatment.protocol_version = current
        db.session.flush()


def _end(clinic_id: UUID, since: datetime) -> None:
    """Unless the time was changed once more meanwhile."""
    db.session.execute(
        sa.update(Clinic).where(Clinic.id == clinic_id, Clinic.replan_at == since).values(replan_at=None)
    )
