"""What a word file's lists and tables say, as the grammar has them: words together, spellings."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from recovery.domain.reading.dictionary.lexicon import Together
from recovery.domain.reading.dictionary.tree import Words
from recovery.domain.reading.spelling.normalise import Accented, clean, fold


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
    """Each word of `[respelt]` or `[shorthand]` with the words that it stands for."""
    return {_as_token(word): tuple(fold(clean(words)).split()) for word, words in respelt.items()}


def accented(words: Mapping[str, str]) -> Accented:
    """Each word of `[accented]`, to be found in a text, with its other spelling."""
    return [
        (re.compile(rf"\b{re.escape(unicodedata.normalize('NFC', word))}(?!\w)", re.IGNORECASE), spelling)
        for word, spelling in words.items()
    ]


def _as_token(word: str) -> str:
    if word.isascii() and word.isalpha() and word.islower():
        return word  # as nearly all of them stand there
    return fold(clean(word)).replace("'", "")
