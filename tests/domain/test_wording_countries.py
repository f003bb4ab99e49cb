"""What a country calls things, how it tells the time, and whom one phones there."""

from datetime import datetime

import pytest

from recovery.domain import regions, wording
from recovery.domain.vocabulary import LANGUAGES
from tests.domain.sent_texts import REGIONS, longest_moment

TORONTO = "America/Toronto"


@pytest.mark.parametrize(
    ("region", "words"),
    [
        ("US", "redness or color change"),
        ("PR", "redness or color change"),
        ("CA", "redness or colour change"),
        ("GB", "redness or colour change"),
        ("ZZ", "redness or colour change"),
    ],
)
def test_color_is_spelt_as_in_the_country(region: str, words: str) -> None:
    assert words in wording.text("check_in", "en", region, day=2)
    assert words in wording.symptom_list(("redness",), "en", region)


@pytest.mark.parametrize(
    ("language", "region", "words"),
    [
        ("en", "US", "the nearest ER"),
        ("en", "CA", "the nearest ER"),
        ("en", "GB", "the nearest A&E"),
        ("en", "IE", "the nearest A&E"),
        ("en", "AU", "the nearest hospital"),
        ("en", "NZ", "the nearest hospital"),
        ("en", "ZZ", "the nearest hospital"),
        ("es", "US", "vaya a emergencias"),
        ("es", "PR", "vaya a emergencias"),
        ("es", "MX", "vaya a urgencias"),
        ("es", "ES", "vaya a urgencias"),
        ("es", "CO", "vaya a urgencias"),
        ("es", "CL", "vaya a urgencias"),
        ("es", "AR", "vaya a la guardia"),
        ("es", "PE", "vaya a emergencia."),
        ("fr", "FR", "allez aux urgences"),
        ("fr", "BE", "allez aux urgences"),
        ("fr", "CH", "allez aux urgences"),
        ("fr", "LU", "allez aux urgences"),
        ("fr", "CA", "allez à l'urgence"),
    ],
)
def test_an_emergency_is_treated_where_the_country_says(language: str, region: str, words: str) -> None:
    assert words in wording.text("emergency", language, region, em="112")


@pytest.mark.parametrize(
    ("language", "region", "words"),
    [
        ("en", "US", "Do not wait: go to urgent care"),
        ("en", "GB", "Do not wait: call NHS 111"),
        ("en", "IE", "Do not wait: see a doctor today"),
        ("es", "MX", "No espere: vea hoy a un médico"),
        ("fr", "FR", "appelez le 15 sans attendre"),
        ("fr", "CA", "appelez le 811 sans attendre"),
        ("fr", "BE", "voyez un médecin sans attendre"),
    ],
)
def test_what_cannot_wait_goes_where_the_country_takes_it(language: str, region: str, words: str) -> None:
    assert words in wording.text("infection_closed", language, region, em="112")


@pytest.mark.parametrize(
    ("region", "itching"),
    [("US", "la picazón"), ("MX", "la comezón"), ("ES", "el picor"), ("AR", "la picazón")],
)
def test_itching_has_its_word_in_every_spanish(region: str, itching: str) -> None:
    assert wording.symptom_list(("itching",), "es", region) == itching
    assert itching.split()[1] in wording.words("es", region)["itch"]


@pytest.mark.parametrize(
    ("language", "region", "crisis", "words"),
    [
        ("en", "US", "988", "Please call or text 988 now"),
        ("en", "GB", "116 123", "Please call 116 123 now"),
        ("en", "US", "800 555 0100", "Please call 800 555 0100 now"),  # a line of the clinic's own
        ("en", "ZZ", "", "call 112 now, at any hour"),
        ("es", "US", "988", "llame o envie AYUDA al 988 ahora"),
        ("es", "ES", "024", "llame al 024 ahora"),
        ("es", "CO", "", "llame ya al 112, a cualquier hora"),
        ("fr", "CA", "988", "appelez ou textez le 988, jour et nuit"),
        ("fr", "FR", "3114", "appelez le 3114, jour et nuit"),
        ("fr", "LU", "", "appelez le 112, jour et nuit"),
    ],
)
def test_the_crisis_line_is_reached_as_it_can_be(language: str, region: str, crisis: str, words: str) -> None:
    fillings = {"crisis": crisis, "em": "112", "clinic": "North Skin"}
    assert words in wording.text("emergency_self_harm", language, region, **fillings)


@pytest.mark.parametrize(
    ("due", "language", "region", "words"),
    [
        ("2026-11-23T15:00:00-05:00", "en", "US", "Mon 3 pm"),
        ("2026-11-24T10:30:00-05:00", "en", "GB", "Tue 10:30 am"),
        ("2026-11-24T12:05:00-05:00", "en", "", "Tue 12:05 pm"),
        ("2026-11-24T00:00:00-05:00", "en", "", "Tue 12 am"),
        ("2026-11-23T15:00:00-05:00", "es", "ES", "lun 15:00"),
        ("2026-11-23T15:00:00-05:00", "es", "MX", "lun 3 pm"),
        ("2026-11-23T15:30:00-05:00", "es", "PR", "lun 3:30 pm"),
        ("2026-11-23T09:00:00-05:00", "fr", "FR", "lundi 9h"),
        ("2026-11-23T09:05:00-05:00", "fr", "CA", "lundi 9h05"),
        ("2026-11-24T02:00:00+00:00", "en", "", "Mon 9 pm"),  # on the clinic's clock
    ],
)
def test_a_moment_is_told_on_the_clinics_clock(due: str, language: str, region: str, words: str) -> None:
    assert wording.when(datetime.fromisoformat(due), TORONTO, language, region) == words


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("region", REGIONS)
def test_a_moment_is_short(language: str, region: str) -> None:
    assert len(longest_moment(language, region)) <= 14


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        wording.when(datetime(2026, 11, 23, 15), TORONTO, "en")  # noqa: DTZ001


@pytest.mark.parametrize(
    ("region", "emergency", "crisis"),
    [
        ("US", "911", "988"),
        ("ca", "911", "988"),
        ("PR", "911", "988"),
        ("GB", "999", "116 123"),
        ("AU", "000", "13 11 14"),
        ("NZ", "111", "1737"),
        ("ES", "112", "024"),
        ("MX", "911", "800 911 2000"),
        ("FR", "112", "3114"),
        ("RE", "112", "3114"),
        ("BE", "112", "0800 32 123"),
        ("LU", "112", ""),
        ("ZZ", "112", ""),
    ],
)
def test_the_numbers_of_a_country(region: str, emergency: str, crisis: str) -> None:
    assert regions.numbers(region) == regions.Numbers(emergency, crisis)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_country_only_changes_words_that_everyone_has(language: str) -> None:
    everyone = wording.words(language)
    for region in REGIONS:
        assert wording.words(language, region).keys() == everyone.keys()
        assert all(wording.words(language, region).values())
