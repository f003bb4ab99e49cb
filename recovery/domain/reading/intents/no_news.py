"""Texts with nothing to log: taps, automatic replies, "fine", "ok thanks", and the "none" of day 28."""

from recovery.domain.reading.phrases.phrase import Phrase
from recovery.domain.reading.scopes.denials import Denied
from recovery.domain.reading.scopes.text import Text
from recovery.domain.reading.spelling.normalise import QUOTED

_BESIDE_NONE = ("all", "now", "number", "fine", "and", "or")


def is_tapback(text: Text) -> bool:
    """Whether the phone only tells that our text was liked: 'Liked "Day 2 …"'."""
    quote = (QUOTED, '"')
    return "tapback" in text.meanings and any(
        phrase.has("tapback") and text.row[at + 1].mark in quote
        for at, phrase in enumerate(text.row[:-1][:6])
    )


def is_auto_reply(text: Text) -> bool:
    """Whether a phone answers by itself; not so where a number comes first: "3 and 0, I'm driving"."""
    return "auto_reply" in text.meanings and text.row[0].figure is None


def is_fine(text: Text) -> bool:
    """ "Good", "fine", "ok" and nothing more: glad to hear, but no score."""
    kinds = {phrase.tags["fine"] for phrase in text.row if phrase.has("fine")}
    if not kinds or not all(
        phrase.is_plain or phrase.has("fine", "now", "before", "all") for phrase in text.row
    ):
        return False
    return "good" in kinds or "ack" not in text.meanings


def is_ack(text: Text) -> bool:
    """ "Ok thanks", a thumb: nothing to log, no answer needed."""
    return "ack" in text.meanings and all(
        phrase.is_plain or phrase.tags.get("fine") == "ok" or phrase.has("and") or _is_of_thanks(text, at)
        for at, phrase in enumerate(text.row)
    )


def _is_of_thanks(text: Text, at: int) -> bool:
    """Whether a degree only tells how great the thanks are: "ok thank you | so much"."""
    return text.row[at].has("degree") and at > 0 and text.row[at - 1].has("ack")


def is_none(text: Text) -> bool:
    """The good answer to the question of day 28: "none", "no", "0", "no new patches, bumps or scars"."""
    if not (text.figures or text.any("none", "negation", "whole", "zero")):
        return False
    for at in range(len(text.row)):
        if not _fits_none(text, at):
            return False
    return any(_says_none(phrase) for phrase in text.row)


def _fits_none(text: Text, at: int) -> bool:
    """Whether a phrase leaves a "none" what it is: whatever can be seen must be denied."""
    phrase = text.row[at]
    if phrase.symptom or phrase.has("sight", "concern", "flag"):
        return text.place[at].denied is Denied.ABSENT
    return phrase.is_plain or phrase.has(*_BESIDE_NONE) or _says_none(phrase)


def _says_none(phrase: Phrase) -> bool:
    if phrase.figure is not None:
        return phrase.figure.value == 0
    return phrase.has("none", "negation", "whole", "zero")
