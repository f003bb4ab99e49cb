"""How far a "no" reaches: what it makes absent, what it leaves, and where nobody can be sure."""

from collections.abc import Sequence
from enum import Enum

from recovery.domain.reading.phrases.phrase import Phrase
from recovery.domain.vocabulary import CORE

_REACH = 16  # a denial never reaches further than so many phrases


class Denied(Enum):
    """What a denial does to a phrase: it is absent, or nobody can be sure."""

    NO = "no"
    ABSENT = "absent"
    UNSURE = "unsure"


def denials(row: Sequence[Phrase]) -> list[Denied]:
    """What the denials of a row do to each of its phrases, in order."""
    found = [Denied.NO] * len(row)
    for at, phrase in enumerate(row):
        if "negation" in phrase.tags:
            _deny(row, at, found)
    return found


def _deny(row: Sequence[Phrase], at: int, found: list[Denied]) -> None:
    """Spread one denial over what it covers: "no redness, swelling or itching", but not "no fever, pus"."""
    if _is_spent(row, at) or _is_more(row, at) or _is_unchanged(row, at) or _is_answer(row, at):
        return
    hits: list[int] = []
    waiting: list[int] = []
    joined, clear = "", True
    for index in range(at + 1, min(len(row), at + _REACH)):
        phrase = row[index]
        if phrase.mark in (",", "/") and hits:
            joined = phrase.mark
        elif waiting and phrase.has("or") and phrase.has("negation"):
            hits += waiting if _denies_next(row, index) else []  # "no tengo fiebre, pus ni ampollas"
            break
        elif phrase.mark or phrase.has("contrast", "restrict", "negation") or (hits and phrase.has("still")):
            break  # "no swelling, still pink"
        elif phrase.has("or"):
            joined, hits, waiting = "or", hits + waiting, []
        elif phrase.has("and"):
            if not hits:
                break
            joined = "and"
        elif phrase.figure is not None and clear and not hits:
            if _is_correction(row, at):
                break  # "4 2 1 oops no 4 2 0"
            found[index] = Denied.ABSENT  # "4 3 0, not 4 3 30"
        elif clear and not hits and phrase.has("zero") and phrase.has("through"):
            continue  # "plus du tout de fievre"
        elif clear and not hits and _is_mere_part(phrase):
            found[index] = Denied.ABSENT  # "no yellow pus", "no tengo la cara hinchada"
            if phrase.has("part.grows"):
                break  # "no se ha corrido lo rojo": it is there, and does not spread
        elif _can_be_denied(phrase):
            if not clear:
                found[index] = Denied.UNSURE
                break
            if hits and not (_is_row_of_sights(row, index) or _is_listed(row, index, hits[-1], joined)):
                break
            if not hits and at and row[at - 1].symptom and phrase.symptom and has_own_value(row, index):
                break  # "swelling no redness a bit": the "no" is the swelling's
            (waiting if joined in (",", "/") else hits).append(index)
        elif not phrase.has("through", "filler", "was") or (hits and not _goes_on(phrase)):
            if hits:
                break
            clear = False
            if phrase.has("degree", "before"):
                found[index] = Denied.UNSURE
    _settle(row, hits, waiting, found)


def is_rather(row: Sequence[Phrase], at: int) -> bool:
    """Whether a "no" takes back the number before it: "3 no 4", "I would say 3. No, 4"."""
    if at == 0 or not row[at].has("or_rather", "negation"):
        return False
    is_apart = at + 1 < len(row) and row[at + 1].mark == ","
    parted = at > 1 and (row[at - 1].is_strong or row[at - 1].is_weak)
    told = row[at - 2 if parted else at - 1].figure is not None
    return told and (row[at].has("or_rather") or (parted and is_apart))


def _is_correction(row: Sequence[Phrase], at: int) -> bool:
    """Whether a denial only corrects: "oops, no"."""
    if is_rather(row, at):
        return True
    return any(phrase.has("correction") for phrase in row[max(0, at - 2) : at + 2])


def _goes_on(phrase: Phrase) -> bool:
    """Whether a list of denied things may go on over a phrase: not over "a bit of"."""
    return phrase.has("through") and not phrase.has("degree", "before")


def _is_unchanged(row: Sequence[Phrase], at: int) -> bool:
    """Whether a "nor" only goes on with what is as it was: "sin cambio en rojez ni picor"."""
    if not row[at].has("or"):
        return False
    for phrase in reversed(row[:at]):
        if phrase.has("same"):
            return True
        if not (phrase.symptom or phrase.has("through", "of", "or", "and")):
            return False
    return False


def _is_more(row: Sequence[Phrase], at: int) -> bool:
    """Whether a "no longer" is a "more", for a number of its own follows: "plus rouge, 5"."""
    if not row[at].has("more") or at + 2 >= len(row) or not row[at + 1].has("adjective"):
        return False
    number = at + 2 + (row[at + 2].mark == ",")
    figure = row[number].figure if number < len(row) else None
    after = row[number + 1] if number + 1 < len(row) else None
    is_last = after is None or after.is_strong or after.is_weak or after.has("and")
    return figure is not None and figure.value > 0 and is_last


def _is_answer(row: Sequence[Phrase], at: int) -> bool:
    """Whether a "no" answers by itself, and what follows says the same: "nah all gone"."""
    if at + 1 == len(row) or not row[at].has("answer"):
        return False
    if not row[at + 1].has("whole") or not (at == 0 or row[at - 1].is_strong):
        return False
    rest = row[at + 2 :]
    is_last = not rest or rest[0].mark in (",", ".", "!") or rest[0].has("ack")  # not "no all clear yet"
    return is_last and not any(phrase.mark == "?" for phrase in rest)


def _is_spent(row: Sequence[Phrase], at: int) -> bool:
    """Whether a denial belongs to the verb before it: "no dormí nada por la comezón"."""
    for phrase in row[at - 1 : max(0, at - 4) : -1] if at else ():
        if phrase.mark or phrase.symptom:
            return False
        if phrase.has("negation"):
            return row[at - 1].is_meaningless
    return False


def _settle(row: Sequence[Phrase], hits: list[int], waiting: list[int], found: list[Denied]) -> None:
    all_three = {row[index].symptom for index in hits + waiting} >= set(CORE)
    for index in hits:
        found[index] = Denied.ABSENT
    for index in waiting:
        if all_three:
            found[index] = Denied.ABSENT
        elif row[index].symptom:
            found[index] = Denied.UNSURE


def _can_be_denied(phrase: Phrase) -> bool:
    if phrase.symptom or phrase.has("flag", "concern", "whole", "zero", "sight"):
        return True
    return phrase.has("part") and not phrase.has("degree", "before", "through")


def _is_mere_part(phrase: Phrase) -> bool:
    """Whether a phrase only helps to mean something, and what is denied comes after it."""
    return phrase.has("part") and not (
        phrase.symptom or phrase.has("flag", "concern", "whole", "zero", "sight")
    )


def _denies_next(row: Sequence[Phrase], index: int) -> bool:
    """Whether a "nor" goes on with a list: one more thing to deny comes right after it."""
    for phrase in row[index + 1 :]:
        if not phrase.has("through") or _can_be_denied(phrase):
            return _can_be_denied(phrase)
    return False


def _is_row_of_sights(row: Sequence[Phrase], index: int) -> bool:
    """Whether sights follow each other with no comma: "no patches bumps or scars"."""
    return row[index].has("sight") and row[index - 1].has("sight")


def _is_listed(row: Sequence[Phrase], index: int, last: int, joined: str) -> bool:
    """Whether a further thing in the list is denied too: not with its own value, nor danger after "and"."""
    if not joined:
        return False
    phrase = row[index]
    after = row[index + 1] if index + 1 < len(row) else None
    is_answered = after is not None and after.has("negation") and not after.has("or")  # "swelling no"
    if is_answered or (phrase.symptom and has_own_value(row, index, joined)):
        return False
    return joined != "and" or (phrase.has("noun") and row[last].has("noun"))


def has_own_value(row: Sequence[Phrase], at: int, joined: str = "") -> bool:
    """Whether a value follows before anything else is named: "no swelling and the itching is a 1"."""
    for phrase in row[at + 1 : at + _REACH]:
        if phrase.figure or phrase.has("degree", "zero", "none", "set_aside", "still", "yes"):
            return True
        if joined == "and" and (phrase.is_meaningless or phrase.has("change", "was")):
            return True  # something of its own, whatever it is
        if phrase.is_strong or (phrase.is_weak and phrase.mark != "-") or phrase.symptom:
            return False
        if phrase.has("and", "or", "contrast", "restrict", "flag", "concern"):
            return False
    return False
