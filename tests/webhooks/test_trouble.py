"""While the database is full, held or down a webhook says 503, stores nothing half, and nothing is lost."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from recovery import webhooks
from recovery.db import db, writing
from tests.conftest import KEYS
from tests.stories.receiving.lost import LossyStory, lossy
from tests.twilio_simulator.signing import Form, sign
from tests.twilio_simulator.simulator import Simulator
from tests.webhooks.story import PUBLIC_URL, TOKEN, inbound_form, twilio_app
from tests.webhooks.troubles import full_disk, held, impatient

pytestmark = pytest.mark.both_databases

LONG = "3 1 0, and this is how it went: " + "it is a long story. " * 400


@pytest.fixture
def lost(on_twilio: tuple[Flask, Simulator]) -> Iterator[LossyStory]:
    with lossy(*on_twilio) as story:
        yield story


def statuses(story: LossyStory, body: str) -> list[int]:
    """What Twilio hears when it calls for a new text, and when it tries once more."""
    url = f"{story.public_url}/sms/inbound"
    received = story.twilio.receive(story.phone, story.clinic_phone, body, url=url)
    return [answer.status for answer in received.answers]


def test_on_a_full_disk_a_text_is_refused_and_found_when_there_is_room(
    lost: LossyStory, capsys: pytest.CaptureFixture[str]
) -> None:
    lost.at(1)
    with full_disk():
        assert statuses(lost, LONG) == [503, 503]
    assert (lost.stored, lost.reports, lost.answers) == ([], [], [])

    assert lost.later(minutes=5).find() == 1
    assert lost.scores == [(3, 1, 0)]
    logged = capsys.readouterr().err
    assert "webhook_failed" in logged
    assert "error=OperationalError" in logged or "error=DiskFull" in logged
    assert "long story" not in logged


def test_a_webhook_does_not_wait_for_ever_on_who_holds_the_patient(
    lost: LossyStory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhooks, "PATIENCE", timedelta(milliseconds=200))
    lost.at(1)
    with impatient(), held(lost.patient_id):
        assert statuses(lost, "3 1 0") == [503, 503]
    assert lost.stored == []

    assert lost.later(minutes=1).find() == 1
    assert lost.scores == [(3, 1, 0)]


def test_patience_ends_with_the_webhook_that_had_it(
    lost: LossyStory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhooks, "PATIENCE", timedelta(milliseconds=2000))
    assert lost.at(1).text("3 1 0") == "thanks_usual"
    if db.engine.dialect.name == "postgresql":
        with writing() as session:
            assert session.scalar(sa.text("SHOW statement_timeout")) == "0"


@pytest.fixture(params=["sqlite:///{}/never_migrated.db", "postgresql://nobody@127.0.0.1:1/recovery"])
def without_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[FlaskClient]:
    """A clinic's doors, whose database is not there (yet)."""
    address = request.param.format(tmp_path)
    with twilio_app({**KEYS, "DATABASE_URL": address}, tmp_path) as (app, _):
        yield app.test_client()


@pytest.mark.parametrize(
    ("door", "form"),
    [
        ("/sms/inbound", inbound_form("3 1 0", "+16475550123", "+14165550100")),
        ("/sms/status", [("MessageSid", "SM1"), ("MessageStatus", "delivered")]),
    ],
)
def test_without_a_database_a_door_says_503_and_when_to_try_again(
    without_database: FlaskClient, door: str, form: Form
) -> None:
    signature = sign(TOKEN, f"{PUBLIC_URL}{door}", form)
    answer = without_database.post(door, data=dict(form), headers={"X-Twilio-Signature": signature})
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")
    assert answer.text == "The database does not answer: nothing was stored.\n"
