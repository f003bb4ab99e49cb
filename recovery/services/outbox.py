"""Outgoing texts: a row before a call, claimed and committed before the provider hears of it."""

import os
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

import sqlalchemy as sa

from recovery import context
from recovery.db import add_if_new, db, keyring, new_id, writing
from recovery.models.clinic import Clinic
from recovery.models.message import DAILY_CAP, Message, TextCount
from recovery.models.patient import Patient
from recovery.queries import messages, patients
from recovery.services import delivery, gate, switches
from recovery.sms.gateway import Accepted, Outgoing, RefusalKind, Refused, Sent

LEASE = timedelta(minutes=2)
TOO_LATE_TO_CALL = timedelta(seconds=10)
ATTEMPTS = 5
SAFE_KINDS = ("safety",)  # what goes even while sending is held


@dataclass
class Counts:
    """What one run of a sending job did."""

    sent: int = 0
    refused: int = 0
    expired: int = 0
    cancelled: int = 0
    in_doubt: int = 0
    seen: set[UUID] = field(default_factory=set)


def owner() -> str:
    """Who holds a claim or ran a job: this machine and process."""
    return f"{socket.gethostname()}:{os.getpid()}"[:80]


def queue(
    *,
    kind: str,
    wording: str | None,
    body: str,
    dedupe_key: str,
    clinic: Clinic,
    phone: str,
    now: datetime,
    due_at: datetime,
    expires_at: datetime,
    patient: Patient | None = None,
    treatment_id: UUID | None = None,
    check_in_id: UUID | None = None,
    answers_id: UUID | None = None,
    status: str = "queued",
    lease_until: datetime | None = None,
) -> UUID | None:
    """Write one text down to be sent; None if the same thing (by its key) was written before."""
    message_id = new_id()
    added = add_if_new(
        Message,
        id=message_id,
        clinic_id=clinic.id,
        patient_id=patient.id if patient else None,
        treatment_id=treatment_id,
        check_in_id=check_in_id,
        answers_id=answers_id,
        seq=patient.take_seq() if patient else None,
        direction="outbound",
        kind=kind,
        wording=wording,
        dedupe_key=dedupe_key,
        phone=phone,
        phone_hash=keyring().phone_hash(phone),
        clinic_phone=clinic.phone,
        body=body,
        status=status,
        due_at=due_at,
        expires_at=expires_at,
        claimed_at=now if status == "sending" else None,
        lease_until=lease_until,
        created_at=now,
    )
    return message_id if added else None


def send_due(clock: Callable[[], datetime], kinds: tuple[str, ...] | None = None) -> Counts:
    """Send what is queued and due, of some kinds or of any, until nothing more may go now."""
    counts = Counts()
    pace = _Pace(context.config().sms_rate_per_second)
    while due := _due(clock(), kinds, counts.seen):
        for message_id in due:
            counts.seen.add(message_id)
            pace.wait()
            _send_one(message_id, clock, counts)
    return counts


def counted(message: Message, now: datetime) -> bool:
    """Count one text to a number for this UTC day; False, and nothing counted, at the daily cap."""
    return count_one(message.phone_hash or b"", now)


def count_one(phone_hash: bytes, now: datetime) -> bool:
    """The same by the number's hash, for a text that has no row yet."""
    day = now.astimezone(UTC).date()
    add_if_new(TextCount, phone_hash=phone_hash, day=day, texts=0)
    raised = db.session.execute(
        sa.update(TextCount)
        .where(TextCount.phone_hash == phone_hash, TextCount.day == day, TextCount.texts < DAILY_CAP)
        .values(texts=TextCount.texts + 1)
        .returning(TextCount.texts)
    )
    return raised.first() is not None


def _due(now: datetime, kinds: tuple[str, ...] | None, seen: set[UUID]) -> list[UUID]:
    with writing():
        if switches.is_held():
            kinds = tuple(kind for kind in kinds or SAFE_KINDS if kind in SAFE_KINDS)
        return messages.due_message_ids(now, kinds, seen, limit=200)


def _send_one(message_id: UUID, clock: Callable[[], datetime], counts: Counts) -> None:
    claimed_at = clock()
    outgoing = _claim(message_id, claimed_at, counts)
    if outgoing is None:
        return
    if clock() - claimed_at > TOO_LATE_TO_CALL:
        _give_back(message_id, clock())
        return
    result = context.gateway().send(outgoing)
    with writing():
        _record(message_id, result, clock(), counts)


def _claim(message_id: UUID, now: datetime, counts: Counts) -> Outgoing | None:
    """Look at the world once more and take the row, in one commit; None if it does not go now."""
    with writing():
        message = messages.message(message_id)
        if message is None:
            return None
        patient = patients.locked_patient(message.patient_id) if message.patient_id else None
        db.session.refresh(message)
        if message.status != "queued":
            return None
        verdict, wait_until = gate.verdict(message, patient, now)
        if verdict is gate.Verdict.SEND and message.kind != "safety" and not counted(message, now):
            verdict, wait_until = gate.Verdict.WAIT, gate.next_utc_day(now)
        match verdict:
            case gate.Verdict.SEND:
                return _taken(message, now)
            case gate.Verdict.WAIT:
                message.due_at = wait_until or message.due_at
            case _:
                delivery.drop(message, verdict, now)
                counts.expired += verdict is gate.Verdict.EXPIRE
                counts.cancelled += verdict is gate.Verdict.CANCEL
        return None


def _taken(message: Message, now: datetime) -> Outgoing:
    clinic = db.session.get_one(Clinic, message.clinic_id)
    message.status = "sending"
    message.claimed_at = now
    message.lease_until = now + LEASE
    message.owner = owner()
    message.attempts += 1
    left = int((message.expires_at - now).total_seconds()) if message.expires_at else 14_400
    return Outgoing(
        id=str(message.id),
        to=message.phone or "",
        sender=clinic.phone,
        body=message.body or "",
        messaging_service_sid=clinic.messaging_service_sid or context.config().twilio_messaging_service_sid,
        validity_seconds=min(max(left, 60), 14_400),
    )


def _give_back(message_id: UUID, now: datetime) -> None:
    """The claim grew too old to call on it: certainly not sent, so it waits again."""
    with writing():
        message = messages.message(message_id)
        if message is not None and message.status == "sending":
            _wait_again(message, now)


def _record(message_id: UUID, result: Sent, now: datetime, counts: Counts) -> None:
    message = messages.message(message_id)
    if message is None:
        return
    if message.patient_id:
        patients.locked_patient(message.patient_id)
        db.session.refresh(message)
    match result:
        case Accepted():
            counts.sent += 1
            at_once = context.gateway().delivers_at_once
            delivery.accepted(message, result, now, delivered=at_once)
        case Refused(kind=RefusalKind.LATER) if message.attempts < ATTEMPTS:
            _wait_again(message, now + timedelta(minutes=2 ** (message.attempts - 1)))
        case Refused():
            counts.refused += 1
            delivery.refused(message, result, now)
        case _:
            counts.in_doubt += 1
            delivery.doubted(message, now)


def _wait_again(message: Message, due_at: datetime) -> None:
    message.status = "queued"
    message.due_at = due_at
    message.lease_until = None
    if message.kind != "safety" and message.claimed_at is not None:
        db.session.execute(
            sa.update(TextCount)
            .where(
                TextCount.phone_hash == message.phone_hash,
                TextCount.day == message.claimed_at.astimezone(UTC).date(),
                TextCount.texts > 0,
            )
            .values(texts=TextCount.texts - 1)
        )


class _Pace:
    """Keeps a process to so many texts a second; no limit for 0."""

    def __init__(self, per_second: float) -> None:
        self.gap = 1 / per_second if per_second else 0.0
        self.next = 0.0

    def wait(self) -> None:
        if not self.gap:
            return
        now = time.monotonic()
        if now < self.next:
            time.sleep(self.next - now)
        self.next = max(now, self.next) + self.gap
