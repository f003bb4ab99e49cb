"""Whose danger it is: a child's fever and a dog's infected paw are not the patient's."""

from recovery.domain.reading.scopes.text import Text
from recovery.domain.vocabulary import RedFlag

_PATIENT = frozenset({"self", "speaker"})
_OWNERS = frozenset({"kin", "pet"})
_NEVER_ANOTHERS = (RedFlag.BREATHING, RedFlag.BLEEDING, RedFlag.SEVERE_PAIN)  # "my mum cannot breathe"
_SMALL = ("through", "degree", "before", "of", "has", "set_aside", "unit_after")
_FAMILY = 8  # so many phrases between "my son" and what he has


def is_of_another(text: Text, name: str, first: int, last: int) -> bool:
    """Whether somebody else has it: "my son has a fever"; not "my husband says I have a fever".

    A pet has whatever is said of it; what may cost a person's life rings for anyone. Nobody else has
    it where the patient has it "too", or where somebody writes for her.
    """
    if text.meanings.isdisjoint(_OWNERS) or "proxy" in text.meanings or _has_it_too(text, last):
        return False
    owner = _owner(text, first)
    if owner is None or _is_together(text, owner):
        return False
    is_pet = text.row[owner].has("pet")
    return (is_pet or name not in _NEVER_ANOTHERS) and _is_had(text, owner, first, is_pet=is_pet)


def _owner(text: Text, danger: int) -> int | None:
    """The nearest somebody before a danger in its sentence, if the patient does not stand between."""
    for at in range(danger - 1, -1, -1):
        tags = text.row[at].tags
        if not _PATIENT.isdisjoint(tags) or text.place[at].sentence != text.place[danger].sentence:
            return None
        if not _OWNERS.isdisjoint(tags):
            return at
    return None


def _is_had(text: Text, owner: int, first: int, *, is_pet: bool) -> bool:
    """Whether somebody "has" it, with small words only between; or begins the sentence "with" it."""
    passed = text.row[owner + 1 : first]
    small = (*_SMALL, "paw", "flag") if is_pet else _SMALL  # "an infected paw", "an abscess full of pus"
    if len(passed) >= _FAMILY or any(phrase.has("noticed") for phrase in passed):
        return False
    if not all(phrase.figure or phrase.has(*small) for phrase in passed):
        return False
    begins = owner == 0 or text.row[owner - 1].is_strong
    has = ("has", "with") if begins else ("has",)
    return (is_pet and not passed) or any(phrase.has(*has) for phrase in passed)


def _has_it_too(text: Text, last: int) -> bool:
    """Whether the patient says of herself that she has it as well: "my son has a fever and so do I"."""
    return "me_too" in text.meanings and any(phrase.has("me_too") for phrase in text.row[last + 1 :])


def _is_together(text: Text, owner: int) -> bool:
    """Whether the patient stands beside the other: "me and my husband have a fever"."""
    return owner > 1 and text.row[owner - 1].has("and") and text.row[owner - 2].has(*_PATIENT)
