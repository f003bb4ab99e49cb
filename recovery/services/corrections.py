"""Which earlier reports a new one corrects."""

from datetime import datetime, timedelta

from recovery.domain.days import reply_day
from recovery.domain.vocabulary import ReportSource
from recovery.models.patient import Patient
from recovery.models.report import Report
from recovery.models.treatment import Treatment
from recovery.queries import messages, treatments
from recovery.services.pieces import kept
from recovery.services.reports import Place, Said
from recovery.services.values import protocol_of


def replaced_by(
    patient: Patient,
    treatment: Treatment,
    said: Said,
    where: Place,
    written_at: datetime,
    *,
    cue: bool,
    until: datetime | None = None,
) -> tuple[Report, ...]:
    """The reports of that day which `said` corrects: soon after it, or with a cue such as "sorry".

    A cue reaches back to the morning and no further: the next day it is an excuse for being late.
    An answer may stand in several parts. A text that names only what the earlier ones lacked adds
    to them and corrects nothing; one found late corrects nothing that was said after it (`until`).
    """
    parts = _last_answer(treatment, where.day, until)
    named = tuple(part for part in parts if part.scores.keys() & said.scores.keys())
    if not named:
        return ()
    protocol = protocol_of(treatment)
    told_at = parts[0].reported_at
    soon = written_at - told_at < _soon(treatment)
    told, today = (
        reply_day(protocol, treatment.treated_at, at, patient.timezone) for at in (told_at, written_at)
    )
    return named if soon or (cue and told == today) else ()


def corrected_since(treatment: Treatment, day: int, written_at: datetime) -> frozenset[str]:
    """The symptoms that she wrote anew in a way that corrects what was written then: soon, or with a cue."""
    return frozenset(
        symptom
        for report in treatments.standing_reports(treatment)
        if report.day == day and report.source == ReportSource.SMS and report.reported_at > written_at
        if report.reported_at < written_at + _soon(treatment) or _has_cue(report)
        for symptom in report.scores
    )


def _has_cue(report: Report) -> bool:
    message = messages.message(report.message_id) if report.message_id else None
    return message is not None and bool(kept(message).get("correction"))


def _soon(treatment: Treatment) -> timedelta:
    return timedelta(minutes=protocol_of(treatment).correction_minutes)


def _last_answer(treatment: Treatment, day: int, until: datetime | None) -> list[Report]:
    """The latest texted scores of a day, latest part first: parts name different symptoms."""
    parts: list[Report] = []
    for report in reversed(treatments.standing_reports(treatment, until)):
        if report.day != day or not report.scores or report.source != ReportSource.SMS:
            continue
        if any(report.scores.keys() & part.scores.keys() for part in parts):
            break
        parts.append(report)
    return parts
