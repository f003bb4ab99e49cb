"""Danger words: never missed where they are said, not seen where they are denied, past or supposed."""

import pytest

from recovery.domain.reading.dictionary.word_files import entries
from recovery.domain.reading.read import read
from recovery.domain.vocabulary import LANGUAGES, Intent, RedFlag

FILES = {lang: entries()[lang]["words"] for lang in LANGUAGES}
AROUND = ("{}", "3 1 0 {}", "Redness 3. {}!!")


@pytest.mark.parametrize(
    ("lang", "kind"), [(lang, kind) for lang in LANGUAGES for kind in FILES[lang]["flag"]]
)
def test_every_danger_phrase_is_heard_alone_and_among_numbers(lang: str, kind: str) -> None:
    missed = [
        around.format(phrase)
        for phrase in FILES[lang]["flag"][kind]
        for around in AROUND
        if RedFlag(kind) not in read(around.format(phrase), lang=lang).red_flags
    ]

    assert missed == []


@pytest.mark.parametrize("lang", [*LANGUAGES, "xx"])
@pytest.mark.parametrize(
    ("text", "flag"),
    [
        ("everything's got a halo around it tonight", RedFlag.EYE),
        ("la lumière me fait super mal aux yeux", RedFlag.EYE),
        ("la plaque a doublé depuis hier soir", RedFlag.SPREADING),
    ],
)
def test_a_danger_is_heard_in_whatever_language_it_is_told(text: str, flag: RedFlag, lang: str) -> None:
    assert flag in read(text, lang=lang).red_flags


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_opt_out_phrase_is_obeyed(lang: str) -> None:
    missed = [
        around.format(phrase)
        for phrase in FILES[lang]["opt_out"]
        for around in AROUND
        if read(around.format(phrase), lang=lang).intent is not Intent.OPT_OUT
    ]

    assert missed == []


@pytest.mark.parametrize(
    ("text", "flag"),
    [
        ("no pus but I have a fever", RedFlag.FEVER),
        ("no fever, pus on my chin", RedFlag.PUS),
        ("pus. no fever", RedFlag.PUS),
        ("no fever and blisters", RedFlag.BLISTERS),
        ("I have a fever. Nothing else", RedFlag.FEVER),
        ("fever 0 1 0", RedFlag.FEVER),
        ("had a fever last week, now there is pus", RedFlag.PUS),
        ("fever since yesterday", RedFlag.FEVER),
        ("the pus has not gone away", RedFlag.PUS),
        ("not sure if this is pus", RedFlag.PUS),
        ("is this pus?", RedFlag.PUS),
        ("temp 38.4", RedFlag.FEVER),
        ("my temperature is 101", RedFlag.FEVER),
        ("tongue is a bit swollen", RedFlag.BREATHING),
        ("my whole face suddenly swelled up", RedFlag.BREATHING),
        ("my eyelids are swollen shut", RedFlag.EYE),
        ("it really really hurts so bad", RedFlag.SEVERE_PAIN),
        ("pain 9", RedFlag.SEVERE_PAIN),
        ("my mouth is drooping", RedFlag.FACE_DROOP),
    ],
)
def test_a_danger_said_of_now_is_seen(text: str, flag: RedFlag) -> None:
    assert flag in read(text).red_flags


@pytest.mark.parametrize(
    "text",
    [
        *(
            "no fever",
            "no fever or pus",
            "no fever, pus, or blisters",
            "not infected",
            "fever: no",
            "fever? no.",
        ),
        *("fever is gone", "the bleeding has stopped", "pus none", "zero pus", "I don't have a fever"),
        *("had a fever last week, gone now", "I had a fever yesterday but not today"),
        *("what if I get a fever?", "should I worry if it gets infected", "if I had trouble breathing"),
        *(
            "Face so swollen",
            "my face is swollen",
            "swelling went down fast",
            "temp 98.6",
            "hay fever season",
        ),
        *("bleeding obvious, redness 5", "out of breath from the stairs", "pain 3", "spread the word"),
        "puffy under eyes",
        "no tengo fiebre, pus ni ampollas",
    ],
)
def test_a_denied_past_or_supposed_danger_is_none(text: str) -> None:
    assert read(text).red_flags == ()


@pytest.mark.parametrize(
    "text",
    [
        *(
            "STOP",
            "stop.",
            "Stop please",
            "ＳＴＯＰ",
            "stop all",
            "opt out",
            "OPTOUT",
            "Cancel",
            "arrêt",
            "quit!",
        ),
        *("take me off this list", "no more texts", "how do I unsubscribe?", "3 1 0 stop", "Stop. 3 1 0"),
        *("don't text me", "I'd like to stop receiving these", "stop with the messages"),
        *("alto", "Parar", "no me escriban más", "ARRÊT", "ne m'envoyez plus rien"),
    ],
)
def test_whoever_wants_out_is_let_out(text: str) -> None:
    assert read(text).intent is Intent.OPT_OUT


@pytest.mark.parametrize(
    "text",
    [
        *("the itching stopped", "please make the itching stop", "make it stop", "stop the itching", "3 1 0"),
        *("don't stop texting me", "please do not stop the texts", "at the bus stop", "end of day 3"),
        *("can I stop the cream?", "I need to cancel my appointment", "the redness won't stop"),
        *("what happens if I text STOP?", "I quit smoking", "weekend", "je suis en arrêt maladie"),
        *("ya paró la picazón", "no puedo parar de rascarme"),
    ],
)
def test_look_alikes_are_left_alone(text: str) -> None:
    assert read(text).intent is not Intent.OPT_OUT


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("en", "3 1 0, 39.5 degrees outside"),
        ("en", "room temperature is 38.5, redness 3"),
        ("es", "38.5 grados en la calle, 3 1 0"),
        ("fr", "il fait 39 degrés, 3 1 0"),
    ],
)
def test_warm_weather_is_no_fever(lang: str, text: str) -> None:
    assert read(text, lang=lang).red_flags == ()


@pytest.mark.parametrize(
    "text", ["I have a fever of 39.5, it is hot outside", "been outside. my temp is 38.9"]
)
def test_a_fever_in_warm_weather_is_one(text: str) -> None:
    assert read(text).red_flags == (RedFlag.FEVER,)
