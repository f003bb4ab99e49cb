"""A queued text is taken by one worker, and is its alone: the claim is the attempt."""

import os
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from recovery import alike, context
from recovery.db import writing
from recovery.models.message import Message
from recovery.queries import outgoing, switches
from recovery.services import caps, circumstances, delivery, gaps, gate, on_call, queued
from recovery.services.circumstances import Circumstances, Texts
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
    TAKEN = "taken"  # it is queued no more: somebody else was faster
    BUSY = "busy"  # somebody else decides about it or its patient, or texts its phone, at this moment


@dataclass(frozen=True, slots=True)
class Claim:
    """One attempt at one text: `attempt` tells it from the attempts before and after.

    `heeds_stop`: whether a STOP binds it.
    """

    message_id: UUID
    attempt: int
    outgoing: Outgoing
    patient_id: UUID | None
    heeds_stop: bool


def owner() -> str:
    """Who holds a claim or ran a job: this machine and process."""
    return f"{socket.gethostname()}:{os.getpid()}"[:80]


def claim(message_id: UUID, now: datetime, *, wait: bool) -> Claim | Outcome:
    """The same for one text."""
    return claim_all([message_id], now, wait=wait)[message_id]


def claim_all(message_ids: Sequence[UUID], now: datetime, *, wait: bool) -> dict[UUID, Claim | Outcome]:
    """Look at the world once more and take the rows, in one commit; or say what became of each instead.

    Each text is to another phone. Without `wait` those that somebody else holds are `BUSY`; in any case
    those to a phone that another worker texts, but for urgent ones. So to a patient's phone none overtakes
    another in its call; without her lock (strangers, or two patients with one phone) it may.
    """
    became: dict[UUID, Claim | Outcome] = dict.fromkeys(message_ids, Outcome.TAKEN)
    with writing():
        queued_of = outgoing.patients_of_queued(message_ids)
        became |= dict.fromkeys(queued_of, Outcome.BUSY)
        texts = outgoing.locked_texts(queued_of, wait=wait, in_turn_at=now)
        became |= dict.fromkeys((message.id for message, _ in texts), Outcome.TAKEN)
        texts = [each for each in texts if each[0].status == "queued"]
        if texts:
            stand = switches.switches()
            became |= _decided(texts, gaps.later_of(now, stand.last_tick), held=stand.held)
            alike.write()
    return became


def give_back(held: Claim, now: datetime) -> None:
    """Nothing was called on this claim: certainly not sent, so the text waits again."""
    with writing():
        message, _ = outgoing.locked(held.message_id)
        if message is not None and (message.status, message.attempts) == ("sending", held.attempt):
            delivery.returned(message, now)


def _decided(texts: Texts, now: datetime, *, held: bool) -> dict[UUID, Claim | Outcome]:
    for message, _ in texts:
        on_call.readdress(message)
    about = circumstances.of(texts, now, held=held)
    decisions = {message.id: gate.verdict(message, about[message.id], now) for message, _ in texts}
    may_go = [message for message, _ in texts if decisions[message.id][0] is gate.Verdict.SEND]
    capped = {each.id: each.phone_hash or b"" for each in may_go if each.kind not in caps.UNCOUNTED}
    counted = caps.count_all(capped.values(), now)
    for message_id, phone_hash in capped.items():
        if phone_hash not in counted:
            decisions[message_id] = (gate.Verdict.WAIT, caps.next_day(now))
    became: dict[UUID, Claim | Outcome] = {}
    for message, _ in texts:
        verdict, wait_until = decisions[message.id]
        match verdict:
            case gate.Verdict.SEND:
                became[message.id] = _taken(message, about[message.id], now)
            case gate.Verdict.WAIT:
                message.due_at = wait_until or message.due_at
                became[message.id] = Outcome.WAITS
            case _:
                delivery.drop(message, verdict, now)
                expired = verdict is gate.Verdict.EXPIRE
                became[message.id] = Outcome.EXPIRED if expired else Outcome.CANCELLED
    return became


def _taken(message: Message, about: Circumstances, now: datetime) -> Claim:
    clinic = about.clinic
    assert clinic is not None  # noqa: S101 (whose number every text goes from)
    message.status = "sending"
    message.claimed_at = now.replace(microsecond=0)  # what is due hours later is due on the second
    message.lease_until = message.claimed_at + queued.LEASE
    message.look_at, message.looks = None, 0
    message.owner = owner()
    message.attempts += 1
    left = gate.latest_arrival(message, about, now) - now
    text = Outgoing(
        id=str(message.id),
        to=message.phone or "",
        sender=clinic.phone,
        body=message.body or "",
        messaging_service_sid=clinic.messaging_service_sid or context.config().twilio_messaging_service_sid,
        validity_seconds=min(max(int(left.total_seconds()), VALID_AT_LEAST), VALID_AT_MOST),
    )
    return Claim(message.id, message.attempts, text, message.patient_id, gate.heeds_a_stop(message))
