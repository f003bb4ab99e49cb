"""Lists page by page: every row once, whatever its neighbours, and no more statements for more rows."""

from urllib.parse import quote

import pytest
import sqlalchemy as sa
from flask import Flask

from recovery.db import db, writing
from recovery.models.case import FlaggedCase
from recovery.models.clinic import Clinic
from recovery.models.patient import Patient
from tests import make
from tests.api import stories
from tests.api.conftest import Caller
from tests.statements import statements

pytestmark = pytest.mark.both_databases


def walk(api: Caller, path: str, limit: int) -> list[str]:
    """The ids of all pages, in order; every page but the last is full."""
    ids: list[str] = []
    cursor = ""
    while True:
        page = api.get(f"{path}?limit={limit}{cursor}").json
        ids += [each["id"] for each in page["items"]]
        if page["next_cursor"] is None:
            return ids
        assert len(page["items"]) == limit
        cursor = f"&cursor={quote(page['next_cursor'])}"


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 200])
def test_all_pages_together_hold_every_patient_once(api: Caller, limit: int) -> None:
    ids = {stories.patient(api)["id"] for _ in range(7)}
    with writing():
        db.session.execute(sa.update(Patient).values(created_at=make.NOON))

    walked = walk(api, "patients", limit)

    assert len(walked) == 7
    assert set(walked) == ids


def test_all_pages_together_hold_every_case_once(api: Caller) -> None:
    ids = {stories.case(api)["id"] for _ in range(5)}
    with writing():
        db.session.execute(sa.update(FlaggedCase).values(flagged_at=make.NOON))

    walked = walk(api, "flagged-cases", 2)

    assert len(walked) == 5
    assert set(walked) == ids


def test_a_patient_enrolled_meanwhile_moves_no_page(api: Caller) -> None:
    ids = [stories.patient(api)["id"] for _ in range(4)][::-1]
    first = api.get("patients?limit=2").json
    stories.patient(api)

    second = api.get(f"patients?limit=2&cursor={first['next_cursor']}").json

    assert [each["id"] for each in first["items"] + second["items"]] == ids


def test_a_cursor_is_good_for_its_own_list_only(api: Caller, stranger: Caller, clinic: Clinic) -> None:
    for _ in range(2):
        stories.case(api)
    cursor = api.get("patients?limit=1").json["next_cursor"]
    cases = api.get("flagged-cases?limit=1").json["next_cursor"]

    assert api.get(f"patients?cursor={cursor}").status_code == 200
    for foreign in (
        api.get(f"patients?cursor={cursor[:-1]}"),
        api.get(f"patients?cursor={cursor[1:]}"),
        api.get(f"patients?cursor={cases}"),
        api.get(f"patients?q=maria&cursor={cursor}"),
        api.get(f"flagged-cases?cursor={cursor}"),
        api.get(f"flagged-cases?status=resolved&cursor={cases}"),
        api.get(f"unknown-messages?cursor={cursor}"),
        stranger.get(f"patients?cursor={cursor}"),
    ):
        assert foreign.status_code == 422
        assert list(foreign.json["errors"]) == ["cursor"]


def test_unknown_numbers_are_listed_until_they_are_dismissed(
    api: Caller, stranger: Caller, clinic: Clinic
) -> None:
    number = stories.unknown_number(clinic)

    (shown,) = api.get("unknown-messages").json["items"]

    assert (shown["id"], shown["phone"], shown["messages"]) == (number, "+16475550999", [])
    assert shown["last_at"] == "2026-11-20T12:00:00-05:00"
    dismissed = api.post(f"unknown-messages/{number}/dismiss")
    assert (dismissed.status_code, dismissed.json["dismissed_at"][:10]) == (200, "2026-11-20")
    assert api.get("unknown-messages").json["items"] == []


@pytest.mark.parametrize("path", ["flagged-cases", "patients"])
def test_a_longer_list_takes_no_more_statements(app: Flask, api: Caller, path: str) -> None:
    stories.case(api)
    api.get(path)
    stories.case(api)  # what was not seen before is noted in the audit, in either list
    with statements() as few:
        assert len(api.get(path).json["items"]) == 2
    for _ in range(28):
        stories.case(api)
    with statements() as many:
        assert len(api.get(path).json["items"]) == 30

    assert len(many) == len(few) <= 12, many
