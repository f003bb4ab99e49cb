"""Files of treatments over the API."""

from datetime import timedelta

from werkzeug.test import TestResponse

from recovery.services import clock
from tests import make
from tests.api.conftest import Caller

HEADER = "name,phone,agrees_to_texts,treated_at"
GOOD = f"{HEADER}\nMaria Lopez,647-555-0123,yes,2026-11-20 11:30\nAna Ruiz,,no,2026-11-20 09:00\n"


def test_a_file_is_entered_once_however_often_it_is_sent(api: Caller) -> None:
    first, again = _send(api, GOOD), _send(api, GOOD)

    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json == first.json
    assert (first.json["status"], first.json["lines"], first.json["written"]) == ("done", 2, 2)
    assert api.get(f"imports/{first.json['id']}").json == first.json
    assert len(api.get("patients").json["items"]) == 2


def test_what_is_wrong_is_told_by_line_and_column(api: Caller) -> None:
    answer = _send(api, f"{HEADER}\nMaria Lopez,12,perhaps,2026-11-20 11:30\n")

    assert (answer.status_code, answer.mimetype) == (422, "application/problem+json")
    assert answer.json["errors"] == {
        "line 2, agrees_to_texts": ["Needs yes or no."],
        "line 2, phone": ["Not a valid phone number."],
    }
    assert api.get("patients").json["items"] == []


def test_a_body_of_another_type_or_without_end_is_refused(api: Caller) -> None:
    assert _send(api, GOOD, content_type="application/json").status_code == 415
    assert _send(api, "x" * 4_100_000).status_code == 413
    assert _send(api, "").status_code == 422


def test_what_was_sent_is_listed_newest_first(api: Caller) -> None:
    entered = _send(api, GOOD).json
    with clock.set_to(make.NOON + timedelta(minutes=1)):
        _send(api, f"{HEADER}\nMaria Lopez,12,yes,2026-11-20 11:30\n")

    first = api.get("imports?limit=1").json
    others = api.get("imports", query_string={"cursor": first["next_cursor"]}).json

    assert [each["status"] for each in first["items"]] == ["refused"]
    assert others == {"items": [entered], "next_cursor": None}


def test_another_clinics_import_is_not_found(api: Caller, stranger: Caller) -> None:
    assert stranger.get(f"imports/{_send(api, GOOD).json['id']}").status_code == 404


def _send(api: Caller, text: str, content_type: str = "text/csv; charset=utf-8") -> TestResponse:
    return api.post("imports", data=text.encode(), content_type=content_type)
