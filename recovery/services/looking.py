"""What the provider's log knows of a text whose fate we do not: found there, it is adopted, else released.

A candidate is an outgoing text to the phone whose SID no row of ours has and whose words are ours, or
gone. No date is compared, nor is its sender: a text that still waits at the provider has neither. Two
texts of ours with the same words take two candidates, the older row the older one.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import structlog

from recovery import context
from recovery.db import db, reading, writing
from recovery.domain.days import next_within
from recovery.domain.protocol import DEFAULT
from recovery.models.clinic import Clinic
from recovery.models.message import Message
from recovery.models.patient import Patient
from recovery.queries import messages, outgoing
from recovery.services import claiming, delivery, gaps, gate, queued
from recovery.services.at_once import at_once
from recovery.services.one_by_one import apart
from recovery.sms.gateway import Accepted, Listed, OutOfReach

logger = structlog.get_logger()

PHONES_A_RUN = 200
CALLS = 8
LONGEST_RUN = 45.0  # seconds, after which the rest is left to the next run
_TRIAL = "sent from your twilio trial account - "
_SMART = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-", "\u00a0": " "})


@dataclass
class Counts:
    """What became of texts in doubt."""

    adopted: int = 0
    released: int = 0
    expired: int = 0


@dataclass(frozen=True, slots=True)
class _Doubt:
    """A text in doubt as it was before the provider was asked."""

    message_id: UUID
    attempt: int


def settle(clock: Callable[[], datetime]) -> Counts:
    """Look for the texts in doubt whose time has come, the longest waiting first, some at a time."""
    counts = Counts()
    with reading():
        numbers = outgoing.phones_in_doubt(clock(), PHONES_A_RUN)

    def look(phone_hash: bytes | None) -> list[str]:
        done: list[str] = []
        with apart("look_failed"):
            _look(phone_hash, clock, done)
        return done

    for done in at_once(look, numbers, CALLS, LONGEST_RUN):
        counts.adopted += done.count("adopted")
        counts.released += done.count("released")
        counts.expired += done.count("expired")
    return counts


def clear(message_id: UUID, now: datetime) -> bool:
    """Look for a queued text that fell due in a gap; whether it is now certain that it never went.

    What is found is adopted. While the provider cannot be asked the text waits.
    """
    with reading():
        message = messages.message(message_id)
        settled = message is None or message.status != "queued" or _is_looked_up(message)
        phone = message.phone if message is not None else None
    if settled or phone is None:
        return True  # by another worker, or there is nobody to text: the claim says so
    listed = _listed(phone)
    if listed is None:
        return False
    with writing():
        message, _ = outgoing.locked(message_id)
        if message is None or message.status != "queued":
            return False
        found = _candidate(message, listed)
        if found is not None and not outgoing.is_another_on_its_way(message):
            _adopt(message, found, gaps.later(now))
        elif found is None:
            message.looked_at = gaps.later(now)
        return found is None


def _is_looked_up(message: Message) -> bool:
    until = gaps.until()
    return until is None or (message.looked_at is not None and message.looked_at >= until)


def _look(phone_hash: bytes | None, clock: Callable[[], datetime], done: list[str]) -> None:
    """Ask once for all texts in doubt to one phone, and settle each in a commit of its own."""
    with reading():
        rows = outgoing.in_doubt_to(phone_hash)
        doubts = [_Doubt(row.id, row.attempts) for row in rows]
        phone = next((row.phone for row in rows if row.phone), None)
    now = clock()
    listed = _listed(phone) if phone is not None else ()
    if listed is None:
        return
    for doubt in doubts:
        with apart("look_failed", message=doubt.message_id), writing():
            became = _settle(doubt, listed, now)
            db.session.flush()
        if became is not None:
            done.append(became)


def _listed(phone: str) -> Sequence[Listed] | None:
    """The texts to a number, newest first; None if the provider cannot be asked now."""
    try:
        return context.gateway().texts_to(phone)
    except OutOfReach as error:
        logger.warning("look_out_of_reach", error=str(error))
        return None


def _settle(doubt: _Doubt, listed: Sequence[Listed], now: datetime) -> str | None:
    """What becomes of a text in doubt, the log being as it was at `now`; None if that stays open."""
    message, patient = outgoing.locked(doubt.message_id)
    if message is None or (message.status, message.attempts) != ("in_doubt", doubt.attempt):
        return None
    if message.body is None:  # erased: nobody can tell which text it was, and nobody is to be texted
        delivery.drop(message, gate.Verdict.EXPIRE, now)
        return "expired"
    found = _candidate(message, listed)
    if found is not None and outgoing.is_another_on_its_way(message):
        return None  # it may be the other's, which a moment later is known
    if found is not None:
        _adopt(message, found, now)
        return "adopted"
    if message.look_at is not None and now < message.look_at:
        return None
    message.looks, message.looked_at = message.looks + 1, now
    begun = message.lease_until - queued.LEASE if message.lease_until else message.created_at
    message.look_at = delivery.following(begun, delivery.LOOKS, now)
    return None if message.look_at is not None else _release(message, patient, now)


def _candidate(message: Message, listed: Sequence[Listed]) -> Listed | None:
    """The oldest text of the log that may be this one, with its words if there is any."""
    known = outgoing.known_sids(each.sid for each in listed)
    unknown = [each for each in reversed(listed) if each.direction != "inbound" and each.sid not in known]
    ours = _words(message.body or "")
    same = (each for each in unknown if _words(each.body) == ours)
    answered = messages.message(message.answers_id) if message.answers_id else None
    others = {_words(row.body or "") for row in outgoing.in_doubt_to(message.phone_hash)} - {ours}
    maybe = (
        each
        for each in unknown
        if not each.body or (_answers(each, answered) and _words(each.body) not in others)
    )
    return next(same, None) or next(maybe, None)


def _answers(each: Listed, answered: Message | None) -> bool:
    """Whether it went back with a webhook after that text had been sent (both by the provider's clock)."""
    if answered is None or answered.sent_at is None or each.created_at is None:
        return False
    return each.direction == "outbound-reply" and each.created_at >= answered.sent_at


def _words(body: str) -> str:
    """A text as it compares, whatever the provider did to it on its way."""
    plain = body.replace("\r\n", "\n").translate(_SMART).strip()
    return plain[len(_TRIAL) :].strip() if plain.lower().startswith(_TRIAL) else plain


def _adopt(message: Message, found: Listed, now: datetime) -> None:
    """The text went: as if the answer to our call had come."""
    if message.claimed_at is None:  # sent before a restore: when it fell due, as near as we know
        answered = messages.message(message.answers_id) if message.answers_id else None
        due = (answered.sent_at or answered.created_at) if answered else message.due_at
        delivery.went_unclaimed(message, due or now)
    message.owner = message.owner or claiming.owner()
    message.looked_at = now
    if found.body and _words(found.body) != _words(message.body or ""):
        message.body = found.body  # what she really read
    logger.info("text_adopted", message=str(message.id))
    delivery.accepted(message, Accepted(found.sid, found.status), now, delivered=False, code=found.code)


def _release(message: Message, patient: Patient | None, now: datetime) -> str:
    """Looked for to the end and never found: it was not sent, so it waits again if its time is not over."""
    due_at = now
    if message.kind == "answer":
        clinic = db.session.get_one(Clinic, message.clinic_id)
        zone = patient.timezone if patient is not None else clinic.timezone
        due_at = next_within(now, DEFAULT.quiet_until, DEFAULT.quiet_from, zone)
    over = message.expires_at is not None and message.expires_at <= due_at
    delivery.returned(message, due_at)
    logger.info("text_released", message=str(message.id))
    if not over:
        return "released"
    delivery.drop(message, gate.Verdict.EXPIRE, now)
    return "expired"
