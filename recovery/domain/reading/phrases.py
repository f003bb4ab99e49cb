"""From tokens to phrases: the longest known one each time, else a single word, number or mark."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from recovery.domain.reading.figures import Figure
from recovery.domain.reading.lexicon import Lexicon, Tags
from recovery.domain.reading.normalise import QUOTED
from recovery.domain.reading.tokens import Token

_STRONG = frozenset(".!?;\n…" + QUOTED)
_WEAK = frozenset(",()/|-~[]{}&+·•")
_UNKNOWN: Tags = {}
_SYMPTOM_KINDS = ("noun", "adjective")


@dataclass(slots=True)
class Phrase:
    """A few words with one meaning, a number, or a mark."""

    text: str
    tags: Tags
    glued: bool = False
    figure: Figure | None = None
    mark: str = ""
    capital: bool = False
    words: tuple[str, ...] = field(default=())

    @property
    def symptom(self) -> str | None:
        """The symptom that is named, if one is."""
        return self.tags.get("noun") or self.tags.get("adjective")

    @property
    def is_strong(self) -> bool:
        """Whether a sentence ends here."""
        return self.mark in _STRONG and bool(self.mark)

    @property
    def is_weak(self) -> bool:
        """Whether a part of a sentence ends here."""
        return self.mark in _WEAK and bool(self.mark)

    @property
    def is_unknown(self) -> bool:
        """A word in no list."""
        return not (self.tags or self.mark or self.figure)

    @property
    def is_plain(self) -> bool:
        """Marks, politeness and small talk: what changes no meaning."""
        return bool(self.mark) or "filler" in self.tags or "through" in self.tags or "ack" in self.tags

    def has(self, *kinds: str) -> bool:
        return not self.tags.keys().isdisjoint(kinds)

    def meanings(self) -> Iterator[str]:
        """Each tag as "kind" and as "kind.name"."""
        for kind, name in self.tags.items():
            yield kind
            yield f"{kind}.{name}"

    def means(self, part: frozenset[str]) -> bool:
        """Whether one of the meanings is in a set of them."""
        return not part.isdisjoint(self.meanings())


def phrases(row: Sequence[Token], words: Lexicon) -> list[Phrase]:
    """The phrases of a row of tokens, in order, nothing left out."""
    found: list[Phrase] = []
    at = 0
    while at < len(row):
        length, tags = words.longest(row, at)
        found.append(_phrase(row[at : at + length], tags, words))
        at += length
    return found


def _phrase(row: Sequence[Token], tags: Tags | None, words: Lexicon) -> Phrase:
    first = row[0]
    text = first.raw + "".join(token.raw if token.glued else f" {token.raw}" for token in row[1:])
    if first.is_word:
        known = tags if tags is not None else words.resembling(first.text)
        spelt = tuple(token.text for token in row)
        return Phrase(text, known or _UNKNOWN, first.glued, None, "", first.capital, spelt)
    if tags is not None and (first.figure is None or len(row) > 1):
        return Phrase(text, tags, first.glued, mark=first.text if len(row) == 1 else "")
    if first.figure is not None:
        return Phrase(first.figure.text, _UNKNOWN, first.glued, first.figure)
    return Phrase(text, _UNKNOWN, first.glued, mark=first.text)
