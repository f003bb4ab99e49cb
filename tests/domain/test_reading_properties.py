"""What holds for every text, however odd."""

from hypothesis import given, settings
from hypothesis import strategies as st

from recovery.domain.reading.read import read
from recovery.domain.vocabulary import CORE, Intent

SCORE = st.integers(0, 10)
WORDS = """
redness swelling itching pain no not never very slight gone none better same all rest both and or but if
yesterday now was stop fever pus sorry día pas rouge hinchado out of 10 0 3 11 -2 2.5 3-4 310 1/2 10:30
5/3:1 9:1/4 , . ? ! - / * ( ) ' “ ” 👍
"""
PIECES = st.sampled_from([*WORDS.split(), "\n"])
POLITE = st.sampled_from(["", "Hi! ", "Good morning, ", "hello ", "Hola, ", "Bonjour ", "today: ", "Day 3: "])
THANKS = st.sampled_from(
    ["", " thanks", " Thank you!", ". Have a nice day", " 👍", " gracias", " merci", "!!", " lol"]
)
APART = st.sampled_from(
    [" ", ",", ", ", "/", "-", ";", " - ", "\n", " and ", "|", "_", " / ", " , ", ":", "  "]
)


@settings(deadline=None)  # the first text of all waits for the words to be loaded
@given(
    st.text(max_size=300),
    st.sets(st.sampled_from(CORE), min_size=1),
    st.sampled_from(["en", "es", "fr", "??"]),
)
def test_no_text_crashes_the_reader_or_scores_outside_0_to_10(text: str, asked: set[str], lang: str) -> None:
    reading = read(text, asked=sorted(asked), lang=lang)

    assert all(0 <= score.low <= score.value <= score.high <= 10 for score in reading.scores.values())


@given(
    st.lists(PIECES, max_size=25).map(" ".join), st.none() | st.fixed_dictionaries(dict.fromkeys(CORE, SCORE))
)
def test_nor_does_any_muddle_of_our_own_words(text: str, previous: dict[str, int] | None) -> None:
    reading = read(text, previous=previous)

    assert set(reading.scores) <= set(CORE)
    assert all(0 <= score.value <= 10 for score in (*reading.scores.values(), *reading.other.values()))


@settings(max_examples=500)
@given(st.text("0123456789/:.,-–", max_size=12))
def test_nor_do_figures_and_marks_in_any_order(text: str) -> None:
    assert all(0 <= score.low <= score.high <= 10 for score in read(text).scores.values())


@given(
    st.lists(PIECES, max_size=15).map(" ".join),
    st.sampled_from([". no fever", "\nno fever", "! I have no fever."]),
)
def test_saying_no_fever_never_adds_a_red_flag(text: str, denial: str) -> None:
    assert set(read(text + denial).red_flags) <= set(read(text).red_flags)


@settings(max_examples=300)
@given(SCORE, SCORE, SCORE, APART, POLITE, THANKS, st.booleans())
def test_separators_case_and_politeness_never_change_a_triple(
    redness: int, swelling: int, itching: int, apart: str, polite: str, thanks: str, shouted: bool
) -> None:
    text = f"{polite}{apart.join(map(str, (redness, swelling, itching)))}{thanks}"
    expected = {"redness": redness, "swelling": swelling, "itching": itching}

    reading = read(text.upper() if shouted else text)

    assert reading.intent is Intent.REPORT
    assert {name: score.value for name, score in reading.scores.items()} == expected


@given(SCORE, SCORE, SCORE, st.permutations(CORE), st.sampled_from([" ", ", ", "\n", "; ", ". "]))
def test_named_numbers_win_over_order(
    redness: int, swelling: int, itching: int, order: list[str], apart: str
) -> None:
    said = {"redness": redness, "swelling": swelling, "itching": itching}

    reading = read(apart.join(f"{name} {said[name]}" for name in order))

    assert {name: score.value for name, score in reading.scores.items()} == said
