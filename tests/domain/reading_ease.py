"""How hard a text is to read: the school grade or ease of English, Spanish and French.

Each language has its own descendant of Flesch's formula, of words a sentence and syllables a word.
Sentences end at . ? or !; a colon or semicolon does not, which is stricter than Flesch, who counts
both. Figures and clinics' names are left out, as Flesch advises for texts with many figures.
Syllables are counted by rule: the written vowels, with the mute ones dropped.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

_SENTENCE_END = re.compile(r"[.?!]+(?=\s|$|\))")
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")

_VOWELS = "aeiouyàâáéèêëíîïóôúùûüœæ"
_NUCLEI = re.compile(f"[{_VOWELS}]+")
_Y_BETWEEN_VOWELS = re.compile(f"(?<=[{_VOWELS}])y(?=[{_VOWELS}])")  # "voyez", "ayuda": a consonant
_MUTE_U = re.compile(r"(?<=[qg])u(?=[eiéíèê])")
_STRONG = re.compile("[aeoáéíóú]")  # each its own syllable in Spanish; beside them i, u, ü are not
_ENGLISH_MUTE = re.compile(r"(?<=[^aeiouyl])e$|(?<=[aeiouy]l)e$|(?<=[bdfklmnprtvw])es$|(?<=[^aeiouytd])ed$")
_ENGLISH_BY_EAR = {"usual": 3, "settles": 2, "msg": 2, "nhs": 3}
_FRENCH_MUTE = re.compile(f"(?<=[^{_VOWELS}])es?$")


@dataclass(frozen=True, slots=True)
class Measure:
    """Words and sentences of a text; `syllables` in all its words."""

    words: int
    sentences: int
    syllables: int
    longest_sentence: int

    @property
    def words_a_sentence(self) -> float:
        return self.words / self.sentences

    @property
    def syllables_a_word(self) -> float:
        return self.syllables / self.words


def measure(text: str, language: str) -> Measure:
    """The counts of a text in "en", "es" or "fr"."""
    sentences = [found for each in _SENTENCE_END.split(text) if (found := _WORD.findall(each.lower()))]
    words = [word for sentence in sentences for word in sentence]
    syllables = sum(SYLLABLES[language](word) for word in words)
    return Measure(len(words), len(sentences), syllables, max(map(len, sentences)))


def flesch_kincaid_grade(text: str) -> float:
    """The American school grade of an English text (Kincaid 1975)."""
    counted = measure(text, "en")
    return 0.39 * counted.words_a_sentence + 11.8 * counted.syllables_a_word - 15.59


def fernandez_huerta(text: str) -> float:
    """The ease of a Spanish text, 0 to about 120 (Fernández Huerta 1959, as corrected by Law 2011)."""
    counted = measure(text, "es")
    return 206.84 - 1.02 * counted.words_a_sentence - 60 * counted.syllables_a_word


def kandel_moles(text: str) -> float:
    """The ease of a French text, 0 to about 130 (Kandel and Moles 1958)."""
    counted = measure(text, "fr")
    return 207 - 1.015 * counted.words_a_sentence - 73.6 * counted.syllables_a_word


def _english(word: str) -> int:
    return _ENGLISH_BY_EAR.get(word) or max(1, len(_NUCLEI.findall(_ENGLISH_MUTE.sub("", word))))


def _spanish(word: str) -> int:
    spoken = _Y_BETWEEN_VOWELS.sub("j", _MUTE_U.sub("", word))
    return max(1, sum(max(1, len(_STRONG.findall(each))) for each in _NUCLEI.findall(spoken)))


def _french(word: str) -> int:
    spoken = _Y_BETWEEN_VOWELS.sub("j", _MUTE_U.sub("", word))
    return max(1, len(_NUCLEI.findall(_FRENCH_MUTE.sub("", spoken))))


SYLLABLES: Mapping[str, Callable[[str], int]] = {"en": _english, "es": _spanish, "fr": _french}
