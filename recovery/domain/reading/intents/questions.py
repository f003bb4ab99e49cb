"""What a nurse must read besides the scores: a question, a wish to be called, a need of help."""

from collections import Counter
from itertools import pairwise

from recovery.domain.reading.intents.keywords import is_body
from recovery.domain.reading.intents.leaving import is_list_of_visits, leaves_others
from recovery.domain.reading.scopes.denials import Denied
from recovery.domain.reading.scopes.text import Text

_OWN = ("fine", "nurse", "idiom", "noticed")
_OWN_WORDS = 2  # so many words that mean nothing to us in a sentence with "?" are a question beside a report
_ENOUGH_WORDS = 2  # a question mark after so many words of their own is a question


def wants_help(text: Text) -> bool:
    return is_body(text, "help_word") or "help" in text.meanings


def wants_nurse(text: Text) -> bool:
    """Whether a patient asks for a call, to leave another list, or for help in many words."""
    if "contact" in text.meanings and not _is_denied(text, "contact"):
        return True
    if leaves_others(text):
        return True
    return "help_word" in text.meanings and not is_body(text, "help_word") and text.row[0].has("help_word")


def asks(text: Text) -> bool:
    """Whether the text asks something that a nurse must read: in so many words, or a sentence with "?"."""
    if text.any("question", "ask") and any(place.asked for place in text.place):
        return True
    if "?" not in [phrase.mark for phrase in text.row]:
        return False
    if any(phrase.has("why") and not after.mark for phrase, after in pairwise(text.row)):
        return True  # "is it normal to be this dry?"
    own: Counter[int] = Counter()
    for phrase, place in zip(text.row, text.place, strict=True):
        own[place.sentence] += phrase.is_meaningless or phrase.has(*_OWN)
    pairs = list(zip(text.row, text.place, strict=True))
    ends = {place.sentence for phrase, place in pairs if phrase.mark == "?"}
    telling = {place.sentence for phrase, place in pairs if phrase.figure or phrase.symptom}
    return any(own[sentence] >= (_OWN_WORDS if sentence in telling else 1) for sentence in ends)


def tells(text: Text) -> bool:
    """Whether a text without a score still has something that a nurse must read."""
    if "elsewhere" in text.meanings:
        return False
    own = sum(1 for phrase in text.row if phrase.is_word and not phrase.is_plain)
    asking = any(phrase.mark == "?" for phrase in text.row) and own >= _ENOUGH_WORDS
    first = next((phrase for phrase in text.row if not phrase.is_plain), None)
    asking = asking or (first is not None and first.has("ask") and own > _ENOUGH_WORDS)
    if asks(text) or asking or wants_nurse(text) or "nurse" in text.meanings:
        return True
    return is_list_of_visits(text) or (
        "part.language" in text.meanings and text.any("texts", "these_texts", "yours")
    )


def _is_denied(text: Text, kind: str) -> bool:
    return all(
        text.place[at].denied is Denied.ABSENT or text.place[at].supposed
        for at, phrase in enumerate(text.row)
        if phrase.has(kind)
    )
