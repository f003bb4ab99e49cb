"""Every phrase that is known, with what it can mean, found in a row of tokens.

A phrase has tags: a kind ("noun", "negation", "flag" …) and a name ("redness", "pus", or "").
`words/README.md` lists the kinds. The grammar knows kinds and names, and no language's words.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rapidfuzz import process
from rapidfuzz.distance import OSA

from recovery.domain.reading.dictionary.tags import EVERYDAY, Tags, tags_of
from recovery.domain.reading.dictionary.tree import Tree, longest
from recovery.domain.reading.spelling.normalise import Accented, clean
from recovery.domain.reading.spelling.tokens import Spelling, Token, tokens
from recovery.domain.vocabulary import CORE, Score

LONG_NAME = 6
ALARMS = frozenset({"flag", "opt_out"})  # heard even where a longer harmless phrase runs into them
_ABBREVIATED = 4  # letters at least
_VOWELS = frozenset("aeiou")
# what gives way to words that say more
_MILD = frozenset({"speaker", "has", "through", "filler", "present", "everyday", "part"})
_SETTLED = ALARMS | {"idiom"}


@dataclass(frozen=True, slots=True)
class Together:
    """Words that mean something only together: each part a set of "kind" or "kind.name"."""

    kind: str
    name: str
    parts: tuple[frozenset[str], ...]
    opens: frozenset[str]  # what its first phrase may mean
    within: int
    ordered: bool
    unless: frozenset[str]
    across: bool


@dataclass(frozen=True, slots=True, eq=False)
class Lexicon:
    """Every phrase, in the order in which one language hint prefers them."""

    tree: Tree
    alarms: Tree
    telling: Tree
    names: Mapping[str, Mapping[str, Tags]]  # long single words that may be mistyped, by their first letter
    real_words: frozenset[str]
    together: tuple[Together, ...]
    calls: Mapping[str, Sequence[int]]  # by a meaning, the places in `together` whose rarest part has it
    accented: Accented
    spelling: Spelling
    degrees: Mapping[str, Score]
    limits: Mapping[str, Any]

    def tokens(self, text: str) -> list[Token]:
        """The tokens of a text; one that stands for several words ("rojisima") as these."""
        return tokens(clean(text, self.accented), self.spelling)

    def longest(self, row: Sequence[Token], at: int) -> tuple[int, Tags | None]:
        """How many tokens from `at` on make the longest known phrase, and its tags.

        A harmless phrase ends where a danger begins; only an idiom ("hay fever") may hold one.
        """
        node = self.tree[row[at].text]
        if not node and not row[at].spellings:
            return 1, node.tags
        length, tags = longest(self.tree, row, at, len(row))
        return self._ended(row, at, length, tags) if tags and length > 1 else (length, tags)

    def _ended(self, row: Sequence[Token], at: int, length: int, tags: Tags) -> tuple[int, Tags | None]:
        """So much of several words as stands before a danger, or before words that say more."""
        if not _SETTLED.isdisjoint(tags):
            return length, tags
        is_mild = tags.keys() <= _MILD
        for inner in range(at + 1, at + length):
            if longest(self.alarms, row, inner, len(row))[1] is not None:
                return longest(self.tree, row, at, inner)
            if is_mild and inner + longest(self.telling, row, inner, len(row))[0] > at + length:
                return longest(self.tree, row, at, inner)
        return length, tags

    def resembling(self, word: str, *, is_name: bool = False) -> Tags | None:
        """The tags of the long symptom name that a mistyped word stands for, if there is one."""
        if word in self.real_words:
            return EVERYDAY
        if is_name or len(word) < LONG_NAME - 1:
            return None
        alike = self.names.get(word[0], {})
        near = process.extract(word, alike.keys(), scorer=OSA.distance, score_cutoff=2, limit=5)
        for name, distance, _ in near:
            is_long = len(name) >= LONG_NAME + 2 and len(word) >= LONG_NAME
            symptom = alike[name].symptom
            allowed = 2 if is_long and symptom else 1 if symptom or len(word) >= LONG_NAME else 0
            if distance <= allowed:
                return alike[name]
        return None

    def abbreviated(self, word: str) -> Tags | None:
        """The symptom whose name a word is without its vowels ("rdns"), if it can be but one."""
        if len(word) < _ABBREVIATED or not _VOWELS.isdisjoint(word):
            return None
        names = [(name, tags.symptom) for name, tags in self.names.get(word[0], {}).items()]
        meant = {symptom for name, symptom in names if symptom in CORE and _consonants(name) == word}
        return tags_of({"noun": meant.pop()}) if len(meant) == 1 else None


def _consonants(name: str) -> str:
    """A name without vowels, each double letter once: "rdns", "swlng"."""
    kept = [letter for letter in name if letter not in _VOWELS]
    return "".join(letter for at, letter in enumerate(kept) if kept[at - 1 : at] != [letter])
