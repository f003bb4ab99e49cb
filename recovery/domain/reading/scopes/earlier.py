"""Days listed one after another ("mon 7 5 2, tues 5 3 2, today 3 1 1"): all but today's are past."""

from collections.abc import Sequence

from recovery.domain.reading.phrases.phrase import Phrase
from recovery.domain.vocabulary import CORE

DAYS = frozenset({"weekday", "set_aside"})
_SMALL = ("filler", "through", "of", "and")


def earlier_days(row: Sequence[Phrase], sentence: Sequence[int], clause: Sequence[int]) -> list[bool]:
    """Which phrases tell of a day that their part begins with, where a later part begins with "today"."""
    today = _today(row, clause)
    found = [False] * len(row)
    if today is None or all(DAYS.isdisjoint(phrase.tags) for phrase in row[:today]):
        return found
    is_triple = sum(phrase.figure is not None for phrase in row[today:]) >= len(CORE)
    for at in range(today):
        if at == 0 or clause[at] != clause[at - 1]:
            goes_on = at > 0 and found[at - 1] and sentence[at] == sentence[at - 1]
            found[at] = goes_on or _begins_with_day(row, at, is_triple=is_triple)
        else:
            found[at] = found[at - 1]
    return found


def _today(row: Sequence[Phrase], clause: Sequence[int]) -> int | None:
    """The last "today" that leads to a number and begins its part."""
    has_number = False
    for at in range(len(row) - 1, 0, -1):
        has_number = has_number or row[at].figure is not None
        begins = clause[at] != clause[at - 1] or row[at - 1].has("and")
        if row[at].has("now") and has_number and begins:
            return at
    return None


def _begins_with_day(row: Sequence[Phrase], at: int, *, is_triple: bool) -> bool:
    """Whether a weekday, or a numbered day ("day 1") before a whole report of today, comes first."""
    for index in range(at, len(row)):
        phrase = row[index]
        if phrase.has("weekday"):
            return True
        if phrase.has("unit_before") and index + 1 < len(row) and row[index + 1].has("set_aside"):
            return is_triple
        if not (phrase.mark or phrase.has(*_SMALL)):
            return False
    return False
