"""What a nurse may send at a touch: six texts a language, kept to the manners of all our texts."""

import re

import pytest

from recovery.domain import canned, gsm7, wording
from recovery.domain.canned import Canned
from recovery.domain.vocabulary import LANGUAGES
from tests.domain.reading_ease import measure
from tests.domain.test_wording_ease import LONGEST_SENTENCE, is_easy
from tests.domain.test_wording_manners import (
    ALARMS,
    DIAGNOSES,
    FAMILIAR,
    GENDERED,
    PROCEDURES,
    plainly,
    words_of,
)

KEYS = tuple(canned.TITLES)
EVERY = [(language, key) for language in LANGUAGES for key in KEYS]
CLINIC, PHONE, EMERGENCY = ("0" * wording.LONGEST[each] for each in ("clinic", "phone", "em"))


def longest(language: str) -> dict[str, Canned]:
    """Each with the longest fillings that are possible."""
    return {
        each.key: each for each in canned.texts(language, clinic=CLINIC, phone=PHONE, em=EMERGENCY, day=28)
    }


def test_there_are_six_in_every_language() -> None:
    assert len(KEYS) == 6
    for language in LANGUAGES:
        assert tuple(wording.canned(language)) == KEYS


@pytest.mark.parametrize(("language", "key"), EVERY)
def test_each_is_one_segment_at_its_longest(language: str, key: str) -> None:
    text = longest(language)[key].text
    assert gsm7.is_gsm7(text)
    assert "{" not in text
    assert gsm7.segments(text) == 1, gsm7.septets(text)


@pytest.mark.parametrize(("language", "key"), EVERY)
def test_a_translation_is_filled_with_what_the_english_is(language: str, key: str) -> None:
    theirs, english = (wording.fields(wording.canned(each)[key]) for each in (language, "en"))
    assert theirs == english


@pytest.mark.parametrize(("language", "key"), EVERY)
def test_the_english_stands_beside_each(language: str, key: str) -> None:
    assert longest(language)[key].english == longest("en")[key].text


@pytest.mark.parametrize(("language", "key"), EVERY)
def test_none_names_a_procedure_or_a_diagnosis_or_alarms(language: str, key: str) -> None:
    text = longest(language)[key].text
    assert [word for word in (*PROCEDURES, *DIAGNOSES) if word in plainly(text)] == []
    assert words_of(text) & ALARMS == set()
    assert "!" not in text


@pytest.mark.parametrize("language", ["es", "fr"])
@pytest.mark.parametrize("key", KEYS)
def test_each_is_formal_and_without_a_gender(language: str, key: str) -> None:
    assert words_of(longest(language)[key].text) & (FAMILIAR[language] | GENDERED[language]) == set()


@pytest.mark.parametrize(("language", "key"), [each for each in EVERY if each[1] != "usual"])
def test_usual_is_said_only_by_the_one_for_it(language: str, key: str) -> None:
    assert words_of(longest(language)[key].text) & {"usual", "habitual", "habituel", "normal"} == set()


@pytest.mark.parametrize(("language", "key"), EVERY)
def test_each_is_easy_to_read(language: str, key: str) -> None:
    said = {each.key: each.text for each in canned.texts(language, clinic="1", phone="1", em="1", day=1)}
    assert is_easy(said[key], language)
    assert measure(said[key], language).longest_sentence <= LONGEST_SENTENCE


@pytest.mark.parametrize(("language", "key"), EVERY)
def test_each_says_whom_to_call(language: str, key: str) -> None:
    assert wording.fields(wording.canned(language)[key]) & {"phone", "em"}


@pytest.mark.parametrize(("language", "key"), EVERY)
def test_nothing_in_it_is_to_be_typed_nor_opts_in(language: str, key: str) -> None:
    assert re.findall(r"\b[A-Z]{2,}\b", longest(language)[key].text) == []
