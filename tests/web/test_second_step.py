"""The second step: set up, asked for at the door, its codes good once, taken away."""

import re
from datetime import timedelta

import pyotp
import pytest
from flask import Flask

from recovery.db import db, reading, writing
from recovery.models.clinic import Clinic
from recovery.models.staff import Staff
from recovery.services import clock
from recovery.services.lockout import LOCKED_FOR, TRIES
from tests import make
from tests.web.visitor import Visitor, words

PAGE, CODE, LIST = "/account/second-step", "/sign-in/code", "/flagged-cases"
LATER = timedelta(minutes=5)


def code(key: str, after: timedelta = timedelta()) -> str:
    """What her authenticator shows."""
    return pyotp.TOTP(key).at(make.NOON + after)


def set_up(visitor: Visitor) -> tuple[str, list[str]]:
    """The key that her authenticator keeps, and her recovery codes."""
    visitor.get(PAGE)
    shown = words(visitor.post(f"{PAGE}/begin", password=make.PASSWORD))
    found = re.search(r"type this in there: ((?:[A-Z2-7]{4} ?){8})", shown)
    assert found, shown
    key = found.group(1).replace(" ", "")
    answer = visitor.post(f"{PAGE}/confirm", code=code(key))
    assert answer.status_code == 200
    codes = re.findall(r"<code>([a-z2-9]{5}-[a-z2-9]{5})</code>", answer.text)
    assert len(set(codes)) == 10
    return key, codes


def give(visitor: Visitor, typed: str, after: timedelta = LATER) -> int:
    with clock.set_to(make.NOON + after):
        visitor.get(CODE)
        return visitor.post(CODE, code=typed).status_code


@pytest.fixture
def key(signed_in: Visitor) -> str:
    return set_up(signed_in)[0]


@pytest.fixture
def at_the_door(app: Flask, key: str) -> Visitor:
    """She has given her password in another browser, and is asked for a code."""
    visitor = Visitor(app.test_client())
    assert visitor.sign_in().status_code == 303
    return visitor


def test_the_picture_and_the_text_hold_the_same_key(signed_in: Visitor, nurse: Staff) -> None:
    signed_in.get(PAGE)
    page = signed_in.post(f"{PAGE}/begin", password=make.PASSWORD)
    with reading():
        person = db.session.get_one(Staff, nurse.id)
        assert person.totp_secret in words(page).replace(" ", "")
        assert person.totp_confirmed_at is None
    assert "<svg" in page.text
    assert "style=" not in page.text
    assert signed_in.sign_in().status_code == 303
    assert signed_in.get(LIST).status_code == 200, "nothing is asked until a code was given"


def test_a_passer_by_at_her_browser_sets_up_none(signed_in: Visitor, nurse: Staff) -> None:
    signed_in.get(PAGE)
    for wrong in ("", "not hers at all"):
        assert signed_in.post(f"{PAGE}/begin", password=wrong).status_code == 422
    with reading():
        assert db.session.get_one(Staff, nurse.id).totp_secret is None

    assert "type this in there" in words(signed_in.post(f"{PAGE}/begin", password=make.PASSWORD))
    wrong_code = signed_in.post(f"{PAGE}/confirm", code="000000")
    for seen in (signed_in.get(PAGE), wrong_code):
        assert "type this in there" not in words(seen), "what she left half done is not shown again"
    assert (wrong_code.status_code, "That code is not right" in wrong_code.text) == (422, True)


def test_after_her_password_she_sees_nothing_until_she_gave_a_code(at_the_door: Visitor, key: str) -> None:
    for path in (LIST, "/account", PAGE, "/try-a-text"):
        assert at_the_door.get(path).location.startswith(CODE), path
    assert at_the_door.get("/api/v1/patients").status_code == 401
    assert at_the_door.post(f"{PAGE}/remove", password=make.PASSWORD).location.startswith(CODE)
    assert "nav aria-label" not in at_the_door.get(CODE).text
    assert give(at_the_door, "000000") == 401
    assert give(at_the_door, code(key, LATER)) == 303
    assert at_the_door.get(LIST).status_code == 200
    assert at_the_door.get("/api/v1/patients").status_code == 200


def test_she_is_led_on_to_where_she_wanted_to_go(app: Flask, key: str) -> None:
    visitor = Visitor(app.test_client())
    door = visitor.sign_in(query="?next=/try-a-text").location
    asked = visitor.get(door).location
    assert asked == f"{CODE}?next=/try-a-text"
    visitor.get(asked)
    with clock.set_to(make.NOON + LATER):
        assert visitor.post(asked, code=code(key, LATER)).location == "/try-a-text"


def test_passing_gives_the_session_another_secret(app: Flask, at_the_door: Visitor, key: str) -> None:
    """Whoever read the cookie between password and code has nothing."""
    copy = Visitor(app.test_client())
    with at_the_door.client.session_transaction() as hers, copy.client.session_transaction() as read:
        read.update(hers)
    assert give(at_the_door, code(key, LATER)) == 303
    assert copy.get(LIST).location == "/sign-in"


def test_a_code_is_good_once(app: Flask, at_the_door: Visitor, key: str) -> None:
    assert give(at_the_door, code(key), timedelta(seconds=10)) == 401, "it turned the second step on"
    assert give(at_the_door, code(key, LATER)) == 303
    second = Visitor(app.test_client())
    second.sign_in()
    assert give(second, code(key, LATER)) == 401
    before = code(key, LATER - timedelta(seconds=30))
    assert give(second, before) == 401, "nor is the one before it"


@pytest.mark.parametrize(("seconds", "status"), [(-60, 401), (-30, 303), (30, 303), (60, 401)])
def test_her_phones_clock_may_be_half_a_minute_off(
    at_the_door: Visitor, key: str, seconds: int, status: int
) -> None:
    assert give(at_the_door, code(key, LATER + timedelta(seconds=seconds))) == status


def test_a_recovery_code_is_good_once_however_it_is_typed(app: Flask, signed_in: Visitor) -> None:
    _, codes = set_up(signed_in)
    first, second = Visitor(app.test_client()), Visitor(app.test_client())
    first.sign_in()
    second.sign_in()
    assert give(first, f" {codes[3].replace('-', ' ').upper()} ") == 303
    assert "Recovery codes left: 9" in words(first.get("/account"))
    assert give(second, codes[3]) == 401
    assert give(second, codes[4]) == 303


def test_new_recovery_codes_end_the_earlier_ones(app: Flask, signed_in: Visitor) -> None:
    _, codes = set_up(signed_in)
    signed_in.get(PAGE)
    assert signed_in.post(f"{PAGE}/codes", password="not hers at all").status_code == 422
    fresh = re.findall(r"<code>([^<]+)</code>", signed_in.post(f"{PAGE}/codes", password=make.PASSWORD).text)
    assert len(fresh) == 10
    other = Visitor(app.test_client())
    other.sign_in()
    assert give(other, codes[0]) == 401
    assert give(other, fresh[0]) == 303


def test_wrong_codes_lock_as_wrong_passwords_do_and_a_password_buys_no_more(
    app: Flask, at_the_door: Visitor, key: str
) -> None:
    for _ in range(TRIES - 1):
        assert give(at_the_door, "000000") == 401
    again = Visitor(app.test_client())
    assert again.sign_in().status_code == 303
    assert give(again, "000000") == 401
    assert give(again, code(key, LATER)) == 401, "locked"
    assert Visitor(app.test_client()).sign_in().status_code == 401, "at the password too"
    later = LATER + LOCKED_FOR + timedelta(seconds=30)
    assert give(again, code(key, later), later) == 303


def test_setting_up_ends_nothing_but_asks_the_other_browsers(app: Flask, signed_in: Visitor) -> None:
    other = Visitor(app.test_client())
    other.sign_in()
    set_up(signed_in)
    assert signed_in.get(LIST).status_code == 200
    assert other.get(LIST).location.startswith(CODE)


def test_turned_off_with_her_password_the_password_is_enough_again(app: Flask, signed_in: Visitor) -> None:
    set_up(signed_in)
    signed_in.get(PAGE)
    assert signed_in.post(f"{PAGE}/remove", password="not hers at all").status_code == 422
    assert signed_in.post(f"{PAGE}/remove", password=make.PASSWORD).status_code == 303
    other = Visitor(app.test_client())
    other.sign_in()
    assert other.get(LIST).status_code == 200


def test_where_the_clinic_asks_for_one_she_sets_it_up_before_anything_else(
    app: Flask, clinic: Clinic, signed_in: Visitor
) -> None:
    with writing():
        db.session.get_one(Clinic, clinic.id).second_step_required = True
    assert signed_in.get(LIST).location == PAGE
    assert signed_in.get("/account").location == f"{PAGE}?next=/account"
    assert signed_in.get("/api/v1/patients").status_code == 401
    assert "Your clinic asks everybody for one" in words(signed_in.get(PAGE))
    set_up(signed_in)
    assert signed_in.get(LIST).status_code == 200


def test_a_second_set_up_does_not_replace_what_counts(signed_in: Visitor, nurse: Staff) -> None:
    key, _ = set_up(signed_in)
    signed_in.get(PAGE)
    assert "is on already" in words(
        signed_in.get(signed_in.post(f"{PAGE}/begin", password=make.PASSWORD).location)
    )
    signed_in.post(f"{PAGE}/confirm", code=code(key, timedelta(seconds=30)))
    with reading():
        assert db.session.get_one(Staff, nurse.id).totp_secret == key


def test_rubbish_is_no_code(at_the_door: Visitor) -> None:
    for typed in ("", " ", "1" * 41, "١٢٣٤٥٦", "12345", "'; --", "\x00"):
        assert give(at_the_door, typed) in (401, 422)
