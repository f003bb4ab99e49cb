"""From clean text to tokens: words, numbers and the marks between them."""

import re
from dataclasses import dataclass

from recovery.domain.reading.figures import Figure, figures
from recovery.domain.reading.normalise import fold

_TOKEN = re.compile(  # (space before, number, word, mark)
    r"([^\S\n]*)(?:(\d+(?:[:/.,\-]\d+)*|(?<![\w.])\.\d+)|([^\W\d_]+(?:'[^\W\d_]+)*)|(\n|\S))"
)
_THRICE = re.compile(r"(.)\1{2,}")


@dataclass(slots=True)
class Token:
    """A word, a number (with its `figure`) or a mark; `glued` to what stands directly before it.

    `spellings`: what a word with drawn-out letters ("sooo") may stand for.
    """

    text: str
    raw: str
    glued: bool
    figure: Figure | None = None
    is_word: bool = False
    spellings: tuple[str, ...] = ()


def tokens(text: str, elisions: frozenset[str], clitics: frozenset[str]) -> list[Token]:
    """The tokens of clean text; `elisions` ("l" in "l'eau") split off, `clitics` ("s" in "it's") dropped."""
    found: list[Token] = []
    for space, number, word, mark in _TOKEN.findall(text):
        glued = not space and bool(found)
        if word and "'" not in word:
            found.append(Token(fold(word), word, glued, None, True))
        elif word:
            found += _words(word, glued, elisions, clitics)
        elif number:
            parts = figures(number, minus=glued and _is_minus(found))
            found += [Token(each.text, number, glued or at > 0, each) for at, each in enumerate(parts)]
        else:
            found.append(Token(mark, mark, glued))
    if _THRICE.search(text):
        for token in found:
            token.spellings = _spellings(token)
    return found


def _spellings(token: Token) -> tuple[str, ...]:
    if not (token.is_word and _THRICE.search(token.text)):
        return ()
    return _THRICE.sub(r"\1", token.text), _THRICE.sub(r"\1\1", token.text)


def _is_minus(before: list[Token]) -> bool:
    """Whether the dash just before a number is a sign rather than a dash between two things."""
    if not before or before[-1].text != "-" or before[-1].glued:
        return False
    return len(before) == 1 or not before[-2].is_word


def _words(raw: str, glued: bool, elisions: frozenset[str], clitics: frozenset[str]) -> list[Token]:
    """The tokens of a word with apostrophes."""
    parts = fold(raw).split("'")
    found = []
    while len(parts) > 1 and parts[0] in elisions:
        head = parts.pop(0)
        found.append(Token(head, raw[: len(head) + 1], glued, is_word=True))
        raw, glued = raw[len(head) + 1 :], True
    if len(parts) > 1 and parts[-1] in clitics:
        parts.pop()
    found.append(Token("".join(parts), raw, glued, is_word=True))
    return found
