"""From clean text to tokens: words, numbers and the marks between them."""

import re
from dataclasses import dataclass

from recovery.domain.reading.figures import Figure, figures
from recovery.domain.reading.normalise import fold

_TOKEN = re.compile(
    r"(?P<number>\d+(?:[:/.,\-]\d+)*|(?<![\d.])\.\d+)|(?P<word>[^\W\d_]+(?:'[^\W\d_]+)*)|(?P<break>\n)|(?P<mark>[^\s])"
)
_THRICE = re.compile(r"(.)\1{2,}")


@dataclass(frozen=True, slots=True)
class Token:
    """A word, a number (with its `figure`) or a mark; `glued` to what stands directly before it."""

    text: str
    raw: str
    glued: bool
    figure: Figure | None = None
    is_word: bool = False

    @property
    def capital(self) -> bool:
        return self.raw[:1].isupper() and self.raw[1:].islower()


def tokens(text: str, elisions: frozenset[str], clitics: frozenset[str]) -> list[Token]:
    """The tokens of clean text; `elisions` ("l" in "l'eau") split off, `clitics` ("s" in "it's") dropped."""
    found: list[Token] = []
    end = -1
    for match in _TOKEN.finditer(text):
        raw, glued = match.group(), match.start() == end
        end = match.end()
        if match.lastgroup == "word":
            found += _words(raw, glued, elisions, clitics)
        elif match.lastgroup == "number":
            parts = figures(raw, minus=glued and _is_minus(found))
            found += [Token(each.text, raw, glued or at > 0, each) for at, each in enumerate(parts)]
        else:
            found.append(Token(raw, raw, glued))
    return found


def spellings(word: str) -> tuple[str, ...]:
    """A word with drawn-out letters ("sooo") in the spellings that it may stand for."""
    if not _THRICE.search(word):
        return (word,)
    return word, _THRICE.sub(r"\1", word), _THRICE.sub(r"\1\1", word)


def _is_minus(before: list[Token]) -> bool:
    """Whether the dash just before a number is a sign rather than a dash between two things."""
    if not before or before[-1].text != "-" or before[-1].glued:
        return False
    return len(before) == 1 or not before[-2].is_word


def _words(raw: str, glued: bool, elisions: frozenset[str], clitics: frozenset[str]) -> list[Token]:
    parts = fold(raw).split("'")
    if len(parts) == 1:
        return [Token(parts[0], raw, glued, is_word=True)]
    found = []
    while len(parts) > 1 and parts[0] in elisions:
        found.append(Token(parts.pop(0), raw, glued, is_word=True))
    if len(parts) > 1 and parts[-1] in clitics:
        parts.pop()
    found.append(Token("".join(parts), raw, glued, is_word=True))
    return found
