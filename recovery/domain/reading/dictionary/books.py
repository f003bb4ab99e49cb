"""Each language's phrases by their first words; those of one word are worked out when it is first met.

Most of what is known never occurs in a clinic's texts: so a process begins at once and holds little.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from recovery.domain.reading.dictionary.inheritance import inherit
from recovery.domain.reading.dictionary.tags import Tags, tags_of
from recovery.domain.reading.dictionary.tree import Words

_PLAIN = re.compile("[a-z ]+")
_Entry = tuple[str, str, str | Words]  # kind, name, and a phrase that is yet to be split, or has been


class Book:
    """The phrases under one language's `[words]`, `spelt` as the tree has them.

    `single`: each phrase of one word, with all that it can mean.
    """

    def __init__(self, kinds: Mapping[str, Any], spelt: Callable[[str], Words]) -> None:
        single: dict[str, dict[str, str]] = {}
        self._longer: dict[str, list[_Entry]] = {}
        for kind, name, phrase in _entries(kinds):
            # nine in ten phrases are plain, and need no closer look yet
            words = phrase if _PLAIN.fullmatch(phrase) else spelt(phrase)
            first, *more = words.split(" ", 1) if isinstance(words, str) else words or ("",)
            if more:
                self._longer.setdefault(first, []).append((kind, name, words))
            elif first:
                _mean(single.setdefault(first, {}), kind, name)
        self.single = {word: tags_of(tags) for word, tags in single.items()}
        self._met: dict[str, Mapping[Words, Tags]] = {}

    @property
    def firsts(self) -> Iterable[str]:
        """Every word that a phrase begins with."""
        return self._longer.keys() | self.single.keys()

    def of(self, first: str) -> Mapping[Words, Tags]:
        """The phrases that begin with a word, each with what it can mean."""
        met = self._met.get(first)
        if met is None:
            met = self._read(first)
            if met:
                self._met[first] = met
        return met

    def get(self, words: Words) -> Tags | None:
        """What a phrase can mean by itself, if it is known."""
        return self.of(words[0]).get(words) if words else None

    def _read(self, first: str) -> Mapping[Words, Tags]:
        found: dict[Words, dict[str, str]] = {}
        for kind, name, phrase in self._longer.get(first, ()):
            words = tuple(phrase.split()) if isinstance(phrase, str) else phrase
            _mean(found.setdefault(words, {}), kind, name)
        longer = {words: tags_of(tags) for words, tags in found.items()}
        return {(first,): self.single[first], **longer} if first in self.single else longer


class Shelf:
    """Every language's book. What one means in all languages ("shared") holds in each as well."""

    def __init__(self, books: Mapping[str, Book], shared: str) -> None:
        self.books, self._shared = books, shared
        self.firsts = frozenset().union(*(book.firsts for book in books.values()))
        self._met: dict[tuple[str, str], Mapping[Words, Tags]] = {}

    def order(self, lang: str) -> list[str]:
        """The preferred language first, what all share last."""
        return sorted(self.books, key=lambda name: (name == self._shared, name != lang, name))

    def of(self, first: str) -> dict[Words, Tags]:
        """The phrases that begin with a word, as the first of the languages means them."""
        found: dict[Words, Tags] = {}
        for name in self.order(self._shared):
            for words, tags in self._settled(name, first).items():
                found.setdefault(words, tags)
        return found

    def fought(self, first: str, lang: str) -> dict[Words, Tags]:
        """A language's own phrases that begin with a word and that another has too."""
        if lang == self._shared or lang not in self.books:
            return {}
        others = [self._settled(name, first) for name in self.books if name != lang]
        own = self._settled(lang, first)
        return {words: tags for words, tags in own.items() if any(words in held for held in others)}

    def _settled(self, name: str, first: str) -> Mapping[Words, Tags]:
        """One language's phrases with what they keep of their parts, and with what they mean in all."""
        met = self._met.get((name, first))
        if met is None:
            book, common = self.books[name], self.books[self._shared].of(first)
            found = {words: inherit(words, tags, book) for words, tags in book.of(first).items()}
            both = common.keys() & found.keys()
            met = found | {words: tags_of({**common[words], **found[words]}) for words in both}
            if met:
                self._met[name, first] = met
        return met


def _mean(tags: dict[str, str], kind: str, name: str) -> None:
    """A phrase can mean this as well; it may be several parts."""
    tags[kind] = f"{tags[kind]} {name}" if kind == "part" and kind in tags else name


def _entries(kinds: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    for kind, held in kinds.items():
        named = held.items() if isinstance(held, dict) else [("", held)]
        for name, entries in named:
            for phrase in entries:
                yield kind, name, phrase
