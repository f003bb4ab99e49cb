"""Every view and change by a person or token leaves one row of ids in the audit, and no name."""

import json
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from recovery.db import db, reading
from recovery.models.clinic import Clinic
from recovery.models.staff import ApiToken, Staff
from recovery.models.system import AuditEvent
from recovery.services import audit, clock
from tests import make
from tests.api import stories
from tests.api.conftest import Caller


def test_who_saw_and_changed_what_is_recorded(api: Caller, nurse: Staff) -> None:
    one, two = stories.patient(api), stories.patient(api)
    begun = stories.treatment(api, one)
    api.get("patients")
    api.get(f"treatments/{begun['id']}")
    api.patch(f"patients/{two['id']}", {"name": "Ana"})
    api.delete(f"patients/{two['id']}")

    with reading():
        rows = db.session.scalars(sa.select(AuditEvent).order_by(AuditEvent.at)).all()
        token = db.session.scalars(sa.select(ApiToken.id)).one()
        seen = [(row.action, row.subject, sorted(row.subject_ids)) for row in rows]
        assert {(row.staff_id, row.token_id, row.clinic_id) for row in rows} == {
            (nurse.id, token, nurse.clinic_id)
        }

    assert seen == [
        ("enrol", "patient", [one["id"]]),
        ("enrol", "patient", [two["id"]]),
        ("begin", "treatment", [begun["id"]]),
        ("list", "patient", sorted([one["id"], two["id"]])),
        ("view", "treatment", [begun["id"]]),
        ("change", "patient", [two["id"]]),
        ("erase", "patient", [two["id"]]),
    ]
    assert "Maria" not in json.dumps(seen)


def test_what_was_refused_or_empty_is_not_recorded(api: Caller) -> None:
    api.get("patients")
    api.get("patients/01a20499-865c-7adb-89d8-406a46e0cca1")
    api.post("patients", {"name": 7})

    with reading():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(AuditEvent)) == 0


def test_a_program_that_asks_again_and_again_is_recorded_when_it_sees_something_new(api: Caller) -> None:
    def rows() -> int:
        with reading():
            listed = sa.select(sa.func.count()).where(AuditEvent.action == "list")
            return db.session.scalar(listed) or 0

    stories.patient(api)
    for _ in range(3):
        api.get("patients")
    assert rows() == 1

    stories.patient(api)
    for _ in range(2):
        api.get("patients")
    assert rows() == 2

    with clock.set_to(make.NOON + audit.REPEATS_FOR + timedelta(minutes=1)):
        api.get("patients")
    assert rows() == 3


@pytest.fixture
def admin(client: FlaskClient, clinic: Clinic) -> Caller:
    return Caller(client, make.token(make.nurse(clinic, "boss@rosewood.example", role="admin")))


def test_an_admin_reads_the_audit_and_that_is_recorded(admin: Caller, api: Caller, nurse: Staff) -> None:
    one = stories.patient(api)
    begun = stories.treatment(api, one)

    page = admin.get(f"audit?limit=1&about={one['id']}")
    following = admin.get(f"audit?limit=1&about={one['id']}&cursor={page.json['next_cursor']}")

    (row,) = page.json["items"]
    assert (row["action"], row["subject"], row["subject_ids"]) == ("begin", "treatment", [begun["id"]])
    assert (row["staff"]["name"], row["token"]["name"], row["seq"]) == ("nurse", "tests", None)
    assert [each["action"] for each in following.json["items"]] == ["enrol"]
    seen = admin.get("audit?subject=audit").json["items"]
    assert [(each["staff"]["name"], each["action"]) for each in seen] == [("boss", "view")] * 2


def test_the_audit_is_the_admins_alone_and_of_their_clinic(
    api: Caller, admin: Caller, stranger: Caller
) -> None:
    stories.patient(stranger)
    assert api.get("audit").status_code == 403
    assert admin.get("audit").json == {"items": [], "next_cursor": None}


@pytest.mark.parametrize(
    "query", ["since=2026-11-20", "staff_id=me", "action=peek", "about=1", "limit=0", "x=1"]
)
def test_what_the_audit_is_not_asked(admin: Caller, query: str) -> None:
    assert admin.get(f"audit?{query}").status_code == 422
