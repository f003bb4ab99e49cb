"""Every view and change by a person or token leaves one row of ids in the audit, and no name."""

import json

import sqlalchemy as sa

from recovery.db import db, reading
from recovery.models.staff import ApiToken, Staff
from recovery.models.system import AuditEvent
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
