"""Numbers without a name: three in the asked order, run-together digits, one for the one asked."""

from collections.abc import Sequence
from dataclasses import dataclass

from recovery.domain.reading.phrases.numbers import is_counted, splits
from recovery.domain.reading.scopes.denials import Denied
from recovery.domain.reading.scopes.text import Text
from recovery.domain.reading.scores.assignment import Strength
from recovery.domain.reading.scores.joining import Evidence
from recovery.domain.reading.scores.names import is_initial
from recovery.domain.reading.scores.runs import Run, runs_of
from recovery.domain.vocabulary import CORE, Score

_FAR = 4  # so many phrases on, a number is another name's
_OWN = ("degree", "before", "zero", "none", "negation", "still", "same")
_TOLD = frozenset({"degree", "none", "zero", "before"})  # words that are a score by themselves
_TELLING = (  # what may say something else of the same
    *("unsure", "change", "supposed", "or_rather", "correction", "zero", "none", "whole", "over", "same"),
    *("past", "recent", "weekday", "was", "few", "percent"),
)
_PARTING = frozenset(",.;!-…\n")
_NEUTRAL = (
    "and",
    "now",
    "earlier",
    "present",
    "before",
    "fine",
    "of",
    "yes",
    "degree",
    "unsure",
    "correction",
    "was",
    "contrast",
)


@dataclass(frozen=True, slots=True)
class Bare:
    """What the unnamed numbers say; `used` are their phrases, `unclear` that nobody could tell."""

    found: tuple[Evidence, ...] = ()
    used: frozenset[int] = frozenset()
    unclear: bool = False


def bare(text: Text) -> Bare:
    """The unnamed numbers of a text, read in the order that was asked where that is sure."""
    if not text.asked:
        return Bare()
    runs = runs_of(text)
    if _is_denied_triple(text):
        return Bare(unclear=True)
    if "few" in text.meanings:
        return Bare(unclear=bool(runs) and not any(phrase.symptom for phrase in text.row))
    sizes = [len(run) for run in runs]
    if sizes and max(sizes) > 3:
        return Bare(unclear=True)
    if 3 in sizes:
        return _triple(text, [run for run in runs if len(run) == 3])
    if sizes.count(2) == 1:
        pair = runs[sizes.index(2)]
        if group := _group(text, pair, 2):
            return _ordered(text, pair, group)
    named = any(not text.place[at].past for at in text.named)
    if named or text.any("all", "rest", "pointer") or _has_initials(text):
        return Bare()
    return _unnamed(text, runs)


def _has_initials(text: Text) -> bool:
    if "initial" not in text.meanings:
        return False
    return any(phrase.has("initial") and is_initial(text, at) for at, phrase in enumerate(text.row))


def _is_denied_triple(text: Text) -> bool:
    """Whether three scores stand after "no": either they or those before are meant."""
    if len(text.figures) < len(CORE) or "negation" not in text.meanings:
        return False
    denied = [
        bool(phrase.figure and phrase.figure.in_range and place.denied is Denied.ABSENT)
        for phrase, place in zip(text.row, text.place, strict=True)
    ]
    return any(all(denied[at : at + 3]) and not _is_instead(text, at) for at in range(len(denied) - 2))


def _is_instead(text: Text, at: int) -> bool:
    """Whether three scores stand before the "not" of other three: "*6 2 0 not 9 2 0"."""
    denial = next(index for index in range(at, -1, -1) if text.row[index].has("negation"))
    before = [index for index in text.figures if index < denial]
    if len(before) != len(CORE) or any(phrase.is_strong for phrase in text.row[before[0] : denial]):
        return False
    led = any(cue < before[0] for cue in text.corrections)
    return led or not text.row[denial].has("or_rather")  # "4 2 1 no 4 2 0" may mean the latter


def _triple(text: Text, triples: list[Run]) -> Bare:
    if len(triples) > 1 and not (_is_corrected(text, triples) or _is_repeated(triples)):
        return Bare(unclear=True)
    run = triples[-1]
    group = _group(text, run, 3)
    first = run[0][0]
    directly = text.row[first - 1].symptom if first else None
    if not group and directly in CORE and directly != CORE[0]:
        return Bare(unclear=True)
    found = _ordered(text, run, group or CORE)
    used = frozenset(at for each in triples for at, _ in each)
    return Bare(found.found, used, found.unclear)


def _is_corrected(text: Text, triples: list[Run]) -> bool:
    return any(triples[0][0][0] < at < triples[-1][0][0] for at in text.corrections)


def _is_repeated(triples: list[Run]) -> bool:
    return len({tuple(value for _, value in run) for run in triples}) == 1


def _group(text: Text, run: Sequence[tuple[int, float]], size: int) -> tuple[str, ...]:
    """The names listed directly before (or after) as many numbers of one sentence, if they are."""
    first, last = run[0][0], run[-1][0]
    if text.place[first].sentence != text.place[last].sentence:
        return ()
    before, names = _listed(text, range(first - 1, -1, -1)), _listed(text, range(last + 1, len(text.row)))
    if len(before) == size == len(set(before)) and not names:
        return tuple(reversed(before))
    if len(names) == size == len(set(names)) and not before:
        return tuple(names)
    return ()


def _listed(text: Text, indices: range) -> list[str]:
    """The symptoms listed from a number on, over small words only; none where one has a value."""
    names: list[str] = []
    for at in indices:
        phrase = text.row[at]
        if phrase.symptom:
            names.append(phrase.symptom)
        elif phrase.is_strong or phrase.mark == "…":
            break
        elif phrase.figure or phrase.is_meaningless or phrase.has(*_OWN):
            return [] if len(names) > 1 else names
        elif not (phrase.mark or phrase.has("and", "through", "of", "filler")):
            has_own = any(
                text.row[index].figure for index in indices if abs(index - at) < _FAR and index != at
            )
            return [] if has_own and len(names) > 1 else names
    return names


def _ordered(text: Text, run: Sequence[tuple[int, float]], names: Sequence[str]) -> Bare:
    if [value for _, value in run if not 0 <= value <= 10]:
        return Bare(unclear=True)
    said = text.said(run[0][0], run[-1][0])
    found = [
        Evidence(name, Score.exact(-int(-value // 1)), Strength.NUMBER, said, at)
        for name, (at, value) in zip(names, run, strict=True)
    ]
    return Bare(tuple(found), frozenset(at for at, _ in run))


def _unnamed(text: Text, runs: list[Run]) -> Bare:
    if len(text.asked) == 1 and (only := _only(text)).found:
        return only
    if not runs:
        return _words(text)
    if _is_told_first(text, runs):
        return _ordered(text, runs[0], text.asked)
    if len(runs) != 1 or is_counted(text.row, runs[0][-1][0]):
        return Bare()
    run = runs[0]
    figure = text.row[run[0][0]].figure
    if len(run) == 1 and figure and len(figure.digits) > 1 and len(text.asked) > 1:
        return _run_together(text, run[0][0], figure.digits)
    if len(run) == len(text.asked) and _is_all_plain(text, skip={at for at, _ in run}):
        return _ordered(text, run, text.asked)
    if len(run) == 1 and run[0][1] == 0 and _is_all_plain(text, skip={run[0][0]}):
        return _ordered(text, run * len(text.asked), text.asked)
    return _words(text)


def _is_told_first(text: Text, runs: list[Run]) -> bool:
    """Whether all that was asked stands first, and the rest is about something else: "5, slept badly"."""
    first, last = runs[0][0][0], runs[0][-1][0]
    if len(runs) > 1 or len(runs[0]) != len(text.asked) or len(text.figures) != len(runs[0]):
        return False
    if text.any(*_TELLING) or not all(phrase.is_plain for phrase in text.row[:first]):
        return False
    if last + 2 >= len(text.row) or text.row[last + 1].mark not in _PARTING:
        return False
    return not text.row[last + 2].has("degree", "before", "negation", "unit_after", "now", "and")


def _run_together(text: Text, at: int, digits: str) -> Bare:
    fits = len(digits) <= 2 * len(text.asked) and _is_all_plain(text, skip={at})
    ways = splits(digits, len(text.asked)) if fits else []
    if len(ways) != 1:
        return Bare(unclear=True)
    return _ordered(text, [(at, float(value)) for value in ways[0]], text.asked)


def _only(text: Text) -> Bare:
    """The one value of a text, all that its clause says, for the one symptom that was asked."""
    values = [(at, score) for at in range(len(text.row)) if (score := _told_score(text, at))]
    if not values or not all(_is_replaced(text, at, values[-1][0]) for at, _ in values[:-1]):
        return Bare()
    at, score = values[-1]
    clause = text.place[at].clause
    others = {index for index, place in enumerate(text.place) if place.clause != clause}
    others |= _where(text, at) | {index for index, _ in values}
    if is_counted(text.row, at) or not _is_all_plain(text, others | {at}):
        return Bare()
    strength = Strength.NUMBER if text.row[at].figure else Strength.WORD
    return Bare((Evidence(text.asked[0], score, strength, text.said(at, at), at),), frozenset({at}))


def _is_replaced(text: Text, at: int, by: int) -> bool:
    """Whether a later number takes the place of one: "4 this morning, 2 now"."""
    return any(at < cue < by for cue in text.corrections) and text.row[by].figure is not None


def _where(text: Text, at: int) -> set[int]:
    """The phrases that say where or when, after a value: "a little in the mornings"."""
    clause = text.place[at].clause
    rest = [index for index in range(at + 1, len(text.row)) if text.place[index].clause == clause]
    return set(rest) if rest and text.row[rest[0]].has("of") else set()


def _words(text: Text) -> Bare:
    """Degree words in the asked order ("mild, none, none")."""
    found = [(at, score) for at in range(len(text.row)) if (score := _told_score(text, at))]
    skip = {at for at, _ in found}
    if len(found) != len(text.asked) or not _is_all_plain(text, skip):
        return Bare()
    evidence = (
        Evidence(name, score, Strength.WORD, text.said(at, at), at)
        for name, (at, score) in zip(text.asked, found, strict=True)
    )
    return Bare(tuple(evidence), frozenset(skip))


def _told_score(text: Text, at: int) -> Score | None:
    """What a number or a degree word says by itself of today."""
    phrase = text.row[at]
    if not phrase.figure and _TOLD.isdisjoint(phrase.tags):
        return None
    if not text.stands(at) or text.place[at].change:
        return None
    if phrase.figure:
        return Score.exact(phrase.figure.score) if phrase.figure.in_range else None
    if text.place[at].unsure:
        return None
    if phrase.has("degree"):
        return text.words.degrees[phrase.tags["degree"]]
    if phrase.has("none", "zero"):
        return Score.exact(0)
    is_last = at + 1 == len(text.row) or text.row[at + 1].is_strong or text.row[at + 1].is_weak
    is_degree = phrase.has("before") and not phrase.has("fine") and is_last  # "bien" alone is no "very"
    return text.words.degrees[phrase.tags["before"]] if is_degree else None


def _is_all_plain(text: Text, skip: set[int]) -> bool:
    return all(at in skip or phrase.is_plain or phrase.has(*_NEUTRAL) for at, phrase in enumerate(text.row))
