"""Values that reach further than their neighbour: shared, corrected, or once more for another symptom."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from recovery.domain.reading.scopes.text import Text
from recovery.domain.reading.scores.assignment import Pair, Strength, Value
from recovery.domain.reading.scores.names import about
from recovery.domain.vocabulary import CORE, Score

_FEW = 4


@dataclass(slots=True)
class Evidence:
    """One symptom's score as the text has it; `about` may be a group ("all", "rest") instead."""

    about: str
    score: Score | None
    strength: Strength
    said: str
    at: int
    out_of_range: bool = False
    source: int = -1  # the phrase of its value


def made(text: Text, name_at: int, value: Value, at: int | None = None) -> Evidence:
    """The evidence that a value gives to the symptom or group named at `name_at`."""
    name = about(text, name_at)
    score = text.previous.get(name) if value.same else value.score
    out_of_range = score is None and not value.same
    if value.same and name in ("all", "rest"):
        name = f"same {name}"
    place = name_at if at is None else at
    return Evidence(name, score, value.strength, text.said(name_at, value.at), place, out_of_range, value.at)


def joined(text: Text, names: Sequence[int], own: dict[int, Pair]) -> Iterator[Evidence]:
    """Names that share a neighbour's value: "redness and itching are both a 3"."""
    for order, at in enumerate(names):
        if at not in own:
            continue
        value = own[at].value
        step = -1 if value.at > at else 1
        chain, last, joints = [], at, list[str]()
        index = order + step
        while 0 <= index < len(names) and names[index] not in own and text.row[names[index]].symptom:
            is_none = step > 0 and value.strength is Strength.WORD and value.leans == "left"
            joint = _joint(text, last, names[index], either=value.same or is_none)
            is_list = not joints or "and" in joints[:1]  # "red, swollen and itchy all gone"
            is_shared = (value.whole and is_list) or _is_of_both(text, at, value.at)
            is_apart = step < 0 and not (is_shared or _are_alike(text, at, names[index]))
            if not joint or is_apart or _is_stated(text, names[index]):
                break
            joints.append(joint)
            chain.append(names[index])
            last, index = names[index], index + step
        for name in chain if _is_shared(text, value, (at, *chain), joints) else []:
            yield made(text, name, value)


def _is_shared(text: Text, value: Value, names: Sequence[int], joints: Sequence[str]) -> bool:
    """Whether a value is that of a list: one with an "and", or all that was asked where "all" is meant.

    What is there is gone only if an "and" joins it to the last: not "red and itchy, swollen all gone".
    """
    if value.whole and value.at > names[0] and "and" in joints:
        return joints[0] == "and" or not any(text.row[name].has("adjective") for name in names[1:])
    said = value.whole or any(phrase.has("all") for phrase in text.row[names[0] : value.at])
    return "and" in joints or (said and {text.row[name].symptom for name in names} >= set(text.asked))


def lonely(
    text: Text, names: Sequence[int], values: Sequence[Value], found: Sequence[Evidence]
) -> Iterator[Evidence]:
    """One number alone in its sentence for the only symptom that is named: "it itches like mad!! 9"."""
    named = {text.row[at].symptom for at in names}
    numbers = [each for each in values if each.strength is Strength.NUMBER]
    if len(named) != 1 or len(numbers) != 1 or numbers[0].at in {each.source for each in found}:
        return
    number, last = numbers[0], names[-1]
    sentence = text.place[number.at].sentence
    alone = all(
        phrase.is_plain or index == number.at
        for index, phrase in enumerate(text.row)
        if text.place[index].sentence == sentence
    )
    if (
        alone
        and text.row[last].symptom in CORE
        and last < number.at
        and text.place[last].sentence != sentence
    ):
        yield made(text, last, number)


def same_as_before(
    text: Text, names: Sequence[int], own: dict[int, Pair], found: Sequence[Evidence]
) -> Iterator[Evidence]:
    """ "Redness has gone and so has the itch": the earlier symptom's score once more."""
    for at in names if text.any("ditto", "also") else ():
        if at in own or not (
            any(phrase.has("ditto") for phrase in text.row[max(0, at - 2) : at])
            or (at + 1 < len(text.row) and text.row[at + 1].has("also", "ditto"))
        ):
            continue
        earlier = [each for each in found if each.at < at]
        last = max(earlier, key=lambda each: each.at, default=None)
        if last and not _is_added(text, last, at):
            score = None if _is_word_of_another_sentence(text, last, at) else last.score
            yield Evidence(about(text, at), score, last.strength, text.said(last.at, at), at)


def _is_added(text: Text, last: Evidence, at: int) -> bool:
    """Whether "too" only says that it is there as well: "the itching is unbearable. Red and puffy too"."""
    between = text.row[max(last.at, last.source) + 1 : at]
    return text.row[at].has("adjective") and any(phrase.symptom for phrase in between)


def _is_word_of_another_sentence(text: Text, last: Evidence, at: int) -> bool:
    """Whether nobody can be sure how much "too" is: "the itching is unbearable. Swelling too"."""
    return last.strength is not Strength.NUMBER and text.place[last.at].sentence != text.place[at].sentence


def corrected(text: Text, pairs: Sequence[Pair], values: Sequence[Value]) -> Iterator[Evidence]:
    """A number that stands right after "I mean" belongs to the symptom named last."""
    taken = {each.value.at for each in pairs}
    for cue in text.corrections:
        earlier = [each for each in pairs if each.name_at < cue]
        value = next((each for each in values if each.at > cue and each.strength is Strength.NUMBER), None)
        if earlier and value and value.at not in taken and _is_led_to(text, cue, value.at):
            yield made(text, earlier[-1].name_at, value, value.at)


def _is_led_to(text: Text, cue: int, at: int) -> bool:
    """Whether nothing but a few small words stands between a cue and its number."""
    between = text.row[cue + 1 : at]
    return len(between) <= _FEW and not any(each.symptom or each.is_strong or each.figure for each in between)


def left_over(text: Text, pairs: Sequence[Pair], values: Sequence[Value]) -> Iterator[Evidence]:
    """A second number for a symptom that has one ("redness 3 and 5"): nobody can be sure of either."""
    taken = {each.value.at for each in pairs}
    numbers = [each for each in pairs if each.value.strength is Strength.NUMBER]
    for value in values:
        loose = value.strength is Strength.NUMBER and not value.near and value.at not in taken
        if not loose or "was" in text.clause(value.at):  # "redness 4 (was 6)"
            continue
        if any(each.name_at < value.at < cue < each.value.at for each in pairs for cue in text.corrections):
            continue  # "swelling 11 oops 1"
        later = next((each for each in numbers if _is_of_elsewhere(text, value.at, each)), None)
        if later and value.score != later.value.score:
            name, said = about(text, later.name_at), text.said(value.at, later.value.at)
            yield Evidence(name, None, Strength.NUMBER, said, later.name_at)
        passed = next((each for each in numbers if each.name_at < value.at < each.value.at), None)
        if passed and any(passed.name_at < cue < value.at for cue in text.corrections):
            passed = None  # "redness should be 2 not 7"
        if (
            passed
            and value.score != passed.value.score
            and not _is_led_up_to(text, value.at, passed.value.at)
        ):
            name, said = about(text, passed.name_at), text.said(passed.name_at, passed.value.at)
            yield Evidence(name, None, Strength.NUMBER, said, value.at)
        last = next((each for each in reversed(numbers) if max(each.name_at, each.value.at) < value.at), None)
        if last is None or any(last.value.at < cue < value.at for cue in text.corrections):
            continue
        if value.score is not None and value.score == last.value.score:
            continue  # "5 on the brow and 5 on the cheeks"
        if text.place[last.value.at].sentence == text.place[value.at].sentence:
            said = text.said(last.name_at, value.at)
            name = about(text, last.name_at)
            yield Evidence(name, None, Strength.NUMBER, said, value.at, value.score is None)


def _is_led_up_to(text: Text, at: int, later: int) -> bool:
    """Whether an earlier number gives way: "down two points to a 4", "8 on monday 3 now"."""
    is_now = later + 1 < len(text.row) and text.row[later + 1].has("now")
    return is_now or any(phrase.has("range") for phrase in text.row[at + 1 : later])


def _is_of_elsewhere(text: Text, at: int, later: Pair) -> bool:
    """Whether a number is of one place, a later one of another: "left cheek 4 right cheek 2 for redness"."""
    if at > later.value.at or at < later.name_at < later.value.at:
        return False
    if text.place[at].sentence != text.place[later.value.at].sentence:
        return False
    sides = text.row[max(0, at - 2) : at], text.row[at + 1 : later.value.at]
    return all(any(phrase.has("part.face") for phrase in side) for side in sides)


def _is_of_both(text: Text, at: int, value: int) -> bool:
    """Whether "both" stands between a name and its value: "red and the itch | both at | 3"."""
    return "both" in text.meanings and any(phrase.has("both") for phrase in text.row[at + 1 : value])


def _is_stated(text: Text, at: int) -> bool:
    """Whether a name stands for itself, as "still itchy" does, or after a strange word."""
    before = text.row[at - 1] if at else None
    if before is None or before.mark:
        return False
    return before.is_unknown or before.has("still", "present", "degree", "before")


def _are_alike(text: Text, one: int, other: int) -> bool:
    """Whether both are nouns or both adjectives, as in a list: not "pink and swelling 8"."""
    return any(text.row[one].has(kind) and text.row[other].has(kind) for kind in ("noun", "adjective"))


def _joint(text: Text, one: int, other: int, *, either: bool = False) -> str:
    """What joins two names: "and" (or an "or" that means `either`), a comma or nothing; "" if parted."""
    between = text.row[min(one, other) + 1 : max(one, other)]
    joins = ("and", "or", "through") if either else ("and", "through")
    if not all(phrase.has(*joins) or phrase.mark in (",", "/", "+") for phrase in between):
        return ""
    if either and any(phrase.has("or") for phrase in between):
        return "and"
    if any(phrase.has("present") for phrase in between):
        return ""
    if any(phrase.has("and") or phrase.mark == "+" for phrase in between):
        return "and"
    return ","
