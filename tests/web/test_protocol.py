"""The protocol's page: read by every nurse, written anew and signed by an admin, never changed."""

import re
from html import unescape
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from recovery.db import reading
from recovery.domain.protocol import DEFAULT
from recovery.models.clinic import Clinic
from recovery.queries import protocols
from recovery.web.protocol_forms import as_typed, differences, read
from tests import make
from tests.web.visitor import Visitor, words

SCRIPT = "<script>alert(1)</script>"


def filled(page: TestResponse) -> dict[str, Any]:
    """What a browser would send back of the form as it stands on the page."""
    found: dict[str, Any] = {"raising": []}
    for tag in re.findall(r"<input[^>]*>", page.text.partition("<main")[2]):
        name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and value and name.group(1) == "raising":
            found["raising"] += [value.group(1)] if "checked" in tag else []
        elif name and value and name.group(1) != "csrf_token":
            found[name.group(1)] = unescape(value.group(1))
    return found


def written(admin: Visitor, **changes: Any) -> TestResponse:
    return admin.post("/protocol/new", **{**filled(admin.get("/protocol/new")), **changes})


def versions(clinic: Clinic) -> list[tuple[int, str | None]]:
    with reading():
        return [(each.number, each.approved_by) for each in protocols.versions_of(clinic.id)]


def test_a_nurse_reads_every_number_and_can_sign_nothing(signed_in: Visitor, clinic: Clinic) -> None:
    page = signed_in.get("/protocol")

    said = words(page)
    for sentence in (
        "Medium, or not noted 3 6 5 3 0",
        "mild is from 1 , moderate is from 4",
        "Emergency, at any hour 15 minutes",
        "diabetes, immune suppression, poor wound healing",
        "Chu 2021",
    ):
        assert sentence in said
    assert "<form" not in page.text.partition("<main")[2]
    assert signed_in.get("/protocol/new").status_code == 403
    assert signed_in.post("/protocol/new", based_on="1", severe_from="6").status_code == 403
    assert signed_in.post("/protocol/approve", number="1", by="Mallory").status_code == 403
    assert versions(clinic) == [(1, None)]


def test_a_version_is_written_read_and_signed(admin: Visitor, clinic: Clinic) -> None:
    admin.get("/protocol")
    admin.post("/protocol/approve", number="1", by="Dr Ada")
    answer = written(admin, **{"emergency_minutes": "10", "shallow.usual.1": "4", "shallow_to_mm": "0,6"})

    assert answer.location == "/protocol"
    said = words(admin.get("/protocol"))
    assert "Until it is signed, new treatments begin under version 1" in said
    assert "Emergency, at any hour 10 was 15 minutes" in said
    assert "Shallow 2 4 was 5 3 0 0" in said
    assert "Shallow: needles up to 0.6 was 0.5 mm" in said

    admin.post("/protocol/approve", number="2", by=f"Dr {SCRIPT}")
    page = admin.get("/protocol")
    assert "New treatments begin under it." in words(page)
    assert SCRIPT not in page.text
    assert "New treatments begin under version 2" in words(admin.get("/protocol/versions/1"))
    assert versions(clinic) == [(2, f"Dr {SCRIPT}"), (1, "Dr Ada")]


def test_a_treatment_keeps_the_version_it_began_with(admin: Visitor, clinic: Clinic) -> None:
    admin.get("/protocol")
    before = make.treatment(make.patient(clinic)).protocol_version_id
    admin.post("/protocol/approve", number="1", by="Dr Ada")
    written(admin, emergency_minutes="10")
    draft = make.treatment(make.patient(clinic)).protocol_version_id
    admin.post("/protocol/approve", number="2", by="Dr Ada")
    after = make.treatment(make.patient(clinic)).protocol_version_id

    assert before == draft != after
    assert "Version 2 , in force" in words(admin.get("/protocol"))
    with reading():
        assert protocols.treatments_under(clinic.id) == {before: (2, 2), after: (1, 1)}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"severe_from": "99"}, "Must be a whole number from 5 to 8."),
        ({"severe_from": SCRIPT}, "Must be a whole number from 5 to 8."),
        ({"medium_to_mm": "0.4"}, "Must be deeper than shallow."),
        ({"medium.usual.3": "6"}, "must not rise from one day to the next"),
        ({"band.1": "5"}, "Must be five whole numbers that rise"),
        ({"check_in_days": "1, 2, never"}, "Must be a whole number from 0 to 10."),
        ({"raising": SCRIPT}, "Accepted: diabetes"),
        ({}, "Nothing is different from version 1."),
        ({"quiet_from": "23:00", "last_day": "9", "approved_by": "me"}, "Nothing is different"),
    ],
)
def test_numbers_against_sense_are_marked_and_nothing_is_written(
    admin: Visitor, clinic: Clinic, changes: dict[str, str], said: str
) -> None:
    answer = written(admin, **changes)

    assert answer.status_code == 422
    assert said in words(answer)
    assert SCRIPT not in answer.text
    assert versions(clinic) == [(1, None)]


def test_the_second_of_two_writers_looks_first(admin: Visitor, clinic: Clinic) -> None:
    late = filled(admin.get("/protocol/new"))
    written(admin, emergency_minutes="10")

    admin.post("/protocol/new", **{**late, "emergency_minutes": "20"})
    assert "Somebody else wrote version 2 meanwhile; look at it first." in words(admin.get("/protocol"))
    admin.post("/protocol/approve", number="1", by="Dr Ada")
    assert "Version 1 is not the newest" in words(admin.get("/protocol"))
    assert versions(clinic) == [(2, None), (1, None)]


def test_a_signature_needs_a_name_and_is_given_once(admin: Visitor, clinic: Clinic) -> None:
    admin.get("/protocol")
    for nobody in ("", " ", "x" * 201, "a\nb"):
        assert admin.post("/protocol/approve", number="1", by=nobody).status_code == 422
    admin.post("/protocol/approve", number="1", by="Dr Ada")
    admin.post("/protocol/approve", number="1", by="Mallory")
    assert versions(clinic) == [(1, "Dr Ada")]


def test_another_clinics_versions_are_not_there(app: Flask, admin: Visitor, stranger: Visitor) -> None:
    written(admin, emergency_minutes="10")

    assert stranger.get("/protocol/versions/2").status_code == 404
    assert "Version 2" not in words(stranger.get("/protocol"))


def test_what_is_typed_is_read_as_it_was_meant() -> None:
    typed = as_typed(DEFAULT)
    assert read(typed)["bands"] == list(DEFAULT.bands)
    typed["on_call_share"], typed["check_in_days"], typed["severe_from"] = "0,25", "1 3,  5", "٧"
    values = read(typed)
    assert (values["on_call_share"], values["check_in_days"], values["severe_from"]) == (0.25, [1, 3, 5], "٧")
    assert differences(DEFAULT, DEFAULT) == {}
