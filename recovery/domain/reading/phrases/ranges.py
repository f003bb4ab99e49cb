"""Two numbers that are one: "3 or 4", "7 to 8", "between 5 and 6" as their worse end."""

from collections.abc import Callable
from dataclasses import replace

from recovery.domain.reading.dictionary.tags import UNKNOWN
from recovery.domain.reading.phrases.phrase import HYPHEN, Phrase


def with_ranges(row: list[Phrase]) -> list[Phrase]:
    found: list[Phrase] = []
    at = 0
    while at < len(row):
        length = _range_length(row, at)
        if length:
            inside = [phrase.figure for phrase in row[at : at + length] if phrase.figure]
            falls = at > 0 and row[at - 1].has("of") and inside[0].value > inside[-1].value
            worse = inside[-1] if falls else max(inside, key=lambda figure: figure.value)
            text = " ".join(phrase.text for phrase in row[at : at + length])
            found.append(Phrase(text, UNKNOWN, row[at].glued, replace(worse, digits="", pair=None)))
        else:
            found.append(row[at])
        at += length or 1
    return found


def is_mark(row: list[Phrase], at: int, mark: str) -> bool:
    """Whether the phrase at this place, if there is one, is this mark."""
    return 0 <= at < len(row) and row[at].mark == mark


def _range_length(row: list[Phrase], at: int) -> int:
    """How many phrases from `at` on are one range: "between 5 and 6", "7 to 8", "3 or 4"; 0 for none."""
    if not (row[at].figure or row[at].tags):
        return 0
    if _is_dashed(row, at):
        return 3
    if "between" in row[at].tags:
        return _between_length(row, at)
    if not row[at].figure or (at and "from" in row[at - 1].tags):
        return 0
    return 3 if _is_pair(row, at, lambda middle: "range" in middle.tags) else 0


def _between_length(row: list[Phrase], at: int) -> int:
    """How many phrases "between 5 and 6" or "between a 5 and a 6" are; 0 if it is no range."""
    inside = [
        index
        for index in range(at + 1, min(len(row), at + 6))
        if row[index].figure or not _is_article(row[index])
    ]
    return (
        inside[2] - at + 1 if len(inside) > 2 and _is_pair([row[index] for index in inside], 0, _joins) else 0
    )


def _joins(middle: Phrase) -> bool:
    return middle.has("and", "range")


def _is_article(phrase: Phrase) -> bool:
    return phrase.is_word and phrase.has("through") and not phrase.has("and", "range")


def _is_dashed(row: list[Phrase], at: int) -> bool:
    """Whether a range has a dash: "redness: 3 - 4", the second a little more, no third."""
    if not (at and row[at].figure and _is_pair(row, at, lambda middle: middle.mark in ("-", HYPHEN))):
        return False
    low, high = row[at].figure, row[at + 2].figure
    named = row[at - 1].symptom or (at > 1 and row[at - 1].mark in (":", "=") and row[at - 2].symptom)
    return bool(named and low and high and 0 < high.value - low.value <= 2 and not is_mark(row, at + 3, "-"))


def _is_pair(row: list[Phrase], at: int, joins: Callable[[Phrase], bool]) -> bool:
    if at + 2 >= len(row) or not joins(row[at + 1]):
        return False
    low, high = row[at].figure, row[at + 2].figure
    return low is not None and high is not None and low.is_score and high.is_score and high.value != low.value
