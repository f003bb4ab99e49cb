"""Guessing at the door: counted whoever guesses how fast and where, and nothing told by words or work."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Barrier

import pyotp
import pytest
import sqlalchemy as sa
from flask import Flask

import config
from recovery.app import create_app
from recovery.db import db, reading, writing
from recovery.domain.errors import Conflict
from recovery.models.staff import Staff
from recovery.services import colleagues, entering, passwords, second_step, sessions, staff
from recovery.services.lockout import LOCKED_FOR, TRIES
from tests import make
from tests.make import NOON, PASSWORD

EMAIL, NOBODY = "nurse@rosewood.example", "nobody@rosewood.example"
INVITED = "invited@rosewood.example"
SOON = NOON + timedelta(minutes=1)


@pytest.fixture
def nurse(app: Flask) -> Staff:
    return make.nurse(make.clinic())


@pytest.fixture
def second_app(app: Flask, settings: dict[str, str], tmp_path: Path) -> Iterator[Flask]:
    """What another process would have: an app of its own on the same database."""
    other = create_app(config.load(settings, tmp_path))
    yield other
    with other.app_context():
        db.engine.dispose()


def kept(person: Staff) -> Staff:
    db.session.rollback()
    return db.session.get_one(Staff, person.id, populate_existing=True)


def test_guesses_at_once_in_two_processes_all_count_and_the_lock_holds_in_both(
    app: Flask, second_app: Flask, nurse: Staff
) -> None:
    together = Barrier(TRIES - 1)

    def guess(number: int) -> str | None:
        with (app, second_app)[number % 2].app_context():
            together.wait()
            return entering.sign_in(EMAIL, f"guess number {number}", NOON)

    with ThreadPoolExecutor(TRIES - 1) as guessing:
        assert set(guessing.map(guess, range(TRIES - 1))) == {None}
    assert kept(nurse).failed_sign_ins == TRIES - 1
    assert entering.sign_in(EMAIL, "the last guess", NOON) is None
    with second_app.app_context():
        assert entering.sign_in(EMAIL, PASSWORD, SOON) is None
        assert entering.sign_in(EMAIL, PASSWORD, NOON + LOCKED_FOR) is not None


def test_every_refusal_is_the_same_work(nurse: Staff, monkeypatch: pytest.MonkeyPatch) -> None:
    """A hash of the same cost is held against the password, and one row is written, whoever it is."""
    verified: list[str] = []
    fits = passwords.fits
    monkeypatch.setattr(passwords, "fits", lambda kept, typed: verified.append(kept) or fits(kept, typed))
    with writing():
        staff.add(NOON, clinic_id=kept(nurse).clinic_id, email=INVITED, role="admin", password=None)
    unknown, invited = _written(NOBODY), _written(INVITED)
    wrong = _written(EMAIL)
    with writing():
        kept(nurse).locked_until = SOON + LOCKED_FOR
    locked, locked_but_right = _written(EMAIL), _written(EMAIL, PASSWORD)
    with writing():
        staff.disable(staff.by_email(EMAIL), NOON)
    assert [unknown, invited, wrong, locked, locked_but_right, _written(EMAIL)] == [1] * 6
    assert len(verified) == 6
    costs = passwords.hashed("any").rpartition("$")[0].rpartition("$")[0]
    assert all(each.startswith(costs) for each in verified[:2])


def test_a_locked_person_is_not_kept_out_longer_by_more_guesses(nurse: Staff) -> None:
    with writing():
        kept(nurse).locked_until = NOON + LOCKED_FOR
    for _ in range(3):
        entering.sign_in(EMAIL, "a guess", SOON)
    assert entering.sign_in(EMAIL, PASSWORD, NOON + LOCKED_FOR) is not None


def test_a_password_changed_while_an_old_one_is_verified_lets_nobody_in(
    nurse: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    fits = passwords.fits

    def fits_and_is_changed(kept: str, typed: str) -> bool:
        with writing():
            staff.set_password(staff.by_email(EMAIL), "four words in a row", NOON)
        return fits(kept, typed)

    monkeypatch.setattr(passwords, "fits", fits_and_is_changed)
    assert entering.sign_in(EMAIL, PASSWORD, NOON) is None


def test_a_code_given_twice_at_once_lets_one_in(app: Flask, nurse: Staff) -> None:
    with writing():
        person = kept(nurse)
        second_step.begin(person)
        person.totp_confirmed_at, key = NOON, str(person.totp_secret)
    doors = [sessions.recognised(entering.sign_in(EMAIL, PASSWORD, NOON), NOON) for _ in range(2)]
    together = Barrier(2)

    def give(door: sessions.SignedIn | None) -> str | None:
        with app.app_context():
            assert door is not None
            together.wait()
            return entering.give_code(door, pyotp.TOTP(key).at(NOON), NOON)

    with ThreadPoolExecutor(2) as giving:
        assert sum(each is not None for each in giving.map(give, doors)) == 1


def test_two_admins_who_disable_each_other_at_once_leave_one(app: Flask) -> None:
    clinic = make.clinic()
    ids = [make.nurse(clinic, f"{name}@rosewood.example", "admin").id for name in ("ada", "bea")]
    clinic_id, together = clinic.id, Barrier(2)
    db.session.rollback()

    def disable(number: int) -> bool:
        with app.app_context():
            together.wait()
            try:
                with writing():
                    person = colleagues.locked(clinic_id, ids[1 - number])
                    colleagues.disable(person, ids[number], NOON)
            except Conflict:
                return False
            return True

    with ThreadPoolExecutor(2) as acting:
        assert sorted(acting.map(disable, (0, 1))) == [False, True]
    with reading():
        left = sa.select(sa.func.count()).select_from(Staff).where(Staff.disabled_at.is_(None))
        assert db.session.scalar(left) == 1


@pytest.mark.parametrize(
    ("typed", "is_fine"),
    [
        ("short", False),
        ("aaaaaaaaaaaaaaaa", False),
        ("x" * 1_001, False),
        ("nurse@rosewood.example", False),
        ("four words in a row", True),
        ("пять слов подряд", True),
        ("x1 y2 z3 w4 v", True),
    ],
)
def test_a_password_is_long_and_not_the_first_guess(typed: str, is_fine: bool) -> None:
    assert (passwords.wrong_with(typed, EMAIL) == []) is is_fine


def _written(email: str, typed: str = "a guess") -> int:
    """How many rows a sign-in that is refused updates."""
    updates: list[str] = []

    def hear(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.lstrip().upper().startswith("UPDATE"):
            updates.append(statement)

    sa.event.listen(db.engine, "before_cursor_execute", hear)
    try:
        assert entering.sign_in(email, typed, SOON) is None
    finally:
        sa.event.remove(db.engine, "before_cursor_execute", hear)
    return len(updates)
