"""An answer that comes in pieces: which texts before this one belong to it, and what they say together."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from recovery.domain.protocol import Protocol
from recovery.domain.reading.read import read
from recovery.domain.reading.reading import Reading, as_json
from recovery.domain.thread import Thread
from recovery.domain.vocabulary import CORE, Intent, Score
from recovery.models.message import Message
from recovery.models.patient import Patient
from recovery.queries import messages

_NUMBERS = re.compile(r"\d+")
_INITIALLED = re.compile(r"[^\W\d_]\s*[:=.\-]?\s*\d{1,2}")  # "R3", in any language


@dataclass(frozen=True, slots=True)
class Together:
    """A text as it reads in its place."""

    reading: Reading
    joined: bool  # with the pieces before it, as one whole answer
    piece: bool  # may be one of several texts that are an answer together
    fragment: bool  # a piece that came soon after another that is incomplete
    corrects: bool  # it holds a cue such as "sorry", or follows one that was a text of its own


def put_together(
    alone: Reading,
    patient: Patient,
    received: Message,
    thread: Thread,
    protocol: Protocol,
    previous: Mapping[str, int | Score] | None,
    asked: Sequence[str],
) -> Together:
    """The text alone or, where that makes one whole answer, together with the pieces before it.

    A lone 0 says that all is gone, but not after a piece that still waits for its numbers: then it
    is one number of several, joined if it came soon enough and asked about again if not.
    """
    body, lang = received.body or "", patient.language
    first_asked = read(body, asked=asked[:1], lang=lang).scores
    is_lone = len(first_asked) == 1 < len(alone.scores)  # one 0 for all that was asked
    partial = any(0 < len(each) < len(CORE) for each in (alone.scores, first_asked))
    piece = partial or is_lone or _is_numbers(body)
    wrote = _since_our_question(received, thread, protocol)
    corrects = alone.is_correction or _follows_cue(wrote, protocol, received.written_at)
    if _is_whole(alone) and not piece:
        return Together(alone, joined=False, piece=False, fragment=False, corrects=corrects)
    burst = _burst(wrote, protocol, received.written_at, whole=_is_whole(alone))
    fragment = piece and not all(_is_answer(earlier) for earlier in burst)
    texts = [*(earlier.body or "" for earlier in burst), body]
    joined = read("\n".join(texts), previous=previous, lang=lang)
    if burst and _is_whole(joined):
        return Together(joined, joined=True, piece=piece, fragment=fragment, corrects=corrects)
    if is_lone and _waits(wrote):
        why = (*alone.why, "a piece of an answer waits for its numbers")
        alone = replace(alone, intent=Intent.UNCLEAR, scores={}, why=why)
    return Together(alone, joined=False, piece=piece, fragment=fragment, corrects=corrects)


def to_keep(together: Together) -> str:
    """What is kept with a text of how it was read."""
    reading = together.reading
    more = {
        "joined": together.joined,
        "piece": together.piece,
        "correction": reading.is_correction,
        "none": reading.is_none,
    }
    return json.dumps({**as_json(reading), **more}, ensure_ascii=False)


def kept(message: Message) -> dict[str, Any]:
    """How a text was read when it came."""
    found: dict[str, Any] = json.loads(message.reading or "{}")
    return found


def _since_our_question(received: Message, thread: Thread, protocol: Protocol) -> Sequence[Message]:
    """What came from this number after our latest question and before this text, latest first."""
    since = received.written_at - timedelta(hours=protocol.reply_hours)
    until = received.sent_at
    return messages.texts(
        [
            line
            for line in thread.written_after(thread.last_question(until), until)
            if line.id != received.id and line.phone_hash == received.phone_hash and line.written_at > since
        ]
    )


def _follows_cue(wrote: Sequence[Message], protocol: Protocol, written_at: datetime) -> bool:
    """Whether a text of nothing but a cue ("oops, I meant") came minutes ago, and since then only pieces."""
    since = written_at - timedelta(minutes=protocol.correction_minutes)
    said = (each for each in wrote if not (_was_piece(each) or _is_aside(each)))
    latest = next(said, None)
    if latest is None or latest.written_at <= since or latest.intent != Intent.UNCLEAR:
        return False
    return bool(kept(latest).get("correction"))


def _burst(
    wrote: Sequence[Message], protocol: Protocol, written_at: datetime, *, whole: bool
) -> list[Message]:
    """The pieces just before this text, oldest first: each less than two minutes before the next.

    A question among them belongs to none. A lone 0 was a whole answer, and is a piece only if
    something incomplete came after it.
    """
    apart = timedelta(minutes=protocol.fragment_minutes)
    burst: list[Message] = []
    newer_at = written_at
    for message in wrote:
        if _is_aside(message):
            continue
        if newer_at - message.written_at >= apart or not _was_piece(message) or kept(message).get("joined"):
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
        if message.intent == Intent.UNCLEAR and _was_piece(message):
            return True
    return False


def _is_numbers(body: str) -> bool:
    """Whether a text is one number or two, or one with its initial: "3", "3 1", "R3"."""
    if any(character.isalpha() for character in body):
        return bool(_INITIALLED.fullmatch(body.strip()))
    numbers = _NUMBERS.findall(body)
    return 0 < len(numbers) < len(CORE) and all(len(number) <= 2 for number in numbers)


def _was_piece(message: Message) -> bool:
    return bool(kept(message).get("piece"))


def _is_aside(message: Message) -> bool:
    """Whether a text said nothing of scores: a question, a thank-you."""
    return message.intent in (Intent.QUESTION, Intent.ACK) and not _was_piece(message)


def _is_answer(message: Message) -> bool:
    """Whether this text was read as a whole answer."""
    return all(symptom in kept(message).get("scores", {}) for symptom in CORE)


def _is_whole(reading: Reading) -> bool:
    return set(CORE) <= reading.scores.keys()
