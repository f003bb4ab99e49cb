"""The protocol over the API: read by every nurse, written and signed by an admin."""

from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from recovery.db import db, reading
from recovery.models.clinic import Clinic
from recovery.models.system import AuditEvent
from tests import make
from tests.api.conftest import Caller


@pytest.fixture
def admin(client: FlaskClient, clinic: Clinic) -> Caller:
    return Caller(client, make.token(make.nurse(clinic, "admin@rosewood.example", role="admin")))


def test_a_nurse_reads_the_protocol_and_may_not_write_or_sign_it(api: Caller) -> None:
    shown = api.get("protocol").json

    assert (shown["in_force"], shown["newest"]["number"], shown["newest"]["approved_by"]) == (1, 1, None)
    assert shown["newest"]["content"]["medium"] == {"days": 3, "usual": [6, 5, 3, 0]}
    assert api.post("protocol", {"based_on": 1, "changes": {"severe_from": 6}}).status_code == 403
    assert api.post("protocol/approve", {"number": 1, "by": "Mallory"}).status_code == 403
    assert api.get("protocol").json == shown


def test_every_version_is_read_with_its_numbers(admin: Caller, api: Caller) -> None:
    admin.post("protocol", {"based_on": 1, "changes": {"severe_from": 8}})

    versions = [api.get(f"protocol/versions/{number}").json for number in (1, 2)]

    assert [(each["number"], each["content"]["severe_from"]) for each in versions] == [(1, 7), (2, 8)]
    assert versions[1] == api.get("protocol").json["newest"]
    for none in ("0", "3", "9" * 30):
        assert api.get(f"protocol/versions/{none}").status_code == 404


def test_a_version_is_written_and_signed(admin: Caller) -> None:
    admin.post("protocol/approve", {"number": 1, "by": "Dr Ada"})
    new = admin.post("protocol", {"based_on": 1, "changes": {"severe_from": 8, "check_in_days": [1, 3, 7]}})
    between = admin.get("protocol").json
    signed = admin.post("protocol/approve", {"number": 2, "by": " Dr Ada "})

    assert new.status_code == 201
    assert (new.json["number"], new.json["approved_by"], new.json["content"]["severe_from"]) == (2, None, 8)
    assert (between["in_force"], [each["number"] for each in between["versions"]]) == (1, [2, 1])
    assert (signed.json["number"], signed.json["approved_by"]) == (2, "Dr Ada")
    assert admin.get("protocol").json["in_force"] == 2
    with reading():
        events = db.session.scalars(sa.select(AuditEvent).order_by(AuditEvent.at)).all()
        assert [(each.action, each.subject) for each in events] == [
            ("approve", "protocol"),
            ("write", "protocol"),
            ("approve", "protocol"),
        ]


REFUSED: list[tuple[str, dict[str, Any], int, str]] = [
    ("protocol", {"based_on": 1, "changes": {}}, 422, "changes"),
    ("protocol", {"based_on": 1, "changes": {"severe_from": 7}}, 422, "changes"),
    ("protocol", {"based_on": 1, "changes": {"severe_from": 70}}, 422, "severe_from"),
    ("protocol", {"based_on": 1, "changes": {"severe_from": "7"}}, 422, "severe_from"),
    ("protocol", {"based_on": 1, "changes": {"quiet_from": "23:00"}}, 422, "quiet_from"),
    ("protocol", {"based_on": 1, "changes": {"approved_by": "me"}}, 422, "approved_by"),
    ("protocol", {"based_on": 1, "changes": {"severe_from": 8}, "approved_by": "me"}, 422, "approved_by"),
    ("protocol", {"based_on": True, "changes": {"severe_from": 8}}, 422, "based_on"),
    ("protocol", {"based_on": 2, "changes": {"severe_from": 8}}, 409, ""),
    ("protocol/approve", {"number": 1, "by": " "}, 422, "by"),
    ("protocol/approve", {"number": 2, "by": "Dr Ada"}, 409, ""),
    ("protocol/approve", {"by": "Dr Ada"}, 422, "number"),
]


def test_what_is_wrong_is_refused_by_name_and_changes_nothing(admin: Caller) -> None:
    before = admin.get("protocol").json

    for path, body, status, field in REFUSED:
        refused = admin.post(path, body)
        assert refused.status_code == status, (path, body)
        assert list(refused.json.get("errors", {"": ""})) == [field], (path, body)
    assert admin.get("protocol").json == before


def test_another_clinic_has_its_own(admin: Caller, stranger: Caller) -> None:
    admin.post("protocol", {"based_on": 1, "changes": {"severe_from": 8}})

    assert len(stranger.get("protocol").json["versions"]) == 1
