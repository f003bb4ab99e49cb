"""Red flags and worry words that a patient says of now, told from the denied, the past and the supposed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from recovery.domain.reading.dangers.fevers import fever_beside, is_body_heat
from recovery.domain.reading.dangers.others import is_of_another
from recovery.domain.reading.scopes.afterwards import ends, is_back, is_well_now
from recovery.domain.reading.scopes.denials import Denied
from recovery.domain.reading.scopes.text import Text
from recovery.domain.vocabulary import Concern, RedFlag, Score

_TELLING = frozenset({"flag", "concern", "temperature"})
_TURNING = ("contrast", "through", "filler", "before", "degree")  # "but it is completely over"
_TOLD_BEFORE = frozenset({"past", "recent", "weekday", "was"})
_BEFORE = frozenset({"past", "recent", "weekday"})
_ANSWERS = frozenset("?-")
_TURN = 6  # so many phrases after a "but" stands what it really was
_AFTER = 5  # so many phrases after a danger may say that it is over


@dataclass(frozen=True, slots=True)
class Dangers:
    """What is happening now, and whether something was only past or supposed."""

    red_flags: tuple[RedFlag, ...]
    concerns: tuple[Concern, ...]
    why: tuple[str, ...]
    put_aside: bool


_NONE = Dangers((), (), (), put_aside=False)
_NO_MORE_THAN_ASIDE = Dangers((), (), (), put_aside=True)


def dangers(text: Text, other: Mapping[str, Score]) -> Dangers:
    """The red flags and concerns of a text; a pain of a severe score is one too."""
    flags: dict[RedFlag, str] = {}
    worries: dict[Concern, str] = {}
    put_aside = False
    for kind, name, first, last in _found(text):
        if name in flags or name in worries:
            continue
        if _is_denied(text, first, last) or _is_disowned(text, last) or is_well_now(text, name, first, last):
            continue
        if name == RedFlag.SPREADING and _is_only_higher(text, last):
            continue
        if name == RedFlag.SELF_HARM:
            flags.setdefault(RedFlag(name), text.said(first, last))  # an "if" takes nothing from it
        elif _is_put_aside(text, name, first, last):
            put_aside = True
        elif kind == "flag":
            flags.setdefault(RedFlag(name), text.said(first, last))
        else:
            worries.setdefault(Concern(name), text.said(first, last))
    if "pain" in other and other["pain"].value >= text.words.limits["severe_pain_from"]:
        flags.setdefault(RedFlag.SEVERE_PAIN, f"pain {other['pain'].value}")
    if not (flags or worries):
        return _NO_MORE_THAN_ASIDE if put_aside else _NONE
    why = [f"'{said}' → {name.value}" for name, said in (*flags.items(), *worries.items())]
    return Dangers(tuple(sorted(flags)), tuple(sorted(worries)), tuple(why), put_aside)


def _found(text: Text) -> Iterator[tuple[str, str, int, int]]:
    for at, phrase in enumerate(text.row) if "set_aside" in text.meanings else ():
        if "set_aside" in phrase.tags and is_body_heat(text, at):
            yield "flag", RedFlag.FEVER.value, at, at
    for at, phrase in enumerate(text.row) if not text.meanings.isdisjoint(_TELLING) else ():
        tags = phrase.tags
        if _TELLING.isdisjoint(tags):
            continue
        if "flag" in tags:
            yield "flag", tags["flag"], at, at
        if "concern" in tags:
            yield "concern", tags["concern"], at, at
        last = fever_beside(text, at) if "temperature" in tags or tags.get("flag") == "fever" else None
        if last is not None:
            yield "flag", RedFlag.FEVER.value, min(at, last), max(at, last)
    for meant in text.together:
        if meant.kind in ("flag", "concern"):
            yield meant.kind, meant.name, meant.first, meant.last


def _is_denied(text: Text, first: int, last: int) -> bool:
    if _is_reaffirmed(text, last) or is_back(text, first, "returns.sure"):
        return False
    if Denied.ABSENT in [place.denied for place in text.place[first : last + 1]]:
        return True
    if _is_none_before(text, first):
        return True
    return (_is_over(text, last) or _is_over_after_all(text, last)) and not is_back(text, first, "returns")


def _is_disowned(text: Text, last: int) -> bool:
    """Whether the patient says later that she has "none of those"."""
    return "disowned" in text.meanings and any(
        text.row[at].has("disowned") and text.stands(at) for at in range(last + 1, len(text.row))
    )


def _is_only_higher(text: Text, last: int) -> bool:
    """Whether what grows is the score: "redness has gone up to 4"; not so in "it spreads, redness 7"."""
    after = text.row[last + 1 : last + 4]
    numbers = [at for at, phrase in enumerate(after) if phrase.figure]
    between = after[: numbers[0]] if numbers else []
    leads = [each.has("range", "now") for each in between]
    others = [each for each in between if each.symptom or (each.has("part") and not each.has("range", "now"))]
    return len(numbers) == 1 and not others and any(leads)


def _is_none_before(text: Text, first: int) -> bool:
    """ "Zero fever", where the zero begins its sentence; in "3 1 0 fever" it is the itching's."""
    before = text.row[first - 1] if first else None
    if before is None or before.figure is None or before.figure.value != 0:
        return False
    if first == 1 or text.row[first - 2].is_strong:
        return True
    return text.row[first - 2].is_weak and first > 2 and text.row[first - 3].figure is None


def _is_over(text: Text, last: int) -> bool:
    """Whether the next words say that it is gone: "fever is gone", "pus: no", "had a fever, gone now"."""
    broken = False
    for at in range(last + 1, min(len(text.row), last + _AFTER + 1)):
        phrase = text.row[at]
        if "over" in phrase.tags:
            return text.place[at].denied is Denied.NO and ends(text, at, over=True)
        is_zero = phrase.figure is not None and phrase.figure.value == 0
        if is_zero or phrase.has("zero", "negation"):
            broken = broken and not _is_told_of_another_day(text, last, at)
            return not broken and text.place[at].denied is Denied.NO and ends(text, at)
        if not (
            phrase.mark
            or phrase.has("through", "filler", "contrast", "past", "recent", "weekday", "was", "now")
            or _is_wholly_over(text, at)
        ):
            return False
        broken = broken or phrase.is_strong or phrase.is_weak
        broken = broken and phrase.mark not in _ANSWERS
    return False


def _is_wholly_over(text: Text, at: int) -> bool:
    """Whether a degree only tells how much it is over: "*completely* gone"."""
    is_last = at + 1 == len(text.row)
    return not is_last and text.row[at].has("before", "degree") and text.row[at + 1].has("over")


def _is_told_of_another_day(text: Text, last: int, at: int) -> bool:
    """Whether the "no" is of now and the danger of before: "last time I got a cold sore, this time no"."""
    if _BEFORE.isdisjoint(text.clause(last)):
        return False
    is_gone = text.row[at].has("zero") and not text.row[at].has("none")
    beside = (*text.row[at - 1 : at], *text.row[at + 1 : at + 2])
    return is_gone or any(each.has("now", "this_time") for each in beside)


def _is_over_after_all(text: Text, last: int, *, was: bool = False) -> bool:
    """Whether the sentence turns to say just that it is over: "had a fever from the vaccine but its gone".

    What `was` so may turn at a comma.
    """
    turned = False
    for at in range(last + 1, len(text.row) if "over" in text.meanings else 0):
        phrase = text.row[at]
        if turned and phrase.has("over"):
            goes_on = at + 1 < len(text.row) and text.row[at + 1].has("range")  # "gone to my neck"
            return text.place[at].denied is Denied.NO and not goes_on and ends(text, at, over=True)
        turned = turned or phrase.has("contrast") or (was and (phrase.mark == "," or phrase.has("and")))
        is_other = bool(phrase.symptom) or phrase.has("flag", "concern", "part", "negation")
        if is_other or phrase.is_strong or (turned and not (phrase.mark or phrase.has(*_TURNING))):
            return False
    return False


def _is_told_to_be_over(text: Text, first: int, last: int) -> bool:
    """Whether a danger of another day ended since: "bled for five min on monday, nothing since"."""
    if _TOLD_BEFORE.isdisjoint(text.clause(last)) or is_back(text, last, "returns"):
        return False
    if first < last and text.row[last].has("over"):
        return ends(text, last, over=True)
    return _is_over_after_all(text, last, was=True)


def _is_put_aside(text: Text, name: str, first: int, last: int) -> bool:
    """Whether it is only supposed, or of another time and over."""
    if _is_reaffirmed(text, last):
        return False
    if any(place.supposed for place in text.place[first : last + 1]):
        return True
    if _is_mistaken(text, first, last) or _is_told_to_be_over(text, first, last):
        return True
    if is_of_another(text, name, first, last):
        return True
    kinds = text.clause(first)
    if text.place[last].clause != text.place[first].clause and not text.place[last].past:
        return False  # "yesterday a small spot, today the whole cheek"
    if not kinds.isdisjoint({"now", "since"}) or "still" in text.meanings or is_back(text, last, "returns"):
        return False
    return "long_past" in kinds or ({"past", "was"} <= kinds and "present" not in kinds)


def _is_mistaken(text: Text, first: int, last: int) -> bool:
    """Whether it turned out to be something harmless: "thought it was pus but it was the cream".

    What was done to a face on purpose needs no such thought: "my lips look huge but that's my filler".
    """
    if not text.any("mistook", "cosmetic"):
        return False
    thought = any(each.has("mistook") for each in text.row[max(0, first - 2) : first])
    turned = False
    for at in range(last + 1, min(len(text.row), last + _TURN + 1)):
        phrase = text.row[at]
        if turned and phrase.has("harmless" if thought else "cosmetic"):
            is_last = ends(text, at) or text.row[at + 1].figure is not None or text.row[at + 1].has("from")
            return is_last and text.place[at].denied is Denied.NO
        turned = turned or phrase.has("contrast")
        if turned and not thought and not phrase.has(*_TURNING, "restrict"):
            return False
        if phrase.is_strong or phrase.has("flag", "concern", "negation", "still") or phrase.symptom:
            return False
    return False


def _is_reaffirmed(text: Text, last: int) -> bool:
    """ "Never had a cold sore before but I have one now"."""
    if "reaffirm" not in text.meanings:
        return False
    for at in range(len(text.row) - 1, last, -1):
        if text.row[at].has("reaffirm"):
            return ends(text, at, over=True)  # the last one, for what comes before it is not the end
    return False
