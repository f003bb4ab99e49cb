"""Symptoms that are merely named: there, but nobody says how much."""

from collections.abc import Iterator, Sequence

from recovery.domain.reading.phrases.phrase import Phrase
from recovery.domain.reading.scopes.denials import Denied
from recovery.domain.reading.scopes.text import Text
from recovery.domain.reading.scores.assignment import Strength
from recovery.domain.reading.scores.joining import Evidence
from recovery.domain.vocabulary import CORE, RedFlag

_QUALIFIES = (
    *("zero", "none", "whole", "negation"),
    *("same", "degree", "before", "unsure", "fine", "usual", "ditto"),
)
_ELSEWHERE = (RedFlag.BREATHING, RedFlag.EYE)  # a swollen tongue or lid is no score of the face


def mentioned(text: Text, names: Sequence[int], loose: Sequence[int], numeric: bool) -> Iterator[Evidence]:
    """Symptoms that are merely named as present; a bare noun beside numbers says nothing sure.

    `loose` are numbers that belong to nothing: one that follows may be the symptom's after all.
    """
    vague = {place.clause for place in text.place if place.denied is Denied.UNSURE}
    spent = {at for meant in text.together if meant.name in _ELSEWHERE for at in (meant.first, meant.last)}
    for at in names:
        if at in spent or not text.clause(at).isdisjoint(("part.declines", "hope")):
            continue  # "I'd prefer not to get any more redness"
        phrase, place = text.row[at], text.place[at]
        doubtful = place.unsure or place.change or place.clause in vague or not text.stands(at)
        doubtful = doubtful or any(
            at < number and text.place[number].sentence == place.sentence for number in loose
        )
        if not phrase.symptom or doubtful or _is_qualified(text, at):
            continue
        if numeric and not phrase.has("adjective") and phrase.symptom in CORE and not _is_present(text, at):
            continue
        yield Evidence(phrase.symptom, text.words.degrees["present"], Strength.PRESENT, text.said(at, at), at)


def _is_qualified(text: Text, at: int) -> bool:
    """Whether something more is said of a symptom than that it is there, though nothing that we can tell."""
    is_core = text.row[at].symptom in CORE
    if at + 1 < len(text.row) and text.row[at + 1].has("set_aside"):
        return True  # "red 7 xxx"
    return any(
        phrase.mark == "?" or (is_core and phrase.is_unknown) or phrase.has(*_QUALIFIES)
        for phrase in (*_beside(text, at, 1), *_beside(text, at, -1))
    )


def _beside(text: Text, at: int, step: int) -> Iterator[Phrase]:
    """The next phrase that tells something, in the same clause; of the strange words only the nearest."""
    clause = text.place[at].clause
    index = at + step
    while 0 <= index < len(text.row) and text.place[index].clause == clause:
        phrase = text.row[index]
        if not (
            phrase.has("through", "filler", "present", "now", "of") or (phrase.mark and phrase.mark != "?")
        ):
            yield phrase
            return
        index += step


def _is_present(text: Text, at: int) -> bool:
    if at + 1 < len(text.row) and text.row[at + 1].has("still"):
        return True
    clause = text.place[at].clause
    index = at - 1
    while index >= 0 and text.place[index].clause == clause:
        if text.row[index].has("present"):
            return True
        index -= 1
    return False
