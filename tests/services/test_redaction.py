"""What was written is emptied in the provider's log, once nothing more can become of it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from recovery import context
from recovery.db import db, reading, writing
from recovery.models.clinic import Clinic
from recovery.models.message import Message
from recovery.services import inbox, queued, redaction
from recovery.services.incoming import Incoming
from recovery.sms.gateway import OutOfReach
from recovery.sms.twilio import TwilioGateway
from tests import make
from tests.twilio_simulator.faults import answer
from tests.twilio_simulator.log import Message as Logged
from tests.twilio_simulator.simulator import Simulator

ACCOUNT, TOKEN = "AC" + "2" * 32, "a token"
PHONE = "+16475550123"
NOW = make.NOON + timedelta(minutes=30)


@pytest.fixture
def twilio(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Simulator]:
    """Twilio, whose log we may empty: the settings ask for it."""
    with Simulator(ACCOUNT, TOKEN) as simulator:
        gateway = TwilioGateway(ACCOUNT, (TOKEN,), "https://recovery.example", simulator.base_url)
        monkeypatch.setitem(app.extensions, "recovery.gateway", gateway)
        _set(app, monkeypatch, redact=True)
        yield simulator
        gateway.close()


@pytest.fixture
def clinic(app: Flask) -> Clinic:
    return make.clinic()


def test_texts_of_both_directions_are_emptied_once(twilio: Simulator, clinic: Clinic) -> None:
    ours = sent(twilio, clinic, "delivered")
    theirs = received(twilio, clinic)
    assert redaction.redact(lambda: NOW) == 2
    assert (ours.body, theirs.body) == ("", "")
    assert [row.redacted_at for row in rows()] == [NOW, NOW]
    assert redaction.redact(lambda: NOW) == 0


def test_our_own_copy_stays(twilio: Simulator, clinic: Clinic) -> None:
    received(twilio, clinic, "3 1 0")
    redaction.redact(lambda: NOW)
    assert [row.body for row in rows()] == ["3 1 0"]


def test_unless_the_settings_ask_for_it_nothing_is_emptied(
    app: Flask, twilio: Simulator, clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    logged = sent(twilio, clinic, "delivered")
    _set(app, monkeypatch, redact=False)
    assert redaction.redact(lambda: NOW) == 0
    assert logged.body == "How is it today?"
    assert rows()[0].redacted_at is None


def test_what_a_stranger_or_nobodys_clinic_got_is_emptied_too(twilio: Simulator, clinic: Clinic) -> None:
    stranger = received(twilio, clinic, sender="+16475550999")
    astray = received(twilio, clinic, to="+14165550177")
    assert redaction.redact(lambda: NOW) == 2
    assert (stranger.body, astray.body) == ("", "")


def test_of_what_stays_sent_the_end_is_asked_about_first(twilio: Simulator, clinic: Clinic) -> None:
    logged = sent(twilio, clinic, "sent")
    _ask_at(NOW + timedelta(hours=1))
    still_asked = redaction.redact(lambda: NOW)
    _ask_at(None)

    assert (still_asked, redaction.redact(lambda: NOW)) == (0, 1)
    assert logged.body == ""


def _ask_at(moment: datetime | None) -> None:
    with writing():
        db.session.execute(sa.update(Message).values(look_at=moment))


@pytest.mark.parametrize("status", ["queued", "sending", "in_doubt", "expired", "cancelled"])
def test_what_may_still_change_is_left(twilio: Simulator, clinic: Clinic, status: str) -> None:
    logged = sent(twilio, clinic, status)
    assert redaction.redact(lambda: NOW) == 0
    assert logged.body != ""


@pytest.mark.parametrize("status", ["delivered", "undelivered", "refused"])
def test_what_is_final_is_emptied(twilio: Simulator, clinic: Clinic, status: str) -> None:
    logged = sent(twilio, clinic, status)
    assert redaction.redact(lambda: NOW) == 1
    assert logged.body == ""


def test_a_refusal_before_twilio_had_it_needs_nothing(twilio: Simulator, clinic: Clinic) -> None:
    row(clinic, "refused", sid=None)
    assert redaction.redact(lambda: NOW) == 0
    assert twilio.requests == []


@pytest.mark.parametrize(
    ("age", "emptied"),
    [
        (timedelta(minutes=4), 0),
        (timedelta(minutes=5), 1),
        (timedelta(days=13), 1),
        (timedelta(days=13, minutes=1), 0),
    ],
)
def test_only_what_has_settled_and_is_not_long_past(
    twilio: Simulator, clinic: Clinic, age: timedelta, emptied: int
) -> None:
    sent(twilio, clinic, "delivered", at=NOW - age)
    assert redaction.redact(lambda: NOW) == emptied


def test_what_failed_is_tried_again_and_holds_up_nobody(twilio: Simulator, clinic: Clinic) -> None:
    older, newer = sent(twilio, clinic, "delivered"), sent(twilio, clinic, "delivered")
    twilio.fail_next(answer(500))
    assert redaction.redact(lambda: NOW) == 1
    assert sorted((older.body, newer.body)) == ["", "How is it today?"]
    assert redaction.redact(lambda: NOW) == 1
    assert (older.body, newer.body) == ("", "")


def test_what_is_gone_at_twilio_has_no_body_there(twilio: Simulator, clinic: Clinic) -> None:
    row(clinic, "delivered", sid="SM" + "0" * 32)
    assert redaction.redact(lambda: NOW) == 1
    assert rows()[0].redacted_at == NOW


def test_a_refused_token_ends_the_run(twilio: Simulator, clinic: Clinic) -> None:
    for _ in range(3):
        sent(twilio, clinic, "delivered")
    twilio.fail_next(answer(401, 20003))
    assert redaction.redact(lambda: NOW) == 0
    assert len(twilio.requests) == 1


def test_a_run_is_bounded_and_the_newest_go_first(
    twilio: Simulator, clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    logged = [sent(twilio, clinic, "delivered", at=make.NOON - timedelta(hours=hours)) for hours in range(3)]
    monkeypatch.setattr(redaction, "A_RUN", 2)
    assert redaction.redact(lambda: NOW) == 2
    assert [each.body == "" for each in logged] == [True, True, False]


def test_a_slow_provider_ends_the_run(twilio: Simulator, clinic: Clinic) -> None:
    for _ in range(3):
        sent(twilio, clinic, "delivered")
    moments = iter(NOW + timedelta(seconds=seconds) for seconds in (0, 0, 15, 25))
    assert redaction.redact(lambda: next(moments)) == 1


def test_the_call_is_made_outside_any_transaction(
    app: Flask, twilio: Simulator, clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent(twilio, clinic, "delivered")
    watching = Watching()
    monkeypatch.setitem(app.extensions, "recovery.gateway", watching)
    assert redaction.redact(lambda: NOW) == 0
    assert watching.open_transactions == [False]


class Watching:
    """A provider out of reach, that notes whether a transaction is open while it is asked."""

    def __init__(self) -> None:
        self.open_transactions: list[bool] = []

    def redact(self, sid: str) -> None:
        self.open_transactions.append(db.session().in_transaction())
        raise OutOfReach("a test")


def sent(twilio: Simulator, clinic: Clinic, status: str, at: datetime = make.NOON) -> Logged:
    """A text of ours as Twilio's log has it, long delivered there, and our row of it."""
    logged = twilio.account.accept(to=PHONE, sender=clinic.phone, body="How is it today?")
    logged.advance("delivered", at)
    row(clinic, status, sid=logged.sid, at=at)
    return logged


def received(
    twilio: Simulator, clinic: Clinic, body: str = "3 1 0", *, sender: str = PHONE, to: str | None = None
) -> Logged:
    """A text to a number of ours, in Twilio's log and taken in."""
    logged = twilio.receive(sender, to or clinic.phone, body, url=None).message
    with writing():
        inbox.receive(Incoming(logged.sid, to=logged.to, sender=sender, body=body), make.NOON)
    return logged


def row(clinic: Clinic, status: str, *, sid: str | None, at: datetime = make.NOON) -> None:
    with writing() as session:
        message_id = queued.add(
            kind="nurse",
            wording=None,
            body="How is it today?",
            dedupe_key=f"{sid}",
            clinic=clinic,
            phone=PHONE,
            now=at,
            due_at=at,
            expires_at=at + timedelta(days=1),
        )
        text = session.get_one(Message, message_id)
        text.status, text.twilio_sid = status, sid


def rows() -> list[Message]:
    """Our rows of what Twilio has, too; the answer to a text is on its way."""
    with reading() as session:
        found = list(session.scalars(sa.select(Message).where(Message.twilio_sid.is_not(None))))
        session.expunge_all()
    return found


def _set(app: Flask, monkeypatch: pytest.MonkeyPatch, *, redact: bool) -> None:
    changed = replace(context.config(), twilio_redact_bodies=redact)
    monkeypatch.setitem(app.extensions, "recovery.config", changed)
