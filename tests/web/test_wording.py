"""The page on which a clinic reads every text that may leave."""

import pytest

from recovery.db import db, writing
from recovery.models.clinic import Clinic
from recovery.services.previews import all_texts, measured
from tests import make
from tests.web.visitor import Visitor, words


def test_every_text_is_shown_in_three_languages_with_what_it_costs(
    signed_in: Visitor, clinic: Clinic
) -> None:
    page = signed_in.get("/wording")

    said = words(page)
    assert "Every text is one segment in each language." in said
    assert "Hi from Rosewood Skin. We text daily" in said
    assert "(416) 555-0100" in said
    assert page.text.count('class="bubble-like"') == 3 * len(all_texts(clinic, make.NOON))
    assert "not alone" not in said, "this clinic has a crisis line"
    assert "<form" not in page.text.partition("<main")[2]


def test_a_name_in_texts_is_only_text(signed_in: Visitor, clinic: Clinic) -> None:
    with writing():
        row = db.session.get_one(Clinic, clinic.id)
        row.sms_name, row.crisis_number = "<b>Skin</b>", ""

    page = signed_in.get("/wording")

    assert "Hi from &lt;b&gt;Skin&lt;/b&gt;." in page.text
    assert "You are not alone." in words(page)


def test_the_texts_say_the_clinics_own_numbers(signed_in: Visitor, clinic: Clinic) -> None:
    said = words(signed_in.get("/wording"))
    make.protocol_says(on_call_silence_minutes=45)

    assert ("for 30 minutes" in said, "for 45 minutes" in said) == (True, False)
    assert "for 45 minutes" in words(signed_in.get("/wording"))


@pytest.mark.parametrize(
    ("text", "encoding", "places", "segments"),
    [
        ("x" * 160, "GSM-7", 160, 1),
        ("x" * 159 + "€", "GSM-7", 161, 2),
        ("x" * 69 + "ê", "UCS-2", 70, 1),
        ("x" * 69 + "🌹", "UCS-2", 71, 2),
    ],
)
def test_a_text_is_measured_as_it_travels(text: str, encoding: str, places: int, segments: int) -> None:
    found = measured("en", text)
    assert (found.encoding, found.places, found.segments) == (encoding, places, segments)
