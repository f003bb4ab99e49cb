"""A POST that is sent twice under one key has its effect once and gets its first answer again."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
import sqlalchemy as sa
from flask import Flask

from recovery.db import db, reading
from recovery.models.clinic import Clinic
from recovery.models.patient import Patient
from recovery.models.staff import Staff
from recovery.models.system import AuditEvent, IdempotencyKey
from recovery.services import clock
from tests import make
from tests.api import stories
from tests.api.conftest import Caller

KEY = {"Idempotency-Key": "7d0f"}


def test_a_repeated_request_gets_the_first_answer_byte_for_byte(api: Caller) -> None:
    body = stories.maria()

    first = api.post("patients", body, headers=KEY)
    again = api.post("patients", body, headers=KEY)

    assert (first.status_code, again.status_code) == (201, 201)
    assert again.data == first.data
    assert again.headers["ETag"] == first.headers["ETag"] == '"1"'
    assert len(api.get("patients").json["items"]) == 1


def test_a_replay_comes_before_a_stale_version_and_a_conflict(api: Caller) -> None:
    path = f"flagged-cases/{stories.case(api)['id']}/resolve"
    headers = {**KEY, "If-Match": '"1"'}

    first = api.post(path, {"outcome": "treated"}, headers=headers)
    again = api.post(path, {"outcome": "treated"}, headers=headers)

    assert (first.status_code, again.data) == (200, first.data)


def test_another_body_under_the_same_key_is_refused(api: Caller) -> None:
    api.post("patients", stories.maria(), headers=KEY)

    answer = api.post("patients", stories.maria(), headers=KEY)

    assert answer.status_code == 422
    assert list(answer.json["errors"]) == ["Idempotency-Key"]


def test_a_key_belongs_to_its_caller_and_its_path(api: Caller, clinic: Clinic) -> None:
    colleague = Caller(api.client, make.token(make.nurse(clinic, email="ana@rosewood.example")))
    one, two = stories.case(api), stories.case(api)

    answers = [
        caller.post(f"flagged-cases/{case['id']}/notes", {"text": "Called."}, headers=KEY)
        for caller in (api, colleague)
        for case in (one, two)
    ]

    assert len({answer.data for answer in answers}) == 4


def test_a_refused_request_keeps_nothing(api: Caller) -> None:
    taken = stories.patient(api)["phone"]
    refused = api.post("patients", stories.maria(phone=taken), headers=KEY)

    assert refused.status_code == 409
    with reading():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(IdempotencyKey)) == 0
    assert api.post("patients", stories.maria(), headers=KEY).status_code == 201


def test_the_answer_is_kept_sealed_for_a_day(api: Caller) -> None:
    body = stories.maria()
    first = api.post("patients", body, headers=KEY)

    with reading():
        (kept,) = db.session.execute(sa.text("SELECT answer FROM idempotency_key")).one()
    assert b"Maria" not in bytes(kept)
    with clock.set_to(make.NOON + timedelta(hours=23, minutes=59)):
        assert api.post("patients", body, headers=KEY).data == first.data
    with clock.set_to(make.NOON + timedelta(hours=24, minutes=1)):
        assert api.post("patients", body, headers=KEY).status_code == 409


@pytest.mark.parametrize("path", ["tokens", "staff", "staff/{}/reset-link"])
def test_an_answer_with_a_secret_is_not_kept_and_its_effect_not_repeated(
    admin: Caller, nurse: Staff, path: str
) -> None:
    bodies = {
        "tokens": {"staff_id": str(nurse.id), "name": "reports"},
        "staff": {"email": "new@rosewood.example", "role": "nurse"},
    }
    path, body = path.format(nurse.id), bodies.get(path)

    first = admin.post(path, body, headers=KEY)
    again = admin.post(path, body, headers=KEY)

    assert (first.status_code, again.status_code) == (201, 409)
    assert "shown once" in again.json["detail"]
    with reading():
        assert db.session.scalars(sa.select(IdempotencyKey)).one().answer is None


def test_an_answer_that_is_given_again_is_one_more_view(api: Caller) -> None:
    case = stories.case(api)
    path = f"flagged-cases/{case['id']}/notes"
    api.post(path, {"text": "Called."}, headers=KEY)
    before = _audited()

    api.post(path, {"text": "Called."}, headers=KEY)

    assert _audited()[len(before) :] == [("view", "case", [case["id"]])]


def _audited() -> list[tuple[str, str, list[str]]]:
    with reading():
        rows = db.session.scalars(sa.select(AuditEvent).order_by(AuditEvent.id))
        return [(row.action, row.subject, row.subject_ids) for row in rows]


def test_a_kept_answer_goes_with_the_patient_it_is_about(api: Caller) -> None:
    enrolled = api.post("patients", stories.maria(), headers=KEY).json
    begun = stories.treatment(api, enrolled)
    api.post(f"treatments/{begun['id']}/reports", {"redness": 1}, headers=KEY)

    api.delete(f"patients/{enrolled['id']}")

    with reading():
        assert db.session.scalars(sa.select(IdempotencyKey)).all() == []


def test_a_key_is_1_to_255_characters(api: Caller) -> None:
    for key, status in (("k" * 255, 201), ("k" * 256, 422), ("", 422), ("  ", 422)):
        answer = api.post("patients", stories.maria(), headers={"Idempotency-Key": key})
        assert answer.status_code == status, key


@pytest.mark.both_databases
def test_of_twins_at_once_one_acts_and_all_get_its_answer(app: Flask, nurse: Staff) -> None:
    token, body, ready = make.token(nurse), stories.maria(), Barrier(4)

    def send() -> tuple[int, bytes]:
        caller = Caller(app.test_client(), token)
        ready.wait()
        with clock.set_to(make.NOON):
            answer = caller.post("patients", body, headers=KEY)
        return answer.status_code, answer.data

    with ThreadPoolExecutor(4) as pool:
        answers = [each.result() for each in [pool.submit(send) for _ in range(4)]]

    assert {status for status, _ in answers} == {201}
    assert len({data for _, data in answers}) == 1
    with reading():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Patient)) == 1
