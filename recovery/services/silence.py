"""Silence: two check-ins running that she left without a word, and what it means while it lasts."""

from datetime import datetime, timedelta
from uuid import UUID

from recovery.db import db
from recovery.domain import triage
from recovery.domain.protocol import Protocol
from recovery.domain.thread import Line
from recovery.domain.triage import Evidence
from recovery.domain.vocabulary import CheckInKind, CheckInStatus, Intent, Rule
from recovery.models.patient import Patient
from recovery.models.report import Report
from recovery.models.treatment import CheckIn, Treatment
from recovery.queries import cases, messages, treatments
from recovery.services.values import facts_of, protocol_of, told

_OPEN = (CheckInStatus.SENT, CheckInStatus.DELIVERED)
_SETTLED = (CheckInStatus.MISSED, CheckInStatus.ANSWERED)


def mark_missed(treatment: Treatment, now: datetime) -> list[CheckIn]:
    """Close the questions that stood open for too long; gives the daily ones that nobody answered."""
    protocol = protocol_of(treatment)
    answered_days = {report.day for report in treatments.standing_reports(treatment) if report.scores}
    missed = []
    for check_in in treatment.check_ins:
        if not _is_over(check_in, protocol, now):
            continue
        check_in.reminder_at = None
        daily = check_in.kind == CheckInKind.CHECK_IN
        if daily and check_in.day in answered_days:
            check_in.status, check_in.answered_at = CheckInStatus.ANSWERED, now
            continue
        check_in.status = CheckInStatus.MISSED
        if daily:
            missed.append(check_in)
    db.session.flush()
    return missed


def evidence_of(patient: Patient, treatment: Treatment) -> Evidence | None:
    """The evidence of a silence: the last check-ins that were sent were all missed, with no word since."""
    missed = _left_without_a_word(treatment)
    if not missed:
        return None
    protocol = protocol_of(treatment)
    reports = [told(report) for report in treatments.standing_reports(treatment)]
    return triage.no_answer(
        protocol,
        facts_of(treatment, patient),
        source_id=str(missed[-1].id),
        seq=patient.take_seq(),
        day=missed[-1].day,
        last_score=triage.last_score(reports),
        answered_ever=bool(reports),
    )


def stands(treatment: Treatment) -> bool:
    """Whether she is silent still, so that less is asked: only a report ends it, not a nurse's resolve."""
    missed = [
        UUID(check_in_id)
        for flag in cases.flags_of_treatment(treatment.id)
        if flag.rule == Rule.NO_ANSWER and flag.ended_at is None and flag.withdrawn_at is None
        for check_in_id in flag.sources
    ]
    if not missed:
        return False
    questions = map(messages.outline(treatment.patient_id).question_of, missed)
    last = max(questions, key=lambda each: each.place if each else 0)
    return not _reported_after(treatment, last)


def is_broken_by(report: Report, treatment: Treatment) -> bool:
    """Whether a texted report ends a silence: any does, but one found late only if it was no silence."""
    return not report.is_late or not _left_without_a_word(treatment)


def _is_over(check_in: CheckIn, protocol: Protocol, now: datetime) -> bool:
    if check_in.status not in _OPEN or check_in.sent_at is None:
        return False
    if check_in.kind == CheckInKind.LATE:
        return now >= check_in.sent_at + timedelta(days=protocol.late_answer_days)
    return now >= check_in.sent_at + timedelta(hours=protocol.no_answer_hours)


def _left_without_a_word(treatment: Treatment) -> list[CheckIn]:
    """The last check-ins that were sent, if all of them were missed and nothing was heard since."""
    wanted = protocol_of(treatment).no_answer_check_ins
    settled = [
        check_in
        for check_in in treatment.check_ins
        if check_in.kind == CheckInKind.CHECK_IN and check_in.sent_at and check_in.status in _SETTLED
    ]
    latest = settled[-wanted:]
    missed = [check_in for check_in in latest if check_in.status == CheckInStatus.MISSED]
    return [] if len(missed) < wanted or _heard_since(treatment, latest[0]) else latest


def _heard_since(treatment: Treatment, check_in: CheckIn) -> bool:
    """Whether a report came, or any words but an acknowledgement, after the check-in went to her."""
    thread = messages.outline(treatment.patient_id)
    question = thread.question_of(check_in.id)
    wrote = thread.written_after(question)
    return _reported_after(treatment, question) or any(line.intent != Intent.ACK for line in wrote)


def _reported_after(treatment: Treatment, question: Line | None) -> bool:
    """Whether a report stands that came after that text in the patient's order, whatever the clock.

    One that was told late counts by when it was said.
    """
    told = treatments.standing_reports(treatment)
    if question is None:
        return bool(told)
    asked_at = question.claimed_at or question.created_at
    return any(
        report.reported_at > asked_at if report.is_late else report.seq > question.place for report in told
    )
