"""What every answer carries, and what a person sees when something is wrong."""

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.exceptions import InternalServerError

from recovery.models.staff import Staff
from recovery.web import sessions
from recovery.web.errors import show
from tests.statements import statements
from tests.web.visitor import Visitor, words


def test_every_page_loads_nothing_from_elsewhere(signed_in: Visitor) -> None:
    answer = signed_in.get("/flagged-cases")
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "form-action 'self'" in policy
    assert "unsafe" not in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"


def test_what_shows_patients_is_kept_nowhere(signed_in: Visitor) -> None:
    assert signed_in.get("/flagged-cases").headers["Cache-Control"] == "no-store"


def test_no_page_holds_a_script_or_a_style_of_its_own(signed_in: Visitor) -> None:
    for path in ("/flagged-cases", "/try-a-text", "/phone", "/nothing"):
        text = signed_in.get(path).text
        assert text.count("<script") == text.count('<script src="/static/pages.js" defer></script>')
        assert "<style" not in text
        assert "style=" not in text


def test_a_page_that_is_not_there_says_so_and_leads_back(signed_in: Visitor) -> None:
    answer = signed_in.get("/nothing/here")
    assert answer.status_code == 404
    assert "There is nothing here" in words(answer)
    assert 'href="/flagged-cases"' in answer.text


def test_a_wrong_method_names_the_right_one(signed_in: Visitor) -> None:
    answer = signed_in.post("/flagged-cases")
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]


def test_too_much_at_once_is_refused(visitor: Visitor, nurse: Staff) -> None:
    visitor.get("/sign-in")
    answer = visitor.post("/sign-in", email="x" * 1_200_000, password="x")
    assert answer.status_code == 413
    assert "too much at once" in words(answer)


def test_a_fault_of_ours_shows_no_trace(app: Flask) -> None:
    with app.test_request_context("/flagged-cases"):
        page, status, _ = show(InternalServerError(original_exception=ValueError("a secret")))
    assert status == 500
    assert "a secret" not in page


def test_the_page_of_a_fault_of_ours_asks_the_database_nothing(app: Flask, signed_in: Visitor) -> None:
    cookie = signed_in.client.get_cookie("session")
    assert cookie is not None
    with app.test_request_context("/flagged-cases", headers={"Cookie": f"session={cookie.value}"}):
        assert sessions.recognise() is not None
        with statements() as asked:
            page, _, _ = show(InternalServerError())
    assert "Sign out" in page
    assert asked == []


def test_the_static_files_are_served(client: FlaskClient) -> None:
    for name in ("style.css", "icon.svg"):
        with client.get(f"/static/{name}") as answer:
            assert answer.status_code == 200
    assert client.get("/static/../register.py").status_code == 404
