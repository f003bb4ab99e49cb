"""Every text is as easy to read as the sixth grade asks, in each of its languages.

Sixth grade at most is what the American Medical Association asks of texts for patients (Weiss 2007, Health
literacy and patient safety, 2nd ed.). In English that is a Flesch-Kincaid grade of 6 or less. In Spanish it
is 70 or more on Fernández Huerta's scale, whose band 70 to 80 is the sixth grade (1959); about where INFLESZ,
made for texts to patients, begins "bastante fácil" (Barrio-Cantalejo 2008, An Sist Sanit Navar 31:135). In
French 70 or more on Kandel and Moles's scale (1958), which keeps Flesch's bands: 70 to 80 is grade 6.

The formulas were made for longer texts, so each language is measured as a whole too, and no sentence
may be long. They know nothing of sense: a person still reads each text aloud.
"""

import pytest

from recovery.domain import wording
from recovery.domain.vocabulary import LANGUAGES
from tests.domain.reading_ease import SYLLABLES, fernandez_huerta, flesch_kincaid_grade, kandel_moles, measure
from tests.domain.sent_texts import KEYS, REGIONS, fillings

HARDEST_GRADE = 6.0
LEAST_EASE = {"es": 70.0, "fr": 70.0}
LONGEST_SENTENCE = 20  # words


def said(key: str, language: str, region: str) -> list[str]:
    """A text in all its variants, as words alone: what is filled in is a figure."""
    figures = dict.fromkeys((*wording.LONGEST, "when"), "1")
    return [
        wording.text(key, language, region, **{**each, **figures, "crisis": each["crisis"]})
        for each in fillings(key, language, region)
    ]


def is_easy(text: str, language: str) -> bool:
    if language == "en":
        return flesch_kincaid_grade(text) <= HARDEST_GRADE
    ease = {"es": fernandez_huerta, "fr": kandel_moles}[language](text)
    return ease >= LEAST_EASE[language]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", KEYS)
def test_every_text_is_easy_to_read(key: str, language: str) -> None:
    texts = {text for region in REGIONS for text in said(key, language, region)}
    assert [text for text in texts if not is_easy(text, language)] == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("region", REGIONS)
def test_all_texts_together_are_easy_to_read(language: str, region: str) -> None:
    together = " ".join(text for key in KEYS for text in said(key, language, region))
    assert is_easy(together, language)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", KEYS)
def test_no_sentence_is_long(key: str, language: str) -> None:
    longest = max(measure(text, language).longest_sentence for text in said(key, language, "US"))
    assert longest <= LONGEST_SENTENCE


HARD = [
    ("en", "After microneedling, transient erythema characteristically resolves spontaneously."),
    ("es", "Posteriormente al procedimiento, la inflamación característica desaparece espontáneamente."),
    ("fr", "Postérieurement à l'intervention, l'inflammation caractéristique disparaît spontanément."),
]


@pytest.mark.parametrize(("language", "text"), HARD)
def test_a_hard_text_would_be_found(language: str, text: str) -> None:
    assert not is_easy(text, language)


def test_the_formulas_are_those_of_their_authors() -> None:
    text = "Sun on sea. Red cat ran."  # 6 words of one syllable in 2 sentences
    assert flesch_kincaid_grade(text) == pytest.approx(0.39 * 3 + 11.8 - 15.59)
    assert fernandez_huerta("Sol y mar. Pan con sal.") == pytest.approx(206.84 - 60 - 1.02 * 3)
    assert kandel_moles("Eau et sel. Pain et vin.") == pytest.approx(207 - 73.6 - 1.015 * 3)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", {"skin": 1, "redness": 2, "swelling": 2, "itching": 2, "emergency": 4}),
        ("en", {"treated": 2, "patches": 2, "settles": 2}),
        ("en", {"changes": 2, "trouble": 2, "worse": 1, "please": 1, "noted": 2, "usual": 3, "tomorrow": 3}),
        ("es", {"rojez": 2, "hinchazón": 3, "picazón": 3, "día": 2, "cuesta": 2, "mayoría": 4, "ayuda": 3}),
        ("es", {"fiebre": 2, "urgencias": 3, "números": 3, "quién": 1, "guardia": 2, "y": 1, "leerá": 3}),
        ("fr", {"rougeur": 2, "gonflement": 3, "démangeaisons": 4, "aujourd'hui": 3, "envoyez": 3}),
        ("fr", {"fièvre": 1, "urgence": 2, "œil": 1, "inquiète": 2, "l'équipe": 2, "prévenue": 3, "à": 1}),
    ],
)
def test_syllables_are_counted(language: str, words: dict[str, int]) -> None:
    assert {word: SYLLABLES[language](word) for word in words} == words
