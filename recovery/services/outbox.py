"""The outbox sends: a row is claimed and committed before the provider hears of it, then recorded."""

import os
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from recovery import context
from recovery.db import db, reading, writing
from recovery.models.clinic import Clinic
from recovery.models.message import Message
from recovery.models.patient import Patient
from recovery.queries import messages, patients
from recovery.services import caps, delivery, gate, switches
from recovery.services.one_by_one import apart
from recovery.services.pace import Pace
from recovery.services.queued import LEASE
from recovery.sms.gateway import Accepted, Outgoing, RefusalKind, Refused, Sent

TOO_LATE_TO_CALL = timedelta(seconds=10)
LONGEST_PAUSE = timedelta(minutes=15)
TO_BE_MENDED = timedelta(days=1)  # then a nurse hears of it, who can phone
VALID_AT_LEAST, VALID_AT_MOST = 60, 14_400  # seconds at the provider
GOES_WHILE_HELD = ("safety", "on_call", "nurse")  # neither a danger nor a person's own words wait


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


def send_due(clock: Callable[[], datetime], kinds: tuple[str, ...] | None = None) -> Counts:
    """Send what is queued and due, of some kinds or of any, until nothing more may go now."""
    counts = Counts()
    pace = Pace(context.config().sms_rate_per_second)
    while due := _due(clock(), kinds, counts.seen):
        for message_id in due:
            counts.seen.add(message_id)
            with apart("text_failed", message=message_id):
                _send_one(message_id, clock, pace, counts)
    return counts


def _due(now: datetime, kinds: tuple[str, ...] | None, seen: set[UUID]) -> list[UUID]:
    with reading():
        held = GOES_WHILE_HELD if switches.is_held() else None
        return messages.due_message_ids(now, kinds, seen, limit=200, or_expired=held)


def _send_one(message_id: UUID, clock: Callable[[], datetime], pace: Pace, counts: Counts) -> None:
    pace.wait()
    claimed_at, started = clock(), time.monotonic()
    outgoing = _claim(message_id, claimed_at, counts)
    if outgoing is None:
        return
    age = max(clock() - claimed_at, timedelta(seconds=time.monotonic() - started))
    if age > TOO_LATE_TO_CALL:
        _give_back(message_id, clock())
        return
    pace.called()
    result = context.gateway().send(outgoing)
    with writing():
        _record(message_id, result, clock(), counts)


def _claim(message_id: UUID, now: datetime, counts: Counts) -> Outgoing | None:
    """Look at the world once more and take the row, in one commit; None if it does not go now."""
    with writing():
        message, patient = _locked(message_id)
        if message is None or message.status != "queued":
            return None
        verdict, wait_until = gate.verdict(message, patient, now)
        capped = message.kind != "safety"
        if verdict is gate.Verdict.SEND and capped and not caps.count(message.phone_hash or b"", now):
            verdict, wait_until = gate.Verdict.WAIT, caps.next_day(now)
        match verdict:
            case gate.Verdict.SEND:
                return _taken(message, patient, now)
            case gate.Verdict.WAIT:
                message.due_at = wait_until or message.due_at
            case _:
                delivery.drop(message, verdict, now)
                counts.expired += verdict is gate.Verdict.EXPIRE
                counts.cancelled += verdict is gate.Verdict.CANCEL
        return None


def _locked(message_id: UUID) -> tuple[Message | None, Patient | None]:
    """The text as it is now, its patient and itself ours until the commit."""
    message = messages.message(message_id)
    if message is None:
        return None, None
    patient = patients.locked_patient(message.patient_id) if message.patient_id else None
    db.session.refresh(message, with_for_update={"key_share": True})
    return message, patient


def _taken(message: Message, patient: Patient | None, now: datetime) -> Outgoing:
    clinic = db.session.get_one(Clinic, message.clinic_id)
    message.status = "sending"
    message.claimed_at = now.replace(microsecond=0)  # what is due hours later is due on the second
    message.lease_until = now + LEASE
    message.owner = owner()
    message.attempts += 1
    left = gate.latest_arrival(message, patient, now) - now
    return Outgoing(
        id=str(message.id),
        to=message.phone or "",
        sender=clinic.phone,
        body=message.body or "",
        messaging_service_sid=clinic.messaging_service_sid or context.config().twilio_messaging_service_sid,
        validity_seconds=min(max(int(left.total_seconds()), VALID_AT_LEAST), VALID_AT_MOST),
    )


def _give_back(message_id: UUID, now: datetime) -> None:
    """The claim grew too old to call on it: certainly not sent, so it waits again."""
    with writing():
        message, _ = _locked(message_id)
        if message is not None and message.status == "sending":
            _wait_again(message, now)


def _record(message_id: UUID, result: Sent, now: datetime, counts: Counts) -> None:
    message, _ = _locked(message_id)
    if message is None:
        return
    match result:
        case Accepted():
            counts.sent += 1
            at_once = context.gateway().delivers_at_once
            delivery.accepted(message, result, now, delivered=at_once)
        case _ if message.status not in ("sending", "in_doubt"):  # a status callback was faster
            counts.sent += 1
        case Refused(kind=RefusalKind.LATER):
            _wait_again(message, now + min(timedelta(minutes=2 ** (message.attempts - 1)), LONGEST_PAUSE))
        case Refused(kind=RefusalKind.ALARM) if now - message.created_at < TO_BE_MENDED:
            delivery.alarmed(message, result)
            _wait_again(message, now + LONGEST_PAUSE)
        case Refused():
            counts.refused += 1
            delivery.refused(message, result, now)
        case _:
            counts.in_doubt += 1
            delivery.doubted(message)


def _wait_again(message: Message, due_at: datetime) -> None:
    """Certainly not sent: it waits, until its time is over, and its place in the cap is given back."""
    message.status = "queued"
    message.due_at = min(due_at, message.expires_at or due_at)
    message.lease_until = None
    if message.kind != "safety" and message.claimed_at is not None and message.phone_hash is not None:
        caps.give_back(message.phone_hash, message.claimed_at)
