"""What a word file's entries say, as the grammar has them: phrases with tags, words together, spellings."""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from recovery.domain.reading.lexicon import Together
from recovery.domain.reading.normalise import Accented, clean, fold
from recovery.domain.reading.tags import Tags, tags_of
from recovery.domain.reading.tree import Words

_PLAIN = re.compile("[a-z ]+")


def phrases(kinds: Mapping[str, Any], spelt: Callable[[str], Words]) -> dict[Words, Tags]:
    """The phrases under `[words]`, `spelt` as the tree has them, with all that each can mean."""
    found: dict[Words, dict[str, str]] = {}
    for kind, name, phrase in _entries(kinds):
        plain = _PLAIN.fullmatch(phrase)  # nine in ten phrases are, and need no closer look
        words = tuple(phrase.split()) if plain else spelt(phrase)
        tags = found.setdefault(words, {})
        tags[kind] = f"{tags[kind]} {name}" if kind == "part" and kind in tags else name
    return {words: tags_of(tags) for words, tags in found.items() if words}


def together(entry: Mapping[str, Any]) -> Together:
    """One of `[[together]]`."""
    kind, _, name = entry["means"].partition(".")
    parts = tuple(frozenset(part) for part in entry["parts"])
    ordered = entry.get("ordered", False)
    return Together(
        kind,
        name,
        parts,
        parts[0] if ordered else frozenset().union(*parts),
        entry.get("within", 6),
        ordered,
        frozenset(entry.get("unless", ())),
        entry.get("across", False),
    )


def listed(words: str | Sequence[str]) -> Iterator[str]:
    """Words from a list, or from one text with white space between them, as tokens have them."""
    return map(_as_token, words.split() if isinstance(words, str) else words)


def respellings(respelt: Mapping[str, str]) -> dict[str, Words]:
    """Each word of `[respelt]` with the words that it stands for."""
    return {_as_token(word): tuple(fold(clean(words)).split()) for word, words in respelt.items()}


def accented(words: Mapping[str, str]) -> Accented:
    """Each word of `[accented]`, to be found in a text, with its other spelling."""
    return [
        (re.compile(rf"\b{re.escape(unicodedata.normalize('NFC', word))}(?!\w)", re.IGNORECASE), spelling)
        for word, spelling in words.items()
    ]


def _as_token(word: str) -> str:
    return fold(clean(word)).replace("'", "")


def _entries(kinds: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    for kind, held in kinds.items():
        named = held.items() if isinstance(held, dict) else [("", held)]
        for name, entries in named:
            for phrase in entries:
                yield kind, name, phrase
