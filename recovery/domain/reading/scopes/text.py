"""One text taken apart: its phrases, the scope of each, and what was asked before it."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field

from recovery.domain.reading.dictionary.lexicon import Lexicon
from recovery.domain.reading.phrases.numbers import with_scores
from recovery.domain.reading.phrases.phrase import Phrase, meanings_of, phrases
from recovery.domain.reading.scopes.clauses import Scope, scopes
from recovery.domain.reading.scopes.denials import Denied, is_rather
from recovery.domain.reading.scopes.together import Meant, meanings_of_clause, together
from recovery.domain.vocabulary import Score

_SOON = 6  # so many phrases
_SMALL = ("through", "filler", "of", "weekday", "present", "now", "before")
_NAMING = frozenset({"noun", "adjective"})
_CORRECTING = frozenset({"correction", "settles", "now", "or_rather", "negation", "contrast"})


@dataclass(slots=True)
class Text:
    """What every later step reads; `asked` and `previous` are what was asked and logged before.

    `figures`: the phrases that could be scores. `named`: those that name a symptom. `corrections`:
    where the patient corrects or settles something. `is_correction`: whether a cue such as "sorry,
    I meant" is among them.
    """

    row: Sequence[Phrase]
    place: Sequence[Scope]
    asked: Sequence[str]
    previous: Mapping[str, Score]
    words: Lexicon
    meanings: Set[str]
    together: Sequence[Meant]
    figures: Sequence[int]
    named: Sequence[int]
    corrections: Sequence[int]
    is_correction: bool
    heard: dict[int, Set[str]] = field(default_factory=dict)  # what `clause` has put together so far

    def said(self, first: int, last: int) -> str:
        """The patient's own words from one phrase to another."""
        if first > last:
            first, last = last, first
        parts = [phrase.text if phrase.glued else f" {phrase.text}" for phrase in self.row[first : last + 1]]
        return "".join(parts).replace("\n", " ").strip()

    def any(self, *kinds: str) -> bool:
        """Whether any phrase is of one of these kinds."""
        return not self.meanings.isdisjoint(kinds)

    def of(self, kinds: Set[str], usual: Sequence[int]) -> Sequence[int]:
        """The `usual` phrases, and those of further kinds where the text has any."""
        if self.meanings.isdisjoint(kinds):
            return usual
        both = set(usual)
        return [at for at, each in enumerate(self.row) if at in both or not kinds.isdisjoint(each.tags)]

    def clause(self, at: int) -> Set[str]:
        """Every meaning, "kind" and "kind.name", in the clause of a phrase."""
        number = self.place[at].clause
        if number not in self.heard:
            self.heard[number] = meanings_of_clause(self.row, self.place, at)
        return self.heard[number]

    def ends_with_small_word(self, at: int) -> bool:
        """Whether a small word such as "anymore" is the last of its clause."""
        if at >= len(self.row) or not (self.row[at].is_word and self.row[at].has("through")):
            return False
        return at + 1 == len(self.row) or self.row[at + 1].is_strong or self.row[at + 1].is_weak

    def stands(self, at: int) -> bool:
        """Whether the phrase is said of today and as a fact: not denied, past, supposed or asked."""
        place = self.place[at]
        return place.denied is Denied.NO and not (place.past or place.supposed or place.asked)


def take_apart(
    text: str,
    asked: Sequence[str],
    previous: Mapping[str, Score],
    words: Lexicon,
) -> Text:
    """A text as phrases with their scopes."""
    heard = phrases(words.tokens(text), words)
    meanings = meanings_of(heard)
    row = with_scores(heard, meanings)
    if row is not heard:
        meanings = meanings_of(row)
    return _placed(row, scopes(row, meanings), meanings, asked, previous, words)


def believing(text: Text) -> Text:
    """The same text, where what somebody else says ("she says 3") is taken for the patient's own word."""
    place = scopes(text.row, text.meanings, believing=True)
    return _placed(text.row, place, text.meanings, text.asked, text.previous, text.words)


def _placed(
    row: Sequence[Phrase],
    place: Sequence[Scope],
    meanings: Set[str],
    asked: Sequence[str],
    previous: Mapping[str, Score],
    words: Lexicon,
) -> Text:
    return Text(
        row,
        place,
        asked,
        previous,
        words,
        meanings,
        together(row, place, meanings, words),
        [at for at, phrase in enumerate(row) if phrase.figure is not None],
        [] if _NAMING.isdisjoint(meanings) else [at for at, each in enumerate(row) if each.tags.symptom],
        [] if _CORRECTING.isdisjoint(meanings) else _corrections(row, place),
        "correction" in meanings and bool(_cues(row)),
    )


def _cues(row: Sequence[Phrase]) -> list[int]:
    """ "I meant", or one asterisk (more of them are bold type)."""
    found = [at for at, phrase in enumerate(row) if "correction" in phrase.tags]
    stars = {at for at in found if row[at].mark}
    return [at for at in found if at not in stars or len(stars) == 1]


def _corrections(row: Sequence[Phrase], place: Sequence[Scope]) -> list[int]:
    """The cues, and where a number is settled, taken back or brought up to date: "6 but down to 4"."""
    cues = set(_cues(row))
    found: list[int] = []
    told = -1  # the last sentence with a number of today
    for at, phrase in enumerate(row):
        if phrase.figure is None and _CORRECTING.isdisjoint(phrase.tags):
            continue
        if at in cues:
            found.append(at)
        elif is_rather(row, at):
            after = at + 1 < len(row) and row[at + 1].is_weak  # "3. No, 4"
            if told >= place[at].sentence - 1 and _leads_to_figure(row, at + after):
                found.append(at)
        elif told == place[at].sentence and (
            (phrase.has("now", "settles") and _leads_to_figure(row, at))
            or ("contrast" in phrase.tags and _turns_to_now(row, at))
        ):
            found.append(at)
        elif told == place[at].sentence and _is_of_now(row, at):
            found.append(at - 1)
        if phrase.figure and not place[at].past:
            told = place[at].sentence
    return found


def _turns_to_now(row: Sequence[Phrase], at: int) -> bool:
    """Whether a "but" leads to the number of now: "6 when I woke up but it's a 3 now"."""
    if not _leads_to_figure(row, at):
        return False
    number = next(index for index in range(at + 1, len(row)) if row[index].figure)
    return number + 1 < len(row) and row[number + 1].has("now")


def _is_of_now(row: Sequence[Phrase], at: int) -> bool:
    """Whether a number begins its part and is that of now: "4 this morning, 2 now"."""
    if row[at].figure is None or at + 1 == len(row) or not row[at + 1].has("now"):
        return False
    begins = bool(row[at - 1].mark) or row[at - 1].has("and", "contrast", "earlier")
    return begins and not row[at + 1].has("earlier")


def _leads_to_figure(row: Sequence[Phrase], at: int) -> bool:
    """Whether a number comes soon, over small words only: "hoy viernes ya estoy en 3"."""
    for phrase in row[at + 1 : at + _SOON]:
        if phrase.figure:
            return True
        if phrase.mark or phrase.symptom or not (phrase.is_meaningless or phrase.has(*_SMALL)):
            return False
    return False
