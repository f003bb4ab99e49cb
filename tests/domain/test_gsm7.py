"""GSM-7: its alphabet, the segments that a text takes, and what is made plain."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recovery.domain.gsm7 import is_gsm7, plain, segments, septets


@pytest.mark.parametrize(
    "text", ["Day 2: 0-10?", "¿Qué?", "à è é ù ì ò ñ ä ö ü Ç ß", "€ {x} [y] ~ ^ | \\", "\n"]
)
def test_these_are_in_the_alphabet(text: str) -> None:
    assert is_gsm7(text)


@pytest.mark.parametrize("text", ["ç", "ê", "ó", "á", "í", "ú", "ô", "’", "–", "…", "😀", "`", "\t", "你"])
def test_these_are_not(text: str) -> None:
    assert not is_gsm7(text)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("€" * 153, 3),  # 76 fit in a segment of 153: none is split
        ("ç" * 70, 1),
        ("ç" * 71, 2),
        ("ç" * 134, 2),
        ("ç" * 135, 3),
        ("😀" * 35, 1),
        ("😀" * 36, 2),
        ("a" * 100 + "’", 2),
    ],
)
def test_segments_are_counted_as_they_are_charged(text: str, count: int) -> None:
    assert segments(text) == count


@pytest.mark.parametrize(("text", "places"), [("", 0), ("Día", 3), ("€", 2), ("{a}", 5), ("ñ¿", 2)])
def test_septets_are_the_places_that_a_text_takes(text: str, places: int) -> None:
    assert septets(plain(text)) == places


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("français, être, corazón, día, aquí, más, según", "francais, etre, corazon, dia, aqui, mas, segun"),
        ("à é è ù ñ ü ¿ ¡ Ç", "à é è ù ñ ü ¿ ¡ Ç"),
        ("e\u0301 n\u0303 c\u0327", "é ñ c"),
        ("it’s “so” – fine… œil\u00a0!", 'it\'s "so" - fine... oeil !'),
        ("😀 你", "😀 你"),
    ],
)
def test_only_the_accents_that_gsm7_lacks_are_dropped(text: str, sent: str) -> None:
    assert plain(text) == sent


@given(st.text())
def test_making_plain_twice_changes_nothing_more(text: str) -> None:
    assert plain(plain(text)) == plain(text)


@given(st.text(alphabet=st.characters(codec="latin-1", categories=("L", "N", "P"))))
def test_letters_of_western_languages_never_cost_a_longer_text(text: str) -> None:
    assert segments(plain(text)) <= max(segments(text), 1)
