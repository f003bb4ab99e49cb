"""A queued text is taken by one worker, and is its alone: the claim is the attempt."""

import os
import socket
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from recovery import context
from recovery.db import db, writing
from recovery.models.clinic import Clinic
from recovery.models.message import Message
from recovery.models.patient import Patient
from recovery.queries import outgoing
from recovery.services import caps, delivery, gaps, gate, on_call, queued
from recovery.sms.gateway import Outgoing

VALID_AT_LEAST, VALID_AT_MOST = 60, 14_400  # seconds at the provider


class Outcome(StrEnum):
    """What became of a queued text in one run; the first five are counted."""

    SENT = "sent"
    REFUSED = "refused"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    IN_DOUBT = "in_doubt"
    WAITS = "waits"
    BUSY = "busy"  # somebody else decides about it, or about its patient, at this moment


@dataclass(frozen=True, slots=True)
class Claim:
    """One attempt at one text: `attempt` tells it from the attempts before and after."""

    message_id: UUID
    attempt: int
    outgoing: Outgoing


def owner() -> str:
    """Who holds a claim or ran a job: this machine and process."""
    return f"{socket.gethostname()}:{os.getpid()}"[:80]


def claim(message_id: UUID, now: datetime, *, wait: bool) -> Claim | Outcome:
    """Look at the world once more and take the row, in one commit; or say what became of it instead."""
    with writing():
        if not outgoing.is_queued(message_id):
            return Outcome.WAITS
        message, patient = outgoing.locked(message_id, wait=wait)
        if message is None:
            return Outcome.BUSY
        if message.status != "queued":
            return Outcome.WAITS
        now = gaps.later(now)
        on_call.readdress(message)
        verdict, wait_until = gate.verdict(message, patient, now)
        capped = message.kind not in caps.UNCOUNTED
        if verdict is gate.Verdict.SEND and capped and not caps.count(message.phone_hash or b"", now):
            verdict, wait_until = gate.Verdict.WAIT, caps.next_day(now)
        match verdict:
            case gate.Verdict.SEND:
                return _taken(message, patient, now)
            case gate.Verdict.WAIT:
                message.due_at = wait_until or message.due_at
                return Outcome.WAITS
            case _:
                delivery.drop(message, verdict, now)
                return Outcome.EXPIRED if verdict is gate.Verdict.EXPIRE else Outcome.CANCELLED


def give_back(held: Claim, now: datetime) -> None:
    """Nothing was called on this claim: certainly not sent, so the text waits again."""
    with writing():
        message, _ = outgoing.locked(held.message_id)
        if message is not None and (message.status, message.attempts) == ("sending", held.attempt):
            delivery.returned(message, now)


def _taken(message: Message, patient: Patient | None, now: datetime) -> Claim:
    clinic = db.session.get_one(Clinic, message.clinic_id)
    message.status = "sending"
    message.claimed_at = now.replace(microsecond=0)  # what is due hours later is due on the second
    message.lease_until = message.claimed_at + queued.LEASE
    message.look_at, message.looks = None, 0
    message.owner = owner()
    message.attempts += 1
    left = gate.latest_arrival(message, patient, now) - now
    text = Outgoing(
        id=str(message.id),
        to=message.phone or "",
        sender=clinic.phone,
        body=message.body or "",
        messaging_service_sid=clinic.messaging_service_sid or context.config().twilio_messaging_service_sid,
        validity_seconds=min(max(int(left.total_seconds()), VALID_AT_LEAST), VALID_AT_MOST),
    )
    return Claim(message.id, message.attempts, text)
