"""Numbers of today that stand together, with nothing but marks and small words between them."""

from recovery.domain.reading.scopes.clauses import Scope
from recovery.domain.reading.scopes.denials import Denied
from recovery.domain.reading.scopes.text import Text
from recovery.domain.vocabulary import CORE

Run = list[tuple[int, float]]  # the phrase and the value of each
_LINKS = frozenset({"and", "filler", "through"})


def runs_of(text: Text) -> list[Run]:
    """The runs of a text, in order, each told apart at its comma decimals, its articles and its sentences."""
    if not text.figures:
        return []
    runs: list[Run] = [[]]
    for at, phrase in enumerate(text.row):
        if phrase.figure and _is_of_today(text.place[at]):
            runs[-1].append((at, phrase.figure.value))
        elif runs[-1] and not phrase.mark and _LINKS.isdisjoint(phrase.tags):
            runs.append([])
    told = [_told(text, run) for run in runs if run]
    return [part for run in told if run for part in _apart(text, run)]


def _is_of_today(place: Scope) -> bool:
    return not (place.past or place.supposed) and place.denied is Denied.NO


def _apart(text: Text, run: Run) -> list[Run]:
    """A long run at the ends of its sentences, if beside one triple all else belongs to other words."""
    if len(run) <= len(CORE):
        return [run]
    parts: dict[int, Run] = {}
    for at, value in run:
        parts.setdefault(text.place[at].sentence, []).append((at, value))
    triples = [part for part in parts.values() if len(part) == len(CORE)]
    rest = [each for part in parts.values() if part not in triples for each in part]
    return triples if len(triples) == 1 and all(_is_elsewhere(text, *each) for each in rest) else [run]


def _is_elsewhere(text: Text, at: int, value: float) -> bool:
    """Whether a number is no score, or ends a sentence of its own: "more like a 4. So 5 4 1"."""
    sentence = text.place[at].sentence
    return value > 10 or any(
        phrase.is_word and not phrase.is_plain and place.sentence == sentence
        for phrase, place in zip(text.row[:at], text.place[:at], strict=True)
    )


def _told(text: Text, run: Run) -> Run:
    """A run with its comma decimals ("2,5 1 1") or lists ("6,5 3") and its articles ("un 3") told apart."""
    if len(run) != 3:
        run = [each for each in run if "weak_number" not in text.row[each[0]].tags]
    if len(run) + 1 != len(text.asked):
        return run
    commas = [each for each in run if (figure := text.row[each[0]].figure) and figure.pair]
    if len(commas) != 1:
        return run
    apart: Run = []
    for at, value in run:
        figure = text.row[at].figure
        apart += [(at, float(each)) for each in figure.pair] if figure and figure.pair else [(at, value)]
    return apart
