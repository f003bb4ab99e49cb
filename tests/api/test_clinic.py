"""The clinic's own facts over the API: every nurse reads them, an admin changes them."""

from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from recovery.db import db, reading
from recovery.models.clinic import Clinic
from recovery.models.system import AuditEvent
from tests import make
from tests.api.conftest import Caller

OFFICE = ["09:00", "17:00"]


@pytest.fixture
def admin(client: FlaskClient, clinic: Clinic) -> Caller:
    return Caller(client, make.token(make.nurse(clinic, "admin@rosewood.example", role="admin")))


def test_a_nurse_reads_the_clinic_and_may_not_change_it(api: Caller) -> None:
    shown = api.get("clinic")

    assert shown.headers["ETag"] == '"1"'
    assert shown.json["sms_name"] == "Rosewood Skin"
    assert shown.json["weekly_hours"] == [*[OFFICE] * 5, None, None]
    assert (shown.json["check_in_time"], shown.json["texting_on"]) == ("10:00", True)
    refused = api.patch("clinic", {"name": "Mine"})
    assert refused.status_code == 403
    assert refused.json["detail"] == "Only an admin may do this."
    assert api.get("clinic").json == shown.json


def test_an_admin_changes_every_fact(admin: Caller, clinic: Clinic) -> None:
    given: dict[str, Any] = {
        "name": "=Rosewood <script>alert(1)</script>",
        "sms_name": "Rosewood",
        "timezone": "America/Vancouver",
        "language": "fr",
        "weekly_hours": [["08:00", "12:00"], *[None] * 6],
        "holidays": ["2026-12-26", "2026-12-25", "2026-12-25"],
        "check_in_time": "08:30",
        "on_call_phone": "(416) 555-0198",
        "emergency_number": "112",
        "crisis_number": "",
        "messaging_service_sid": "MG1",
        "second_step_required": True,
    }
    changed = admin.patch("clinic", given)

    assert changed.status_code == 200, changed.json
    expected = {**given, "holidays": ["2026-12-25", "2026-12-26"], "on_call_phone": "+14165550198"}
    assert {name: changed.json[name] for name in given} == expected
    assert (changed.json["version"], changed.headers["ETag"]) == (2, '"2"')
    assert admin.get("clinic").json == changed.json
    with reading():
        event = db.session.scalars(sa.select(AuditEvent)).one()
        assert (event.action, event.subject, event.subject_ids) == ("change", "clinic", [str(clinic.id)])


def test_texts_are_stopped_by_name_and_go_on_again(admin: Caller) -> None:
    off = admin.patch("clinic", {"texting_on": False}).json
    again = admin.patch("clinic", {"texting_on": False}).json
    on = admin.patch("clinic", {"texting_on": True}).json

    assert (off["texting_on"], off["texting_off_by"]) == (False, "admin")
    assert off["texting_off_at"].startswith("2026-11-20T12:00:00")
    assert again == off
    assert (on["texting_on"], on["texting_off_at"], on["texting_off_by"]) == (True, None, None)


def test_the_second_of_two_admins_is_told(admin: Caller) -> None:
    admin.patch("clinic", {"name": "First"}, headers={"If-Match": '"1"'})

    late = admin.patch("clinic", {"name": "Second"}, headers={"If-Match": '"1"'})

    assert late.status_code == 412
    assert admin.get("clinic").json["name"] == "First"


WRONG: list[tuple[dict[str, Any], str]] = [
    ({}, "body"),
    ({"id": "01a20499-865c-7adb-89d8-406a46e0cca1"}, "id"),
    ({"phone": "+14165550111"}, "phone"),
    ({"is_demo": True}, "is_demo"),
    ({"version": 7}, "version"),
    ({"region": "FR"}, "region"),
    ({"texting_off_by": "Nobody"}, "texting_off_by"),
    ({"name": " "}, "name"),
    ({"name": "x" * 201}, "name"),
    ({"name": "a\x00b"}, "name"),
    ({"name": None}, "name"),
    ({"sms_name": "Rosewood Skin & Laser"}, "sms_name"),
    ({"sms_name": "Skin 🌹"}, "sms_name"),
    ({"timezone": "Mars/Olympus"}, "timezone"),
    ({"language": "de"}, "language"),
    ({"weekly_hours": [OFFICE]}, "weekly_hours"),
    ({"weekly_hours": [None] * 7}, "weekly_hours"),
    ({"weekly_hours": [["17:00", "09:00"], *[None] * 6]}, "weekly_hours"),
    ({"weekly_hours": [["9", "17:00"], *[None] * 6]}, "weekly_hours"),
    ({"weekly_hours": [["09:00"], *[None] * 6]}, "weekly_hours"),
    ({"holidays": ["Christmas"]}, "holidays"),
    ({"check_in_time": "15:00"}, "check_in_time"),
    ({"check_in_time": "8:30"}, "check_in_time"),
    ({"on_call_phone": "911"}, "on_call_phone"),
    ({"emergency_number": ""}, "emergency_number"),
    ({"emergency_number": "nine"}, "emergency_number"),
    ({"crisis_number": "1" * 17}, "crisis_number"),
    ({"messaging_service_sid": "AC1"}, "messaging_service_sid"),
    ({"second_step_required": 1}, "second_step_required"),
    ({"texting_on": "no"}, "texting_on"),
]


def test_a_wrong_or_foreign_field_is_named_and_changes_nothing(admin: Caller) -> None:
    before = admin.get("clinic").json

    for body, field in WRONG:
        refused = admin.patch(
            "clinic", {**body, "emergency_number": body.get("emergency_number", "999")} if body else body
        )
        assert refused.status_code == 422, body
        assert list(refused.json["errors"]) == [field], body
    assert admin.get("clinic").json == before


def test_a_phone_on_call_is_nobody_whose_texts_are_read(admin: Caller, clinic: Clinic) -> None:
    make.patient(clinic, phone="+16475550123")
    make.clinic(name="Birch", phone="+14165550111")

    for number in ("+14165550100", "+16475550123", "+14165550111"):
        assert admin.patch("clinic", {"on_call_phone": number}).status_code == 409, number


def test_the_wording_is_read_with_its_segments(api: Caller) -> None:
    texts = {each["key"]: each for each in api.get("clinic/wording").json["items"]}

    english, _, french = texts["welcome"]["previews"]
    assert english["text"].startswith("Hi from Rosewood Skin.")
    assert (french["language"], french["encoding"], french["segments"]) == ("fr", "GSM-7", 1)
    assert texts["please_call"]["group"] == "What a nurse may send at a touch"
