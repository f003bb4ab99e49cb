"""Every piece of evidence for a score in one text: named, denied, paired, joined or merely mentioned."""

from collections.abc import Iterator, Sequence
from operator import attrgetter

from recovery.domain.reading.scopes.afterwards import is_back
from recovery.domain.reading.scopes.denials import Denied
from recovery.domain.reading.scopes.text import Text
from recovery.domain.reading.scores.assignment import Strength, pair
from recovery.domain.reading.scores.joining import (
    Evidence,
    corrected,
    joined,
    left_over,
    lonely,
    made,
    same_as_before,
)
from recovery.domain.reading.scores.mentions import mentioned
from recovery.domain.reading.scores.names import names_of
from recovery.domain.reading.scores.values import is_compared, is_named_again, values_of
from recovery.domain.vocabulary import Score

_NAMES = ("noun", "adjective", "all", "rest", "both", "pointer", "initial")


def evidence(text: Text, used: frozenset[int]) -> list[Evidence]:
    """What the text says of each symptom, in order; the figures in `used` are spoken for."""
    if text.meanings.isdisjoint(_NAMES):
        return []
    names = names_of(text)
    values = values_of(text, used)
    pairs = pair(text.row, names, values)
    own = {each.name_at: each for each in pairs}
    found = [*_denied(text), *[made(text, each.name_at, each.value) for each in pairs]]
    if len(own) < len(names):
        found += joined(text, names, own)
    if len(values) > len(pairs):
        found += lonely(text, names, values, found)
        found += corrected(text, pairs, values)
        found += left_over(text, pairs, values)
    found += same_as_before(text, names, own, found)
    done = {each.at for each in found}
    if mere := [at for at in names if at not in done]:
        numeric = bool(used) or any(each.value.strength is Strength.NUMBER for each in pairs)
        taken = {each.source for each in found}
        loose = [each.at for each in values if each.strength is Strength.NUMBER and each.at not in taken]
        found += mentioned(text, mere, loose, numeric)
    return sorted(found, key=attrgetter("at"))


def waiting_same(text: Text, found: Sequence[Evidence]) -> bool:
    """Whether "same" stands for itself, beside no symptom."""
    if "same" not in text.meanings:
        return False
    taken = {each.source for each in found}
    return any(
        "same" in phrase.tags and at not in taken and not (text.place[at].asked or is_compared(text, at))
        for at, phrase in enumerate(text.row)
    )


def _denied(text: Text) -> Iterator[Evidence]:
    for at in text.named if "negation" in text.meanings else ():
        phrase, place = text.row[at], text.place[at]
        if (
            place.denied is Denied.ABSENT
            and phrase.symptom
            and not (place.change or place.supposed or is_back(text, at, "returns.sure"))
        ):
            first = next(index for index in range(at, -1, -1) if text.row[index].has("negation"))
            if place.past and (not text.row[first].has("over") or is_named_again(text, at)):
                continue  # "stopped itching yesterday" holds today, "no itching yesterday" does not
            last = at + 1 if text.ends_with_small_word(at + 1) else at
            yield Evidence(phrase.symptom, Score.exact(0), Strength.WORD, text.said(first, last), at)
