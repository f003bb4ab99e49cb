"""Whether "gone" or "all clear" is only nearly so, or hoped for: "80% gone", "should be gone by friday"."""

from recovery.domain.reading.scopes.text import Text

_NEAR = 3  # so many phrases on either side
_ALL = "100"


def is_nearly(text: Text, at: int) -> bool:
    """Whether an "almost" stands before a phrase, with nothing but small words between."""
    if "almost" not in text.meanings:
        return False
    for phrase in reversed(text.row[max(0, at - _NEAR) : at]):
        if phrase.has("almost"):
            return True
        if phrase.mark or not phrase.has("through", "filler"):
            return False
    return False


def is_in_part(text: Text, at: int) -> bool:
    """Whether a share of the whole stands beside a phrase: "80% healed", "guérie à 80%"."""
    if "percent" not in text.meanings:
        return False
    near = range(max(1, at - _NEAR), min(len(text.row), at + _NEAR + 1))
    sentence = text.place[at].sentence
    return any(
        text.row[index].has("percent")
        and text.place[index].sentence == sentence
        and text.row[index - 1].text != _ALL
        for index in near
    )


def is_hoped(text: Text, at: int) -> bool:
    """Whether an end is only hoped for, or asked about: "hope the itch is gone", "when will it be clear?"."""
    if text.meanings.isdisjoint(("hope", "question", "ask")):
        return False
    clause, sentence = text.place[at].clause, text.place[at].sentence
    asked = "why" not in text.meanings
    return any(
        (phrase.has("hope") and place.clause == clause)
        or (asked and place.asked and place.sentence == sentence)
        for phrase, place in zip(text.row[: at + 1], text.place, strict=False)
    )
