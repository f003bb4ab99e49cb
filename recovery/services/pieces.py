"""An answer that comes in pieces: which texts before this one belong to it, and what they say together."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from recovery.domain.protocol import Protocol
from recovery.domain.reading.read import read
from recovery.domain.reading.reading import Reading
from recovery.domain.vocabulary import CORE, Intent, Score
from recovery.models.message import Message
from recovery.models.patient import Patient
from recovery.queries import inbound, messages

_NUMBERS = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Together:
    """A text as it reads in its place."""

    reading: Reading
    joined: bool  # with the pieces before it, as one whole answer
    fragment: bool  # a piece that came soon after another that is incomplete


def put_together(
    alone: Reading,
    patient: Patient,
    received: Message,
    protocol: Protocol,
    previous: Mapping[str, int | Score] | None,
) -> Together:
    """The text alone or, where that makes one whole answer, together with the pieces before it.

    A lone 0 says that all is gone, but not after a piece that still waits for its numbers: then it
    is one number of several, joined if it came soon enough and asked about again if not.
    """
    body = received.body or ""
    piece = _is_piece(body)
    if _is_whole(alone) and not piece:
        return Together(alone, joined=False, fragment=False)
    wrote = _since_our_question(patient, received, protocol)
    burst = _burst(wrote, protocol, received.written_at, whole=_is_whole(alone))
    fragment = piece and not all(_is_answer(earlier) for earlier in burst)
    texts = [*(earlier.body or "" for earlier in burst), body]
    joined = read("\n".join(texts), previous=previous, lang=patient.language)
    if burst and _is_whole(joined):
        return Together(joined, joined=True, fragment=fragment)
    if _is_whole(alone) and _waits(wrote):
        why = (*alone.why, "a piece of an answer waits for its numbers")
        alone = replace(alone, intent=Intent.UNCLEAR, scores={}, is_none=False, why=why)
    return Together(alone, joined=False, fragment=fragment)


def _since_our_question(patient: Patient, received: Message, protocol: Protocol) -> list[Message]:
    """What came from this number after our latest question and before this text, latest first."""
    since = received.written_at - timedelta(hours=protocol.reply_hours)
    until = received.sent_at
    return [
        message
        for message in inbound.after(patient.id, messages.last_question(patient.id, until), until)
        if message.id != received.id
        and message.phone_hash == received.phone_hash
        and message.written_at > since
    ]


def _burst(
    wrote: Sequence[Message], protocol: Protocol, written_at: datetime, *, whole: bool
) -> list[Message]:
    """The pieces just before this text, oldest first: each less than two minutes before the next.

    A lone 0 was a whole answer, and is a piece only if something incomplete came after it.
    """
    apart = timedelta(minutes=protocol.fragment_minutes)
    burst: list[Message] = []
    newer_at = written_at
    for message in wrote:
        if newer_at - message.written_at >= apart or not _is_piece(message.body or "") or _completed(message):
            break
        if whole and _is_answer(message):
            break
        whole = _is_answer(message) and whole
        burst.append(message)
        newer_at = message.written_at
    return burst[::-1]


def _waits(wrote: Sequence[Message]) -> bool:
    """Whether a piece was sent that nothing readable followed."""
    for message in wrote:
        if message.intent == Intent.REPORT:
            return False
        if message.intent == Intent.UNCLEAR and _is_piece(message.body or ""):
            return True
    return False


def _is_piece(body: str) -> bool:
    """A part of three scores: "3", "3 1", "swelling 1"; and a lone "0", which may be the whole too."""
    if not any(character.isalpha() for character in body):
        numbers = _NUMBERS.findall(body)
        return 0 < len(numbers) < len(CORE) and all(len(number) <= 2 for number in numbers)
    return 0 < len(read(body, asked=CORE[:1]).scores) < len(CORE)


def _completed(message: Message) -> bool:
    """Whether this text was the last piece of an answer."""
    return bool(_kept(message).get("joined"))


def _is_answer(message: Message) -> bool:
    """Whether this text was read as a whole answer."""
    return all(symptom in _kept(message).get("scores", {}) for symptom in CORE)


def _kept(message: Message) -> dict[str, Any]:
    """How a text was read when it came."""
    kept: dict[str, Any] = json.loads(message.reading or "{}")
    return kept


def _is_whole(reading: Reading) -> bool:
    return set(CORE) <= reading.scores.keys()
