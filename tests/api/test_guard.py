"""Who may call: nobody without a token or a session, and nobody of another clinic."""

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer

from recovery.db import db, reading, writing
from recovery.models.clinic import Clinic
from recovery.models.staff import ApiToken, Staff
from recovery.queries import staff as people
from recovery.queries import tokens as found
from recovery.services import clock, sessions, staff, tokens
from tests import make
from tests.api import stories
from tests.api.conftest import PREFIX, Caller
from tests.api.routes import filled, routes
from tests.pictures import jpeg

_NONE: dict[str, dict[str, object]] = {"responses": {}}


def test_every_route_needs_a_token(app: Flask, client: FlaskClient) -> None:
    nobody = Caller(client, None)
    answers = {(method, rule.rule): nobody.call(method, filled(rule)) for method, rule in routes(app)}

    assert len(answers) >= 17
    assert {answer.status_code for answer in answers.values()} == {401}
    assert all(answer.mimetype == "application/problem+json" for answer in answers.values())
    assert all(answer.headers["WWW-Authenticate"] == "Bearer" for answer in answers.values())


def test_what_only_admins_may_see_is_refused_to_a_nurse_whatever_she_does_there(
    app: Flask, api: Caller
) -> None:
    described = api.get("/openapi.json").json["paths"]
    closed = {
        path.split("/")[3]
        for path, calls in described.items()
        if "403" in calls.get("get", _NONE)["responses"]
    }

    for method, rule in routes(app):
        if rule.rule.split("/")[3] in closed:
            answer = api.call(method, filled(rule), json={} if method != "GET" else None)
            assert answer.status_code == 403, (method, rule.rule)


def test_every_route_hides_what_is_another_clinics(
    app: Flask, admin: Caller, stranger: Caller, clinic: Clinic
) -> None:
    case = stories.case(admin)
    ids = {
        "patient_id": case["patient"]["id"],
        "treatment_id": case["treatment"]["id"],
        "case_id": case["id"],
        "unknown_message_id": stories.unknown_number(clinic),
        "import_id": stories.treatment_import(admin),
        "number": stories.protocol_version(admin),
        "photo_id": str(make.photo(clinic, case["patient"]["phone"], jpeg())),
        **stories.colleague(clinic),
    }
    before = _everything(admin, ids)

    for method, rule in routes(app):
        if rule.arguments:
            answer = stranger.call(method, filled(rule, ids), json={} if method != "GET" else None)
            assert answer.status_code == 404, (method, rule.rule)
            assert answer.json == admin.call(method, filled(rule), json={}).json, "it tells that it is there"
    assert _everything(admin, ids) == before


def test_a_treatment_of_another_clinics_patient_cannot_begin(api: Caller, stranger: Caller) -> None:
    body = {"patient_id": stories.patient(api)["id"], "treated_at": stories.TREATED_AT}

    assert stranger.post("treatments", body).status_code == 404


def test_lists_show_the_callers_clinic_only(api: Caller, stranger: Caller) -> None:
    case = stories.case(api)

    for path in (
        "patients",
        "flagged-cases",
        f"patients?q={case['patient']['phone'][1:]}",
        "unknown-messages",
        "imports",
    ):
        assert stranger.get(path).json == {"items": [], "next_cursor": None}


def test_anything_but_a_token_is_refused(api: Caller) -> None:
    for wrong in ("Bearer wrong", "Bearer", "bearer \xff", "Basic dXNlcjpwYXNz", "Token x", "", "Bearer a=b"):
        assert api.get("patients", headers={"Authorization": wrong}).status_code == 401, wrong


def test_a_token_ends_when_it_is_revoked_expires_or_its_person_leaves(
    client: FlaskClient, clinic: Clinic
) -> None:
    leaving = make.nurse(clinic, email="leaving@rosewood.example")
    given = [make.token(leaving) for _ in range(2)]
    assert Caller(client, given[0]).get("patients").status_code == 200

    with clock.set_to(datetime.now(UTC) + tokens.LASTS + timedelta(minutes=1)):
        assert Caller(client, given[0]).get("patients").status_code == 401
    with writing():
        revoked = found.token_by_secret(given[0])
        assert revoked is not None
        tokens.revoke(revoked, make.NOON)
    assert Caller(client, given[0]).get("patients").status_code == 401
    with writing():
        staff.disable(staff.by_email("leaving@rosewood.example"), make.NOON)
    assert Caller(client, given[1]).get("patients").status_code == 401


def test_the_last_use_of_a_token_is_noted_once_a_minute(api: Caller) -> None:
    noted = []
    for seconds in (0, 30, 61):
        with clock.set_to(make.NOON + timedelta(seconds=seconds)):
            api.get("patients")
        with reading():
            noted.append(db.session.scalars(sa.select(ApiToken.last_used_at)).one())

    assert noted[0] == noted[1] < noted[2]


def test_a_signed_in_nurse_reads_without_and_writes_with_the_forms_token(
    app: Flask, client: FlaskClient, nurse: Staff
) -> None:
    signed_in = Caller(client, None)
    token = _sign_in(app, client, nurse)

    with app.app_context():
        assert signed_in.get("patients").status_code == 200
    with app.app_context():
        assert signed_in.post("patients", stories.maria()).status_code == 403
    with app.app_context():
        wrong = {"X-CSRFToken": "b"}
        assert signed_in.post("patients", stories.maria(), headers=wrong).status_code == 403
    with app.app_context():
        right = {"X-CSRFToken": token}
        patient = signed_in.post("patients", stories.maria(), headers=right)
        assert patient.status_code == 201
    with app.app_context():
        begun = {"patient_id": patient.json["id"], "treated_at": stories.TREATED_AT}
        treatment = signed_in.post("treatments", begun, headers=right).json
    with app.app_context():
        told = signed_in.post(f"treatments/{treatment['id']}/reports", {"redness": 1}, headers=right)
        assert told.json["source"] == "nurse"


def test_a_wrong_token_is_not_helped_by_a_session(app: Flask, client: FlaskClient, nurse: Staff) -> None:
    _sign_in(app, client, nurse)

    assert Caller(client, "wrong").get("patients").status_code == 401


def _sign_in(app: Flask, client: FlaskClient, person: Staff) -> str:
    """What the sign-in page leaves in the session; gives the token of its forms."""
    with writing():
        secret = sessions.begin(people.one(person.id), clock.machines())
    with client.session_transaction() as session:
        session[sessions.KEY], session["csrf_token"] = secret, "a"
    return URLSafeTimedSerializer(app.config["SECRET_KEY"], salt="wtf-csrf-token").dumps("a")


def _everything(api: Caller, ids: dict[str, str]) -> list[object]:
    paths = (
        f"patients/{ids['patient_id']}",
        f"treatments/{ids['treatment_id']}",
        f"flagged-cases/{ids['case_id']}",
        "unknown-messages",
    )
    return [api.get(f"{PREFIX}/{path}").json for path in paths]
