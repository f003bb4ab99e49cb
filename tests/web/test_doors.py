"""Nobody sees anything without signing in, but for what one list names."""

from uuid import uuid4

import pytest
from flask import Flask
from werkzeug.routing import Rule

from recovery.db import writing
from recovery.models.staff import Staff
from recovery.services import staff
from recovery.web.doors import OPEN, guards_itself, is_open, is_ours
from tests import make
from tests.web.visitor import Visitor


def test_every_route_asks_who_is_there_or_stands_on_the_list(app: Flask) -> None:
    for rule in app.url_map.iter_rules():
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            answer = Visitor(app.test_client()).open(method, _path(rule))
            answer.close()
            if rule.rule.startswith("/api/v1/"):
                assert answer.status_code == 401, rule
            elif rule.rule.startswith("/sms/"):
                assert answer.status_code == 403, rule
            elif rule.rule == "/metrics":
                assert answer.status_code == 200, "asked from this machine"
            elif is_open(rule.rule):
                assert answer.status_code != 303, rule
            else:
                assert answer.status_code == 303, rule
                assert answer.location.startswith("/sign-in"), rule


def test_what_is_open_is_what_was_agreed(app: Flask) -> None:
    listed = {rule.rule for rule in app.url_map.iter_rules() if is_open(rule.rule)}
    folders = {"/static/<path:filename>", "/docs/static/<path:filename>"}
    by_link = {"/set-password", "/set-password/<link>"}
    assert listed - folders - by_link == {"/sign-in", "/healthz", "/readyz", "/openapi.json", "/docs"}
    assert not any(guards_itself(each) for each in OPEN)


def test_she_is_led_to_where_she_wanted_to_go(visitor: Visitor, nurse: Staff) -> None:
    turned_away = visitor.get("/flagged-cases?status=resolved")
    assert turned_away.location == "/sign-in?next=/flagged-cases?status%3Dresolved"
    query = turned_away.location.removeprefix("/sign-in")
    assert visitor.sign_in(query=query).location == "/flagged-cases?status=resolved"


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://elsewhere.example/",
        "//elsewhere.example",
        "/\\elsewhere.example",
        "\\\\elsewhere.example",
        "/%09/elsewhere.example",
        "/\t/elsewhere.example",
        "/\n/elsewhere.example",
        "javascript:alert(1)",
        "elsewhere.example",
        "",
    ],
)
def test_nobody_is_led_elsewhere(visitor: Visitor, nurse: Staff, elsewhere: str) -> None:
    visitor.get("/sign-in")
    answer = visitor.client.post(
        "/sign-in",
        query_string={"next": elsewhere},
        data={"csrf_token": visitor.token, "email": nurse.email, "password": make.PASSWORD},
    )
    assert answer.status_code == 303
    assert answer.location in ("/flagged-cases", "/%09/elsewhere.example", "/%2509/elsewhere.example")
    assert "//" not in answer.location


def test_only_our_own_paths_are_ours() -> None:
    assert is_ours("/flagged-cases?status=resolved")
    assert not is_ours("//x")
    assert not is_ours("/a\\b")


def test_a_wrong_password_tells_nothing(visitor: Visitor, nurse: Staff) -> None:
    wrong = visitor.sign_in(password="not the password at all")
    unknown = visitor.sign_in("nobody@rosewood.example")
    assert wrong.status_code == unknown.status_code == 401
    assert "do not go together" in wrong.text
    assert "do not go together" in unknown.text


def test_an_odd_sign_in_is_refused_calmly(visitor: Visitor, nurse: Staff) -> None:
    assert visitor.sign_in("", "").status_code == 422
    assert visitor.sign_in("nurse@rosewood.example\x00", "x" * 2_000).status_code == 422
    assert visitor.sign_in("\x00\ud7ff é", "\x00").status_code in (401, 422)


def test_a_form_without_our_token_changes_nothing(visitor: Visitor, nurse: Staff) -> None:
    answer = visitor.post("/sign-in", email=nurse.email, password=make.PASSWORD)
    assert answer.status_code == 400
    assert visitor.get("/flagged-cases").status_code == 303


def test_no_page_takes_a_form_without_our_token(app: Flask, admin: Visitor) -> None:
    """Of any page, found by the app's own map; with the token of another session it is the same."""
    for rule in app.url_map.iter_rules():
        if "POST" in (rule.methods or set()) and not guards_itself(rule.rule):
            assert admin.open("POST", _path(rule)).status_code == 400, rule
            assert admin.open("POST", _path(rule), data={"csrf_token": "forged"}).status_code == 400, rule
    assert admin.get("/flagged-cases").status_code == 200, "and she is still signed in"


def test_a_disabled_person_is_out_at_once(signed_in: Visitor, nurse: Staff) -> None:
    assert signed_in.get("/flagged-cases").status_code == 200
    with writing():
        staff.disable(staff.by_email("nurse@rosewood.example"), make.NOON)
    assert signed_in.get("/flagged-cases").status_code == 303


def test_signing_out_ends_the_session(signed_in: Visitor) -> None:
    assert signed_in.get("/sign-out").status_code == 405
    assert signed_in.post("/sign-out").location == "/sign-in"
    assert signed_in.get("/flagged-cases").status_code == 303


def test_the_cookie_is_kept_from_scripts_and_other_sites(visitor: Visitor, nurse: Staff) -> None:
    cookie = visitor.sign_in().headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_a_forged_cookie_is_nobody(visitor: Visitor, nurse: Staff) -> None:
    visitor.client.set_cookie("session", f"{uuid4()}.forged")
    assert visitor.get("/flagged-cases").status_code == 303


def _path(rule: Rule) -> str:
    path = rule.rule
    for name in rule.arguments:
        converter = rule._converters[name]
        value = str(uuid4()) if type(converter).__name__ == "UUIDConverter" else "style.css"
        path = path.replace(f"<uuid:{name}>", value).replace(f"<path:{name}>", value)
    return path
