"""What stands for a symptom in one text: its name, an initial, "all", "the rest", "both"."""

from recovery.domain.reading.phrases.phrase import Phrase
from recovery.domain.reading.scopes.denials import Denied
from recovery.domain.reading.scopes.text import Text

_NEAR = 6  # so many phrases from "all" its value is looked for
_GROUPS = ("all", "rest", "both")
_GROUPED = frozenset({*_GROUPS, "pointer", "initial"})
_VALUES = ("same", "zero", "none", "negation", "degree", "before", "number", "weak_number", "change", "whole")


def names_of(text: Text) -> list[int]:
    """Where the text names a symptom, or a group of them, that is there today."""
    return [at for at in text.of(_GROUPED, text.named) if _is_name(text, at)]


def about(text: Text, at: int) -> str:
    """What a phrase names: a symptom, or a group such as "all"."""
    phrase = text.row[at]
    if phrase.symptom:
        return phrase.symptom
    for kind in ("pointer", "initial"):
        if kind in phrase.tags:
            return f"{kind} {phrase.tags[kind]}"
    return "rest" if "rest" in phrase.tags else "all"


def is_initial(text: Text, at: int) -> bool:
    """Whether an initial stands right before its number: "R3", "S: 2"; not so in "I put it at 4"."""
    after = [phrase for phrase in text.row[at + 1 : at + 3] if phrase.mark not in (":", "=", "-", ".")]
    return bool(after) and after[0].figure is not None


def _is_name(text: Text, at: int) -> bool:
    phrase, place = text.row[at], text.place[at]
    if not phrase.tags or place.denied is Denied.ABSENT or place.supposed:
        return False
    if phrase.symptom:
        return True
    if place.past or ("both" in phrase.tags and len(text.asked) != 2):
        return False
    if "pointer" in phrase.tags:
        return True
    is_group = phrase.has(*_GROUPS)
    if "initial" in phrase.tags and not is_group:
        return is_initial(text, at)
    return is_group and _is_beside_value(text, at)


def _is_beside_value(text: Text, at: int) -> bool:
    """Whether "all" has its value right beside it: "all at 2", not "blisters all along my jaw, 5"."""
    if text.row[at].has("zero", "none"):
        return True  # "nothing else"
    for step in (1, -1):
        index = at + step
        while 0 <= index < len(text.row) and abs(index - at) < _NEAR and _is_linking(text.row[index]):
            index += step
        if 0 <= index < len(text.row) and (text.row[index].figure or text.row[index].has(*_VALUES)):
            return step > 0 or text.row[index].figure is not None or not _leads_on(text, at)
    return False


def _leads_on(text: Text, at: int) -> bool:
    """Whether "all" only strengthens what follows: "it's gone all cloudy"."""
    if at + 1 == len(text.row) or not text.row[at + 1].is_word:
        return False
    return not (text.row[at + 1].is_plain or _is_linking(text.row[at + 1]))


def _is_linking(phrase: Phrase) -> bool:
    if phrase.mark:
        return not (phrase.is_strong or phrase.mark in (",", ";"))
    return phrase.has("through", "filler", "of", "present", "now", "both", "was", "range", "has", "contrast")
