"""Words that mean something only together: "yellow" and "stuff", "stop" and "texts"."""

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass

from recovery.domain.reading.dictionary.lexicon import Lexicon, Together
from recovery.domain.reading.phrases.phrase import Phrase, meanings_of
from recovery.domain.reading.scopes.clauses import Scope


@dataclass(slots=True)
class Meant:
    """What a few phrases mean together, from the `first` of them to the `last`."""

    kind: str
    name: str
    first: int
    last: int


def together(
    row: Sequence[Phrase], place: Sequence[Scope], meanings: Set[str], words: Lexicon
) -> list[Meant]:
    """Everything that words of one clause mean together; `meanings` are those of the whole row."""
    called = {at for meaning in words.calls.keys() & meanings for at in words.calls[meaning]}
    patterns = [pattern for at in sorted(called) if _may_occur(pattern := words.together[at], meanings)]
    if not patterns:
        return []
    where = _where(row)
    return [meant for pattern in patterns for meant in _found(pattern, where, row, place)]


def _may_occur(pattern: Together, meanings: Set[str]) -> bool:
    for part in pattern.parts:  # noqa: SIM110  a generator takes twice the time, sixty times a text
        if part.isdisjoint(meanings):
            return False
    return True


def _where(row: Sequence[Phrase]) -> Mapping[str, Sequence[int]]:
    """By meaning, the places of the phrases that have it."""
    where: dict[str, list[int]] = {}
    for at, phrase in enumerate(row):
        for meaning in phrase.tags.meanings:
            where.setdefault(meaning, []).append(at)
    return where


def meanings_of_clause(row: Sequence[Phrase], place: Sequence[Scope], at: int) -> Set[str]:
    """Every meaning, "kind" and "kind.name", in the clause of a phrase."""
    clause = place[at].clause
    first = last = at
    while first > 0 and place[first - 1].clause == clause:
        first -= 1
    while last + 1 < len(row) and place[last + 1].clause == clause:
        last += 1
    return meanings_of(row[first : last + 1])


def _found(
    pattern: Together, where: Mapping[str, Sequence[int]], row: Sequence[Phrase], place: Sequence[Scope]
) -> Iterator[Meant]:
    opening = {at for meaning in pattern.opens & where.keys() for at in where[meaning]}
    for first in sorted(opening):
        last = _last(pattern, first, row, place)
        if last is None:
            continue
        if pattern.unless.isdisjoint(_meanings_around(row, place, first, last) if pattern.unless else ()):
            yield Meant(pattern.kind, pattern.name, first, last)


def _meanings_around(row: Sequence[Phrase], place: Sequence[Scope], first: int, last: int) -> Set[str]:
    """Those of the clause where a pattern begins, and of what stands between there and its end."""
    return meanings_of_clause(row, place, first) | meanings_of(row[first : last + 1])


def _last(pattern: Together, first: int, row: Sequence[Phrase], place: Sequence[Scope]) -> int | None:
    """The last phrase of a pattern that begins at `first`, its parts near each other in one clause."""
    parts = list(pattern.parts)
    _takes(parts, row[first], ordered=pattern.ordered)
    for at in range(first + 1, min(len(row), first + pattern.within + 1)):
        if pattern.across and _is_scored(row, at):
            continue  # "flaking around my mouth, swelling 0"
        if row[at].is_strong or (not pattern.across and _is_elsewhere(at, first, row, place)):
            return None
        if _takes(parts, row[at], ordered=pattern.ordered) and not parts:
            return at
    return None


def _is_scored(row: Sequence[Phrase], at: int) -> bool:
    """Whether a symptom is named for its number."""
    return bool(row[at].symptom and at + 1 < len(row) and row[at + 1].figure)


def _is_elsewhere(at: int, first: int, row: Sequence[Phrase], place: Sequence[Scope]) -> bool:
    """Whether a new clause began, be it not by "just" alone: "my throat is just closing"."""
    if place[at].clause == place[first].clause:
        return False
    return any(
        place[index].clause != place[index - 1].clause and not row[index].has("restrict", "because")
        for index in range(first + 1, at + 1)
    )


def _takes(parts: list[frozenset[str]], phrase: Phrase, *, ordered: bool) -> bool:
    """Whether a phrase is one of the parts that still wait (the first of them where order counts)."""
    for part in parts[:1] if ordered else parts:
        if phrase.means(part):
            parts.remove(part)
            return True
    return False
