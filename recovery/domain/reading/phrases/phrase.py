"""From tokens to phrases: the longest known one each time, else a single word, number or mark."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from recovery.domain.reading.dictionary.lexicon import Lexicon
from recovery.domain.reading.dictionary.tags import EMOJI, UNKNOWN, Tags
from recovery.domain.reading.spelling.figures import Figure
from recovery.domain.reading.spelling.normalise import QUOTED
from recovery.domain.reading.spelling.tokens import Token

STRONG = frozenset(".!?;\n" + QUOTED)
WEAK = frozenset(",()/|-~[]{}&+·•…")
_PUNCTUATION = "\u20ff"  # what comes after may be an emoji
HYPHEN = "\u2010"  # a dash inside a word; clean text has no other of its kind
_PLAIN = frozenset({"filler", "through", "ack"})


@dataclass(slots=True)
class Phrase:
    """A few words with one meaning, a number, or a mark."""

    text: str
    tags: Tags
    glued: bool = False
    figure: Figure | None = None
    mark: str = ""
    is_word: bool = False

    @property
    def symptom(self) -> str | None:
        """The symptom that is named, if one is."""
        return self.tags.symptom

    @property
    def is_strong(self) -> bool:
        """Whether a sentence ends here."""
        return self.mark in STRONG

    @property
    def is_weak(self) -> bool:
        """Whether a part of a sentence ends here."""
        return self.mark in WEAK

    @property
    def is_unknown(self) -> bool:
        """A word in no list."""
        return not (self.tags or self.mark or self.figure)

    @property
    def is_meaningless(self) -> bool:
        """A word that could be anything: in no list, or everyday."""
        return self.is_unknown or "everyday" in self.tags

    @property
    def is_plain(self) -> bool:
        """Marks, politeness and small talk: what changes no meaning."""
        return bool(self.mark) or not _PLAIN.isdisjoint(self.tags)

    @property
    def is_capitalised(self) -> bool:
        """Whether it may be a name: "Maria"."""
        return self.text[:1].isupper() and self.text[1:].islower()

    def has(self, *kinds: str) -> bool:
        """Whether it is of one of these kinds.

        What is asked of every word of every text looks in `tags` itself, which saves this call.
        """
        return not self.tags.meanings.isdisjoint(kinds)

    def means(self, part: frozenset[str]) -> bool:
        """Whether one of the meanings is in a set of them."""
        return not part.isdisjoint(self.tags.meanings)


def meanings_of(row: Sequence[Phrase]) -> frozenset[str]:
    """Every meaning, "kind" and "kind.name", in a row of phrases."""
    return frozenset().union(*[phrase.tags.meanings for phrase in row])


def phrases(row: Sequence[Token], words: Lexicon) -> list[Phrase]:
    """The phrases of a row of tokens, in order, nothing left out."""
    found: list[Phrase] = []
    at, end = 0, len(row)
    while at < end:
        token = row[at]
        length, tags = words.longest(row, at)
        if length > 1:
            found.append(_several(row[at : at + length], tags))
        elif token.is_word:
            if tags is None:
                tags = words.resembling(token.text, is_name=_is_name(row, at))
                if tags is None and at + 1 < end and row[at + 1].figure is not None:
                    tags = words.abbreviated(token.text)
            found.append(Phrase(token.raw, tags or UNKNOWN, token.glued, is_word=True))
        elif token.figure is not None:
            found.append(Phrase(token.text, UNKNOWN, token.glued, token.figure))
        else:
            found.append(_mark(row, at, tags))
        at += length
    return found


def _is_hyphen(row: Sequence[Token], at: int) -> bool:
    """Whether a dash joins two words ("arretez-moi") and parts nothing."""
    if not (0 < at < len(row) - 1 and row[at - 1].is_word and row[at + 1].is_word):
        return False
    return row[at].glued and row[at + 1].glued


def _is_name(row: Sequence[Token], at: int) -> bool:
    """Whether a word with a capital in mid-sentence is a name, and no typing error."""
    raw = row[at].raw
    return at > 0 and row[at - 1].is_word and raw[:1].isupper() and raw[1:].islower()


def _mark(row: Sequence[Token], at: int, tags: Tags | None) -> Phrase:
    text = row[at].text
    if tags is None:
        tags = EMOJI if text > _PUNCTUATION and unicodedata.category(text) == "So" else UNKNOWN
    mark = HYPHEN if text == "-" and _is_hyphen(row, at) else text
    return Phrase(text, tags, row[at].glued, mark=mark)


def _several(row: Sequence[Token], tags: Tags | None) -> Phrase:
    first = row[0]
    text = first.raw + "".join([token.raw if token.glued else f" {token.raw}" for token in row[1:]])
    return Phrase(text, tags or UNKNOWN, first.glued, is_word=first.is_word)
