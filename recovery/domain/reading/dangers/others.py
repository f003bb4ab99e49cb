"""Whose danger it is: a child's fever and a dog's infected paw are not the patient's."""

from itertools import takewhile

from recovery.domain.reading.phrases.phrase import Phrase
from recovery.domain.reading.scopes.text import Text
from recovery.domain.vocabulary import RedFlag

_PATIENT = frozenset({"self", "speaker"})
_OWNERS = frozenset({"kin", "pet"})
_NEVER_ANOTHERS = (RedFlag.BREATHING, RedFlag.BLEEDING, RedFlag.SEVERE_PAIN)  # "my mum cannot breathe"
_SMALL = ("unit_after", "through", "paw", "third", "degree", "before", "of", "has", "set_aside")
_FAMILY = 8  # so many phrases between "my son" and what he has
_NAME = 3  # so many phrases before a relation tell whose: "this is Anna's | husband"
_ILL = 5  # so many phrases after a danger may name the illness


def is_of_another(text: Text, name: str, first: int, last: int) -> bool:
    """Whether somebody else has it: "my son has a fever"; not "my husband says I have a fever".

    A pet has whatever is said of it; what may cost a person's life rings for anyone.
    """
    if text.meanings.isdisjoint(_OWNERS) or "proxy" in text.meanings or _has_it_too(text, last):
        return False
    if _belongs_to_next(text, last):
        return name not in _NEVER_ANOTHERS
    return _is_theirs(text, name, first, last) or (first < last and _is_theirs(text, name, last, last))


def _is_theirs(text: Text, name: str, first: int, last: int) -> bool:
    """Whether what begins at `first` is somebody else's; of several words, any may stand behind its owner."""
    if not _PATIENT.isdisjoint(text.row[first].tags):
        return False  # "my eye is swollen shut"
    owner = _owner(text, first)
    if owner is None or any(phrase.has("noticed") for phrase in text.row[owner:first]):
        return False
    if _is_writing(text, owner, first) or _is_together(text, owner):
        return False
    if "pet" in text.row[owner].tags:
        return owner + 1 == first or _is_had(text, owner, first) or _is_theirs_too(text, name, owner, first)
    if name in _NEVER_ANOTHERS:
        return False
    if _is_had(text, owner, first) or _is_possessed(text, owner, first):
        return True
    return _is_told_of_them(text, first) or _is_ill(text, owner, first, last)


def _is_writing(text: Text, owner: int, first: int) -> bool:
    """Whether somebody writes for the patient: "this is Anna's husband, she has a fever"."""
    passed = text.row[owner + 1 : first]
    if not any(phrase.has("third") for phrase in passed):
        return False
    before = text.row[max(0, owner - _NAME) : owner]
    led = bool(before) and (before[-1].has("part.hers") or before[-1].is_capitalised)
    led = led or any(phrase.has("introduces") for phrase in before)
    return led or passed[0].has("here")


def _is_together(text: Text, owner: int) -> bool:
    """Whether the patient stands beside the other: "me and my husband have a fever"."""
    return owner > 1 and text.row[owner - 1].has("and") and text.row[owner - 2].has("self", "speaker")


def _is_theirs_too(text: Text, name: str, owner: int, first: int) -> bool:
    """Whether a pet has it with another danger right before: "an abscess full of pus"."""
    before = first - 1
    while before > owner and text.row[before].has(*_SMALL):
        before -= 1
    is_danger = before > owner and text.row[before].has("flag", "concern")
    return is_danger and _is_theirs(text, name, before, before)


def _owner(text: Text, danger: int) -> int | None:
    """The nearest somebody before a danger in its sentence, if the patient does not stand between."""
    for at in range(danger - 1, -1, -1):
        tags = text.row[at].tags
        if not _PATIENT.isdisjoint(tags) or text.place[at].sentence != text.place[danger].sentence:
            return None
        if not _OWNERS.isdisjoint(tags):
            return at
    return None


def _is_had(text: Text, owner: int, first: int) -> bool:
    """Whether somebody "has" it, with small words only between; or begins the sentence "with" it."""
    passed = range(owner + 1, first)
    if len(passed) >= _FAMILY or not all(_leads(text, at) for at in passed):
        return False
    begins = owner == 0 or text.row[owner - 1].is_strong
    has = ("has", "with") if begins else ("has",)
    return any(text.row[at].has(*has) for at in passed)


def _leads(text: Text, at: int) -> bool:
    """Whether a phrase may stand between somebody and what she has.

    A comma only before "he" or "she", an "and" only before what she has as well.
    """
    phrase, after = text.row[at], text.row[at + 1]
    if phrase.mark == ",":
        return after.has("third")
    if phrase.has("and"):
        return after.has("has")
    return phrase.figure is not None or phrase.has(*_SMALL)


def _has_it_too(text: Text, last: int) -> bool:
    """Whether the patient says of herself that she has it as well: "my son has a fever and so do I"."""
    return "me_too" in text.meanings and any(phrase.has("me_too") for phrase in text.row[last + 1 :])


def _is_possessed(text: Text, owner: int, first: int) -> bool:
    """Whether it stands right behind its owner: "my toddler's fever", with or without an apostrophe."""
    return owner + 1 == first and text.row[owner].text.endswith("s")


def _is_ill(text: Text, owner: int, first: int, last: int) -> bool:
    """Whether an illness of somebody else's brings it along: "my son has chickenpox, blisters everywhere"."""
    if "ailment" not in text.meanings or _is_of_patient_after(text, last):
        return False
    before = text.row[owner + 1 : first]
    if any(not _PATIENT.isdisjoint(phrase.tags) for phrase in before):
        return False
    after = list(takewhile(lambda phrase: not phrase.is_strong, text.row[last + 1 : last + _ILL]))
    ill = next((at for at, phrase in enumerate(before) if phrase.has("ailment")), len(before))
    if ill < len(before) and all(_goes_along(phrase) for phrase in (*before[:ill], *before[ill + 1 :])):
        return True
    ill = next((at for at, phrase in enumerate(after) if phrase.has("ailment")), len(after))
    return ill < len(after) and all(_goes_along(phrase) for phrase in (*before, *after[:ill]))


def _is_of_patient_after(text: Text, last: int) -> bool:
    """Whether the sentence goes on with the patient: "husband has covid, fever and chills here"."""
    rest = range(last + 1, len(text.row))
    sentence = text.place[last].sentence
    own = ("self", "speaker", "here", "me_too")
    return any(text.row[at].has(*own) for at in rest if text.place[at].sentence == sentence)


def _is_told_of_them(text: Text, first: int) -> bool:
    """Whether "he" or "she" stands right before: "taking mum to the hospital, she can't see"."""
    return first > 0 and text.row[first - 1].has("third")


def _goes_along(phrase: Phrase) -> bool:
    """Whether a phrase only leads from an illness to what comes with it."""
    return bool(phrase.mark or phrase.figure) or phrase.has("and", *_SMALL)


def _belongs_to_next(text: Text, last: int) -> bool:
    """Whether its owner stands right behind it: "la fiebre de mi hijo"."""
    after = text.row[last + 1 : last + 3]
    return len(after) == 2 and after[0].has("of") and not _OWNERS.isdisjoint(after[1].tags)
