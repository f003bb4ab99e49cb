"""Which numbers of a text could be scores: halves, ranges and scales joined, days and doses set aside."""

from collections.abc import Sequence, Set
from dataclasses import replace
from functools import partial

from recovery.domain.reading.dictionary.tags import Tags, tags_of
from recovery.domain.reading.phrases.letters import LETTERS, with_letters
from recovery.domain.reading.phrases.phrase import HYPHEN, Phrase
from recovery.domain.reading.phrases.ranges import is_mark, with_ranges
from recovery.domain.reading.spelling.figures import Figure
from recovery.domain.vocabulary import CORE

_HALF = 0.5
_HALVES = frozenset({".5", "1/2"})  # "½" and its like
_OWN_HALF = "0.5"  # a number of its own, but in "redness 3 .5"
_TEN = 10
_BODY = 30  # a broken number above it is a temperature, a price or a weight, and no mistyped score
_PHONE = 7  # digits in four numbers or more
_DIALLED = frozenset("-.()+")
_LIST_MARKS = frozenset(").:=-")
_SPELT = frozenset({"number", "weak_number"})
_RANGES = frozenset({"range", "between"})
_DASHES = frozenset({"-", HYPHEN})
_ELSE = Tags({"set_aside": "", "unit_after": "", "filler": ""})


def with_scores(row: list[Phrase], meanings: Set[str]) -> list[Phrase]:
    """The phrases with every number settled: what is left with a `figure` could be a score.

    Number words become figures; "3 or 4" becomes one figure, its worse end; "out of 10" is the
    scale; what counts something else keeps its words and loses its figure. `meanings` are those
    of the whole row, which is given back itself where nothing is to be settled.
    """
    found = row if meanings.isdisjoint(_SPELT) else [_spelt(row, at) for at in range(len(row))]
    if not LETTERS.isdisjoint([phrase.text for phrase in found]):
        found = with_letters(found)
    if "minus" in meanings:
        found = [_below_zero(found, at) for at in range(len(found))]
    if figures := [phrase.figure for phrase in found if phrase.figure is not None]:
        return _without_others(_joined(found, figures, meanings), meanings)
    return found


def _joined(found: list[Phrase], figures: list[Figure], meanings: Set[str]) -> list[Phrase]:
    """The phrases where the numbers that are one stand as one."""
    marks = {phrase.mark for phrase in found}
    if "/" in marks:
        found = _without_slashed_ten(found)
    if "scale" in meanings:
        found = _without_scale(found)
    if len(figures) > len(CORE):
        found = _without_list_numbers(_without_phones(found))
    if "half" in meanings or _HALF in [figure.value for figure in figures]:
        found = _halves(found)
    if not (marks.isdisjoint(_DASHES) and meanings.isdisjoint(_RANGES)):
        found = with_ranges(found)
    return found


def _without_others(row: list[Phrase], meanings: Set[str]) -> list[Phrase]:
    """The phrases where a number that could be no score has no figure."""
    lone = "initial" in meanings and sum(map(partial(_is_initialled, row), range(1, len(row)))) == 1
    others = {at for at, each in enumerate(row) if each.figure and not _is_score(row, at, each.figure, lone)}
    if not others:
        return row
    return [_without_figure(each) if at in others else each for at, each in enumerate(row)]


def _is_initialled(row: list[Phrase], at: int) -> bool:
    """Whether a number is stuck to an initial: "R3"; if only one is, it is a day or a room: "D2"."""
    return bool(row[at].figure and row[at].glued and row[at - 1].has("initial") and not row[at - 1].symptom)


def is_counted(row: Sequence[Phrase], at: int) -> bool:
    """Whether a word that could be anything follows the number at once: "4 margaritas" is hardly a score."""
    return at + 1 < len(row) and row[at + 1].is_meaningless


def splits(digits: str, asked: int) -> list[list[int]]:
    """Every way to read run-together digits as so many scores: "310" as 3 1 0, "1010" in two ways."""
    if asked == 0:
        return [] if digits else [[]]
    found = []
    for length in (1, 2):
        head = digits[:length]
        if len(head) == length and (length == 1 or head == "10"):
            found += [[int(head), *rest] for rest in splits(digits[length:], asked - 1)]
    return found


def _spelt(row: Sequence[Phrase], at: int) -> Phrase:
    phrase = row[at]
    if _SPELT.isdisjoint(phrase.tags):
        return phrase
    kind = "number" if "number" in phrase.tags else "weak_number"
    after = row[at + 1] if at + 1 < len(row) else None
    counting = at > 0 and (row[at - 1].figure is not None or row[at - 1].has("number"))
    counts = after is not None and (after.figure or after.is_meaningless or after.has("number"))
    is_article = kind == "weak_number" and not counting and counts
    if is_article:
        return phrase
    value = phrase.tags[kind]
    tags = {name: held for name, held in phrase.tags.items() if name != "number"}
    return replace(phrase, tags=tags_of(tags), figure=Figure(value, float(value)))


def _below_zero(row: list[Phrase], at: int) -> Phrase:
    """The number of "minus two, 0, 0" as one that is no score; "minus 2 pimples" and "a bit minus" stay."""
    figure = row[at].figure
    if figure is None or at == 0 or not row[at - 1].has("minus"):
        return row[at]
    begins = at == 1 or bool(row[at - 2].mark or row[at - 2].symptom or row[at - 2].figure)
    ends = at + 1 == len(row) or bool(row[at + 1].mark or row[at + 1].figure or row[at + 1].symptom)
    return replace(row[at], figure=replace(figure, value=-1.0, pair=None)) if begins and ends else row[at]


def _without_scale(row: list[Phrase]) -> list[Phrase]:
    """ "4 out of 10" as 4."""
    return [
        phrase
        for at, phrase in enumerate(row)
        if not (phrase.has("scale") and at and row[at - 1].figure is not None)
    ]


def _without_slashed_ten(row: list[Phrase]) -> list[Phrase]:
    """ "4 / 10" as 4; in "3 / 2 / 10" the ten is a score of its own."""
    found: list[Phrase] = []
    for at, phrase in enumerate(row):
        is_ten = phrase.figure is not None and phrase.figure.value == _TEN and is_mark(row, at - 1, "/")
        is_listed = is_mark(row, at - 3, "/") or is_mark(row, at + 1, "/")
        is_tight = phrase.glued and row[at - 1].glued
        before = row[at - 2] if at >= 2 else None
        is_scored = before is not None and before.figure is not None and "/" not in before.text
        if is_ten and is_scored and (is_tight or not is_listed):
            found.pop()
        else:
            found.append(phrase)
    return found


def _without_phones(row: list[Phrase]) -> list[Phrase]:
    """A telephone number in pieces ("06 39 98 12 34", "555 0142") as no number at all."""
    runs: list[list[int]] = [[]]
    for at, phrase in enumerate(row):
        if phrase.figure:
            runs[-1].append(at)
        elif phrase.mark not in _DIALLED or _ends_sentence(row, at):
            runs.append([])
    parts = {at for run in runs if _is_dialled([row[at].text for at in run]) for at in run}
    return [_without_figure(each) if at in parts else each for at, each in enumerate(row)]


def _ends_sentence(row: list[Phrase], at: int) -> bool:
    """Whether a full stop has a space behind it: "my number is 555 0142. 3 1 0"."""
    return row[at].mark == "." and not (at + 1 < len(row) and row[at + 1].glued)


def _is_dialled(pieces: list[str]) -> bool:
    """Whether numbers in a row have as many digits as a telephone number, a piece long or many of them."""
    is_long = len(pieces) > len(CORE) or any(len(piece) > len(CORE) for piece in pieces)
    return len(pieces) > 1 and is_long and sum(map(str.isdigit, "".join(pieces))) >= _PHONE


def _is_half(phrase: Phrase, before: list[Phrase]) -> bool:
    if phrase.figure is None:
        return "half" in phrase.tags
    is_named = len(before) > 1 and before[-2].symptom is not None
    return phrase.figure.text in _HALVES or (phrase.figure.text == _OWN_HALF and is_named)


def _halves(row: list[Phrase]) -> list[Phrase]:
    found: list[Phrase] = []
    for phrase in row:
        half = _is_half(phrase, found)
        before = found[-1].figure if found else None
        if half and before is not None and before.value.is_integer() and before.value != 0:
            found[-1] = replace(found[-1], figure=replace(before, value=before.value + _HALF, digits=""))
        else:
            found.append(phrase)
    return found


def _without_list_numbers(row: list[Phrase]) -> list[Phrase]:
    """ "1) 4 2) 2 3) 1" without the numbers of its list."""
    at = [index for index, phrase in enumerate(row) if phrase.figure]
    if len(at) != 6 or [row[index].figure.value for index in at[::2]] != [1, 2, 3]:  # type: ignore[union-attr]
        return row
    if not all(row[index + 1].mark in _LIST_MARKS and row[index + 1].mark for index in at[::2]):
        return row
    drop = {each for index in at[::2] for each in (index, index + 1)}
    return [phrase for index, phrase in enumerate(row) if index not in drop]


def _without_figure(phrase: Phrase) -> Phrase:
    return replace(phrase, figure=None, tags=_ELSE)


def _is_score(row: list[Phrase], at: int, figure: Figure, lone: bool) -> bool:
    """Whether a number could be a score; a `lone` one that is stuck to an initial is a label."""
    if not figure.is_score or (lone and at > 0 and _is_initialled(row, at)):
        return False
    return not _is_something_else(row, at, figure)


def _is_something_else(row: list[Phrase], at: int, figure: Figure) -> bool:
    if figure.value > 10 and any(map(_is_about_fever, row[max(0, at - 5) : at + 4])):
        return True
    if figure.value > _BODY and not figure.value.is_integer():
        return True
    before = row[at - 1] if at else None
    after = row[at + 1] if at + 1 < len(row) else None
    if after and (
        ("unit_after" in after.tags and not _is_stuck(row, at + 2)) or (after.glued and after.is_meaningless)
    ):
        return True
    if before is None or not (before.tags or before.is_word):
        return False
    if before.has("has", "present", "wish") and _counts_dangers(row, at):
        return True
    if at > 2 and "of" in before.tags and row[at - 2].figure and "unit_before" in row[at - 3].tags:
        return True  # "day 4 of 7"
    if "of" in before.tags and after and "moved" in after.tags and at + 2 < len(row) and row[at + 2].figure:
        return True  # "de 3 pasó a 1"
    if before.has("from", "unit_before") or (
        "weak_number" in before.tags and at > 1 and "from" in row[at - 2].tags
    ):
        return True
    if not (row[at].glued and before.is_word):
        return False
    return not (before.symptom or before.has("initial", "degree", "filler", "through"))


def _counts_dangers(row: list[Phrase], at: int) -> bool:
    """Whether a number only counts what is there: "I have like 6 tiny blisters"."""
    sized = at + 1 < len(row) and row[at + 1].has("degree", "before")
    counted = at + 1 + sized
    return counted < len(row) and row[counted].has("flag", "concern")


def _is_stuck(row: list[Phrase], at: int) -> bool:
    """Whether a number is stuck to the word before it: the "H" of "R3 H2" is no hour."""
    return at < len(row) and row[at].figure is not None and row[at].glued


def _is_about_fever(phrase: Phrase) -> bool:
    return phrase.has("temperature") or phrase.tags.get("flag") == "fever"
