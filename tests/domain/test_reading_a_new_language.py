"""A language is added by its words alone: a tiny made-up one, read by the same grammar.

docs/adding-a-language.md shows the same for a real one.
"""

import tomllib

import pytest

from recovery.domain.reading.dictionary.word_files import SHARED, build, entries
from recovery.domain.reading.read import read_with
from recovery.domain.reading.reading import Reading
from recovery.domain.vocabulary import CORE, Concern, Intent, RedFlag

MADE_UP = tomllib.loads("""
    elisions = ["z"]
    real_words = "casa skola"

    [accented]
    "éf" = "eef"

    [words.noun]
    redness = ["rodo"]
    swelling = ["blop"]
    itching = ["krats"]
    pain = ["owa"]

    [words.adjective]
    redness = ["rodoi"]

    [words.degree]
    slight = ["bita"]
    very = ["mega"]

    [words.before]
    slight = ["bita zu"]

    [words.number]
    0 = ["noro"]
    2 = ["du"]
    4 = ["fir"]
    8 = ["okta"]

    [words]
    and = ["en"]
    contrast = ["abo"]
    negation = ["nul"]
    through = ["zu", "moi", "éf"]
    zero = ["fora"]
    over = ["fora"]
    whole = ["tuta klara"]
    same = ["sama"]
    past = ["yestu"]
    was = ["furu"]
    now = ["nuna"]
    supposed = ["ef"]
    question = ["kanai"]
    idiom = ["hetfa musika"]
    opt_out_word = ["FINI"]
    opt_out = ["skriva moi nomo"]
    refusal = ["neva"]
    wrong_person = ["falsa numa"]

    [words.flag]
    fever = ["hetfa"]

    [words.concern]
    crust = ["krusta"]

    [words.part]
    flava = ["flava"]
    licor = ["licor", "suppa"]

    [[together]]
    means = "flag.pus"
    parts = [["part.flava"], ["part.licor"]]
    within = 3
""")
WORDS = build({SHARED: entries()[SHARED], "xx": MADE_UP}, "xx")
YESTERDAY = {"redness": 3, "swelling": 1, "itching": 0}


def read(text: str) -> Reading:
    return read_with(WORDS, text, previous=YESTERDAY)


@pytest.mark.parametrize(
    ("text", "scores"),
    [
        ("rodo fir, blop du, krats noro", (4, 2, 0)),
        ("krats noro; rodo fir; blop du", (4, 2, 0)),
        ("rodo en blop fir, krats 1", (4, 4, 1)),
        ("okta du noro", (8, 2, 0)),
        ("bita rodo, mega blop, nul krats", (2, 8, 0)),
        ("bita zu rodoi abo nul zu blop en krats", (2, 0, 0)),
        ("rodo fora, blop 1, z'krats 2", (0, 1, 2)),
        ("yestu furu rodo 7, nuna rodo 3 blop 2 krats 1", (3, 2, 1)),
        ("rodoi casa", (3, None, None)),
        ("rodoi gibbo", (None, None, None)),
        ("tuta klara", (0, 0, 0)),
        ("sama", (3, 1, 0)),
        ("rodo 5, blop sama, krats 2", (5, 1, 2)),
        ("RÓDO fir, blop dú, kraaats noro", (4, 2, 0)),
    ],
)
def test_scores_are_read(text: str, scores: tuple[int | None, ...]) -> None:
    expected = {name: value for name, value in zip(CORE, scores, strict=True) if value is not None}

    assert {name: score.value for name, score in read(text).scores.items()} == expected


@pytest.mark.parametrize(
    ("text", "flags"),
    [
        ("3 1 0 hetfa", [RedFlag.FEVER]),
        ("flava suppa", [RedFlag.PUS]),
        ("éf hetfa", [RedFlag.FEVER]),
        ("E\u0301F hetfa", [RedFlag.FEVER]),
        ("nul éf hetfa", []),
        ("licor zu flava, hetfa", [RedFlag.FEVER, RedFlag.PUS]),
        ("owa okta", [RedFlag.SEVERE_PAIN]),
        ("nul flava suppa abo hetfa", [RedFlag.FEVER]),
        ("nul hetfa", []),
        ("nul zu flava licor", []),
        ("hetfa fora", []),
        ("ef hetfa, kanai?", []),
        ("hetfa musika", []),
        ("flava. licor", []),
        ("owa du", []),
    ],
)
def test_a_danger_is_seen_and_its_denial_too(text: str, flags: list[RedFlag]) -> None:
    assert list(read(text).red_flags) == flags


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("fini", Intent.OPT_OUT),
        ("3 1 0 fini", Intent.OPT_OUT),
        ("skriva moi nomo", Intent.OPT_OUT),
        ("STOP", Intent.OPT_OUT),
        ("neva skriva moi nomo", Intent.UNCLEAR),
        ("falsa numa", Intent.WRONG_PERSON),
        ("kanai rodo?", Intent.QUESTION),
        ("krusta", Intent.QUESTION),
        ("rodo fir", Intent.REPORT),
        ("du", Intent.UNCLEAR),
        ("redness 3", Intent.UNCLEAR),
    ],
)
def test_what_the_patient_wants_is_understood(text: str, intent: Intent) -> None:
    assert read(text).intent is intent


def test_a_worry_and_the_reasons_are_told_in_its_words() -> None:
    reading = read("nul krats, krusta")

    assert reading.concerns == (Concern.CRUST,)
    assert "'nul krats' → itching 0" in reading.why
    assert "'krusta' → crust" in reading.why


@pytest.mark.parametrize(
    ("redness", "four", "digit"),
    [
        ("покраснение", "четыре", "4"),
        ("ερυθρότητα", "τέσσερις", "4"),
        ("אודם", "ארבע", "4"),
        ("احمرار", "أربعة", "٤"),
    ],
)
def test_other_letters_and_digits_are_no_matter(redness: str, four: str, digit: str) -> None:
    made_up = {"words": {"noun": {"redness": [redness]}, "number": {"4": [four]}}}
    words = build({SHARED: entries()[SHARED], "xx": made_up}, "xx")

    for text in (f"{redness} {four}", f"{redness.upper()}: {four.upper()}", f"{redness} {digit}"):
        assert {name: score.value for name, score in read_with(words, text).scores.items()} == {"redness": 4}
