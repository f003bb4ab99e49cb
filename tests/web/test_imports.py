"""Sending a file of treatments on the page, and what is shown of it."""

import sqlalchemy as sa
from werkzeug.test import TestResponse

from recovery.db import db, reading
from recovery.models.clinic import Clinic
from recovery.models.patient import Patient
from recovery.models.treatment import TreatmentImport
from tests.web.visitor import Visitor, words

HEADER = "name,phone,agrees_to_texts,treated_at"
GOOD = f"{HEADER}\nMaria Lopez,647-555-0123,yes,2026-11-20 11:30\n"


def test_a_file_is_entered_and_shown_as_done(signed_in: Visitor, clinic: Clinic) -> None:
    answer = _send(signed_in, GOOD.encode())

    assert answer.status_code == 303
    assert "All 1 treatment are entered." in words(signed_in.get(answer.location)).replace(" is ", " are ")
    assert "entered" in words(signed_in.get("/imports"))
    assert "Maria Lopez" in words(signed_in.get("/patients"))


def test_a_refused_file_tells_the_line_and_the_column_and_nothing_of_a_patient(
    signed_in: Visitor, clinic: Clinic
) -> None:
    answer = _send(signed_in, f"{HEADER}\nMaria Lopez,12,yes,2026-11-20 11:30\n".encode())

    said = words(signed_in.get(answer.location))
    assert "Refused: nothing was entered." in said
    assert "2 phone Not a valid phone number." in said
    assert "Maria" not in said
    assert _patients() == 0


def test_a_page_without_a_file_asks_for_one(signed_in: Visitor, clinic: Clinic) -> None:
    assert _send(signed_in, b"").status_code == 422


def test_a_file_may_be_larger_than_a_form_but_not_without_end(signed_in: Visitor, clinic: Clinic) -> None:
    large = f"{HEADER},notes\nMaria Lopez,,no,2026-11-20 11:30," + "\n" * 1_500_000
    assert _send(signed_in, large.encode()).status_code == 303
    assert _send(signed_in, b"x" * 4_100_000).status_code == 413


def test_the_empty_file_has_every_heading_and_is_understood(signed_in: Visitor, clinic: Clinic) -> None:
    template = signed_in.get("/imports/template.csv")
    assert template.headers["Content-Disposition"] == "attachment; filename=treatments.csv"

    line = "Maria,,no,2026-11-20 11:30" + "," * 11
    _send(signed_in, template.data + line.encode())

    assert _patients() == 1


def test_another_clinics_import_is_not_found(signed_in: Visitor, stranger: Visitor, clinic: Clinic) -> None:
    place = _send(signed_in, GOOD.encode()).location

    assert stranger.get(place).status_code == 404
    assert "Nothing so far." in words(stranger.get("/imports"))


def test_a_file_without_our_token_enters_nothing(signed_in: Visitor, clinic: Clinic) -> None:
    signed_in.token = "forged"
    assert _send(signed_in, GOOD.encode(), fresh=False).status_code == 400
    assert _patients() == 0


def _send(visitor: Visitor, content: bytes, *, fresh: bool = True) -> TestResponse:
    """As a browser sends a form with a file in it."""
    if fresh:
        visitor.get("/imports")
    part = b'--part\r\nContent-Disposition: form-data; name="%s"%s\r\n\r\n%s\r\n'
    token = part % (b"csrf_token", b"", visitor.token.encode())
    file = part % (b"file", b'; filename="day.csv"', content)
    kind = "multipart/form-data; boundary=part"
    return visitor.open("POST", "/imports", data=token + file + b"--part--\r\n", content_type=kind)


def _patients() -> int:
    with reading():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(TreatmentImport)) is not None
        return db.session.scalar(sa.select(sa.func.count()).select_from(Patient)) or 0
