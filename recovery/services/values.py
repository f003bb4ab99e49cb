"""Rows as the values that the clinical rules take."""

from datetime import time
from functools import lru_cache

from recovery.domain import protocol as protocols
from recovery.domain.protocol import Protocol
from recovery.domain.targets import ClinicHours
from recovery.domain.triage import Facts
from recovery.domain.triage import Report as Told
from recovery.models.clinic import Clinic, ProtocolVersion
from recovery.models.patient import Patient
from recovery.models.report import Report
from recovery.models.treatment import Treatment


def protocol_of(treatment: Treatment) -> Protocol:
    """The protocol that the treatment began with."""
    return parsed(treatment.protocol_version)


def parsed(version: ProtocolVersion) -> Protocol:
    return _parsed(version.content)


def hours_of(clinic: Clinic) -> ClinicHours:
    weekly = tuple(
        (time.fromisoformat(day[0]), time.fromisoformat(day[1])) if day else None
        for day in clinic.weekly_hours
    )
    return ClinicHours(clinic.timezone, weekly, clinic.holiday_dates, clinic.on_call_phone is not None)


def facts_of(treatment: Treatment, patient: Patient) -> Facts:
    return Facts(treatment.needle_depth_mm, treatment.device, frozenset(patient.risk_facts))


def told(report: Report) -> Told:
    return Told(
        id=str(report.id),
        seq=report.seq,
        day=report.day,
        scores=report.scores,
        red_flags=tuple(report.red_flags),
        concerns=tuple(report.concerns),
        question=report.question,
        reported_at=report.reported_at,
        is_late=report.is_late,
    )


@lru_cache(maxsize=256)
def _parsed(content: str) -> Protocol:
    return protocols.from_json(content)
