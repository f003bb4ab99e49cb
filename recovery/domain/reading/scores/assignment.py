"""Which value belongs to which symptom: the cheapest pairing of neighbours in a sentence."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from itertools import accumulate

from recovery.domain.reading.phrases.phrase import STRONG, WEAK, Phrase
from recovery.domain.vocabulary import Score

_COMMA, _SENTENCE, _CONTRAST, _AND, _UNKNOWN = 3.0, 8.0, 3.0, 2.0, 1.0
_RIGHTWARD = 0.5  # a name more often stands before its value
_BACKWARD = 2.5  # "gone" more often follows what is gone
_MARKS = {**dict.fromkeys(WEAK, _COMMA), **dict.fromkeys(STRONG, _SENTENCE), "\n": _COMMA, "-": _COMMA / 3}
_AWAY = 1000.0
_PATIENCE = 12  # so many phrases a value waits for its name


class Strength(IntEnum):
    """How sure a value is; a number wins over a word."""

    PRESENT = 1
    WORD = 2
    NUMBER = 3


@dataclass(slots=True, eq=False)
class Value:
    """A score in the text, or `same` as before; `at` is its phrase."""

    at: int
    score: Score | None
    strength: Strength
    leans: str = ""  # "right": stands before its symptom; "left": after it
    near: bool = False  # belongs only to a symptom named right beside it
    counts: bool = False  # or right before it, for it counts what follows: "4 margaritas"
    same: bool = False
    whole: bool = False  # says of all that is listed before it that it is gone: "all clear"
    is_article: bool = False  # "one", "un": perhaps no number at all

    @property
    def drop_cost(self) -> float:
        if self.strength is Strength.NUMBER:
            return 2.0 if self.is_article else 14.0
        return 4.0


@dataclass(slots=True)
class Pair:
    """A symptom's phrase and the value that is its own."""

    name_at: int
    value: Value


@dataclass(slots=True)
class _Path:
    """One way to pair what came so far: its cost, and its last pair with the way before that."""

    cost: float
    pairs: "tuple[Pair, _Path] | None" = None

    def dropping(self, value: Value) -> "_Path":
        return _Path(self.cost + value.drop_cost, self.pairs)

    def pairing(self, name_at: int, value: Value, cost: float) -> "_Path":
        return _Path(self.cost + cost, (Pair(name_at, value), self))


@dataclass(slots=True)
class _Best:
    """The cheapest ways so far: the last name has its value, or has none yet, or a value waits.

    A way where a name is `_AWAY` from its value is none: to drop that value costs less.
    """

    full: _Path | None
    open: _Path | None
    waiting: list[tuple[Value, _Path]]

    @property
    def settled(self) -> _Path | None:
        """The cheaper of the ways on which no value waits."""
        if self.full is None or self.open is None:
            return self.full or self.open
        return self.full if self.full.cost < self.open.cost else self.open


def pair(row: Sequence[Phrase], names: Sequence[int], values: Sequence[Value]) -> list[Pair]:
    """The pairs of neighbouring names and values whose whole cost is least; what fits nowhere is left out.

    `names` are the phrases that name a symptom (or "everything", "the rest"), in order.
    """
    if not names or not values:
        return []
    gaps = _gaps(row)
    named, valued = set(names), {value.at: value for value in values}
    best, name = _Best(_Path(0.0), None, []), -1
    for at in sorted(named | valued.keys()):
        if at in named:
            best, name = _named(best, at, row, gaps), at
        if at in valued:
            best = _valued(best, valued[at], name, row, gaps)
    return _pairs(best.settled)


def _pairs(path: _Path | None) -> list[Pair]:
    found = []
    link = path.pairs if path else None
    while link:
        found.append(link[0])
        link = link[1].pairs
    return found[::-1]


def _named(best: _Best, at: int, row: Sequence[Phrase], gaps: Sequence[float]) -> _Best:
    """At a name: it takes the value that waits, or has none yet."""
    full: _Path | None = None
    for value, path in best.waiting:
        cost = _rightward(value, at, row, gaps)
        if cost < _AWAY and (full is None or path.cost + cost < full.cost):
            full = path.pairing(at, value, cost)
    return _Best(full, best.settled, [])


def _valued(best: _Best, value: Value, name: int, row: Sequence[Phrase], gaps: Sequence[float]) -> _Best:
    """At a value: it is dropped, or goes to the name before, or waits for the next."""
    settled = best.settled
    waiting = [] if value.counts or settled is None else [(value, settled)]
    waiting += [
        (earlier, path.dropping(value))
        for earlier, path in best.waiting
        if value.at - earlier.at <= _PATIENCE
    ]
    full = best.full and best.full.dropping(value)
    if best.open is None or value.leans == "right":
        return _Best(full, best.open and best.open.dropping(value), waiting)
    cost = _leftward(value, name, row, gaps)
    if cost < _AWAY and (full is None or best.open.cost + cost <= full.cost):
        full = best.open.pairing(name, value, cost)
    return _Best(full, best.open.dropping(value), waiting)


def _leftward(value: Value, name: int, row: Sequence[Phrase], gaps: Sequence[float]) -> float:
    if name + 2 == value.at and row[name + 1].mark == "?":
        return 1.0  # "swollen? no."
    gap = gaps[value.at] - gaps[name + 1]
    between = row[name + 1 : value.at]
    if value.near and not all(_is_small(phrase) for phrase in between):
        return _AWAY
    if value.counts and any(phrase.has("of") for phrase in between):
        return _AWAY  # "bruises on 2 cheeks"
    return gap if value.strength is Strength.NUMBER else gap * 1.2


def _is_small(phrase: Phrase) -> bool:
    """Whether a phrase may stand between a name and a number that is hardly its own: "down to", "="."""
    if phrase.mark:
        return not (phrase.is_strong or phrase.is_weak) or phrase.mark == "-"
    return phrase.has("through", "of", "filler", "contrast", "restrict", "now", "present")


def _rightward(value: Value, name: int, row: Sequence[Phrase], gaps: Sequence[float]) -> float:
    gap = gaps[name] - gaps[value.at + 1]
    between = row[value.at + 1 : min(name, value.at + 5)]
    if gap >= _SENTENCE or (between and _is_parted(value, row[value.at], between)):
        return _AWAY
    if value.leans == "left":
        return _AWAY if gap else _BACKWARD
    if between and between[0].has("of"):
        return gap - 1.0
    return gap + _RIGHTWARD + (0.0 if value.strength is Strength.NUMBER else 0.5 * gap)


def _is_parted(value: Value, own: Phrase, between: Sequence[Phrase]) -> bool:
    """Whether what stands between a value and a later name keeps them apart."""
    kinds = frozenset().union(*[phrase.tags for phrase in between])
    marks = [phrase for phrase in between if phrase.mark]
    if marks and any(mark.is_strong or ("and" in kinds and mark.is_weak) for mark in marks):
        return True
    if value.strength is Strength.NUMBER and ("degree" in kinds or "still" in kinds):
        return True
    if value.near and not all(phrase.has("of", "through") for phrase in between):
        return True
    if value.leans != "right":
        return False
    skipped = int(" " in own.text and between[0].has("through"))  # "a bit of the"
    return not all(phrase.has("degree", "before", "noun", "adjective", "and") for phrase in between[skipped:])


def _gaps(row: Sequence[Phrase]) -> list[float]:
    """The cost of everything before each phrase, so that a difference is the cost between two."""
    return list(accumulate(map(_cost, row), initial=0.0))


def _cost(phrase: Phrase) -> float:
    if phrase.mark:
        return _MARKS.get(phrase.mark, 0.0)
    if not phrase.tags:
        return 0.0 if phrase.figure else _UNKNOWN
    if "contrast" in phrase.tags or "restrict" in phrase.tags:
        return _CONTRAST
    if "and" in phrase.tags:
        return _AND
    return _UNKNOWN if "everyday" in phrase.tags else 0.0
