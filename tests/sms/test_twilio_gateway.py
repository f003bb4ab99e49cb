"""Texts handed to a Twilio of our own over real HTTP: what is sent, and what each failure means."""

import logging
import socket
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from recovery.sms.gateway import Accepted, Outgoing, RefusalKind, Refused, Unknown
from recovery.sms.twilio import TwilioGateway
from tests.sms.conftest import CLINIC, PATIENT, PUBLIC_URL, SID, TOKEN
from tests.twilio_simulator import faults
from tests.twilio_simulator.faults import Fault
from tests.twilio_simulator.simulator import Simulator

TEXT = Outgoing("0192-ab", PATIENT, CLINIC, "Day 2: how are redness, swelling and itching?")


def test_a_text_reaches_the_phone(gateway: TwilioGateway, twilio: Simulator) -> None:
    outcome = gateway.send(TEXT)

    assert outcome == Accepted(twilio.messages[0].sid, "queued")
    assert twilio.inbox(PATIENT) == [TEXT.body]


def test_only_what_is_known_is_passed(gateway: TwilioGateway, twilio: Simulator) -> None:
    gateway.send(TEXT)

    assert twilio.requests[0].form == {
        "To": PATIENT,
        "From": CLINIC,
        "Body": TEXT.body,
        "StatusCallback": f"{PUBLIC_URL}/sms/status?message=0192-ab",
    }


def test_the_sender_goes_beside_the_messaging_service(gateway: TwilioGateway, twilio: Simulator) -> None:
    outcome = gateway.send(replace(TEXT, messaging_service_sid="MG1"))

    assert isinstance(outcome, Accepted)
    assert outcome.status == "accepted"
    assert twilio.requests[0].form.items() >= {"From": CLINIC, "MessagingServiceSid": "MG1"}.items()


@pytest.mark.parametrize(("seconds", "passed"), [(1800, "1800"), (36_000, "36000"), (100_000, "36000")])
def test_a_text_waits_no_longer_than_it_may(
    gateway: TwilioGateway, twilio: Simulator, seconds: int, passed: str
) -> None:
    gateway.send(replace(TEXT, validity_seconds=seconds))

    assert twilio.requests[0].form["ValidityPeriod"] == passed


def test_a_text_of_any_script_arrives_as_it_was(gateway: TwilioGateway, twilio: Simulator) -> None:
    body = "¿Cómo está? Ça va… 🙂 & + % =\n"

    gateway.send(replace(TEXT, body=body))

    assert twilio.inbox(PATIENT) == [body]


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        (faults.answer(429), Refused(None, RefusalKind.LATER, "HTTP 429")),
        (faults.answer(429, 20429), Refused(20429, RefusalKind.LATER, "HTTP 429, code 20429")),
        (faults.refuse(21610), Refused(21610, RefusalKind.OPTED_OUT, "HTTP 400, code 21610")),
        (faults.refuse(21211), Refused(21211, RefusalKind.PERMANENT, "HTTP 400, code 21211")),
        (faults.refuse(21408), Refused(21408, RefusalKind.ALARM, "HTTP 400, code 21408")),
        (faults.refuse(99999), Refused(99999, RefusalKind.UNKNOWN, "HTTP 400, code 99999")),
        (faults.answer(404), Refused(None, RefusalKind.UNKNOWN, "HTTP 404")),
        (faults.answer(403), Refused(None, RefusalKind.ALARM, "HTTP 403")),
        (faults.answer(500), Unknown("HTTP 500")),
        (faults.answer(503, 20429), Unknown("HTTP 503, code 20429")),
        (faults.drop(accepts=False), Unknown("ConnectionError")),
    ],
)
def test_a_failure_is_a_refusal_only_if_nothing_was_sent(
    gateway: TwilioGateway, twilio: Simulator, fault: Fault, outcome: Refused | Unknown
) -> None:
    twilio.fail_next(fault)

    assert gateway.send(TEXT) == outcome
    assert twilio.messages == []
    assert len(twilio.requests) == 1


@pytest.mark.parametrize(
    "fault", [faults.drop(), faults.answer(500, accepts=True), faults.answer(502, accepts=True)]
)
def test_a_text_whose_answer_is_lost_is_not_sent_again(
    gateway: TwilioGateway, twilio: Simulator, fault: Fault
) -> None:
    twilio.fail_next(fault)

    assert isinstance(gateway.send(TEXT), Unknown)
    assert twilio.inbox(PATIENT) == [TEXT.body]
    assert len(twilio.requests) == 1


def test_no_answer_in_time_leaves_it_unknown(twilio: Simulator) -> None:
    gateway = TwilioGateway(SID, (TOKEN,), PUBLIC_URL, twilio.base_url, timeout=0.2)
    twilio.fail_next(faults.hang())

    outcome = gateway.send(TEXT)
    gateway.close()

    assert outcome == Unknown("ReadTimeout")
    assert twilio.inbox(PATIENT) == [TEXT.body]


def test_a_refused_connection_sent_nothing() -> None:
    with socket.create_server(("127.0.0.1", 0)) as door:
        address = f"http://127.0.0.1:{door.getsockname()[1]}"
    gateway = TwilioGateway(SID, (TOKEN,), PUBLIC_URL, address)

    outcome = gateway.send(TEXT)
    gateway.close()

    assert outcome == Refused(None, RefusalKind.LATER, "no connection: NewConnectionError")


def test_a_redirect_does_not_carry_the_token_away(gateway: TwilioGateway, twilio: Simulator) -> None:
    with Simulator(SID, TOKEN) as stranger:
        twilio.fail_next(faults.redirect(f"{stranger.base_url}/2010-04-01/Accounts/{SID}/Messages.json"))

        assert gateway.send(TEXT) == Unknown("HTTP 307")
        assert stranger.requests == []


def test_a_wrong_token_is_an_alarm(twilio: Simulator) -> None:
    gateway = TwilioGateway(SID, ("wrong",), PUBLIC_URL, twilio.base_url)

    outcome = gateway.send(TEXT)
    gateway.close()

    assert outcome == Refused(20003, RefusalKind.ALARM, "HTTP 401, code 20003")


def test_a_base_address_may_have_a_path(twilio: Simulator) -> None:
    gateway = TwilioGateway(SID, (TOKEN,), PUBLIC_URL, f"{twilio.base_url}/stand-in/")

    gateway.send(TEXT)
    gateway.close()

    assert twilio.requests[0].path == f"/stand-in/2010-04-01/Accounts/{SID}/Messages.json"


def test_a_proxy_does_not_stand_before_loopback(
    gateway: TwilioGateway, twilio: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")

    assert isinstance(gateway.send(TEXT), Accepted)


def test_no_log_line_holds_the_number_or_the_text(
    gateway: TwilioGateway, twilio: Simulator, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    twilio.fail_next(faults.refuse(21211))

    gateway.send(TEXT)
    gateway.send(TEXT)

    assert not any(record.name.startswith("twilio") for record in caplog.records)
    assert PATIENT[1:] not in caplog.text
    assert "redness" not in caplog.text


def test_many_texts_are_in_flight_at_once(gateway: TwilioGateway, twilio: Simulator) -> None:
    texts = [replace(TEXT, id=str(number), to=f"+1555000{number:04}") for number in range(64)]

    with ThreadPoolExecutor(64) as threads:
        outcomes = list(threads.map(gateway.send, texts))

    assert {outcome.sid for outcome in outcomes if isinstance(outcome, Accepted)} == {
        message.sid for message in twilio.messages
    }
    assert all(len(twilio.inbox(text.to)) == 1 for text in texts)


@pytest.mark.parametrize("head_too", [False, True])
def test_an_answer_that_trickles_in_leaves_it_unknown(twilio: Simulator, head_too: bool) -> None:
    """Each byte comes in time, and all of them would take many times as long as a call may."""
    gateway = TwilioGateway(SID, (TOKEN,), PUBLIC_URL, twilio.base_url, timeout=0.2)
    twilio.fail_next(faults.trickle(0.05, head_too=head_too))

    assert isinstance(gateway.send(TEXT), Unknown)
    assert twilio.inbox(PATIENT) == [TEXT.body]
    assert twilio.faults_met == {"trickle": 1}, "the whole head has come"
    gateway.close()
