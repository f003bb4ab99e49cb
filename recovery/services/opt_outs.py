"""Who must not be texted: an opt-out stays with the patient and with the number."""

from datetime import datetime
from uuid import UUID

from recovery.db import add_if_new, db, new_id
from recovery.domain import triage
from recovery.domain.days import day_of
from recovery.domain.vocabulary import Intent
from recovery.models.case import FlaggedCase
from recovery.models.patient import OptOut, Patient
from recovery.models.treatment import Treatment
from recovery.queries import cases, patients, treatments
from recovery.services import assessing
from recovery.services.values import facts_of, protocol_of, told


def stop(patient: Patient, phone_hash: bytes, now: datetime, source: str = "sms") -> bool:
    """No more texts to this patient nor to this number; False if that was so already."""
    stopped = patients.has_opted_out(patient.clinic_id, patient.id, phone_hash)
    if not _stop_number(patient.clinic_id, phone_hash, now, source, patient.id):
        for each in patients.standing_opt_outs(patient.clinic_id, None, phone_hash):
            each.patient_id = each.patient_id or patient.id
    db.session.flush()
    return not stopped


def start(patient: Patient, phone_hash: bytes, now: datetime) -> bool:
    """Texts again; False if they were never stopped."""
    standing = patients.standing_opt_outs(patient.clinic_id, patient.id, phone_hash)
    for each in standing:
        each.ended_at = now
    db.session.flush()
    return bool(standing)


def obey_number(intent: Intent, clinic_id: UUID, phone_hash: bytes, now: datetime) -> None:
    """STOP and START of a number that is no patient's (any more): kept, in case it becomes one's.

    Its START does not take back what a patient said under that number.
    """
    if intent == Intent.OPT_OUT:
        _stop_number(clinic_id, phone_hash, now, "sms", None)
    if intent != Intent.OPT_IN:
        return
    for each in patients.standing_opt_outs(clinic_id, None, phone_hash):
        if each.patient_id is None:
            each.ended_at = now
    db.session.flush()


def flag(
    patient: Patient, treatment: Treatment, now: datetime, *, source_id: str, elsewhere: bool = False
) -> FlaggedCase | None:
    """Tell the nurse that a patient who stopped the texts is watched by nobody.

    `elsewhere`: the STOP came from another phone and stopped nothing of hers; the nurse asks her.
    """
    protocol = protocol_of(treatment)
    reports = [told(report) for report in treatments.standing_reports(treatment)]
    evidence = triage.opted_out(
        protocol,
        facts_of(treatment, patient),
        source_id=source_id,
        seq=patient.take_seq(),
        day=max(day_of(treatment.treated_at, now, patient.timezone), 0),
        last_score=triage.last_score(reports),
        case_open=cases.standing_case(treatment) is not None,
        elsewhere=elsewhere,
    )
    return assessing.assess(patient, treatment, now, [evidence])


def _stop_number(
    clinic_id: UUID, phone_hash: bytes, now: datetime, source: str, patient_id: UUID | None
) -> bool:
    return add_if_new(
        OptOut,
        id=new_id(),
        clinic_id=clinic_id,
        phone_hash=phone_hash,
        patient_id=patient_id,
        source=source,
        opted_out_at=now,
    )
