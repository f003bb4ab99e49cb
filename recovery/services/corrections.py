"""Which earlier reports a new one corrects."""

from datetime import datetime, timedelta

from recovery.domain.vocabulary import ReportSource
from recovery.models.report import Report
from recovery.models.treatment import Treatment
from recovery.queries import treatments
from recovery.services.reports import Place, Said
from recovery.services.values import protocol_of


def replaced_by(
    treatment: Treatment, said: Said, where: Place, now: datetime, *, cue: bool
) -> tuple[Report, ...]:
    """The reports of that day which `said` corrects: soon after it, or with a cue such as "sorry".

    An answer may stand in several parts. A text that names only what the earlier ones lacked adds
    to them and corrects nothing.
    """
    parts = _last_answer(treatment, where.day)
    named = tuple(part for part in parts if part.scores.keys() & said.scores.keys())
    if not named:
        return ()
    soon = now - parts[0].created_at < timedelta(minutes=protocol_of(treatment).correction_minutes)
    return named if soon or cue else ()


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
