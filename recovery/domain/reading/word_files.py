"""From the word files (`words/*.toml`, read once) to one lexicon for each language hint."""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any

from recovery.domain.reading import word_lists
from recovery.domain.reading.inheritance import inherit
from recovery.domain.reading.lexicon import ALARMS, LONG_NAME, Lexicon, Together
from recovery.domain.reading.normalise import clean
from recovery.domain.reading.tags import Tags, tags_of
from recovery.domain.reading.tokens import tokens
from recovery.domain.reading.tree import Words, grafted, grow, spell
from recovery.domain.vocabulary import Score

WORDS = Path(__file__).parent / "words"
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
    return _preferring(_known(files), lang)


@dataclass(frozen=True, slots=True)
class _Known:
    """What every hint shares: each language's own, and a lexicon of all that prefers none."""

    phrases: Mapping[str, Mapping[Words, Tags]]
    together: Mapping[str, Sequence[Together]]
    lexicon: Lexicon


def _known(files: Mapping[str, Mapping[str, Any]]) -> _Known:
    elisions, clitics = _small("elisions", files), _small("clitics", files)
    accented = word_lists.accented(_tables("accented", files))

    def spelt(phrase: str) -> Words:
        return spell(tokens(clean(phrase, accented), elisions, clitics))

    phrases = {name: word_lists.phrases(held["words"], spelt) for name, held in files.items()}
    common = phrases[SHARED]
    phrases = {name: _settled(held, common) for name, held in phrases.items()}
    everything = _merged(phrases, SHARED)
    shared = files[SHARED]
    lexicon = Lexicon(
        tree=grow(everything),
        alarms=grow(everything, _is_alarm),
        telling=grow(everything, _is_telling),
        names={},
        real_words=_real_words(files),
        together=(),
        calls={},
        accented=accented,
        elisions=elisions,
        clitics=clitics,
        respelt=word_lists.respellings(_tables("respelt", files)),
        degrees={name: Score(value, low, high) for name, (low, value, high) in shared["degrees"].items()},
        limits=shared["limits"],
    )
    together = {
        name: [word_lists.together(each) for each in held.get("together", ())] for name, held in files.items()
    }
    return _Known(phrases, together, lexicon)


def _preferring(known: _Known, lang: str) -> Lexicon:
    """The lexicon with what this language means by the phrases that another has too."""
    own = known.phrases.get(lang, {}) if lang != SHARED else {}
    others = [held for name, held in known.phrases.items() if name != lang]
    fought = {words: tags for words, tags in own.items() if any(words in held for held in others)}
    names = {
        words[0]: tags
        for words, tags in _merged(known.phrases, lang).items()
        if _is_long_name(words, tags, own)
    }
    together = tuple(each for name in _order(known.phrases, lang) for each in known.together[name])
    return replace(
        known.lexicon,
        tree=grafted(known.lexicon.tree, fought),
        alarms=grafted(known.lexicon.alarms, fought, _is_alarm),
        telling=grafted(known.lexicon.telling, fought, _is_telling),
        names=_by_letter(names),
        together=together,
        calls=_calls(together),
    )


def _order(names: Iterable[str], lang: str) -> list[str]:
    """The preferred language first, what all share last."""
    return sorted(names, key=lambda name: (name == SHARED, name != lang, name))


def _merged(phrases: Mapping[str, Mapping[Words, Tags]], lang: str) -> dict[Words, Tags]:
    """Every language's phrases, each with what the first of its languages means by it."""
    found: dict[Words, Tags] = {}
    for name in _order(phrases, lang):
        for words, tags in phrases[name].items():
            found.setdefault(words, tags)
    return found


def _settled(own: Mapping[Words, Tags], common: Mapping[Words, Tags]) -> dict[Words, Tags]:
    """One language's phrases with what they keep of their parts, and with what they mean in all."""
    found = {words: inherit(words, tags, own) for words, tags in own.items()}
    return found | {
        words: tags_of({**common[words], **found[words]}) for words in common.keys() & found.keys()
    }


def _small(key: str, files: Mapping[str, Mapping[str, Any]]) -> frozenset[str]:
    return frozenset(word for each in files.values() for word in each.get(key, ()))


def _tables(key: str, files: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    return {word: held for each in files.values() for word, held in each.get(key, {}).items()}


def _real_words(files: Mapping[str, Mapping[str, Any]]) -> frozenset[str]:
    return frozenset().union(*(word_lists.listed(each.get("real_words", ())) for each in files.values()))


def _calls(together: Sequence[Together]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for at, pattern in enumerate(together):
        for meaning in min(pattern.parts, key=len):
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


def _is_alarm(_words: Words, tags: Tags) -> bool:
    return not ALARMS.isdisjoint(tags)


def _is_telling(words: Words, tags: Tags) -> bool:
    return len(words) > 1 and (tags.symptom is not None or "part" in tags)
