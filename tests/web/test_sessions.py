"""A session is a row here and a secret in the browser: where it begins, and all that ends it."""

from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

import config
from recovery.app import create_app
from recovery.db import db, reading, writing
from recovery.models.staff import Staff, StaffSession
from recovery.services import clock, sessions, staff
from recovery.services.retention import SESSIONS_FOR, purge
from tests import make
from tests.conftest import KEYS
from tests.web.visitor import Visitor, words

LIST = "/flagged-cases"


def secret(visitor: Visitor) -> str | None:
    with visitor.client.session_transaction() as kept:
        return kept.get(sessions.KEY)


def is_in(visitor: Visitor, after: timedelta = timedelta()) -> bool:
    with clock.set_to(make.NOON + after):
        return visitor.get(LIST).status_code == 200


def test_a_planted_cookie_is_worth_nothing_after_she_signed_in(app: Flask, nurse: Staff) -> None:
    """Whoever put a session into her browser before knows neither the new secret nor the forms' token."""
    visitor = Visitor(app.test_client())
    visitor.get("/sign-in")
    with visitor.client.session_transaction() as planted:
        planted[sessions.KEY], token = "known to another", planted["csrf_token"]
    assert visitor.sign_in().status_code == 303
    with visitor.client.session_transaction() as kept:
        assert kept[sessions.KEY] != "known to another"
        assert kept["csrf_token"] != token
        assert set(kept) == {sessions.KEY, "csrf_token", "_permanent"}


def test_every_sign_in_has_a_secret_of_its_own_and_ends_the_one_before(signed_in: Visitor) -> None:
    first = secret(signed_in)
    assert first is not None
    signed_in.client.get("/flagged-cases")
    again = signed_in.post("/sign-in", email="nurse@rosewood.example", password=make.PASSWORD)
    assert again.status_code == 303
    assert secret(signed_in) != first
    with reading():
        assert sessions.recognised(first, make.NOON) is None
        kept = db.session.scalars(sa.select(StaffSession.token_hash)).all()
        assert first.encode() not in b"".join(kept)


def test_signing_out_ends_a_copied_cookie_too(app: Flask, signed_in: Visitor) -> None:
    thief = Visitor(app.test_client())
    with signed_in.client.session_transaction() as hers, thief.client.session_transaction() as stolen:
        stolen.update(hers)
    assert is_in(thief)
    signed_in.post("/sign-out")
    assert not is_in(thief)


def test_two_idle_hours_end_it_and_a_page_opened_meanwhile_puts_that_off(signed_in: Visitor) -> None:
    assert is_in(signed_in, timedelta(hours=1, minutes=59))
    assert is_in(signed_in, timedelta(hours=3, minutes=58))
    assert not is_in(signed_in, timedelta(hours=5, minutes=59))


@pytest.mark.parametrize("header", [{"Sec-Fetch-Mode": "cors"}, {"If-None-Match": '"of an older browser"'}])
def test_what_a_page_asks_by_itself_does_not_keep_her_signed_in(
    signed_in: Visitor, header: dict[str, str]
) -> None:
    with clock.set_to(make.NOON + timedelta(hours=1)):
        assert signed_in.open("GET", f"{LIST}/lines", headers=header).status_code == 200
    assert not is_in(signed_in, timedelta(hours=2, minutes=1))


def test_twelve_hours_end_it_however_busy_she_is(signed_in: Visitor) -> None:
    for hour in range(1, 12):
        assert is_in(signed_in, timedelta(hours=hour))
    assert not is_in(signed_in, timedelta(hours=12, minutes=1))


def test_it_is_noted_once_a_minute_that_she_was_here(signed_in: Visitor) -> None:
    seen = []
    for seconds in (1, 59, 61):
        assert is_in(signed_in, timedelta(seconds=seconds))
        with reading():
            seen.append(db.session.scalars(sa.select(StaffSession.seen_at)).one())
    assert seen[0] == seen[1] < seen[2]


def test_what_she_typed_when_her_session_ended_is_given_back(signed_in: Visitor) -> None:
    with clock.set_to(make.NOON + timedelta(hours=3)):
        typed = {"note": "Phoned Maria: much better", "version": "17"}
        answer = signed_in.post("/patients/new", **typed)
    assert answer.status_code == 401
    assert "Nothing was saved" in words(answer)
    assert "Phoned Maria: much better" in answer.text
    assert ">17<" not in answer.text


def test_no_part_of_a_form_with_a_password_is_shown_again(signed_in: Visitor) -> None:
    typed = {"password": "the old one", "new_password": "a better one", "again": "a better one"}
    with clock.set_to(make.NOON + timedelta(hours=3)):
        answer = signed_in.post("/account/password", **typed)
    assert answer.status_code == 303
    assert "a better one" not in answer.text


def test_no_other_site_puts_words_on_that_page(app: Flask, signed_in: Visitor) -> None:
    signed_in.token = "forged"
    with clock.set_to(make.NOON + timedelta(hours=3)):
        answer = signed_in.post("/account/password", note="Call this number")
    assert answer.status_code == 303
    assert Visitor(app.test_client()).post("/account/password", note="x").status_code == 303


def test_sign_out_everywhere_ends_every_browser(app: Flask, signed_in: Visitor) -> None:
    other = Visitor(app.test_client())
    other.sign_in()
    assert "In 2 browsers" in words(signed_in.get("/account"))
    assert signed_in.post("/account/sign-out-everywhere").location == "/sign-in"
    assert not is_in(other)
    assert not is_in(signed_in)


def test_another_password_ends_every_other_browser(app: Flask, signed_in: Visitor) -> None:
    other = Visitor(app.test_client())
    other.sign_in()
    before = secret(signed_in)
    new = "four words in a row"
    signed_in.get("/account")
    given = {"password": make.PASSWORD, "new_password": new, "again": new}
    assert signed_in.post("/account/password", **given).status_code == 303
    assert is_in(signed_in)
    assert secret(signed_in) != before
    assert not is_in(other)
    assert other.sign_in().status_code == 401
    assert other.sign_in(password=new).status_code == 303


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"password": "not hers at all"}, "That is not your password"),
        ({"again": "five words in a row"}, "The two are not the same"),
        ({"new_password": "short", "again": "short"}, "12 characters or more"),
    ],
)
def test_a_password_is_not_changed_by_mistake(signed_in: Visitor, wrong: dict[str, str], said: str) -> None:
    new = "four words in a row"
    signed_in.get("/account")
    given = {"password": make.PASSWORD, "new_password": new, "again": new, **wrong}
    answer = signed_in.post("/account/password", **given)
    assert answer.status_code == 422
    assert said in words(answer)
    assert signed_in.sign_in().status_code == 303


def test_at_an_https_address_the_cookie_goes_over_https_only(tmp_path: Path) -> None:
    settings = {**KEYS, "PUBLIC_URL": "https://recovery.example"}
    cookie = create_app(config.load(settings, tmp_path)).test_client().get("/sign-in").headers["Set-Cookie"]
    assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} < set(cookie.split("; "))


def test_sessions_long_over_are_removed(signed_in: Visitor) -> None:
    assert purge(lambda: make.NOON) == 0
    assert purge(lambda: make.NOON + SESSIONS_FOR + timedelta(minutes=1)) == 1


def test_a_disabled_person_stays_out_when_she_is_enabled_again(signed_in: Visitor, nurse: Staff) -> None:
    with writing():
        staff.disable(staff.by_email("nurse@rosewood.example"), make.NOON)
    with writing():
        staff.enable(staff.by_email("nurse@rosewood.example"))
    assert not is_in(signed_in)
    assert signed_in.sign_in().status_code == 303
