"""Check-ins and reminders that fall due: expired, cancelled, or written down to be sent."""

import random
from collections import deque
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from recovery import context
from recovery.db import reading, writing
from recovery.domain import wording
from recovery.domain.thread import Line
from recovery.domain.vocabulary import CheckInKind, CheckInStatus, EndReason, TreatmentStatus
from recovery.models.clinic import Clinic
from recovery.models.patient import Patient
from recovery.models.treatment import CheckIn, Treatment
from recovery.queries import clinics, many, messages, patients, treatments
from recovery.services import gate, outbox, queued, silence, switches
from recovery.services.one_by_one import all_together, apart, until_stopped
from recovery.services.reports import day_scores, missing
from recovery.services.texts import compose, question
from recovery.services.values import protocol_of

Clock = Callable[[], datetime]

Take = Callable[[Mapping[UUID, Patient], datetime], "Counts"]

BATCH = 200  # treatments a commit
EXPIRED, CANCELLED, ANSWERED = CheckInStatus.EXPIRED, CheckInStatus.CANCELLED, CheckInStatus.ANSWERED


class Find(Protocol):
    """The treatments of which something is due, of all or of those `among`."""

    def __call__(self, now: datetime, among: Collection[UUID] | None = None) -> Sequence[UUID]: ...


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

    def add(self, other: "Counts") -> None:
        for name, number in asdict(other).items():
            setattr(self, name, getattr(self, name) + number)


@dataclass(frozen=True, slots=True)
class _Known:
    """What decides about a batch of treatments besides their own rows.

    `stopped`: who asked for no more texts. `welcomes`: by treatment and phone.
    """

    is_held: bool
    clinics: Mapping[UUID, Clinic]
    stopped: Collection[UUID]
    welcomes: Mapping[tuple[UUID, bytes], Line]


def send_due(clock: Clock) -> Counts:
    """Expire, cancel or queue what is due, then send welcomes, check-ins and late questions."""
    counts = _take_all(clock, treatments.treatments_with_due_check_ins, _take_due, "check_in_failed")
    return _sent(clock, ("welcome", "check_in", "late"), counts)


def send_due_reminders(clock: Clock) -> Counts:
    """The same for reminders of check-ins that are still unanswered."""
    counts = _take_all(clock, treatments.treatments_with_due_reminders, _remind_due, "reminder_failed")
    return _sent(clock, ("reminder",), counts)


def _sent(clock: Clock, kinds: tuple[str, ...], counts: Counts) -> Counts:
    done = outbox.send_due(clock, kinds)
    counts.sent += done.sent
    counts.refused += done.refused
    counts.expired += done.expired
    counts.cancelled += done.cancelled
    counts.in_doubt += done.in_doubt
    return counts


def _take_all(clock: Clock, find: Find, take: Take, event: str) -> Counts:
    """Take what is due of every treatment, many a commit.

    Whose patient somebody else holds, and all of a batch that fails, are taken at the end one by one.
    """
    counts = Counts()
    with reading():
        due = find(clock())
    left: set[UUID] = set()
    for batch in until_stopped(_batches(due)):
        still, done = batch, dict[UUID, Patient]()
        with all_together():
            with reading():
                still = find(clock(), batch)  # another worker may have been faster
            with writing():
                held = patients.locked_by_treatment(still, wait=False)
                counted = take(held, clock())
            counts.add(counted)
            done = held
        left.update(each for each in still if each not in done)
    counts.add(_take_each([each for each in due if each in left], clock, find, take, event))
    return counts


def _take_each(waiting: Sequence[UUID], clock: Clock, find: Find, take: Take, event: str) -> Counts:
    """Take what is due of these treatments one by one, waiting for whoever holds a patient."""
    counts, left = Counts(), deque(waiting)
    while left and not context.stopping().is_set():
        treatment_id = left.popleft()
        with apart(event, treatment=treatment_id):
            with reading():
                still = find(clock(), [treatment_id])
                if not still:  # whoever held the patient has taken it, and likely others with it
                    left = deque(find(clock(), left))
                    continue
            with writing():
                counted = take(patients.locked_by_treatment(still, wait=True), clock())
            counts.add(counted)
    return counts


def _batches(due: Sequence[UUID]) -> Iterator[Sequence[UUID]]:
    """As it falls out, so that several workers seldom reach for the same one."""
    starts = list(range(0, len(due), BATCH))
    random.shuffle(starts)
    for start in starts:
        yield due[start : start + BATCH]


def _take_due(held: Mapping[UUID, Patient], now: datetime) -> Counts:
    counts = Counts()
    due = many.due_check_ins(held.keys(), now)
    known = _known(held.values(), due)
    texts = []
    for check_in in due:
        counts.due += 1
        patient = held[check_in.treatment_id]
        over = _over(patient, check_in, known, now)
        if over is not None:
            check_in.status = over
            counts.expired += over is EXPIRED
            counts.cancelled += over is CANCELLED
        elif not _waits(patient, check_in.treatment, known, now):
            check_in.status = CheckInStatus.SENDING
            texts.append(_question(patient, check_in, known, now))
            counts.queued += 1
    queued.add_all(texts)
    return counts


def _remind_due(held: Mapping[UUID, Patient], now: datetime) -> Counts:
    counts = Counts()
    due = many.due_reminders(held.keys(), now)
    known = _known(held.values(), due)
    texts = []
    for check_in in due:
        counts.due += 1
        patient = held[check_in.treatment_id]
        until, due_at, check_in.reminder_at = check_in.reminder_until, check_in.reminder_at, None
        if until is None or now >= until:
            counts.expired += 1
        elif not _may_remind(patient, check_in, known):
            counts.cancelled += 1
        else:
            texts.append(_reminder(patient, check_in, known, due_at or now, until, now))
            counts.queued += 1
    queued.add_all(texts)
    return counts


def _known(held: Collection[Patient], due: Sequence[CheckIn]) -> _Known:
    ids = [each.id for each in held]
    begun = {each.treatment_id for each in due}
    return _Known(
        is_held=switches.is_held(),
        clinics=clinics.clinics_by_id({each.clinic_id for each in held}),
        stopped=patients.opted_out(ids),
        welcomes=messages.welcomes_of(begun),
    )


def _over(patient: Patient, check_in: CheckIn, known: _Known, now: datetime) -> CheckInStatus | None:
    """What a planned check-in has become instead of a text, or None if it is still to be asked."""
    late, treatment = check_in.kind == CheckInKind.LATE, check_in.treatment
    texted = gate.can_be_texted(patient, stopped=patient.id in known.stopped)
    if treatment.end_reason == EndReason.ENTERED_IN_ERROR or not texted:
        return CANCELLED
    if not late and treatment.status != TreatmentStatus.RECOVERING:
        return CANCELLED
    if not late and not missing(day_scores(treatment, check_in.day)):
        return ANSWERED
    asked_anyway = protocol_of(treatment).no_answer_ask_to_day
    if not late and check_in.day > asked_anyway and silence.stands(treatment):
        return CANCELLED
    if patient.conversation_until is not None and patient.conversation_until >= check_in.expires_at:
        return CANCELLED  # a nurse talks with her until the window has closed
    return EXPIRED if now >= check_in.expires_at else None


def _waits(patient: Patient, treatment: Treatment, known: _Known, now: datetime) -> bool:
    """Whether the question waits inside its window: held, unsigned, too soon, or a nurse is talking."""
    off = known.is_held or known.clinics[patient.clinic_id].texting_off_at is not None
    if off or gate.is_unsigned(treatment) or _in_conversation(patient, now):
        return True
    protocol = protocol_of(treatment)
    welcome = known.welcomes.get((treatment.id, patient.phone_hash or b""))
    pause = timedelta(minutes=protocol.welcome_to_check_in_minutes)
    if welcome is not None and (welcome.claimed_at is None or now < welcome.claimed_at + pause):
        return welcome.status not in ("cancelled", "expired")
    apart = timedelta(hours=protocol.hours_between_check_ins)
    return any(each.sent_at is not None and now < each.sent_at + apart for each in treatment.check_ins)


def _in_conversation(patient: Patient, now: datetime) -> bool:
    return patient.conversation_until is not None and now < patient.conversation_until


def _question(patient: Patient, check_in: CheckIn, known: _Known, now: datetime) -> queued.Text:
    clinic = known.clinics[patient.clinic_id]
    key, body = question(clinic, patient.language, patient.skin_type, check_in.kind, check_in.day)
    return queued.Text(
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
        treatment_id=check_in.treatment_id,
        check_in_id=check_in.id,
    )


def _reminder(
    patient: Patient, check_in: CheckIn, known: _Known, due_at: datetime, until: datetime, now: datetime
) -> queued.Text:
    clinic = known.clinics[patient.clinic_id]
    key = wording.reminder(patient.skin_type)
    return queued.Text(
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
        treatment_id=check_in.treatment_id,
        check_in_id=check_in.id,
    )


def _may_remind(patient: Patient, check_in: CheckIn, known: _Known) -> bool:
    treatment = check_in.treatment
    if check_in.status not in (CheckInStatus.SENT, CheckInStatus.DELIVERED):
        return False
    texted = gate.can_be_texted(patient, stopped=patient.id in known.stopped)
    if not texted or silence.stands(treatment):
        return False
    reminders = sum(each.kind == "reminder" for each in messages.automatic_of(treatment.id))
    return reminders < protocol_of(treatment).reminders_at_most
