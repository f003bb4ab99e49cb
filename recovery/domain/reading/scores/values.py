"""What stands for a score in one text: a number, a degree, "none", "gone", "same"."""

from recovery.domain.reading.phrases.numbers import is_counted
from recovery.domain.reading.scopes.afterwards import is_back
from recovery.domain.reading.scopes.denials import Denied, has_own_value
from recovery.domain.reading.scopes.nearly import is_hoped, is_in_part, is_nearly
from recovery.domain.reading.scopes.text import Text
from recovery.domain.reading.scores.assignment import Strength, Value
from recovery.domain.vocabulary import Score

_SAYING = ("degree", "before", "flag", "change", "same")
_ZERO = frozenset({"zero", "none", "negation"})
_WORDED = _ZERO | {"same", "degree", "before", "whole"}


def values_of(text: Text, used: frozenset[int]) -> list[Value]:
    """What the text gives for scores, in order; the figures in `used` are spoken for."""
    found = [_value(text, at) for at in text.of(_WORDED, text.figures) if at not in used]
    return [value for value in found if value]


def _value(text: Text, at: int) -> Value | None:
    phrase, place = text.row[at], text.place[at]
    tags = phrase.tags
    if "same" in tags and not _is_ditto(text, at) and not is_compared(text, at):
        return Value(at, None, Strength.WORD, same=True)
    ended = "over" in tags and "zero" in tags  # "stopped yesterday" holds today
    if ended and is_named_again(text, at):
        return None
    if (place.past and not ended) or place.supposed or place.denied is not Denied.NO:
        return None
    if phrase.figure is not None:
        if _is_outdated(text, at):
            return None
        inside = Score.exact(phrase.figure.score) if phrase.figure.in_range else None
        counts = is_counted(text.row, at)
        weak = "weak_number" in tags
        return Value(at, inside, Strength.NUMBER, near=counts or weak, counts=counts, is_article=weak)
    if not _ZERO.isdisjoint(tags):
        is_value = "negation" not in tags or (not place.unsure and _ends_denying(text, at))
        is_value = is_value and not (_leads_to_figure(text, at) or _is_undone(text, at))
        is_value = is_value and not ("negation" in tags and at and text.row[at - 1].has("degree"))
        left = text.words.degrees["slight"] if is_nearly(text, at) else Score.exact(0)
        hoped = "negation" not in tags and is_hoped(text, at)
        is_value = is_value and not (hoped or is_in_part(text, at))
        return Value(at, left, Strength.WORD, leans="left", whole="whole" in tags) if is_value else None
    if "whole" in tags:
        is_other = is_hoped(text, at) or is_in_part(text, at) or "except" in text.meanings
        side = "" if is_other else _summed_up(text, at)
        left = text.words.degrees["slight"] if is_nearly(text, at) else Score.exact(0)
        return Value(at, left, Strength.WORD, side, near=True, whole=True) if side else None
    named = at + 1 < len(text.row) and text.row[at + 1].symptom
    kind = "before" if "degree" not in tags or ("before" in tags and named) else "degree"
    if (
        kind not in tags
        or place.unsure
        or _is_overruled(text, at)
        or ("also" in tags and _lean(text, at) != "right")
    ):
        return None
    return Value(at, text.words.degrees[tags[kind]], Strength.WORD, leans=_lean(text, at))


def _is_outdated(text: Text, at: int) -> bool:
    """Whether a number only tells what was: "that was a 7 and woke up at 4" has a later one for the same.

    The later one may begin the next sentence, if it is told of now: "redness was 9. Now a 4".
    """
    if "was" not in text.meanings:
        return False
    before = at - 1
    while before >= 0 and text.row[before].has("through", "filler") and not text.row[before].has("was"):
        before -= 1
    if before < 0 or not text.row[before].has("was"):
        return False
    own = _named_after(text, at)
    for index in range(at + 1, len(text.row)):
        phrase = text.row[index]
        if (phrase.symptom and index != own) or (phrase.is_strong and not _begins_now(text, index + 1)):
            return False
        if phrase.figure is not None and text.place[index].denied is Denied.NO:
            return True
    return False


def _named_after(text: Text, at: int) -> int:
    """Where a symptom is named soon after a number, in the same part; 0 for nowhere: "9 on redness"."""
    for index in range(at + 1, min(len(text.row), at + 4)):
        if text.row[index].mark:
            return 0
        if text.row[index].symptom:
            return index
    return 0


def _begins_now(text: Text, at: int) -> bool:
    """Whether a sentence begins with "now"."""
    return at < len(text.row) and text.row[at].has("now")


def is_compared(text: Text, at: int) -> bool:
    """Whether "as yesterday" only ends a comparison: "half as red as yesterday"."""
    return at > 1 and text.row[at - 1].symptom is not None and text.row[at - 2].has("change")


def _is_ditto(text: Text, at: int) -> bool:
    """Whether "ditto" repeats what was just said of another: "redness 3, ditto swelling".

    After its symptom it may as well mean the day before: "swelling ditto" where nothing was logged then.
    """
    named = (at + 1 < len(text.row) and text.row[at + 1].symptom) or (
        not text.previous and at > 0 and text.row[at - 1].symptom
    )
    return bool(named and "ditto" in text.row[at].tags and any(each.figure for each in text.row[:at]))


def _lean(text: Text, at: int) -> str:
    """On which side its symptom must stand; "very" alone at the end follows it: "itchy very"."""
    if text.row[at].has("after"):
        return "left"
    last = at + 1 == len(text.row) or text.row[at + 1].is_strong or text.row[at + 1].is_weak
    return "" if last or text.row[at].has("degree") else "right"


def _summed_up(text: Text, at: int) -> str:
    """On which side its names stand: "all 0 for redness, itching", "itching: all clear"; "" for none."""
    if at + 1 < len(text.row) and text.row[at + 1].has("of"):
        return "right"
    before = at - 1
    while before >= 0 and (text.row[before].mark in (":", "=") or text.row[before].has("present", "through")):
        before -= 1
    return "left" if before >= 0 and (text.row[before].symptom or text.row[before].has("rest")) else ""


def _is_overruled(text: Text, at: int) -> bool:
    """Whether it tells a change, asks, or is followed at once by another degree: "very mild"."""
    place = text.place[at]
    if place.change or (place.asked and "why" not in text.meanings):
        return True
    if at and text.row[at - 1].has("zero", "over") and _lean(text, at) != "right":
        return True  # "stopped completely"
    after = text.row[at + 1] if at + 1 < len(text.row) else None
    return after is not None and (after.figure is not None or after.has("degree", "before"))


def _leads_to_figure(text: Text, at: int) -> bool:
    """Whether "gone" only leads to a number: "has gone to 3"."""
    after = text.row[at + 1 : at + 3]
    return len(after) == 2 and after[0].has("range") and after[1].figure is not None


def is_named_again(text: Text, at: int) -> bool:
    """Whether what ended is named once more in a later clause: "went away yesterday, red today"."""
    clause = text.place[at].clause
    own = {text.row[index].symptom for index in text.named if text.place[index].clause == clause}
    later = [index for index in text.named if text.place[index].clause > clause and text.stands(index)]
    return any(text.row[index].symptom in own for index in later)


def _is_undone(text: Text, at: int) -> bool:
    """Whether what was gone came back, its name before or behind it: "it stopped itching but it's back"."""
    if "returns" not in text.meanings:
        return False
    last = at
    for index in range(at + 1, len(text.row)):
        if text.row[index].symptom or (index == at + 1 and text.row[index].has("returns.likely")):
            last = index  # "gone again" is gone
            break
        if not text.row[index].has("through", "of"):
            break
    return is_back(text, last, "returns")


def _ends_denying(text: Text, at: int) -> bool:
    """Whether a "no" stands after what it denies: "redness no, swelling no"."""
    named = at > 0 and text.row[at - 1].symptom is not None
    for index in range(at + 1, len(text.row)):
        phrase = text.row[index]
        if phrase.is_strong or phrase.is_weak or (named and phrase.has("and")):
            return True
        if text.place[index].clause != text.place[at].clause:
            return True
        is_small = bool(phrase.mark) or phrase.has("through", "filler", "ack")
        is_other = bool(phrase.symptom or phrase.figure) or phrase.has(*_SAYING)
        if is_other or not (is_small or (named and phrase.is_meaningless)):
            return named and has_own_value(text.row, index) if phrase.symptom else False
    return True
