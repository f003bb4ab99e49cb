"""`staff` and `token`: who may enter, and with what."""

from flask import Flask

from recovery.db import reading, writing
from recovery.services import clock, entering, second_step, staff, tokens
from tests import make
from tests.commands.run import Done, run

NURSE = "nurse@rosewood.example"
NOBODY = "0192a000-0000-7000-8000-000000000000"


def add(app: Flask, *options: str, typed: str = f"{make.PASSWORD}\n") -> Done:
    clinic = make.clinic()
    return run(
        app, "staff", "add", NURSE, "--clinic", str(clinic.id), "--role", "nurse", *options, typed=typed
    )


def may_enter(password: str = make.PASSWORD) -> bool:
    return entering.sign_in(NURSE, password, make.NOON) is not None


def test_a_nurse_is_added_with_a_password_from_standard_input(app: Flask) -> None:
    done = add(app, "--password-stdin", "--name", "Ada")
    assert (done.status, done.err) == (0, "")
    (listed,) = run(app, "staff", "list").answer
    assert listed["id"] == done.answer["id"]
    assert (listed["email"], listed["name"], listed["role"]) == (NURSE, "Ada", "nurse")
    assert may_enter()


def test_the_password_is_asked_twice_and_never_shown(app: Flask) -> None:
    done = add(app, typed=f"{make.PASSWORD}\n{make.PASSWORD}\n")
    assert done.status == 0
    assert done.answer.keys() == {"id"}
    assert make.PASSWORD not in done.out + done.err
    assert may_enter()


def test_a_line_end_of_windows_is_no_part_of_the_password(app: Flask) -> None:
    add(app, "--password-stdin", typed=f"{make.PASSWORD}\r\n")
    assert may_enter()


def test_a_short_password_is_refused(app: Flask) -> None:
    done = add(app, "--password-stdin", typed="short\n")
    assert (done.status, done.out) == (1, "")
    assert "password: Must have 12 characters or more." in done.err
    assert run(app, "staff", "list").answer == []


def test_an_e_mail_is_one_persons(app: Flask) -> None:
    clinic = make.clinic()
    make.nurse(clinic, NURSE)
    options = ("--clinic", str(clinic.id), "--role", "admin", "--password-stdin")
    done = run(app, "staff", "add", NURSE.upper(), *options, typed=f"{make.PASSWORD}\n")
    assert (done.status, done.err) == (1, f"Error: {NURSE} is registered already.\n")


def test_a_clinic_that_is_not_there_is_named(app: Flask) -> None:
    options = ("--clinic", NOBODY, "--role", "nurse", "--password-stdin")
    done = run(app, "staff", "add", NURSE, *options, typed=f"{make.PASSWORD}\n")
    assert (done.status, done.err) == (1, f"Error: There is no clinic {NOBODY}.\n")


def test_a_role_is_nurse_or_admin(app: Flask) -> None:
    done = run(app, "staff", "add", NURSE, "--clinic", NOBODY, "--role", "owner", "--password-stdin")
    assert done.status == 2
    assert "nurse" in done.err


def test_a_token_is_shown_once_and_opens_the_door(app: Flask) -> None:
    make.nurse(make.clinic(), NURSE)
    made = run(app, "token", "add", NURSE, "--name", "the app").answer
    with reading():
        assert tokens.valid(made["token"], make.NOON) is not None
    listed = run(app, "token", "list")
    assert made["token"] not in listed.out
    (token,) = listed.answer
    assert (token["id"], token["name"], token["email"]) == (made["id"], "the app", NURSE)
    assert (token["last_used_at"], token["revoked_at"]) == (None, None)
    assert token["expires_at"] > token["created_at"]


def test_a_revoked_token_opens_nothing(app: Flask) -> None:
    make.nurse(make.clinic(), NURSE)
    made = run(app, "token", "add", NURSE, "--name", "the app").answer
    assert run(app, "token", "revoke", made["id"]).answer["revoked_at"] is not None
    with reading():
        assert tokens.valid(made["token"], make.NOON) is None


def test_disabling_ends_sign_in_and_tokens(app: Flask) -> None:
    make.nurse(make.clinic(), NURSE)
    made = run(app, "token", "add", NURSE, "--name", "the app").answer
    assert run(app, "staff", "disable", NURSE).answer["disabled_at"] is not None
    assert not may_enter()
    with reading():
        assert tokens.valid(made["token"], make.NOON) is None
    assert run(app, "token", "list").answer[0]["revoked_at"] is not None
    refused = run(app, "token", "add", NURSE, "--name", "another")
    assert (refused.status, refused.err) == (1, f"Error: {NURSE} is disabled.\n")


def test_nobody_is_named(app: Flask) -> None:
    for arguments in (("staff", "disable", NURSE), ("token", "add", NURSE, "--name", "the app")):
        done = run(app, *arguments)
        assert (done.status, done.out) == (1, "")
        assert done.err == f"Error: Nobody is registered as {NURSE}.\n"
    assert run(app, "token", "revoke", NOBODY).status == 1
    assert run(app, "token", "revoke", "the app").status == 2


def test_a_link_for_a_new_password_is_printed_and_only_its_hash_is_kept(app: Flask) -> None:
    make.nurse(make.clinic(), NURSE)
    made = run(app, "staff", "reset", NURSE.upper()).answer
    secret = made["link"].removeprefix("http://127.0.0.1:8000/set-password/")
    assert len(secret) == 43
    assert made["good_until"] is not None
    assert secret not in run(app, "staff", "list").out
    with writing():
        staff.use_link(secret, "four words in a row", clock.machines())
    assert not may_enter()
    assert may_enter("four words in a row")
    run(app, "staff", "disable", NURSE)
    refused = run(app, "staff", "reset", NURSE)
    assert (refused.status, refused.err) == (1, f"Error: {NURSE} is disabled.\n")


def test_the_only_admin_who_lost_her_phone_is_helped_from_here(app: Flask) -> None:
    make.nurse(make.clinic(), NURSE, "admin")
    assert "has no second step" in run(app, "staff", "reset", NURSE, "--second-step").err
    with writing():
        person = staff.by_email(NURSE)
        second_step.begin(person)
        person.totp_confirmed_at = make.NOON
    assert run(app, "staff", "reset", NURSE, "--second-step").status == 0
    with reading():
        assert staff.by_email(NURSE).totp_secret is None
