"""Whether it lives, whether it can serve, and the figures."""

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from recovery import context
from recovery.db import db, writing
from recovery.models.clinic import Clinic
from recovery.models.message import Message
from recovery.models.patient import Patient
from recovery.models.system import JobRun
from recovery.services import clock, inbox, queued
from recovery.services.incoming import Incoming
from tests import make
from tests.web import stories


def test_the_process_lives(client: FlaskClient) -> None:
    assert client.get("/healthz").json == {"status": "ok"}


def test_a_late_clock_is_told_and_serves_all_the_same(client: FlaskClient) -> None:
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json["clock"]) == (200, "late")
    _tick(minutes_ago=1)
    told = client.get("/readyz").json
    assert (told["status"], told["clock"]) == ("ok", "ok")
    assert told["last_ticks"] == {"send-check-ins": "2026-11-20T16:59:00+00:00"}


def test_what_waits_is_told_in_numbers(client: FlaskClient, clinic: Clinic) -> None:
    patient = make.patient(clinic)
    _text(clinic, patient, "queued", due_minutes_ago=15)
    _text(clinic, patient, "queued", due_minutes_ago=5)
    _text(clinic, patient, "queued", due_minutes_ago=-5)
    _text(clinic, patient, "in_doubt", due_minutes_ago=30)
    _text(clinic, patient, "refused", due_minutes_ago=30)
    _text(clinic, patient, "undelivered", due_minutes_ago=23 * 60)
    _text(clinic, patient, "undelivered", due_minutes_ago=25 * 60)
    told = client.get("/readyz").json
    assert (told["due"], told["late"]) == (2, 1)
    assert (told["in_doubt"], told["failed"]) == (1, 2)
    assert 900 <= told["oldest_waiting_seconds"] < 1200  # the clock runs on while we look
    figures = client.get("/metrics").text
    assert "recovery_due_messages 2.0" in figures
    assert "recovery_late_messages 1.0" in figures
    assert "recovery_in_doubt_messages 1.0" in figures
    assert "recovery_failed_messages 2.0" in figures
    assert "recovery_sending_held 0.0" in figures
    assert "recovery_clock_late 1.0" in figures


def test_a_check_in_that_nobody_wrote_down_yet_is_due_and_then_late(
    client: FlaskClient, clinic: Clinic
) -> None:
    yesterday = make.NOON - timedelta(days=1)
    make.treatment(make.patient(clinic, yesterday), yesterday)  # asked at 10:00, after the welcome
    for hour, counted in ((9, (1, 1)), (10, (2, 1)), (11, (2, 2))):
        with clock.set_to(make.NOON.replace(hour=hour + 5, minute=1)):
            told = client.get("/readyz").json
        assert (told["due"], told["late"]) == counted


def test_nothing_waiting_is_all_noughts(client: FlaskClient) -> None:
    told = client.get("/readyz").json
    assert [told[name] for name in ("due", "late", "in_doubt", "failed")] == [0, 0, 0, 0]
    assert told["oldest_waiting_seconds"] == 0
    assert "recovery_oldest_waiting_seconds 0.0" in client.get("/metrics").text


def test_a_clock_that_stopped_is_late(client: FlaskClient) -> None:
    _tick(minutes_ago=20)
    assert client.get("/readyz").json["clock"] == "late"


@pytest.mark.parametrize(("stands_at", "status"), [("0001", 503), ("9999", 200)])
def test_without_our_tables_it_cannot_serve_but_beside_newer_ones_it_does(
    client: FlaskClient, stands_at: str, status: int
) -> None:
    head = _version(stands_at)
    try:
        answer = client.get("/readyz")
    finally:
        _version(head)
    assert (answer.status_code, answer.json.get("tables")) == (status, "newer" if status == 200 else None)
    assert client.get("/readyz").json["tables"] == "ok"


def test_the_figures_count_what_stands(client: FlaskClient, clinic: Clinic) -> None:
    stories.flagged(clinic, "there is pus", days=2)
    _tick(minutes_ago=1)
    told = client.get("/metrics").text
    assert 'recovery_cases{priority="urgent"} 1.0' in told
    assert 'recovery_messages{status="received"} 1.0' in told
    assert "recovery_due_check_ins 2.0" in told
    assert 'recovery_job_last_tick_seconds{job="send-check-ins"}' in told


def test_a_text_for_no_clinic_is_counted(client: FlaskClient, clinic: Clinic) -> None:
    assert "recovery_texts_for_no_clinic 0.0" in client.get("/metrics").text
    with writing():
        inbox.receive(Incoming("SM1", to="+14165550177", sender="+16475550123", body="hello"), make.NOON)
        inbox.receive(Incoming("SM2", to=clinic.phone, sender="+16475550123", body="hello"), make.NOON)
    assert "recovery_texts_for_no_clinic 1.0" in client.get("/metrics").text


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 403),
        ({"Authorization": "Bearer wrong"}, 403),
        ({"Authorization": "Bearer the right one"}, 200),
        ({"Authorization": "Basic dGhlOnJpZ2h0"}, 403),
    ],
)
def test_from_elsewhere_the_figures_need_the_token(
    app: Flask, monkeypatch: pytest.MonkeyPatch, headers: dict[str, str], status: int
) -> None:
    changed = replace(context.config(), metrics_token="the right one")
    monkeypatch.setitem(app.extensions, "recovery.config", changed)
    answer = app.test_client().get("/metrics", headers=headers, environ_base={"REMOTE_ADDR": "203.0.113.7"})
    assert answer.status_code == status
    if status == 403:
        assert (answer.mimetype, len(answer.text.splitlines())) == ("text/plain", 1)
        assert "METRICS_TOKEN" in answer.text


def test_a_proxy_on_this_machine_is_not_this_machine(client: FlaskClient) -> None:
    assert client.get("/metrics", headers={"X-Forwarded-For": "203.0.113.7"}).status_code == 403


def _tick(minutes_ago: int) -> None:
    at = make.NOON - timedelta(minutes=minutes_ago)
    with writing():
        db.session.add(JobRun(name="send-check-ins", started_at=at, ended_at=at, owner="here:1"))


def _version(value: str) -> str:
    """Put another mark where the migrations note how far they came; gives the one that stood."""
    with db.engine.begin() as connection:
        before = str(connection.scalar(sa.text("SELECT version_num FROM alembic_version")))
        connection.execute(sa.text("UPDATE alembic_version SET version_num = :to"), {"to": value})
    return before


def _text(clinic: Clinic, patient: Patient, status: str, *, due_minutes_ago: int) -> None:
    due_at = make.NOON - timedelta(minutes=due_minutes_ago)
    with writing() as session:
        message_id = queued.add(
            kind="nurse",
            wording=None,
            body="How is it today?",
            dedupe_key=f"{status} {due_minutes_ago}",
            clinic=clinic,
            phone=patient.phone or "",
            now=due_at,
            due_at=due_at,
            expires_at=due_at + timedelta(days=3),
            patient=patient,
        )
        session.get_one(Message, message_id).status = status
