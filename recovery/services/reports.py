"""Reports: what was said of one day, the check-in it answers, and what it means for the recovery."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from recovery.db import db, new_id
from recovery.domain.days import reply_day
from recovery.domain.errors import Conflict, Invalid
from recovery.domain.reading.read import read
from recovery.domain.vocabulary import (
    CORE,
    CheckInKind,
    CheckInStatus,
    EndReason,
    Intent,
    ReportSource,
    Score,
)
from recovery.models.case import FlaggedCase
from recovery.models.patient import Patient
from recovery.models.report import Report
from recovery.models.treatment import CheckIn, Treatment
from recovery.queries import treatments
from recovery.services import assessing, recoveries
from recovery.services.values import protocol_of

_CAN_BE_ANSWERED = (
    CheckInStatus.SENDING,
    CheckInStatus.SENT,
    CheckInStatus.DELIVERED,
    CheckInStatus.UNDELIVERED,
    CheckInStatus.MISSED,
)


@dataclass(frozen=True, slots=True)
class Said:
    """What a report holds, however it came."""

    scores: Mapping[str, Score]
    red_flags: Sequence[str] = ()
    concerns: Sequence[str] = ()
    question: bool = False
    note: str | None = None

    @property
    def is_empty(self) -> bool:
        return not (self.scores or self.red_flags or self.concerns)


@dataclass(frozen=True, slots=True)
class Place:
    """The day that a report speaks of, and the check-in that it answers, if one was sent."""

    day: int
    check_in: CheckIn | None


def add(
    patient: Patient, treatment: Treatment, said: Said, reported_at: datetime, source: str, now: datetime
) -> tuple[Report, FlaggedCase | None]:
    """Log what the patient said by phone or in an app; the patient's row must be locked.

    Raises Invalid for a moment ahead of now or before the treatment, Conflict for a treatment that
    was entered in error.
    """
    if reported_at > now + timedelta(minutes=1):
        raise Invalid({"reported_at": ["Must not be ahead of now."]})
    if reported_at < treatment.treated_at:
        raise Invalid({"reported_at": ["Must not be before the treatment."]})
    if treatment.end_reason == EndReason.ENTERED_IN_ERROR:
        raise Conflict("This treatment was entered in error; it takes no reports.")
    day = reply_day(protocol_of(treatment), treatment.treated_at, reported_at, patient.timezone)
    said = _with_note(said, source, patient.language)
    corrects = _just_before(treatment, said, day, reported_at, source)
    report = store(patient, treatment, said, Place(day, None), reported_at, source, now, corrects=corrects)
    treatment.version += 1
    case = assessing.assess(patient, treatment, now, silence_broken=True)
    recoveries.recover(patient, treatment, now)
    return report, case


def place(
    patient: Patient, treatment: Treatment, written_at: datetime, until: datetime | None = None
) -> Place:
    """Where a text belongs: the latest check-in of the hours before it, else the local day.

    `until`: given for a text that was found late, which answers nothing that was asked after it.
    """
    protocol = protocol_of(treatment)
    since = written_at - timedelta(hours=protocol.reply_hours)
    asked = treatments.last_asked(treatment, CheckInKind.CHECK_IN, since, until)
    if asked is not None:
        return Place(asked.day, asked)
    return Place(reply_day(protocol, treatment.treated_at, written_at, patient.timezone), None)


def store(
    patient: Patient,
    treatment: Treatment,
    said: Said,
    where: Place,
    reported_at: datetime,
    source: str,
    now: datetime,
    *,
    corrects: Sequence[Report] = (),
    message_id: UUID | None = None,
) -> Report:
    """Write the report, put the corrected ones aside, and mark the day's check-in as answered.

    `corrects`, latest first: what they hold and the new one does not name stays said.
    """
    scores = dict(said.scores)
    for old in corrects:
        scores = {**old.scores, **scores}
    report = Report(
        id=new_id(),
        clinic_id=patient.clinic_id,
        patient_id=patient.id,
        treatment_id=treatment.id,
        treatment=treatment,
        message_id=message_id,
        check_in_id=where.check_in.id if where.check_in else None,
        seq=patient.take_seq(),
        day=where.day,
        reported_at=reported_at,
        source=source,
        ranges={name: [score.low, score.high] for name, score in scores.items() if score.approximate},
        red_flags=list(said.red_flags),
        concerns=list(said.concerns),
        question=said.question,
        note=said.note,
        created_at=now,
        **{name: score.value for name, score in scores.items()},
    )
    db.session.add(report)
    if corrects:
        db.session.flush()  # a row that another will name
    for old in corrects:
        old.superseded_by_id = report.id
    _answer_check_in(treatment, report, now)
    return report


def is_answer(report: Report) -> bool:
    """Whether something was reported: a score or a danger, and not a worry or a question alone."""
    return bool(report.scores or report.red_flags)


def day_scores(treatment: Treatment, day: int, until: datetime | None = None) -> dict[str, Score]:
    """What stands for a day, or stood then: each symptom's latest score over the day's reports."""
    scores: dict[str, Score] = {}
    for report in treatments.standing_reports(treatment, until):
        if report.day == day:
            scores.update(report.scores)
    return scores


def missing(scores: Mapping[str, Score]) -> tuple[str, ...]:
    return tuple(symptom for symptom in CORE if symptom not in scores)


def _with_note(said: Said, source: str, language: str) -> Said:
    """What the note adds: a danger always; a worry or a question where the words are the patient's own."""
    if not said.note:
        return said
    read_in = read(said.note, lang=language)
    if source == ReportSource.NURSE:
        return replace(said, red_flags=read_in.red_flags)
    asks = read_in.also_question or read_in.intent == Intent.QUESTION
    return replace(said, red_flags=read_in.red_flags, concerns=read_in.concerns, question=asks)


def _just_before(
    treatment: Treatment, said: Said, day: int, reported_at: datetime, source: str
) -> tuple[Report, ...]:
    """The reports of the same day and source that this one, given minutes later, corrects."""
    soon = timedelta(minutes=protocol_of(treatment).correction_minutes)
    return tuple(
        report
        for report in treatments.standing_reports(treatment)
        if report.day == day
        and report.source == source
        and timedelta(0) <= reported_at - report.reported_at < soon
        and report.scores.keys() & said.scores.keys()
    )


def _answer_check_in(treatment: Treatment, report: Report, now: datetime) -> None:
    """Any report answers a check-in that was sent; a complete day answers one before it is sent."""
    if not is_answer(report):
        return
    complete = not missing(day_scores(treatment, report.day))
    for check_in in treatment.check_ins:
        if check_in.kind != CheckInKind.CHECK_IN or check_in.day != report.day:
            continue
        sent = check_in.sent_at is not None and check_in.status in _CAN_BE_ANSWERED
        waiting = check_in.status in (CheckInStatus.PLANNED, CheckInStatus.SENDING)
        if sent or (waiting and complete):
            check_in.status = CheckInStatus.ANSWERED
            check_in.answered_at = now
            check_in.reminder_at = None
            report.check_in_id = check_in.id
