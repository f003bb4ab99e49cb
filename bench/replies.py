"""What is read in the benchmark: our own labelled replies, texts made of their words, and the worst texts."""

import json
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from recovery.domain.reading.spelling.normalise import LIMIT
from recovery.domain.vocabulary import CORE

CORPORA = Path(__file__).parent.parent / "tests" / "data" / "replies"

# Small texts that are repeated up to the limit: what a rule may look at again and again.
_WORST = {
    "digits, run together": "1234567890",
    "digits, apart": "3 ",
    "negations": "no ",
    "a symptom": "red ",
    "dangers": "pus ",
    "dangers and denials": "no pus but fever, ",
    "words that mean danger together": "yellow stuff ",
    "was, now": "was now ",
    "if": "if ",
    "she says": "she says 3 ",
    "none": "none ",
    "all": "all ",
    "I do now": "fever I do now ",
    "same": "same ",
    "and": "redness and ",
    "a symptom and its number": "redness 3, ",
    "questions": "is it? ",
    "open quotes": '"',
    "quotes around words": '"a" ',
    "lines that quote": ">\n",
    "asterisks": "* 3 ",
    "hyphens": "cold-",
    "apostrophes": "l'",
    "drawn-out letters": "sooooo ",
    "accents upon accents": "e\u0301\u0302",
    "emoji": "\U0001f525",
    "empty lines": "\n",
    "one long word": "a",
}


@dataclass(frozen=True, slots=True)
class Reply:
    """One text with what was asked and logged before it."""

    text: str
    lang: str = "en"
    asked: Sequence[str] = CORE
    previous: Mapping[str, int] | None = None


def corpora() -> dict[str, list[Reply]]:
    """The labelled replies of every corpus by the language they are in; each different text once."""
    found: dict[str, dict[str, Reply]] = {}
    for path in sorted(CORPORA.glob("*.jsonl")):
        for line in path.read_text("utf-8").splitlines():
            entry = json.loads(line)
            reply = Reply(entry["text"], entry["lang"], entry["asked"], entry["previous"])
            found.setdefault(reply.lang, {})[reply.text] = reply
    return {lang: list(replies.values()) for lang, replies in sorted(found.items())}


def joined(replies: Sequence[Reply], length: int, characters: int) -> list[Reply]:
    """Different texts of so many characters, of whole replies one after the other."""
    return _made(_endless([reply.text for reply in replies], " "), length, characters)


def muddled(replies: Sequence[Reply], length: int, characters: int) -> list[Reply]:
    """Different texts of so many characters, of the replies' words in any order and without a mark."""
    found = (word.strip(".,!?;:()\"'") for reply in replies for word in reply.text.split())
    return _made(_endless([word for word in found if word], " "), length, characters)


def worst(length: int = LIMIT) -> dict[str, Reply]:
    """Texts of so many characters that a careless reader would be slow on, by what they hold."""
    previous = dict.fromkeys(CORE, 3)
    return {name: Reply((piece * length)[:length], previous=previous) for name, piece in _WORST.items()}


def strange(length: int = LIMIT) -> Iterator[Reply]:
    """Texts of words in no list that nobody wrote before, so that nothing about them is remembered."""
    for number in count():
        chance = random.Random(number)
        words = ("".join(chance.choices("abcdefghiklmnoprstuvw", k=8)) for _ in range(length))
        yield Reply(" ".join(words)[:length])


def _made(pieces: Iterator[str], length: int, characters: int) -> list[Reply]:
    found = []
    for _ in range(max(1, characters // length)):
        text = ""
        while len(text) < length:
            text += next(pieces)
        found.append(Reply(text[:length]))
    return found


def _endless(pieces: list[str], between: str) -> Iterator[str]:
    """The pieces in an order that is mixed but the same each time, again and again."""
    chance = random.Random(1)
    while True:
        chance.shuffle(pieces)
        yield from (piece + between for piece in pieces)
