"""From the word files (`words/*.toml`, read once) to one lexicon for each language hint."""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any

import tomli  # the parser of the standard library, compiled: a third of its time for 74,000 phrases

from recovery.domain.reading.dictionary import word_lists
from recovery.domain.reading.dictionary.books import Book, Shelf
from recovery.domain.reading.dictionary.lexicon import ALARMS, LONG_NAME, Lexicon, Together
from recovery.domain.reading.dictionary.tags import Tags
from recovery.domain.reading.dictionary.tree import Keeps, Node, Tree, Words, every, grafted, grow, spell
from recovery.domain.reading.spelling.normalise import clean
from recovery.domain.reading.spelling.tokens import Spelling, tokens
from recovery.domain.vocabulary import Score

WORDS = Path(__file__).parent.parent / "words"
SHARED = "shared"
_ONE_BUILDS = Lock()  # it takes a second; eight threads that all did would take longer than Twilio waits
_TYPED_WRONG = frozenset({"noun", "adjective", "flag", "part", "temperature"})  # known when mistyped


def lexicon(lang: str) -> Lexicon:
    """Every language's words, those of `lang` first where two languages differ. An unknown hint is none."""
    with _ONE_BUILDS:
        return _lexicon(lang if lang in entries() else SHARED)


@cache
def _lexicon(lang: str) -> Lexicon:
    return _preferring(_all_known(), lang)


@cache
def _all_known() -> "_Known":
    return _known(entries())


@cache
def entries() -> Mapping[str, Mapping[str, Any]]:
    """What the word files hold, by language."""
    found: dict[str, dict[str, Any]] = {}
    for path in sorted(WORDS.glob("*.toml")):
        _join(found.setdefault(path.name.partition(".")[0], {}), tomli.loads(path.read_text("utf-8")))
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
    return _preferring(_known(files), lang)


@dataclass(frozen=True, slots=True)
class _Known:
    """What every hint shares: each language's own, and a lexicon of all that prefers none."""

    shelf: Shelf
    together: Mapping[str, Sequence[Together]]
    lexicon: Lexicon
    spelling: Mapping[str, Spelling]


def _known(files: Mapping[str, Mapping[str, Any]]) -> _Known:
    elisions, clitics = _small("elisions", files), _small("clitics", files)
    accented = word_lists.accented(_tables("accented", files))

    unchanged = Spelling(elisions, clitics, respelt={}, shorthand={}, known=())

    def spelt(phrase: str) -> Words:
        return spell(tokens(clean(phrase, accented), unchanged))

    shelf = Shelf({name: Book(held["words"], spelt) for name, held in files.items()}, SHARED)
    shared = files[SHARED]
    real_words = _real_words(files)
    respelt = word_lists.respellings(_tables("respelt", files))
    shorthand = {name: word_lists.respellings(held.get("shorthand", {})) for name, held in files.items()}

    def spelling(lang: str, own: Container[str]) -> Spelling:
        """A language's own shorthand, and that of another where it is no word of this one."""
        others = {
            word: meant for held in shorthand.values() for word, meant in held.items() if word not in own
        }
        both = {**others, **shorthand.get(lang, {})}
        return Spelling(elisions, clitics, respelt, both, real_words | shelf.firsts | elisions)

    lexicon = Lexicon(
        tree=_tree(shelf, every),
        alarms=_tree(shelf, _is_alarm),
        telling=_tree(shelf, _is_telling),
        names={},
        real_words=real_words,
        together=(),
        calls={},
        accented=accented,
        spelling=spelling("", ()),
        degrees={name: Score(value, low, high) for name, (low, value, high) in shared["degrees"].items()},
        limits=shared["limits"],
    )
    together = {
        name: [word_lists.together(each) for each in held.get("together", ())] for name, held in files.items()
    }
    own = {
        name: {*shelf.books[name].single, *word_lists.listed(held.get("real_words", ()))}
        for name, held in files.items()
    }
    return _Known(shelf, together, lexicon, {name: spelling(name, own[name]) for name in files})


def _tree(shelf: Shelf, keeps: Keeps) -> Tree:
    return Tree(shelf.firsts, lambda first: grow(shelf.of(first), keeps))


def _preferring(known: _Known, lang: str) -> Lexicon:
    """The lexicon with what this language means by the phrases that another has too."""
    shelf, order = known.shelf, known.shelf.order(lang)

    def preferring(tree: Tree, keeps: Keeps) -> Tree:
        def grown(first: str) -> Node:
            return grafted(tree[first], shelf.fought(first, lang), keeps)

        return Tree(shelf.firsts, grown)

    together = tuple(each for name in order for each in known.together[name])
    return replace(
        known.lexicon,
        tree=preferring(known.lexicon.tree, every),
        alarms=preferring(known.lexicon.alarms, _is_alarm),
        telling=preferring(known.lexicon.telling, _is_telling),
        names=_by_letter(_long_names(shelf, lang)),
        together=together,
        calls=_calls(together),
        spelling=known.spelling.get(lang, known.lexicon.spelling),
    )


def _small(key: str, files: Mapping[str, Mapping[str, Any]]) -> frozenset[str]:
    return frozenset(word for each in files.values() for word in each.get(key, ()))


def _tables(key: str, files: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    return {word: held for each in files.values() for word, held in each.get(key, {}).items()}


def _real_words(files: Mapping[str, Mapping[str, Any]]) -> frozenset[str]:
    return frozenset().union(*(word_lists.listed(each.get("real_words", ())) for each in files.values()))


def _calls(together: Sequence[Together]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for at, pattern in enumerate(together):
        for meaning in min(pattern.parts, key=_commonness):
            found.setdefault(meaning, []).append(at)
    return found


def _commonness(part: frozenset[str]) -> tuple[int, int]:
    """How often a text may have one of these meanings: most of all a symptom, a "now" or a "no"."""
    return sum(not meaning.startswith("part.") for meaning in part), len(part)


def _long_names(shelf: Shelf, lang: str) -> dict[str, Tags]:
    """Words that are known when mistyped; a danger's of another language only if it is longer still."""
    own = shelf.books[lang].single if lang in shelf.books and lang != SHARED else {}
    found: dict[str, Tags] = {}
    for name in shelf.order(lang):
        for word, tags in shelf.books[name].single.items():
            found.setdefault(word, tags)
    return {
        word: tags
        for word, tags in found.items()
        if not _TYPED_WRONG.isdisjoint(tags)
        and len(word) >= (LONG_NAME if tags.symptom or word in own else LONG_NAME + 1)
    }


def _by_letter(names: Mapping[str, Tags]) -> dict[str, dict[str, Tags]]:
    found: dict[str, dict[str, Tags]] = {}
    for name, tags in names.items():
        found.setdefault(name[0], {})[name] = tags
    return found


def _is_alarm(_words: Words, tags: Tags) -> bool:
    return not ALARMS.isdisjoint(tags)


def _is_telling(words: Words, tags: Tags) -> bool:
    return len(words) > 1 and "opt_out_start" not in tags and (tags.symptom is not None or "part" in tags)
