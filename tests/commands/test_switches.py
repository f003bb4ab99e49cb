"""`sending` and `protocol`: what must be switched on, or signed, before a text goes."""

from flask import Flask

from recovery.commands.group import the_clinic
from recovery.db import reading
from recovery.services import gate, switches
from tests import make
from tests.commands.run import run

NOBODY = "0192a000-0000-7000-8000-000000000000"


def test_sending_is_held_and_resumed(app: Flask) -> None:
    assert run(app, "sending", "status").answer == {"held": False, "since": None}
    held = run(app, "sending", "hold").answer
    assert held["held"] is True
    with reading():
        assert switches.is_held()
    assert run(app, "sending", "status").answer == held
    assert run(app, "sending", "resume").answer == {"held": False, "since": None}


def test_holding_twice_keeps_the_first_moment(app: Flask) -> None:
    first = run(app, "sending", "hold").answer
    assert run(app, "sending", "hold").answer == first


def test_one_clinic_is_held_and_no_other(app: Flask) -> None:
    ours, theirs = make.clinic(), make.clinic(phone="+14165550199")
    held = run(app, "sending", "hold", "--clinic", str(ours.id)).answer
    assert held["held"] is True
    with reading():
        assert [gate.is_off(the_clinic(each.id)) for each in (ours, theirs)] == [True, False]
    assert run(app, "sending", "hold", "--clinic", str(ours.id)).answer == held
    assert run(app, "sending", "status").answer["held"] is False
    assert run(app, "sending", "resume", "--clinic", str(ours.id)).answer == {"held": False, "since": None}


def test_no_clinic_no_switch(app: Flask) -> None:
    done = run(app, "sending", "hold", "--clinic", NOBODY)
    assert (done.status, done.out) == (1, "")
    assert run(app, "sending", "status").answer["held"] is False


def test_the_newest_version_is_signed(app: Flask) -> None:
    clinic = str(make.clinic().id)
    (unsigned,) = run(app, "protocol", "list").answer
    assert (unsigned["clinic_id"], unsigned["number"], unsigned["approved_at"]) == (clinic, 1, None)
    signed = run(app, "protocol", "approve", "--clinic", clinic, "--by", "Dr Ada").answer
    assert (signed["number"], signed["approved_by"]) == (1, "Dr Ada")
    assert signed["approved_at"] is not None
    assert run(app, "protocol", "list").answer == [signed]


def test_a_signature_is_not_replaced(app: Flask) -> None:
    clinic = str(make.clinic().id)
    run(app, "protocol", "approve", "--clinic", clinic, "--by", "Dr Ada")
    again = run(app, "protocol", "approve", "--clinic", clinic, "--by", "Mallory")
    assert (again.status, again.err) == (1, "Error: Version 1 was signed by Dr Ada already.\n")
    assert run(app, "protocol", "list").answer[0]["approved_by"] == "Dr Ada"


def test_a_signature_needs_a_name_and_a_clinic(app: Flask) -> None:
    clinic = str(make.clinic().id)
    assert run(app, "protocol", "approve", "--clinic", clinic, "--by", " ").status == 1
    assert run(app, "protocol", "approve", "--clinic", NOBODY, "--by", "Dr Ada").status == 1
    assert run(app, "protocol", "approve", "--clinic", clinic).status == 2
    assert run(app, "protocol", "list").answer[0]["approved_at"] is None


def test_every_number_is_shown_to_whom_signs(app: Flask) -> None:
    clinic = str(make.clinic().id)
    shown = run(app, "protocol", "show", "--clinic", clinic).answer
    assert shown["number"] == 1
    assert shown["content"]["check_in_days"] == [1, 2, 3, 4, 5, 7]
