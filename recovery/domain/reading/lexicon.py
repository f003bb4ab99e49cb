"""The words of every language, read once from `words/*.toml`, as one tree of phrases per language hint.

A phrase has tags: a kind ("noun", "negation", "flag" …) and a name ("redness", "pus", or "").
`words/README.md` lists the kinds. The grammar knows kinds and names, and no language's words.
"""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from rapidfuzz import process
from rapidfuzz.distance import OSA

from recovery.domain.reading.normalise import clean, fold
from recovery.domain.reading.tags import EVERYDAY, Tags
from recovery.domain.reading.tokens import Token, spellings, tokens
from recovery.domain.vocabulary import Score

WORDS = Path(__file__).parent / "words"
SHARED = "shared"

_HERE = "\0"  # the key under which a node of the tree keeps its own tags
_STUCK = "\1"  # before a token that a phrase has without a space: "gr8"
_LONG_NAME = 6
_ALARMS = frozenset({"flag", "opt_out"})  # heard even where a longer harmless phrase runs into them
_TYPED_WRONG = frozenset({"noun", "adjective", "flag", "part", "temperature"})  # known when mistyped
_SETTLED = _ALARMS | {"idiom"}


@dataclass(frozen=True, slots=True)
class Together:
    """Words that mean something only together: each part a set of "kind" or "kind.name"."""

    kind: str
    name: str
    parts: tuple[frozenset[str], ...]
    within: int
    ordered: bool
    unless: frozenset[str]
    across: bool


@dataclass(frozen=True, slots=True, eq=False)
class Lexicon:
    """Every phrase, in the order in which one language hint prefers them."""

    tree: dict[str, Any]
    alarms: dict[str, Any]
    names: dict[str, Tags]
    real_words: frozenset[str]
    together: tuple[Together, ...]
    calls: Mapping[str, Sequence[int]]  # by a meaning, the places in `together` whose last part it is
    elisions: frozenset[str]
    clitics: frozenset[str]
    degrees: Mapping[str, Score]
    limits: Mapping[str, Any]

    def tokens(self, text: str) -> list[Token]:
        return tokens(clean(text), self.elisions, self.clitics)

    def longest(self, row: Sequence[Token], at: int) -> tuple[int, Tags | None]:
        """How many tokens from `at` on make the longest known phrase, and its tags.

        A harmless phrase ends where a danger begins; only an idiom ("hay fever") may hold one.
        """
        length, tags = _longest(self.tree, row, at, len(row))
        if tags is None or length == 1 or not _SETTLED.isdisjoint(tags):
            return length, tags
        for inner in range(at + 1, at + length):
            if _longest(self.alarms, row, inner, len(row))[1] is not None:
                return _longest(self.tree, row, at, inner)
        return length, tags

    def resembling(self, word: str, *, is_name: bool = False) -> Tags | None:
        """The tags of the long symptom name that a mistyped word stands for, if there is one."""
        if word in self.real_words:
            return EVERYDAY
        if is_name or len(word) < _LONG_NAME - 1:
            return None
        return _resembling(self, word)


@cache
def lexicon(lang: str) -> Lexicon:
    """Every language's words, those of `lang` first where two languages differ. An unknown hint is none."""
    return build(entries(), lang)


@cache
def entries() -> Mapping[str, Mapping[str, Any]]:
    """What the word files hold, by language."""
    found: dict[str, dict[str, Any]] = {}
    for path in sorted(WORDS.glob("*.toml")):
        _join(found.setdefault(path.name.partition(".")[0], {}), tomllib.loads(path.read_text("utf-8")))
    return found


def _join(held: dict[str, Any], more: Mapping[str, Any]) -> None:
    """Put the entries of one language's further file to those of its first."""
    for key, value in more.items():
        if isinstance(value, dict):
            _join(held.setdefault(key, {}), value)
        elif isinstance(value, list):
            held[key] = [*held.get(key, ()), *value]
        else:
            held[key] = value


def build(files: Mapping[str, Mapping[str, Any]], lang: str) -> Lexicon:
    """A lexicon from each language's words by its name (`shared` among them)."""
    order = sorted(files, key=lambda name: (name == SHARED, name != lang, name))
    elisions = frozenset(word for each in files.values() for word in each.get("elisions", ()))
    clitics = frozenset(word for each in files.values() for word in each.get("clitics", ()))
    phrases: dict[tuple[str, ...], Tags] = {}
    for name in order:
        for words, tags in _phrases(files[name]["words"], elisions, clitics).items():
            held = phrases.get(words)
            if held is None:
                phrases[words] = tags
            elif name == SHARED:
                phrases[words] = Tags({**tags, **held})
    shared = files[SHARED]
    together = tuple(_together(each) for name in order for each in files[name].get("together", ()))
    return Lexicon(
        tree=_tree(phrases),
        alarms=_tree({words: tags for words, tags in phrases.items() if not _ALARMS.isdisjoint(tags)}),
        names={words[0]: tags for words, tags in phrases.items() if _is_long_name(words, tags)},
        real_words=frozenset(word for each in files.values() for word in _listed(each.get("real_words", ()))),
        together=together,
        calls=_calls(together),
        elisions=elisions,
        clitics=clitics,
        degrees={name: Score(value, low, high) for name, (low, value, high) in shared["degrees"].items()},
        limits=shared["limits"],
    )


def _phrases(
    kinds: Mapping[str, Any], elisions: frozenset[str], clitics: frozenset[str]
) -> dict[tuple[str, ...], Tags]:
    found: dict[tuple[str, ...], dict[str, str]] = {}
    for kind, name, phrase in _entries(kinds):
        row = tokens(clean(phrase), elisions, clitics)
        spelt = tuple(_STUCK * _is_stuck(row, at) + token.text for at, token in enumerate(row))
        tags = found.setdefault(tuple(word for word in spelt if word != "-"), {})
        tags[kind] = f"{tags[kind]} {name}" if kind == "part" and kind in tags else name
    return {words: Tags(tags) for words, tags in found.items() if words}


def _entries(kinds: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    for kind, held in kinds.items():
        named = held.items() if isinstance(held, dict) else [("", held)]
        for name, phrases in named:
            for phrase in phrases:
                yield kind, name, phrase


def _listed(words: str | Sequence[str]) -> Iterator[str]:
    """Words from a list, or from one text with white space between them, as tokens have them."""
    for word in words.split() if isinstance(words, str) else words:
        yield fold(clean(word)).replace("'", "")


def _tree(phrases: Mapping[tuple[str, ...], Tags]) -> dict[str, Any]:
    root: dict[str, Any] = {}
    for words, tags in phrases.items():
        node = root
        for word in words:
            node = node.setdefault(word, {})
        node[_HERE] = tags
    return root


def _longest(tree: dict[str, Any], row: Sequence[Token], at: int, until: int) -> tuple[int, Tags | None]:
    node = tree.get(row[at].text) or _drawn_out(tree, row[at])
    best, tags, end = 1, None, at + 1
    while node:
        if _HERE in node:
            best, tags = end - at, node[_HERE]
            if len(node) == 1:
                break
        if end == until:
            break
        node = _next(node, row, end)
        end += 1
    return best, tags


def _next(node: dict[str, Any], row: Sequence[Token], at: int) -> dict[str, Any] | None:
    """One token down the tree; "a1" is no "a 1"."""
    token = row[at]
    if _is_stuck(row, at) and _STUCK + token.text in node:
        stuck: dict[str, Any] = node[_STUCK + token.text]
        return stuck
    return node.get(token.text) or _hyphen(node, row, at) or _drawn_out(node, token)


def _is_stuck(row: Sequence[Token], at: int) -> bool:
    """Whether a figure and a word are one: "gr8", "2puis"."""
    return row[at].glued and at > 0 and (row[at].figure is not None or row[at - 1].figure is not None)


def _hyphen(node: dict[str, Any], row: Sequence[Token], at: int) -> dict[str, Any] | None:
    """A hyphen inside a phrase ("cold-sore") is passed over."""
    token = row[at]
    if token.text == "-" and token.glued and at + 1 < len(row) and row[at + 1].glued:
        return {key: below for key, below in node.items() if key != _HERE}
    return None


def _drawn_out(node: dict[str, Any], token: Token) -> dict[str, Any] | None:
    """One word down the tree in the spelling that "sooo" stands for."""
    for word in spellings(token.text) if token.is_word else ():
        if word in node:
            below: dict[str, Any] = node[word]
            return below
    return None


def _together(entry: Mapping[str, Any]) -> Together:
    kind, _, name = entry["means"].partition(".")
    parts = tuple(frozenset(part) for part in entry["parts"])
    return Together(
        kind,
        name,
        parts,
        entry.get("within", 6),
        entry.get("ordered", False),
        frozenset(entry.get("unless", ())),
        entry.get("across", False),
    )


def _calls(together: Sequence[Together]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for at, pattern in enumerate(together):
        for meaning in pattern.parts[-1]:
            found.setdefault(meaning, []).append(at)
    return found


def _is_long_name(words: tuple[str, ...], tags: Tags) -> bool:
    return len(words) == 1 and len(words[0]) >= _LONG_NAME and not _TYPED_WRONG.isdisjoint(tags)


@lru_cache(maxsize=4096)
def _resembling(words: Lexicon, word: str) -> Tags | None:
    near = process.extract(word, words.names.keys(), scorer=OSA.distance, score_cutoff=2, limit=5)
    for name, distance, _ in near:
        is_long = len(name) >= _LONG_NAME + 2 and len(word) >= _LONG_NAME
        allowed = 2 if is_long and words.names[name].symptom else 1
        if distance <= allowed and name[0] == word[0]:
            return words.names[name]
    return None
