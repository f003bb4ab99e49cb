"""From clean text to tokens: words, numbers and the marks between them."""

import re
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial

from recovery.domain.reading.spelling.figures import Figure, figures
from recovery.domain.reading.spelling.normalise import fold

_TOKEN = re.compile(  # (space before, number, word, mark)
    r"([^\S\n]*)(?:((?:10|\d)s(?![^\W_])|\d+(?:[:/.,\-]\d+)*|(?<![\w.])\.\d+)|([^\W\d_]+(?:'[^\W\d_]+)*)|(\n|\S))"
)
_THRICE = re.compile(r"(.)\1{2,}")
_MET = 8192  # so many words are remembered: most words of most texts are the same few
_LONG = 24  # letters; a longer word is made anew each time
_SCORE = 3  # so many signs a number may have ("10", "3/4") to be remembered; a phone's never is


@dataclass(frozen=True, slots=True)
class Token:
    """A word, a number (with its `figure`) or a mark; `glued` to what stands directly before it.

    `spellings`: what a word with drawn-out letters ("sooo"), or a short one ("txt"), may stand for.
    """

    text: str
    raw: str
    glued: bool
    figure: Figure | None = None
    is_word: bool = False
    spellings: tuple[str, ...] = ()


class _Remembered(dict[str, tuple[Token, ...]]):
    """What was made of each of the last few thousand words; they are forgotten together.

    A word that is not `known`, such as a patient's name, is kept nowhere.
    """

    def __init__(self, make: Callable[[str], tuple[Token, ...]], known: Container[str]) -> None:
        super().__init__()
        self._make, self._known = make, known

    def __missing__(self, raw: str) -> tuple[Token, ...]:
        made = self._make(raw)
        if len(raw) <= _LONG and all(token.text in self._known for token in made):
            if len(self) >= _MET:
                self.clear()
            self[raw] = made
        return made


class Spelling:
    """How a written word becomes tokens: in its parts, or as the words that it stands for.

    `elisions` ("l" in "l'eau") are split off, `clitics` ("s" in "it's") dropped; what is `respelt`
    ("rojisima") becomes several words, and a `shorthand` ("txt") may stand for another as well. What became
    of a `known` word is remembered.
    """

    def __init__(
        self,
        elisions: frozenset[str],
        clitics: frozenset[str],
        respelt: Mapping[str, Sequence[str]],
        shorthand: Mapping[str, tuple[str, ...]],
        known: Container[str],
    ) -> None:
        self._elisions, self._clitics = elisions, clitics
        self._respelt, self._shorthand = respelt, shorthand
        self.apart = _Remembered(partial(self._word, glued=False), known)
        self.glued = _Remembered(partial(self._word, glued=True), known)

    def _word(self, raw: str, glued: bool) -> tuple[Token, ...]:
        """The tokens of one word, which may hold apostrophes."""
        return tuple(each for part in self._parts(raw, glued) for each in self._respelled(part))

    def _parts(self, raw: str, glued: bool) -> Iterator[Token]:
        parts = fold(raw).split("'")
        while len(parts) > 1 and parts[0] in self._elisions:
            head = parts.pop(0)
            yield Token(head, raw[: len(head) + 1], glued, is_word=True)
            raw, glued = raw[len(head) + 1 :], True
        if len(parts) > 1 and parts[-1] in self._clitics:
            parts.pop()
        yield Token("".join(parts), raw, glued, is_word=True)

    def _respelled(self, token: Token) -> Iterator[Token]:
        words = self._respelt.get(token.text)
        if not words:
            yield replace(token, spellings=self._shorthand.get(token.text) or _spellings(token.text))
            return
        yield replace(token, text=words[0])
        for word in words[1:]:
            yield Token(word, "", True, is_word=True)


def tokens(text: str, spelling: Spelling) -> list[Token]:
    """The tokens of clean text."""
    found: list[Token] = []
    for space, number, word, mark in _TOKEN.findall(text):
        glued = not space and bool(found)
        if word:
            found += (spelling.glued if glued else spelling.apart)[word]
        elif number:
            make = _short_number if len(number) <= _SCORE else _number
            found += make(number, glued, glued and _is_minus(found))
        else:
            found.append(_mark(mark, glued))
    return found


def _number(raw: str, glued: bool, minus: bool) -> tuple[Token, ...]:
    """The numbers of a cluster; those of "all 3s" are not the 3 of "all 3"."""
    cluster = raw.removesuffix("s")
    parts = figures(cluster, minus=minus)
    plural = raw[len(cluster) :]
    return tuple(Token(each.text + plural, raw, glued or at > 0, each) for at, each in enumerate(parts))


_short_number = lru_cache(maxsize=_MET)(_number)


@lru_cache(maxsize=_MET)
def _mark(mark: str, glued: bool) -> Token:
    return Token(mark, mark, glued)


def _spellings(word: str) -> tuple[str, ...]:
    """What a word with drawn-out letters may stand for; nothing for any other."""
    if not _THRICE.search(word):
        return ()
    return _THRICE.sub(r"\1", word), _THRICE.sub(r"\1\1", word)


def _is_minus(before: list[Token]) -> bool:
    """Whether the dash just before a number is a sign rather than a dash between two things."""
    if not before or before[-1].text != "-" or before[-1].glued:
        return False
    return len(before) == 1 or not before[-2].is_word
