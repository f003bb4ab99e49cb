"""Every text that leaves: chosen by its key, in the patient's language, filled in strictly."""

import tomllib
from pathlib import Path

import pytest

from recovery.domain import wording
from recovery.domain.vocabulary import CORE, LANGUAGES, CheckInKind, SkinType

KEYS = wording.keys()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_translated_with_the_same_fillings(language: str) -> None:
    folder = Path(wording.__file__).with_name("texts")
    english, other = (
        tomllib.loads((folder / f"{each}.toml").read_text("utf-8")) for each in ("en", language)
    )
    assert other["texts"].keys() == english["texts"].keys()
    assert other["words"].keys() >= english["words"].keys()
    for key, template in english["texts"].items():
        differing = wording.fields(template) ^ wording.fields(other["texts"][key])
        assert differing <= other["words"].keys(), f"{language} {key}: {differing}"


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
        (("swelling", "redness"), "es", "la rojez y la hinchazón"),
        (CORE, "fr", "la rougeur, le gonflement et les démangeaisons"),
    ],
)
def test_symptoms_are_listed_in_their_order(symptoms: tuple[str, ...], language: str, words: str) -> None:
    assert wording.symptom_list(symptoms, language, "US", "II") == words


def test_only_the_symptoms_that_we_ask_about_are_listed() -> None:
    with pytest.raises(KeyError, match="burning"):
        wording.symptom_list(("redness", "burning"), "en")


def test_an_address_that_a_text_has_no_room_for_is_left_out() -> None:
    fits, too_long = "https://texts.rosewood.example/recovery", f"https://{'long-' * 9}.example"
    assert (wording.link(fits), wording.link(too_long), wording.link("https://klinik\u2014a.example")) == (
        fits,
        "",
        "",
    )
    waiting = wording.waiting("urgent", 2, "en")
    text = wording.text(
        "on_call", "en", "CA", clinic="Rosewood", minutes=30, url=wording.link(too_long), **waiting
    )
    assert (
        text
        == "Rosewood: 2 urgent cases are waiting. Please sign in. Reply TAKE to stop alerts for 30 minutes."
    )
