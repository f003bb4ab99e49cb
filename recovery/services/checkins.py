"""Check-ins and reminders that fall due: expired, cancelled, or written down to be sent."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from recovery.db import db, reading, writing
from recovery.domain import wording
from recovery.domain.protocol import Protocol
from recovery.domain.vocabulary import CheckInKind, CheckInStatus, EndReason, TreatmentStatus
from recovery.models.clinic import Clinic
from recovery.models.patient import Patient
from recovery.models.treatment import CheckIn, Treatment
from recovery.queries import messages, patients, treatments
from recovery.services import gate, outbox, queued, silence
from recovery.services.one_by_one import apart, until_stopped
from recovery.services.reports import day_scores, missing
from recovery.services.texts import compose, question
from recovery.services.values import protocol_of

EXPIRED, CANCELLED, ANSWERED = CheckInStatus.EXPIRED, CheckInStatus.CANCELLED, CheckInStatus.ANSWERED


@dataclass
class Counts:
    """What one run of a check-in job found and did."""

    due: int = 0
    queued: int = 0
    expired: int = 0
    cancelled: int = 0
    sent: int = 0
    refused: int = 0
    in_doubt: int = 0


def send_due(clock: Callable[[], datetime]) -> Counts:
    """Expire, cancel or queue what is due, then send welcomes, check-ins and late questions."""
    counts = Counts()
    with reading():
        due = treatments.treatments_with_due_check_ins(clock())
    for treatment_id in until_stopped(due):
        with apart("check_in_failed", treatment=treatment_id), writing():
            _take_due(treatment_id, clock(), counts)
    return _sent(clock, ("welcome", "check_in", "late"), counts)


def send_due_reminders(clock: Callable[[], datetime]) -> Counts:
    """The same for reminders of check-ins that are still unanswered."""
    counts = Counts()
    with reading():
        due = treatments.treatments_with_due_reminders(clock())
    for treatment_id in until_stopped(due):
        with apart("reminder_failed", treatment=treatment_id), writing():
            _remind_due(treatment_id, clock(), counts)
    return _sent(clock, ("reminder",), counts)


def _sent(clock: Callable[[], datetime], kinds: tuple[str, ...], counts: Counts) -> Counts:
    done = outbox.send_due(clock, kinds)
    counts.sent += done.sent
    counts.refused += done.refused
    counts.expired += done.expired
    counts.cancelled += done.cancelled
    counts.in_doubt += done.in_doubt
    return counts


def _take_due(treatment_id: UUID, now: datetime, counts: Counts) -> None:
    patient = patients.locked_patient_of(treatment_id)
    if patient is not None:
        for check_in in treatments.due_check_ins(treatment_id, now):
            _take(patient, check_in, now, counts)


def _remind_due(treatment_id: UUID, now: datetime, counts: Counts) -> None:
    patient = patients.locked_patient_of(treatment_id)
    if patient is not None:
        for check_in in treatments.due_reminders(treatment_id, now):
            _remind(patient, check_in, now, counts)


def _take(patient: Patient, check_in: CheckIn, now: datetime, counts: Counts) -> None:
    treatment = check_in.treatment
    protocol = protocol_of(treatment)
    counts.due += 1
    over = _over(patient, treatment, check_in, protocol, now)
    if over is not None:
        check_in.status = over
        counts.expired += over is EXPIRED
        counts.cancelled += over is CANCELLED
    elif not _waits(patient, treatment, protocol, now):
        check_in.status = CheckInStatus.SENDING
        _queue_question(patient, treatment, check_in, now)
        counts.queued += 1


def _over(
    patient: Patient, treatment: Treatment, check_in: CheckIn, protocol: Protocol, now: datetime
) -> CheckInStatus | None:
    """What a planned check-in has become instead of a text, or None if it is still to be asked."""
    late = check_in.kind == CheckInKind.LATE
    if treatment.end_reason == EndReason.ENTERED_IN_ERROR or not gate.can_be_texted(patient):
        return CANCELLED
    if not late and treatment.status != TreatmentStatus.RECOVERING:
        return CANCELLED
    if not late and not missing(day_scores(treatment, check_in.day)):
        return ANSWERED
    if not late and check_in.day > protocol.no_answer_ask_to_day and silence.stands(treatment):
        return CANCELLED
    if patient.conversation_until is not None and patient.conversation_until >= check_in.expires_at:
        return CANCELLED  # a nurse talks with her until the window has closed
    return EXPIRED if now >= check_in.expires_at else None


def _waits(patient: Patient, treatment: Treatment, protocol: Protocol, now: datetime) -> bool:
    """Whether the question waits inside its window: held, unsigned, too soon, or a nurse is talking."""
    clinic = db.session.get_one(Clinic, patient.clinic_id)
    if gate.is_off(clinic) or gate.is_unsigned(treatment) or _in_conversation(patient, now):
        return True
    welcome = messages.welcome_of(treatment.id, patient.phone_hash or b"")
    pause = timedelta(minutes=protocol.welcome_to_check_in_minutes)
    if welcome is not None and (welcome.claimed_at is None or now < welcome.claimed_at + pause):
        return welcome.status not in ("cancelled", "expired")
    apart = timedelta(hours=protocol.hours_between_check_ins)
    return any(each.sent_at is not None and now < each.sent_at + apart for each in treatment.check_ins)


def _in_conversation(patient: Patient, now: datetime) -> bool:
    return patient.conversation_until is not None and now < patient.conversation_until


def _queue_question(patient: Patient, treatment: Treatment, check_in: CheckIn, now: datetime) -> None:
    clinic = db.session.get_one(Clinic, patient.clinic_id)
    key, body = question(clinic, patient.language, patient.skin_type, check_in.kind, check_in.day)
    queued.add(
        kind=check_in.kind,
        wording=key,
        body=body,
        dedupe_key=f"{check_in.kind}:{check_in.id}:{(patient.phone_hash or b'').hex()[:16]}",
        clinic=clinic,
        phone=patient.phone or "",
        now=now,
        due_at=min(check_in.due_at, now),
        expires_at=check_in.expires_at,
        patient=patient,
        treatment_id=treatment.id,
        check_in_id=check_in.id,
    )


def _remind(patient: Patient, check_in: CheckIn, now: datetime, counts: Counts) -> None:
    treatment = check_in.treatment
    due_at, until = check_in.reminder_at or now, check_in.reminder_until
    check_in.reminder_at = None
    counts.due += 1
    if until is None or now >= until:
        counts.expired += 1
        return
    if not _may_remind(patient, treatment, check_in):
        counts.cancelled += 1
        return
    clinic = db.session.get_one(Clinic, patient.clinic_id)
    key = wording.reminder(patient.skin_type)
    queued.add(
        kind="reminder",
        wording=key,
        body=compose(key, clinic, patient.language, day=check_in.day),
        dedupe_key=f"reminder:{check_in.id}",
        clinic=clinic,
        phone=patient.phone or "",
        now=now,
        due_at=due_at,
        expires_at=until,
        patient=patient,
        treatment_id=treatment.id,
        check_in_id=check_in.id,
    )
    counts.queued += 1


def _may_remind(patient: Patient, treatment: Treatment, check_in: CheckIn) -> bool:
    if check_in.status not in (CheckInStatus.SENT, CheckInStatus.DELIVERED):
        return False
    if not gate.can_be_texted(patient) or silence.stands(treatment):
        return False
    reminders = sum(each.kind == "reminder" for each in messages.automatic_of(treatment.id))
    return reminders < protocol_of(treatment).reminders_at_most
