"""Whether a keyword or a phrase is meant: alone, as the whole text, and not refused."""

from collections.abc import Callable

from recovery.domain.reading.phrases.phrase import Phrase
from recovery.domain.reading.scopes.text import Text


def is_body(text: Text, *kinds: str) -> bool:
    """Whether a keyword is the whole text, marks and politeness aside."""
    if not text.any(*kinds):
        return False
    found = [phrase for phrase in text.row if not (phrase.mark or phrase.has("filler", "ack"))]
    return bool(found) and all(phrase.has(*kinds) for phrase in found)


def has_alone(text: Text, kind: str) -> bool:
    """Whether a keyword is all that one part of the text says: "STOP, it is oozing", "3 1 0 stop"."""
    if kind not in text.meanings:
        return False
    parts: list[list[Phrase]] = [[]]
    for phrase in text.row:
        if phrase.is_strong or phrase.is_weak or phrase.has("contrast"):
            parts.append([])
        parts[-1].append(phrase)
    return any(_is_alone(part, lambda phrase: phrase.has(kind)) for part in parts)


def _is_alone(clause: list[Phrase], is_keyword: Callable[[Phrase], bool]) -> bool:
    own = [phrase for phrase in clause if not (phrase.mark or phrase.has("filler", "ack", "now"))]
    keywords = [phrase for phrase in own if is_keyword(phrase)]
    return (
        bool(keywords)
        and (is_keyword(own[0]) or is_keyword(own[-1]))
        and all(is_keyword(each) or each.figure for each in own)
    )


def is_said(text: Text, kind: str) -> bool:
    """Whether a phrase or words together of this kind are meant: neither denied nor supposed."""
    if kind not in text.meanings and not text.together:
        return False
    places = [(meant.first, meant.last) for meant in text.together if meant.kind == kind]
    if kind in text.meanings:
        places += [(at, at) for at, phrase in enumerate(text.row) if kind in phrase.tags]
    return bool(places) and any(_is_meant(text, *place) for place in places)


def is_refused(text: Text, kind: str) -> bool:
    """Whether a phrase of this kind is told not to be: "don't start texting me again"."""
    return kind in text.meanings and any(
        phrase.has(kind) and at > 0 and text.row[at - 1].has("refusal", "negation")
        for at, phrase in enumerate(text.row)
    )


def _is_meant(text: Text, first: int, last: int) -> bool:
    before: list[Phrase] = []
    for phrase in text.row[max(0, first - 2) : first]:
        before = [] if phrase.mark else [*before, phrase]
    refused = any(phrase.has("refusal") for phrase in [*before, *text.row[first + 1 : last]])
    refused = refused or _is_declined(before)
    return not (refused or any(place.supposed for place in text.place[first : last + 1]))


def _is_declined(before: list[Phrase]) -> bool:
    """Whether the patient would rather not: "I'd rather not | stop the texts"."""
    if not before or before[-1].has("part.declines"):
        return bool(before)
    return before[-1].has("negation") and before[0].has("part.would_stop")
