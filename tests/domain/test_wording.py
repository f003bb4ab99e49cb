"""Every text that leaves: one segment at its longest, filled in strictly, in the patient's words."""

import string
import tomllib
from datetime import UTC, datetime
from pathlib import Path

import pytest

from recovery.domain import gsm7, regions, wording
from recovery.domain.vocabulary import CORE, LANGUAGES, CheckInKind, SkinType

REGIONS = ("", "US", "CA", "GB", "IE", "AU", "NZ", "FR", "ES", "MX", "CH", "ZZ")
KEYS = wording.keys()
TORONTO = "America/Toronto"


def longest_fillings(key: str, language: str, region: str) -> dict[str, object]:
    """The longest that each filling can be; a url of 50 is the budget that settings must keep."""
    asked = ("redness",) if key == "partial_one" else CORE
    priorities = [wording.priority(word, language) for word in ("urgent", "emergency")]
    return {
        "clinic": "C" * 18,
        "phone": "+1 555 010 0199 ",
        "em": "911",
        "crisis": regions.numbers(region).crisis or "988",
        "when": "W" * 12,
        "day": 28,
        "last": 4,
        "minutes": 30,
        "url": "u" * 50,
        "prio": max(priorities, key=len),
        **wording.partial(asked, language, region),
    }


@pytest.mark.parametrize("region", REGIONS)
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", KEYS)
def test_every_text_is_one_segment_at_its_longest(key: str, language: str, region: str) -> None:
    sent = wording.text(key, language, region, **longest_fillings(key, language, region))
    assert gsm7.is_gsm7(sent)
    assert gsm7.segments(sent) == 1, f"{len(sent)}: {sent}"
    assert "{" not in sent


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_translated_with_the_same_fillings(language: str) -> None:
    folder = Path(wording.__file__).with_name("texts")
    english, other = (
        tomllib.loads((folder / f"{each}.toml").read_text("utf-8")) for each in ("en", language)
    )
    assert other["texts"].keys() == english["texts"].keys()
    assert other["words"].keys() == english["words"].keys()
    allowed = {"color", "er", "urgent_care", "reach", "last", "like", "phone", "em"}
    for key, template in english["texts"].items():
        differing = wording.fields(template) ^ wording.fields(other["texts"][key])
        assert differing <= allowed, f"{language} {key}: {differing}"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", [key for key in KEYS if "usual" not in key])
def test_usual_is_said_only_by_the_texts_for_it(key: str, language: str) -> None:
    sent = wording.text(key, language, "US", **longest_fillings(key, language, "US")).lower()
    assert not any(word in sent for word in ("usual", "habitual", "habituel", "normal"))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", [key for key in KEYS if key.endswith("_last")])
def test_without_a_check_in_tomorrow_none_is_promised(key: str, language: str) -> None:
    sent = wording.text(key, language, "US", **longest_fillings(key, language, "US")).lower()
    assert not any(word in sent for word in ("tomorrow", "mañana", "demain"))


ASKING = [
    key for key in KEYS if key.startswith(("check_in", "reminder", "clarification", "partial", "photo"))
]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", sorted({*ASKING} - {"clarification_second", "photo_noted"}))
def test_both_ends_of_the_scale_stand_in_every_question(key: str, language: str) -> None:
    sent = wording.text(key, language, "US", **longest_fillings(key, language, "US"))
    none, worst = {
        "en": ("0 (none)", "10 (worst)"),
        "es": ("0 (nada)", "10 (lo peor)"),
        "fr": ("0 (rien)", "10 (pire)"),
    }[language]
    assert none in sent
    assert worst in sent


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", KEYS)
def test_no_text_names_a_procedure_or_a_diagnosis(key: str, language: str) -> None:
    sent = wording.text(key, language, "US", **longest_fillings(key, language, "US")).lower()
    assert not any(word in sent for word in ("needl", "aguj", "aiguill", "infec", "allerg", "alerg"))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", ["welcome", "opt_in", "help"])
def test_the_first_texts_name_the_clinic_and_the_way_out(key: str, language: str) -> None:
    sent = wording.text(key, language, "US", **longest_fillings(key, language, "US"))
    assert "C" * 18 in sent
    assert "STOP" in sent


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_question_is_answered_by_a_word_that_opts_in(language: str) -> None:
    sent = [wording.text(key, language, "US", **longest_fillings(key, language, "US")) for key in KEYS]
    words = [each.upper().translate(str.maketrans("", "", string.punctuation)).split() for each in sent]
    assert not any("YES" in each for each in words)


@pytest.mark.parametrize("key", [key for key in KEYS if wording.fields(wording.template(key, "en"))])
def test_a_missing_filling_is_refused_by_name(key: str) -> None:
    with pytest.raises(ValueError, match=f"the text {key}.* needs"):
        wording.text(key, "en", "US")


def test_an_unknown_key_or_language_is_refused() -> None:
    with pytest.raises(KeyError):
        wording.text("no_such_text", "en", "US")
    with pytest.raises(KeyError):
        wording.text("wrong_person", "de", "US")


@pytest.mark.parametrize(
    ("kind", "skin_type", "key"),
    [
        (CheckInKind.CHECK_IN, SkinType.I, "check_in_light"),
        (CheckInKind.CHECK_IN, "III", "check_in_light"),
        (CheckInKind.CHECK_IN, SkinType.IV, "check_in"),
        (CheckInKind.CHECK_IN, "VI", "check_in"),
        (CheckInKind.CHECK_IN, None, "check_in"),
        (CheckInKind.LATE, "I", "day_28"),
    ],
)
def test_darker_or_unknown_skin_is_asked_about_color_too(
    kind: CheckInKind, skin_type: str | None, key: str
) -> None:
    assert wording.question(kind, skin_type) == key
    assert wording.reminder(skin_type) == ("reminder_light" if skin_type in ("I", "III") else "reminder")


@pytest.mark.parametrize(
    ("region", "words"),
    [
        ("US", "redness or color change"),
        ("GB", "redness or colour change"),
        ("ZZ", "redness or colour change"),
    ],
)
def test_color_is_spelt_as_in_the_country(region: str, words: str) -> None:
    assert words in wording.text("check_in", "en", region, day=2)


@pytest.mark.parametrize(
    ("language", "region", "words"),
    [
        ("en", "US", "the nearest ER"),
        ("en", "GB", "the nearest A&E"),
        ("en", "AU", "the nearest hospital"),
        ("en", "ZZ", "the nearest hospital"),
        ("es", "US", "vaya a emergencias"),
        ("es", "ES", "vaya a urgencias"),
        ("fr", "FR", "allez aux urgences"),
        ("fr", "CA", "allez à l'urgence"),
    ],
)
def test_an_emergency_is_treated_where_the_country_says(language: str, region: str, words: str) -> None:
    assert words in wording.text("emergency", language, region, em="112")


@pytest.mark.parametrize(
    ("region", "crisis", "words"),
    [
        ("US", "988", "Please call or text 988 now"),
        ("GB", "116 123", "Please call 116 123 now"),
        ("US", "800 555 0100", "Please call 800 555 0100 now"),  # a line of the clinic's own
        ("ZZ", "", "call 112 now, at any hour"),
    ],
)
def test_the_crisis_line_is_reached_as_it_can_be(region: str, crisis: str, words: str) -> None:
    fillings = {"crisis": crisis, "em": "112", "clinic": "North Skin"}
    assert words in wording.text("emergency_self_harm", "en", region, **fillings)


@pytest.mark.parametrize(
    ("missing", "sent"),
    [
        (("swelling", "itching"), "Thank you. And swelling and itching today, 0 (none) to 10 (worst)? "
                                  "Reply 2 numbers, like 3 1."),
        (("itching",), "Thank you. And itching today, 0 (none) to 10 (worst)? Reply 1 number, like 3."),
        (("itching", "redness"), "Thank you. And redness or color change and itching today, 0 (none) to "
                                 "10 (worst)? Reply 2 numbers, like 3 1."),
    ],
)  # fmt: skip
def test_only_what_is_missing_is_asked(missing: tuple[str, ...], sent: str) -> None:
    assert wording.text("partial", "en", "US", **wording.partial(missing, "en", "US")) == sent


@pytest.mark.parametrize(
    ("symptoms", "language", "words"),
    [
        (("swelling", "itching"), "en", "swelling and itching"),
        (CORE, "en", "redness, swelling and itching"),
        (("itching", "swelling"), "es", "hinchazón y picazón"),
        (CORE, "fr", "rougeur, gonflement et démangeaison"),
    ],
)
def test_symptoms_are_listed_in_their_order(symptoms: tuple[str, ...], language: str, words: str) -> None:
    assert wording.symptom_list(symptoms, language, "US", "II") == words


def test_only_the_symptoms_that_we_ask_about_are_listed() -> None:
    with pytest.raises(KeyError, match="burning"):
        wording.symptom_list(("redness", "burning"), "en")


@pytest.mark.parametrize(
    ("due", "language", "words"),
    [
        ("2026-11-23T15:00:00-05:00", "en", "Mon 3 pm"),
        ("2026-11-24T10:30:00-05:00", "en", "Tue 10:30 am"),
        ("2026-11-24T12:05:00-05:00", "en", "Tue 12:05 pm"),
        ("2026-11-24T00:00:00-05:00", "en", "Tue 12 am"),
        ("2026-11-23T15:00:00-05:00", "es", "lun 15:00"),
        ("2026-11-23T09:00:00-05:00", "fr", "lun 09:00"),
        ("2026-11-24T02:00:00+00:00", "en", "Mon 9 pm"),  # on the clinic's clock
    ],
)
def test_a_moment_is_told_on_the_clinics_clock(due: str, language: str, words: str) -> None:
    assert wording.when(datetime.fromisoformat(due), TORONTO, language) == words


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_moment_never_takes_more_than_twelve_characters(language: str) -> None:
    moments = [
        datetime(2026, 11, day, hour, minute, tzinfo=UTC)
        for day in range(1, 8)
        for hour in range(24)
        for minute in (0, 5, 30, 59)
    ]
    assert max(len(wording.when(each, TORONTO, language)) for each in moments) <= 12


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        wording.when(datetime(2026, 11, 23, 15), TORONTO, "en")  # noqa: DTZ001


@pytest.mark.parametrize(
    ("region", "emergency", "crisis"),
    [
        ("US", "911", "988"),
        ("ca", "911", "988"),
        ("GB", "999", "116 123"),
        ("AU", "000", "13 11 14"),
        ("ZZ", "112", ""),
    ],
)
def test_the_numbers_of_a_country(region: str, emergency: str, crisis: str) -> None:
    assert regions.numbers(region) == regions.Numbers(emergency, crisis)
