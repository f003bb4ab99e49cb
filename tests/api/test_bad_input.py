"""Every wrong request is a 4xx problem that names what is wrong, and changes nothing."""

import json
from io import BytesIO
from typing import Any

from werkzeug.test import TestResponse

from tests.api import stories
from tests.api.conftest import Caller

AT = "2026-11-20T10:00:00-05:00"

WRONG_PATIENTS: list[tuple[str, Any]] = [
    ("name", None),
    ("name", ""),
    ("name", " \t\n"),
    ("name", "Maria\x00Lopez"),
    ("name", "\ud800"),
    ("name", "M" * 201),
    ("name", "M" * 5000),
    ("name", 7),
    ("name", ["Maria"]),
    ("name", {"first": "Maria"}),
    ("phone", "12"),
    ("phone", "not a number"),
    ("phone", ""),
    ("phone", "\x00"),
    ("phone", 16475550123),
    ("phone", "6" * 65),
    ("language", "de"),
    ("language", None),
    ("language", "EN"),
    ("timezone", "Toronto"),
    ("timezone", "../../etc/passwd"),
    ("timezone", "America/Toronto\x00"),
    ("timezone", -5),
    ("skin_type", "VII"),
    ("skin_type", 4),
    ("risk_facts", "diabetes"),
    ("risk_facts", ["tired"]),
    ("risk_facts", [None]),
    ("risk_facts", [["diabetes"]]),
    ("risk_facts", None),
    ("consented_at", "2026-11-20T10:00:00"),
    ("consented_at", "2026-11-20"),
    ("consented_at", "20261120T100000Z"),
    ("consented_at", 1763640000),
    ("consented_at", True),
    ("consented_at", "2026-02-30T10:00:00Z"),
    ("consented_at", "2026-11-20T10:00:60Z"),
    ("consented_at", "0001-01-01T00:00:00+23:59"),
    ("consented_at", "9999-12-31T23:59:59-23:59"),
    ("consented_at", "1999-12-31T23:59:59Z"),
    ("consented_at", "2027-11-20T10:00:00Z"),
    ("consented_at", "２０２６-11-20T10:00:00Z"),
    ("clinic_id", "01a20499-865c-7adb-89d8-406a46e0cca1"),
    ("version", 9),
    ("id", "01a20499-865c-7adb-89d8-406a46e0cca1"),
]

WRONG_TREATMENTS: list[tuple[str, Any]] = [
    ("patient_id", None),
    ("patient_id", "7"),
    ("patient_id", 7),
    ("patient_id", "{01a20499-865c-7adb-89d8-406a46e0cca1}"),
    ("treated_at", None),
    ("treated_at", "2026-11-20T10:00:00"),
    ("treated_at", "0001-01-01T00:00:00Z"),
    ("treated_at", "9999-12-31T23:59:59Z"),
    ("needle_depth_mm", 0),
    ("needle_depth_mm", -0.5),
    ("needle_depth_mm", 10.01),
    ("needle_depth_mm", "1.5"),
    ("needle_depth_mm", True),
    ("needle_depth_mm", float("nan")),
    ("needle_depth_mm", float("inf")),
    ("needle_depth_mm", 10**400),
    ("device", "laser"),
    ("indication", ""),
    ("next_session_on", "2026-13-01"),
    ("next_session_on", "20261201"),
    ("next_session_on", "9999-12-31"),
    ("next_session_on", "0001-01-01"),
    ("next_session_on", "2026-12-01T10:00:00Z"),
    ("area", "x" * 201),
    ("notes", "x" * 4001),
    ("notes", "\x00"),
    ("status", "recovered"),
]


WRONG_SCORES: list[Any] = ["3", 3.0, 3.5, True, -1, 11, 10**30, [3], {"value": 3}, float("nan"), "none"]
NO_JSON = (
    b"",
    b"{",
    b"{'name': 1}",
    b'{"name": }',
    b"\xff\xfe",
    b'{"a": 1, "a": 2}',
    b"[" * 100_000,
    b"9" * 5000,
)
WRONG_QUERIES = (
    "limit=0",
    "limit=201",
    "limit=x",
    "limit=",
    "limit=5.0",
    "limit=１",
    "limit=1&limit=2",
    "cursor=x",
    "cursor=",
    "q=%00",
    "q=",
    "x=1",
)


def test_a_wrong_value_of_a_patient_is_named(api: Caller) -> None:
    for field, value in WRONG_PATIENTS:
        _refused_for(api.post("patients", {**stories.maria(), field: value}), field, value)
    assert api.get("patients").json["items"] == []


def test_a_wrong_change_of_a_patient_changes_nothing(api: Caller) -> None:
    enrolled = stories.patient(api)

    for field, value in WRONG_PATIENTS:
        _refused_for(api.patch(f"patients/{enrolled['id']}", {field: value}), field, value)
    assert api.get(f"patients/{enrolled['id']}").json == enrolled


def test_a_wrong_value_of_a_treatment_is_named(api: Caller) -> None:
    right = {"patient_id": stories.patient(api)["id"], "treated_at": AT}

    for field, value in WRONG_TREATMENTS:
        _refused_for(api.post("treatments", {**right, field: value}), field, value)
    assert api.post("treatments", right).status_code == 201


def test_a_score_is_a_whole_number_from_0_to_10(api: Caller) -> None:
    begun = stories.treatment(api)

    for value in WRONG_SCORES:
        answer = api.post(f"treatments/{begun['id']}/reports", {"redness": value, "swelling": 1})
        _refused_for(answer, "redness", value)
    assert api.get(f"treatments/{begun['id']}").json["reports"] == []


def test_a_missing_field_is_named(api: Caller) -> None:
    for field in ("name", "phone", "consented_at"):
        body = stories.maria()
        del body[field]
        _refused_for(api.post("patients", body), field)


def test_a_body_that_is_no_json_is_refused(api: Caller) -> None:
    for body in NO_JSON:
        answer = api.post("patients", data=body, content_type="application/json")
        assert (answer.status_code, answer.mimetype) == (400, "application/problem+json"), body[:20]


def test_a_body_that_is_no_object_is_refused(api: Caller) -> None:
    for body in (b"[]", b"null", b'"Maria"', b"7", b"[{}]", b"NaN"):
        assert api.post("patients", data=body, content_type="application/json").status_code == 422, body


def test_a_body_of_another_type_is_refused(api: Caller) -> None:
    for content_type in ("text/plain", "application/x-www-form-urlencoded", "", "text/json"):
        answer = api.post("patients", data=json.dumps(stories.maria()), content_type=content_type)
        assert (answer.status_code, answer.mimetype) == (415, "application/problem+json"), content_type


def test_a_body_of_two_megabytes_is_refused(api: Caller) -> None:
    answer = api.post("patients", stories.maria(name="M" * 2_000_000))

    assert (answer.status_code, answer.mimetype) == (413, "application/problem+json")


def test_a_body_without_a_length_is_refused_where_it_would_be_cut(api: Caller) -> None:
    body = json.dumps(stories.maria()).encode()

    def posted(blanks: int) -> TestResponse:
        chunked = {"HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input_terminated": True}
        stream = BytesIO(body + b" " * blanks)
        return api.post(
            "patients", input_stream=stream, content_type="application/json", environ_overrides=chunked
        )

    answer = posted(blanks=2_000_000)
    assert (answer.status_code, answer.mimetype) == (413, "application/problem+json")
    assert api.get("patients").json["items"] == []
    assert posted(blanks=500_000).status_code == 201


def test_a_wrong_method_is_405_and_says_what_is_allowed(api: Caller) -> None:
    answer = api.call("PUT", f"patients/{stories.patient(api)['id']}")

    assert (answer.status_code, answer.mimetype) == (405, "application/problem+json")
    assert set(answer.headers["Allow"].split(", ")) == {"DELETE", "GET", "HEAD", "OPTIONS", "PATCH"}


def test_a_wrong_query_is_refused(api: Caller) -> None:
    for query in WRONG_QUERIES:
        _refused_for(api.get(f"patients?{query}"), query.partition("=")[0])


def test_what_is_not_there_is_told_before_what_is_wrong(api: Caller) -> None:
    nowhere = "patients/01a20499-865c-7adb-89d8-406a46e0cca1"

    assert api.patch(nowhere, {"name": 7}).status_code == 404
    assert api.call("PATCH", nowhere, data="x", content_type="text/plain").status_code == 404


def _refused_for(answer: TestResponse, field: str, value: Any = None) -> None:
    assert answer.status_code == 422, (field, value, answer.text)
    assert answer.mimetype == "application/problem+json"
    assert answer.json["status"] == 422
    assert list(answer.json["errors"]) == [field], (field, value)
    assert all(isinstance(each, str) for each in answer.json["errors"][field])
