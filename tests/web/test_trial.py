"""The page that tries a text: the reading and its reasons come back, and nothing is kept."""

import pytest
import sqlalchemy as sa
import structlog
from flask import Flask

from recovery.db import db
from recovery.models.staff import Staff
from tests import make
from tests.web.visitor import Visitor, words

PAGE = "/try-a-text"


@pytest.fixture
def page(signed_in: Visitor) -> Visitor:
    """The visitor with the empty form before her."""
    assert signed_in.get(PAGE).status_code == 200
    return signed_in


def read(page: Visitor, text: str, **form: str) -> str:
    """What the page says of a text, from "Read as" on."""
    answer = page.post(PAGE, **{"text": text, "language": "en", **form})
    assert answer.status_code == 200
    return words(answer).partition("Read as ")[2]


def test_it_stands_in_the_navigation(signed_in: Visitor) -> None:
    text = signed_in.get("/flagged-cases").text
    assert f'<a href="{PAGE}">Try a text</a>' in text
    assert "Read as" not in words(signed_in.get(PAGE))


def test_scores_are_told_with_their_reasons(page: Visitor) -> None:
    said = read(page, "red 3, barely puffy, not itchy")
    assert said.startswith("A report. Redness 3 Swelling about 2, said in words Itching 0 Why")
    assert "'red 3' means redness 3" in said
    assert "'not itchy' means itching 0" in said
    assert "ask next" not in said


def test_what_a_report_leaves_out_would_be_asked_for(page: Visitor) -> None:
    said = read(page, "swelling 4, burning 2")
    assert "Redness not said Swelling 4 Itching not said Burning 2" in said
    assert "What we would ask next Thank you. And redness or colour change and itching today" in said


def test_red_flags_come_first_with_how_soon_a_nurse_must_look(page: Visitor) -> None:
    said = read(page, "3 1 0 but yellow pus and i can't breathe")
    assert said.startswith("A report. ")
    assert "Urgent : Pus" in said
    assert "Emergency : Trouble breathing, or swelling of the face or throat" in said
    assert said.index("Emergency") < said.index("Redness 3")


def test_worries_and_questions_are_told(page: Visitor) -> None:
    said = read(page, "3 1 0, little bumps everywhere. can I wear makeup?")
    assert "Worries bumps" in said
    assert "Also asks or tells something that a nurse must read." in said


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("please stop texting me", "Wants no more texts."),
        ("START", "Wants texts again."),
        ("who is this?", "Asks who we are or how this works."),
        ("wrong number", "Is not the patient."),
        ("can I wear makeup?", "Something that a nurse must read."),
        ("ok thanks", "Nothing to log, and no answer needed."),
    ],
)
def test_every_other_intent_is_a_plain_sentence(page: Visitor, text: str, intent: str) -> None:
    said = read(page, text)
    assert said.startswith(f"{intent} Why")
    assert "ask next" not in said


def test_an_unclear_text_would_be_asked_about_in_the_patients_language(page: Visitor) -> None:
    assert "What we would ask next Sorry, we could not read that." in read(page, "2 and 1")
    assert "What we would ask next Glad to hear it!" in read(page, "I'm fine")
    answer = page.post(PAGE, text="2 y 1", language="es")
    assert '<blockquote lang="es">Perdon, ' in answer.text


def test_what_was_asked_decides_whose_number_it_is(page: Visitor) -> None:
    assert "Swelling 4" in read(page, "4", asked="swelling")
    unclear = page.post(PAGE, text="4", language="en")
    assert "Not readable with certainty." in words(unclear)
    assert unclear.text.count(" checked ") == 3, "none ticked means all three, and shows as such"


def test_the_same_as_yesterday_is_read_against_the_last_scores(page: Visitor) -> None:
    last = {"redness": "4", "swelling": "2", "itching": "0"}
    assert "Redness 4 Swelling 2 Itching 0" in read(page, "same as yesterday", **last)
    assert "Not readable with certainty." in read(page, "same as yesterday")


@pytest.mark.parametrize("score", ["11", "-1", "2.5", "three", "0x1", "1_0", "9" * 5_000, "☃"])
def test_a_last_score_is_a_whole_number_from_0_to_10(page: Visitor, score: str) -> None:
    answer = page.post(PAGE, text="same", language="en", redness=score)
    assert answer.status_code == 422
    assert "Please give a whole number from 0 to 10." in words(answer)


@pytest.mark.parametrize("text", ["", "  \r\n ", "\x00"])
def test_an_empty_text_is_asked_for_again(page: Visitor, text: str) -> None:
    answer = page.post(PAGE, text=text, language="en")
    assert answer.status_code == 422
    assert "Please type a text first." in words(answer)


def test_what_is_not_on_the_form_is_refused_calmly(page: Visitor) -> None:
    assert page.post(PAGE, text="3 1 0", language="tlh").status_code == 422
    assert page.post(PAGE, text="3 1 0", language="en", asked="mood").status_code == 422
    assert page.post(PAGE, text="x" * 1_200_000, language="en").status_code == 413


def test_of_a_long_text_it_says_how_much_is_read(page: Visitor) -> None:
    said = read(page, "red 3. " + "x" * 4_993)
    assert "the text has 5,000 characters; only the first 1,600 are read." in said
    assert "Redness 3" in said
    assert "characters" not in read(page, "x" * 1_600)


@pytest.mark.parametrize(
    "text", ["🙂", "3\x00 1 0", "\u200b", "\ud7ff\uffff", "٣ ١ ٠", "<b>3</b> 1 0", "{{ 7 * 7 }}"]
)
def test_any_text_is_survived(page: Visitor, text: str) -> None:
    assert " Why " in read(page, text)


def test_half_a_character_is_survived(page: Visitor) -> None:
    body = f"csrf_token={page.token}&language=en&text=there+is+pus+%ED%A0%BD+%FF".encode()
    kind = "application/x-www-form-urlencoded"
    answer = page.open("POST", PAGE, data=body, content_type=kind)
    assert answer.status_code == 200
    assert "'pus' means pus" in words(answer)


def test_the_end_of_a_line_is_one_sign_as_in_a_text(page: Visitor) -> None:
    answer = page.post(PAGE, text="red 3\r\npuffy 1\r\nitch 0", language="en")
    assert "Redness 3 Swelling 1 Itching 0" in words(answer)
    assert "red 3\npuffy 1\nitch 0</textarea>" in answer.text


def test_what_was_typed_is_never_markup(page: Visitor) -> None:
    answer = page.post(PAGE, text="</textarea><script>alert(1)</script> there is pus", language="en")
    assert "<script" not in answer.text
    assert "'pus' means pus" in words(answer)


def test_nothing_is_kept(page: Visitor, capfd: pytest.CaptureFixture[str]) -> None:
    before = _rows()
    with structlog.testing.capture_logs() as logged:
        answer = page.post(PAGE, text="STOP, xylophone, there is pus", language="en")
    assert "Wants no more texts." in words(answer)
    assert _rows() == before
    assert logged == []
    assert "xylophone" not in "".join(capfd.readouterr())
    assert answer.headers["Cache-Control"] == "no-store"
    assert "xylophone" not in "".join(answer.headers.getlist("Set-Cookie"))


def test_an_address_tries_nothing(page: Visitor) -> None:
    answer = page.get(f"{PAGE}?text=there+is+pus&language=en")
    assert "pus" not in words(answer)


def test_only_signed_in_staff_tries_a_text(visitor: Visitor, nurse: Staff) -> None:
    assert visitor.get(PAGE).location == f"/sign-in?next={PAGE}"
    visitor.get("/sign-in")
    refused = visitor.post(PAGE, text="3 1 0", language="en")
    assert refused.status_code == 303
    assert refused.location == "/sign-in"


def test_a_form_that_did_not_come_from_our_page_is_refused(page: Visitor) -> None:
    page.token = ""
    answer = page.post(PAGE, text="there is pus", language="en")
    assert answer.status_code == 400
    assert "pus" not in words(answer)


def test_an_administrator_may_try_one_too(app: Flask, visitor: Visitor, nurse: Staff) -> None:
    make.nurse(nurse.clinic, "admin@rosewood.example", role="admin")
    visitor.sign_in("admin@rosewood.example")
    visitor.get(PAGE)
    assert "Redness 3" in read(visitor, "3 1 0")


def _rows() -> dict[str, int]:
    """How many rows each table holds."""
    db.session.rollback()
    return {
        table.name: db.session.scalar(sa.select(sa.func.count()).select_from(table)) or 0
        for table in db.metadata.sorted_tables
    }
