"""From evidence to scores: a number wins over a word, a contradiction is asked again, the rest filled in."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from recovery.domain.reading.scopes.nearly import is_in_part, is_nearly
from recovery.domain.reading.scopes.text import Text, believing
from recovery.domain.reading.scores.bare import bare
from recovery.domain.reading.scores.evidence import evidence, waiting_same
from recovery.domain.reading.scores.joining import Evidence
from recovery.domain.vocabulary import CORE, OTHER, SYMPTOMS, Score

_OTHERS = frozenset(OTHER)
_POINTERS = {"first": 0, "second": 1, "third": 2, "last": -1}
_SAME = frozenset({"same all", "same rest"})
_LEAVING = frozenset({"opt_out", "stop_verb", "opt_out_word", "refusal"})
_NOTHING = frozenset({"whole", "none", "zero"})


@dataclass(slots=True)
class Scoring:
    """The scores of a text with their reasons; `again` are the symptoms that nobody could be sure of."""

    scores: dict[str, Score] = field(default_factory=dict)
    why: list[str] = field(default_factory=list)
    again: set[str] = field(default_factory=set)

    def core(self) -> dict[str, Score]:
        return {name: self.scores[name] for name in CORE if name in self.scores}

    def other(self) -> dict[str, Score]:
        """Further symptoms that are present; a denied one is not logged."""
        if _OTHERS.isdisjoint(self.scores):
            return {}
        return {name: self.scores[name] for name in OTHER if name in self.scores and self.scores[name].high}


def score(text: Text) -> Scoring:
    """Every score of the text that is sure; the patient's own word comes before what others say."""
    scoring = _score(text)
    if "others_say" in text.meanings:
        heard = _score(believing(text))
        for name, value in heard.scores.items():
            if name not in scoring.scores and name not in scoring.again:
                _add_one(scoring, name, value, "as somebody else says")
    return scoring


def _score(text: Text) -> Scoring:
    """Every score that is sure; none where a number is out of range or cannot be placed."""
    unnamed = bare(text)
    if unnamed.unclear:
        return Scoring(why=["numbers that nobody could place → asked again"])
    found = [*unnamed.found, *evidence(text, unnamed.used)]
    if any(each.out_of_range for each in found):
        return Scoring(why=["a number outside 0 to 10 → asked again"])
    found = _pointed(text, found)
    scoring = Scoring()
    held: dict[str, list[Evidence]] = {}
    for each in found:
        held.setdefault(each.about, []).append(each)
    for name in filter(held.__contains__, SYMPTOMS):
        _settle(scoring, name, held[name], text.corrections)
    named = {*held, *[text.row[at].tags.symptom or "" for at in text.named]}
    _fill(scoring, text, held, named)
    if not _SAME.isdisjoint(held) or waiting_same(text, found):
        _fill_same(scoring, text, named)
    return scoring


def _settle(scoring: Scoring, name: str, held: Sequence[Evidence], cues: Sequence[int]) -> None:
    """One symptom's score: the strongest evidence, if it agrees with itself or the later one corrects."""
    best = held if len(held) == 1 else _strongest(held)
    if cues and any(best[0].at < cue < best[-1].at for cue in cues):
        best = best[-1:]
    chosen = best[-1].score
    if chosen is None or (len(best) > 1 and any(each.score != chosen for each in best)):
        scoring.why.append(f"{_quoted(best)} → {name} asked again")
        scoring.again.add(name)
        return
    scoring.scores[name] = chosen
    scoring.why.append(f"{_quoted(best[-1:])} → {name} {_worded(chosen)}")


def _strongest(held: Sequence[Evidence]) -> list[Evidence]:
    strongest = max(each.strength for each in held)
    return [each for each in held if each.strength is strongest]


def _quoted(best: Iterable[Evidence]) -> str:
    return ", ".join([f"'{each.said}'" for each in best])


def _worded(score: Score) -> str:
    return f"{score.value} ({score.low} to {score.high})" if score.approximate else str(score.value)


def _pointed(text: Text, found: Sequence[Evidence]) -> list[Evidence]:
    """ "The first 4, the last 1" and "R3 S2 I1" as symptoms, when there are enough of them to be sure."""
    if not text.any("pointer", "initial"):
        return list(found)
    kept, asked = [], text.asked
    counts = {kind: sum(each.about.startswith(kind) for each in found) for kind in ("pointer", "initial")}
    enough = counts["pointer"] >= 2 or any(each.about in ("rest", "all") for each in found)
    all_told = sorted(each.about.removeprefix("initial ") for each in found) == sorted(CORE)
    for each in found:
        kind, _, which = each.about.partition(" ")
        if kind == "pointer" and enough and -len(asked) <= _POINTERS[which] < len(asked):
            kept.append(_renamed(each, asked[_POINTERS[which]]))
        elif kind == "initial" and (counts[kind] == len(CORE) or all_told):
            kept.append(_renamed(each, which))
        elif kind not in ("pointer", "initial"):
            kept.append(each)
    return kept


def _renamed(each: Evidence, about: str) -> Evidence:
    return Evidence(about, each.score, each.strength, each.said, each.at)


def _fill(scoring: Scoring, text: Text, held: Mapping[str, Sequence[Evidence]], named: set[str]) -> None:
    """Whole answers, "everything 2" and "the rest 0" for the symptoms that the text leaves open."""
    everything = held.get("all", ())
    if everything and all(each.score == everything[0].score for each in everything):
        _add(scoring, text, everything[0].score, f"'{everything[0].said}'", _excepted(text))
    for each in held.get("rest", ()):
        _add(scoring, text, each.score, f"'{each.said}'", named)
    whole = _whole(text, named)
    if whole:
        _add(scoring, text, Score.exact(0), whole, named)


def _fill_same(scoring: Scoring, text: Text, named: set[str]) -> None:
    """The scores before for the symptoms that "same" leaves open."""
    for name in text.asked:
        if name not in named and name not in scoring.scores and name in text.previous:
            _add_one(scoring, name, text.previous[name], "the same as before")


def _excepted(text: Text) -> set[str]:
    """The symptoms that "except" leaves out."""
    found, leaves_out = set(), False
    for phrase in text.row if "except" in text.meanings else ():
        leaves_out = (leaves_out or phrase.has("except")) and not phrase.is_strong
        if leaves_out and phrase.symptom:
            found.add(phrase.symptom)
    return found


def _add(scoring: Scoring, text: Text, score: Score | None, said: str, but: set[str]) -> None:
    for name in text.asked:
        if score is not None and name not in but and name not in scoring.scores:
            _add_one(scoring, name, score, said)


def _add_one(scoring: Scoring, name: str, score: Score, said: str) -> None:
    scoring.scores[name] = score
    scoring.why.append(f"{said} → {name} {_worded(score)}")


def _whole(text: Text, named: set[str]) -> str:
    """The words that say that all which was asked is gone, if there are such."""
    only_none = not named and text.any("none", "zero") and _says_only_none(text)
    for at, phrase in enumerate(text.row) if not text.meanings.isdisjoint(_NOTHING) else ():
        if _NOTHING.isdisjoint(phrase.tags) or is_nearly(text, at) or is_in_part(text, at):
            continue
        if "cured" in phrase.tags and not text.meanings.isdisjoint(_LEAVING):
            continue  # "stop the texts, I'm cured" tells why, and no score
        if phrase.has("none") and text.stands(at) and _is_all_but_one(text, at):
            return f"'{phrase.text}'"
        if phrase.has("both") and len(text.asked) != 2:
            continue
        if phrase.has("opt_out_body") and len(text.asked) > 1:
            continue  # "no more"
        if phrase.has("whole") and text.stands(at) and not _is_named_beside(text, at):
            return f"'{phrase.text}'"
        if only_none and phrase.has("none", "zero") and text.stands(at):
            return f"'{phrase.text}'"
    if (
        len(text.asked) == 1
        and "negation" in text.meanings
        and all(_is_small(text, at) for at in range(len(text.row)))
    ):
        return "'no'"
    return ""


def _is_all_but_one(text: Text, at: int) -> bool:
    """Whether a "nothing" leaves one out: "nothing except redness 3", "besides the itch (3) nothing"."""
    if "except" not in text.meanings:
        return False
    if any(phrase.has("except") for phrase in text.row[at : at + 2]):
        return any(phrase.symptom for phrase in text.row[at + 1 :])
    before = at - 1
    while before >= 0 and (text.row[before].mark or text.row[before].has("through", "filler")):
        before -= 1
    sentence = text.place[at].sentence
    led = any(
        phrase.has("except") and place.sentence == sentence
        for phrase, place in zip(text.row[: max(before, 0)], text.place, strict=False)
    )
    return led and text.row[before].figure is not None


def _is_named_beside(text: Text, at: int) -> bool:
    """Whether it is said of what stands before it in its clause: "puffiness is all gone", "pus all gone"."""
    clause = text.place[at].clause
    return any(
        (phrase.symptom or phrase.has("flag", "concern")) and place.clause == clause
        for phrase, place in zip(text.row[:at], text.place[:at], strict=True)
    )


def _says_only_none(text: Text) -> bool:
    kinds = ("none", "negation", "now", "all", "zero")
    return all(phrase.is_plain or phrase.has(*kinds) for phrase in text.row)


def _is_small(text: Text, at: int) -> bool:
    return text.row[at].is_plain or text.row[at].has("negation", "now")
