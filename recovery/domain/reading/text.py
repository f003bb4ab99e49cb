"""One text taken apart: its phrases, the scope of each, and what was asked before it."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass

from recovery.domain.reading.lexicon import Lexicon
from recovery.domain.reading.numbers import with_scores
from recovery.domain.reading.phrases import Phrase, phrases
from recovery.domain.reading.scopes import Denied, Scope, scopes
from recovery.domain.reading.together import Clauses, Meant, together
from recovery.domain.vocabulary import Score


@dataclass(slots=True)
class Text:
    """What every later step reads; `asked` and `previous` are what was asked and logged before."""

    row: Sequence[Phrase]
    place: Sequence[Scope]
    asked: Sequence[str]
    previous: Mapping[str, Score]
    words: Lexicon
    clauses: Clauses
    meanings: Set[str]
    together: Sequence[Meant]

    def said(self, first: int, last: int) -> str:
        """The patient's own words from one phrase to another."""
        low, high = min(first, last), max(first, last)
        parts = [
            ("" if phrase.glued or at == 0 else " ") + phrase.text
            for at, phrase in enumerate(self.row[low : high + 1])
        ]
        return "".join(parts).replace("\n", " ").strip()

    def any(self, *kinds: str) -> bool:
        """Whether any phrase is of one of these kinds."""
        return not self.meanings.isdisjoint(kinds)

    def clause(self, at: int) -> Set[str]:
        """Every meaning, "kind" and "kind.name", in the clause of a phrase."""
        return self.clauses[self.place[at].clause]

    def ends_with_small_word(self, at: int) -> bool:
        """Whether a small word such as "anymore" is the last of its clause."""
        if at >= len(self.row) or not (self.row[at].is_word and self.row[at].has("through")):
            return False
        return at + 1 == len(self.row) or self.row[at + 1].is_strong or self.row[at + 1].is_weak

    def corrections(self) -> list[int]:
        """Where the patient corrects something: "I meant", or one asterisk (more of them are bold type)."""
        if not self.any("correction", "now"):
            return []
        found = [at for at, phrase in enumerate(self.row) if phrase.has("correction")]
        stars = [at for at in found if self.row[at].mark]
        kept = [at for at in found if at not in stars or len(stars) == 1]
        return sorted(kept + [at for at in range(1, len(self.row) - 1) if self._is_update(at)])

    def _is_update(self, at: int) -> bool:
        """Whether a number is brought up to date: "redness 6 this morning but down to 4"."""
        if not ("now" in self.row[at].tags and self.row[at + 1].figure):
            return False
        sentence = self.place[at].sentence
        return any(
            phrase.figure and place.sentence == sentence and not place.past
            for phrase, place in zip(self.row[:at], self.place[:at], strict=True)
        )

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
    row = with_scores(phrases(words.tokens(text), words))
    return _placed(row, scopes(row), asked, previous, words)


def believing(text: Text) -> Text:
    """The same text, where what somebody else says ("she says 3") is taken for the patient's own word."""
    return _placed(text.row, scopes(text.row, believing=True), text.asked, text.previous, text.words)


def _placed(
    row: Sequence[Phrase],
    place: Sequence[Scope],
    asked: Sequence[str],
    previous: Mapping[str, Score],
    words: Lexicon,
) -> Text:
    clauses: dict[int, set[str]] = {scope.clause: set() for scope in place}
    for phrase, scope in zip(row, place, strict=True):
        clauses[scope.clause] |= phrase.tags.meanings
    meanings = set().union(*clauses.values())
    return Text(row, place, asked, previous, words, clauses, meanings, together(row, place, clauses, words))
