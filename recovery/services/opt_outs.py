"""Who must not be texted: an opt-out stays with the patient and with the number."""

from datetime import datetime

from recovery.db import add_if_new, db, new_id
from recovery.domain import triage
from recovery.domain.days import day_of
from recovery.models.case import FlaggedCase
from recovery.models.patient import OptOut, Patient
from recovery.models.treatment import Treatment
from recovery.queries import cases, patients, treatments
from recovery.services import assessing
from recovery.services.values import facts_of, protocol_of, told


def stop(patient: Patient, phone_hash: bytes, now: datetime, source: str = "sms") -> bool:
    """No more texts to this number and patient; False if that was so already."""
    if patients.has_opted_out(patient.clinic_id, patient.id, phone_hash):
        return False
    return add_if_new(
        OptOut,
        id=new_id(),
        clinic_id=patient.clinic_id,
        phone_hash=phone_hash,
        patient_id=patient.id,
        source=source,
        opted_out_at=now,
    )


def start(patient: Patient, phone_hash: bytes, now: datetime) -> bool:
    """Texts again; False if they were never stopped."""
    standing = patients.standing_opt_outs(patient.clinic_id, patient.id, phone_hash)
    for each in standing:
        each.ended_at = now
    db.session.flush()
    return bool(standing)


def flag(patient: Patient, treatment: Treatment, now: datetime, *, source_id: str) -> FlaggedCase | None:
    """Tell the nurse that a patient who stopped the texts is watched by nobody."""
    protocol = protocol_of(treatment)
    reports = [told(report) for report in treatments.standing_reports(treatment.id)]
    evidence = triage.opted_out(
        protocol,
        facts_of(treatment, patient),
        source_id=source_id,
        seq=patient.take_seq(),
        day=max(day_of(treatment.treated_at, now, patient.timezone), 0),
        last_score=triage.last_score(reports),
        case_open=cases.has_standing_case(treatment.id),
    )
    return assessing.assess(patient, treatment, now, [evidence])
