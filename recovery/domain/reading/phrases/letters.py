"""The letter O that was typed for a zero: "2 1 O", "2/O/1", "itching O"."""

from dataclasses import replace

from recovery.domain.reading.dictionary.tags import UNKNOWN
from recovery.domain.reading.phrases.phrase import Phrase
from recovery.domain.reading.spelling.figures import Figure
from recovery.domain.vocabulary import CORE

LETTERS = frozenset("oO")
_PARTING = frozenset(",/-;=\n")
_ENDING = frozenset(",.;!\n")


def with_letters(row: list[Phrase]) -> list[Phrase]:
    """The phrases with every such letter as a zero, where with it the text is three numbers and no more.

    Between two numbers it may be a Spanish "or" ("3 o 4"), unless marks stand beside it.
    """
    letters = [at for at, phrase in enumerate(row) if _is_letter(phrase)]
    values = len(letters) + sum(phrase.figure is not None for phrase in row)
    is_plain = all(at in letters or phrase.figure or phrase.is_plain for at, phrase in enumerate(row))
    is_sure = not any(_is_between(row, at) for at in letters)
    is_triple = is_plain and is_sure and len(letters) < values == len(CORE)
    return [
        _zero(phrase) if at in letters and (is_triple or _is_named(row, at)) else phrase
        for at, phrase in enumerate(row)
    ]


def _is_letter(phrase: Phrase) -> bool:
    return phrase.is_word and phrase.text in LETTERS


def _is_between(row: list[Phrase], at: int) -> bool:
    """Whether it may be a word between two numbers, or part of a smiley (":O")."""
    before, after = row[at - 1] if at else None, row[at + 1] if at + 1 < len(row) else None
    if before is not None and before.mark and row[at].glued:
        return before.mark not in _PARTING or at == 1
    return bool(before and after and before.figure and after.figure)


def _is_named(row: list[Phrase], at: int) -> bool:
    """Whether a capital O is a symptom's score: "itching O"."""
    named = at > 0 and row[at - 1].symptom is not None
    return named and row[at].text == "O" and (at + 1 == len(row) or row[at + 1].mark in _ENDING)


def _zero(phrase: Phrase) -> Phrase:
    return replace(phrase, figure=Figure(phrase.text, 0.0, digits="0"), tags=UNKNOWN, is_word=False)
