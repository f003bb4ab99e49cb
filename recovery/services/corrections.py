"""Which earlier reports a new one corrects."""

from datetime import datetime, timedelta

from recovery.domain.days import reply_day
from recovery.domain.vocabulary import ReportSource
from recovery.models.patient import Patient
from recovery.models.report import Report
from recovery.models.treatment import Treatment
from recovery.queries import treatments
from recovery.services.reports import Place, Said
from recovery.services.values import protocol_of


def replaced_by(
    patient: Patient, treatment: Treatment, said: Said, where: Place, now: datetime, *, cue: bool
) -> tuple[Report, ...]:
    """The reports of that day which `said` corrects: soon after it, or with a cue such as "sorry".

    A cue reaches back to the morning and no further: the next day it is an excuse for being late.
    An answer may stand in several parts. A text that names only what the earlier ones lacked adds
    to them and corrects nothing.
    """
    parts = _last_answer(treatment, where.day)
    named = tuple(part for part in parts if part.scores.keys() & said.scores.keys())
    if not named:
        return ()
    protocol = protocol_of(treatment)
    soon = now - parts[0].created_at < timedelta(minutes=protocol.correction_minutes)
    told, today = (
        reply_day(protocol, treatment.treated_at, at, patient.timezone) for at in (parts[0].created_at, now)
    )
    return named if soon or (cue and told == today) else ()


def _last_answer(treatment: Treatment, day: int) -> list[Report]:
    """The latest texted scores of a day, latest part first: parts name different symptoms."""
    parts: list[Report] = []
    for report in reversed(treatments.standing_reports(treatment.id)):
        if report.day != day or not report.scores or report.source != ReportSource.SMS:
            continue
        if any(report.scores.keys() & part.scores.keys() for part in parts):
            break
        parts.append(report)
    return parts
