"""What a text goes on to say of a danger: that it came back, or that today all is as it should be."""

from recovery.domain.reading.scopes.text import Text

_BEFORE_NOW = ("past", "recent", "weekday", "was")
_LEADING = ("through", "filler", "contrast", "now", "past", "recent", "weekday", "was")
_ENDING = ("filler", "ack", "zero", "over", "now", "past", "recent")


def ends(text: Text, at: int, *, over: bool = False) -> bool:
    """Whether a word is the last of its part: "pus: no", "fever? none.".

    What is `over` may name its day or have the scores behind it: "fever broke on monday 3 1 0".
    """
    for phrase in text.row[at + 1 :]:
        if phrase.is_strong or phrase.is_weak or phrase.has("and", "contrast"):
            return True
        if over and phrase.figure is not None:
            return True
        if phrase.symptom or not (
            phrase.has(*_ENDING) or (over and phrase.has("weekday", "since", "before"))
        ):
            return False
    return True


def is_back(text: Text, last: int, kind: str) -> bool:
    """Whether it came back, if nothing else is named before: "gone on monday but back on tuesday".

    An "again" right behind a number is the number's: "fever is gone, 2 1 0 again".
    """
    for at in range(last + 1, len(text.row) if kind in text.meanings else 0):
        if text.row[at].has(kind) and not (text.row[at].has("returns.likely") and text.row[at - 1].figure):
            return not any(phrase.has("negation") for phrase in text.row[max(0, at - 2) : at])
        if text.row[at].symptom:
            return False
    return False


def is_well_now(text: Text, name: str, first: int, last: int) -> bool:
    """Whether it was on another day, and what it hindered goes well now: "hoy respiro normal"."""
    if "well" not in text.meanings or text.clause(first).isdisjoint(_BEFORE_NOW):
        return False
    for at in range(first + 1, len(text.row)):
        phrase = text.row[at]
        if phrase.tags.get("well") == name:
            is_today = "now" in text.clause(at) and text.stands(at)
            return is_today and ends(text, at, over=True) and not is_back(text, at, "returns")
        if at > last and not (phrase.mark or phrase.has(*_LEADING)):
            return False
    return False
