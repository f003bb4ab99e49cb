"""From the word files (`words/*.toml`, read once) to one lexicon for each language hint."""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any

from recovery.domain.reading.inheritance import inherit
from recovery.domain.reading.lexicon import ALARMS, LONG_NAME, Lexicon, Together
from recovery.domain.reading.normalise import clean, fold
from recovery.domain.reading.tags import Tags
from recovery.domain.reading.tokens import tokens
from recovery.domain.reading.tree import Words, grow, spell
from recovery.domain.vocabulary import Score

WORDS = Path(__file__).parent / "words"
SHARED = "shared"
_PLAIN = re.compile("[a-z ]+")
_ONE_BUILDS = Lock()  # it takes a second; eight threads that all did would take longer than Twilio waits
_TYPED_WRONG = frozenset({"noun", "adjective", "flag", "part", "temperature"})  # known when mistyped


def lexicon(lang: str) -> Lexicon:
    """Every language's words, those of `lang` first where two languages differ. An unknown hint is none."""
    with _ONE_BUILDS:
        return _lexicon(lang if lang in entries() else SHARED)


@cache
def _lexicon(lang: str) -> Lexicon:
    return _build(entries(), _all_phrases(), lang)


@cache
def _all_phrases() -> Mapping[str, Mapping[Words, Tags]]:
    return _by_language(entries())


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
    return _build(files, _by_language(files), lang)


def _by_language(files: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[Words, Tags]]:
    elisions, clitics = _small("elisions", files), _small("clitics", files)
    return {name: _phrases(held["words"], elisions, clitics) for name, held in files.items()}


def _small(key: str, files: Mapping[str, Mapping[str, Any]]) -> frozenset[str]:
    return frozenset(word for each in files.values() for word in each.get(key, ()))


def _respellings(files: Mapping[str, Mapping[str, Any]]) -> dict[str, Words]:
    each = (entry for held in files.values() for entry in held.get("respelt", {}).items())
    return {fold(clean(word)).replace("'", ""): tuple(fold(clean(words)).split()) for word, words in each}


def _build(
    files: Mapping[str, Mapping[str, Any]], by_language: Mapping[str, Mapping[Words, Tags]], lang: str
) -> Lexicon:
    order = sorted(files, key=lambda name: (name == SHARED, name != lang, name))
    phrases: dict[Words, Tags] = {}
    own = by_language.get(lang, {})
    for name in order:
        for words, tags in by_language[name].items():
            held = phrases.get(words)
            if held is None:
                phrases[words] = tags
            elif name == SHARED:
                phrases[words] = Tags({**tags, **held})
    phrases = {words: inherit(words, tags, phrases) for words, tags in phrases.items()}
    shared = files[SHARED]
    together = tuple(_together(each) for name in order for each in files[name].get("together", ()))
    return Lexicon(
        tree=grow(phrases),
        alarms=grow({words: tags for words, tags in phrases.items() if not ALARMS.isdisjoint(tags)}),
        telling=grow({words: tags for words, tags in phrases.items() if _is_telling(words, tags)}),
        names=_by_letter(
            {words[0]: tags for words, tags in phrases.items() if _is_long_name(words, tags, own)}
        ),
        real_words=frozenset(word for each in files.values() for word in _listed(each.get("real_words", ()))),
        together=together,
        calls=_calls(together),
        elisions=_small("elisions", files),
        clitics=_small("clitics", files),
        respelt=_respellings(files),
        degrees={name: Score(value, low, high) for name, (low, value, high) in shared["degrees"].items()},
        limits=shared["limits"],
    )


def _phrases(
    kinds: Mapping[str, Any], elisions: frozenset[str], clitics: frozenset[str]
) -> dict[Words, Tags]:
    found: dict[Words, dict[str, str]] = {}
    for kind, name, phrase in _entries(kinds):
        plain = _PLAIN.fullmatch(phrase)  # nine in ten phrases are, and need no closer look
        words = tuple(phrase.split()) if plain else spell(tokens(clean(phrase), elisions, clitics))
        tags = found.setdefault(words, {})
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


def _together(entry: Mapping[str, Any]) -> Together:
    kind, _, name = entry["means"].partition(".")
    parts = tuple(frozenset(part) for part in entry["parts"])
    ordered = entry.get("ordered", False)
    return Together(
        kind,
        name,
        parts,
        parts[0] if ordered else frozenset().union(*parts),
        entry.get("within", 6),
        ordered,
        frozenset(entry.get("unless", ())),
        entry.get("across", False),
    )


def _calls(together: Sequence[Together]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for at, pattern in enumerate(together):
        for meaning in pattern.parts[-1]:
            found.setdefault(meaning, []).append(at)
    return found


def _is_long_name(words: Words, tags: Tags, own: Mapping[Words, Tags]) -> bool:
    """Whether a word is known when mistyped; a danger's of another language only if it is longer still."""
    if len(words) > 1 or _TYPED_WRONG.isdisjoint(tags):
        return False
    return len(words[0]) >= (LONG_NAME if tags.symptom or words in own else LONG_NAME + 1)


def _by_letter(names: Mapping[str, Tags]) -> dict[str, dict[str, Tags]]:
    found: dict[str, dict[str, Tags]] = {}
    for name, tags in names.items():
        found.setdefault(name[0], {})[name] = tags
    return found


def _is_telling(words: Words, tags: Tags) -> bool:
    return len(words) > 1 and (tags.symptom is not None or "part" in tags)
