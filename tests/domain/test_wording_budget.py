"""Every text is one GSM-7 segment: in every country and variant, whatever is filled in."""

import pytest

from recovery.domain import gsm7, regions, wording
from recovery.domain.vocabulary import LANGUAGES
from tests.domain.sent_texts import KEYS, REGIONS, longest_moment, sent

# The most septets of what a clinic, a clock or a protocol fills in, and what keeps it there.
BUDGET = {
    "clinic": 18,  # sms_name: refused at set-up
    "phone": 16,  # the longest E.164; a longer national form is not used
    "em": 4,  # refused at set-up
    "crisis": 16,  # refused at set-up
    "url": 50,  # where staff sign in
    "when": 14,  # "mercredi 15h30"
    "day": 2,
    "last": 2,
    "minutes": 2,
}
WORDS_OF_OURS = {"symptoms", "n", "like", "prio"}  # from the language's file, all variants tried
PLACES = [(language, region) for language in LANGUAGES for region in REGIONS]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", KEYS)
def test_every_text_is_one_segment_at_its_longest(key: str, language: str) -> None:
    texts = [text for region in REGIONS for text in sent(key, language, region)]
    assert [text for text in texts if not gsm7.is_gsm7(text) or "{" in text] == []
    assert [(gsm7.septets(text), text) for text in texts if gsm7.segments(text) != 1] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_filled_in_that_has_no_budget(language: str) -> None:
    filled = {name for key in KEYS for name in wording.fields(wording.template(key, language))}
    assert filled - BUDGET.keys() - WORDS_OF_OURS - wording.words(language).keys() == set()


def test_the_budget_is_what_the_service_keeps_to() -> None:
    assert {name: BUDGET[name] for name in wording.LONGEST} == wording.LONGEST
    assert max(len(longest_moment(*place)) for place in PLACES) == BUDGET["when"]


@pytest.mark.parametrize("region", regions.listed())
def test_the_numbers_of_every_country_fit_a_text(region: str) -> None:
    numbers = regions.numbers(region)
    assert numbers.emergency
    for name, number in (("em", numbers.emergency), ("crisis", numbers.crisis)):
        assert gsm7.is_gsm7(number)
        assert gsm7.septets(number) <= BUDGET[name]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", KEYS)
def test_no_text_holds_a_patients_name(key: str, language: str) -> None:
    assert wording.fields(wording.template(key, language)).isdisjoint({"name", "patient", "first_name"})
