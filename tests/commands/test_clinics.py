"""`clinic add` and `clinic list`."""

import pytest
from click import BadParameter
from flask import Flask

from recovery.commands.hours import as_written, week
from recovery.db import writing
from recovery.services import inbox
from recovery.services.incoming import Incoming
from tests import make
from tests.commands.run import run

ADD = ("clinic", "add", "Rosewood Skin", "--phone", "+14165550100", "--timezone", "America/Toronto")
OFFICE = ["09:00", "17:00"]


def test_a_clinic_is_added_with_defaults(app: Flask) -> None:
    added = run(app, *ADD)
    assert (added.status, added.err) == (0, "")
    (clinic,) = run(app, "clinic", "list").answer
    assert clinic["id"] == added.answer["id"]
    assert (clinic["name"], clinic["sms_name"], clinic["phone"]) == (
        "Rosewood Skin",
        "Rosewood Skin",
        "+14165550100",
    )
    assert clinic["hours"] == [f"{day} 09:00-17:00" for day in ("Mon", "Tue", "Wed", "Thu", "Fri")]
    assert (clinic["language"], clinic["check_in_time"], clinic["holidays"]) == ("en", "10:00", [])
    assert (clinic["emergency_number"], clinic["crisis_number"]) == ("911", "988")


@pytest.mark.parametrize(
    ("name", "in_texts"),
    [
        ("Clínica Peña", "Clinica Peña"),
        ("Rosewood Skin and Laser", "Rosewood Skin and"),
        ("Rosewood Skin East", "Rosewood Skin East"),
        ("Dermatologiepraxis", "Dermatologiepraxis"),
        ("Dermatologiezentrum", "Dermatologiezentru"),
    ],
)
def test_the_name_in_texts_is_as_much_of_the_name_as_they_can_hold(
    app: Flask, name: str, in_texts: str
) -> None:
    assert run(app, "clinic", "add", name, *ADD[3:]).status == 0
    (clinic,) = run(app, "clinic", "list").answer
    assert clinic["sms_name"] == in_texts


def test_every_fact_can_be_given(app: Flask) -> None:
    given = {
        "--language": "fr",
        "--sms-name": "Rosewood",
        "--check-in-time": "08:30",
        "--on-call-phone": "(416) 555-0199",
        "--emergency-number": "112",
        "--crisis-number": "3114",
        "--messaging-service": "MG1",
        "--hours": "Sat 10:00-12:00",
    }
    options = [each for pair in given.items() for each in pair]
    assert run(app, *ADD, *options, "--holiday", "2026-12-25", "--holiday", "2026-07-01").status == 0
    (clinic,) = run(app, "clinic", "list").answer
    assert clinic["on_call_phone"] == "+14165550199"
    assert clinic["hours"] == ["Sat 10:00-12:00"]
    assert clinic["holidays"] == ["2026-07-01", "2026-12-25"]
    facts = (
        "language",
        "sms_name",
        "check_in_time",
        "emergency_number",
        "crisis_number",
        "messaging_service",
    )
    assert [clinic[name] for name in facts] == ["fr", "Rosewood", "08:30", "112", "3114", "MG1"]


REFUSED = [
    (("--phone", "12"), 1, "phone"),
    (("--timezone", "Mars/Olympus"), 1, "timezone"),
    (("--sms-name", "nineteen characters"), 1, "sms_name"),
    (("--sms-name", "Clínica"), 1, "sms_name"),
    (("--sms-name", ""), 1, "sms_name"),
    (("--sms-name", "€€€€€€€€€€"), 1, "sms_name"),  # each counts two in a text
    (("--check-in-time", "07:59"), 1, "check_in_time"),
    (("--on-call-phone", "911"), 1, "on_call_phone"),
    (("--emergency-number", "12345"), 1, "emergency_number"),
    (("--crisis-number", "línea 3114"), 1, "crisis_number"),
    (("--language", "de"), 2, "--language"),
    (("--check-in-time", "ten"), 2, "--check-in-time"),
    (("--holiday", "Christmas"), 2, "--holiday"),
    (("--hours", "Mon-Fri"), 2, "--hours"),
    (("--colour", "red"), 2, "--colour"),
]


@pytest.mark.parametrize(("options", "status", "named"), REFUSED)
def test_a_wrong_fact_is_named_and_adds_nothing(
    app: Flask, options: tuple[str, ...], status: int, named: str
) -> None:
    done = run(app, *ADD, *options)
    assert (done.status, done.out) == (status, "")
    assert named in done.err.splitlines()[-1]
    assert run(app, "clinic", "list").answer == []


def test_a_number_belongs_to_one_clinic(app: Flask) -> None:
    run(app, *ADD)
    again = run(app, *ADD)
    assert (again.status, again.out) == (1, "")
    assert again.err == "Error: +14165550100 is another clinic's number already.\n"


def test_an_on_call_phone_is_set_and_taken_away_later(app: Flask) -> None:
    clinic = run(app, *ADD).answer["id"]
    changed = run(app, "clinic", "change", clinic, "--on-call-phone", "(416) 555-0199").answer
    assert (changed["on_call_phone"], changed["messaging_service"]) == ("+14165550199", None)
    changed = run(app, "clinic", "change", clinic, "--messaging-service", "MG1").answer
    assert (changed["on_call_phone"], changed["messaging_service"]) == ("+14165550199", "MG1")
    changed = run(app, "clinic", "change", clinic, "--on-call-phone", "", "--messaging-service", "").answer
    assert (changed["on_call_phone"], changed["messaging_service"]) == (None, None)
    assert run(app, "clinic", "list").answer == [changed]


def test_holidays_are_set_anew_and_all_taken_away(app: Flask) -> None:
    clinic = run(app, *ADD, "--holiday", "2026-12-25").answer["id"]
    changed = run(app, "clinic", "change", clinic, "--holiday", "2027-01-01").answer
    kept = run(app, "clinic", "change", clinic, "--name", "Rosewood").answer
    cleared = run(app, "clinic", "change", clinic, "--no-holidays").answer
    assert [each["holidays"] for each in (changed, kept, cleared)] == [["2027-01-01"], ["2027-01-01"], []]


def test_the_on_call_phone_takes_texts_from_now_on(app: Flask) -> None:
    clinic = make.clinic()
    run(app, "clinic", "change", str(clinic.id), "--on-call-phone", "+14165550199")
    with writing():
        answered = inbox.receive(
            Incoming("SM1", to="+14165550100", sender="+14165550199", body="pus"), make.NOON
        )
    assert answered is not None
    assert "read only TAKE here" in answered.body


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--on-call-phone", "911"), "on_call_phone"),
        (("--on-call-phone", "+14165550100"), "the clinic's own number"),
        (("--on-call-phone", "+16475550123"), "a patient's number"),
        (("--messaging-service", "M" * 35), "messaging_service_sid"),
    ],
)
def test_a_wrong_change_is_refused_whole(app: Flask, options: tuple[str, ...], said: str) -> None:
    clinic = make.clinic()
    make.patient(clinic, phone="+16475550123")
    (before,) = run(app, "clinic", "list").answer
    done = run(app, "clinic", "change", before["id"], *options)
    assert (done.status, done.out) == (1, "")
    assert said in done.err
    assert run(app, "clinic", "list").answer == [before]


WEEKS = [
    (["Mon-Fri 09:00-17:00"], [OFFICE] * 5 + [None, None]),
    (["mon-thu 9:00-17:00, FRI 09:00-13:00"], [OFFICE] * 4 + [["09:00", "13:00"], None, None]),
    (["Mon 09:00-17:00", "Wed 09:00-17:00"], [OFFICE, None, OFFICE, None, None, None, None]),
    (["Sat-Mon 09:00-17:00"], [OFFICE, None, None, None, None, OFFICE, OFFICE]),
    (["Mon-Sun 00:00-23:59"], [["00:00", "23:59"]] * 7),
]


@pytest.mark.parametrize(("typed", "meant"), WEEKS)
def test_hours_are_read_as_typed(typed: list[str], meant: list[list[str] | None]) -> None:
    assert week(typed) == meant
    assert week(as_written(meant)) == meant


NO_WEEKS = ["", "Mon", "Mon-Fri", "Funday 09:00-17:00", "Mon 9-17", "Mon 09:00-25:00", "Mon 17:00-09:00"]
NO_WEEKS += ["Mon 09:00-17:00, Mon 18:00-19:00", "Mon-Wed 09:00-17:00, Tue 09:00-12:00", "Mon 09:00-17:00,"]


@pytest.mark.parametrize("typed", NO_WEEKS)
def test_hours_that_could_mean_two_things_are_refused(typed: str) -> None:
    with pytest.raises(BadParameter, match="accepted"):
        week([typed])
