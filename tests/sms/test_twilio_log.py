"""Asking Twilio's log: what was sent to a phone, what arrived, how one text stands, and emptying it."""

import json
import logging
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta, timezone

import pytest

from recovery.sms import twilio as module
from recovery.sms.gateway import Gone, Listed, NotLetIn, Outgoing, OutOfReach
from recovery.sms.twilio import TwilioGateway
from tests.sms.conftest import CLINIC, PATIENT, PUBLIC_URL, SID, TOKEN
from tests.twilio_simulator import faults
from tests.twilio_simulator.faults import Fault
from tests.twilio_simulator.seen import creates, looks
from tests.twilio_simulator.simulator import Simulator

NOON = datetime(2026, 3, 5, 12, tzinfo=UTC)
TEXT = Outgoing("0192-ab", PATIENT, CLINIC, "Day 2: how are redness, swelling and itching?")


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def twilio(clock: Clock) -> Iterator[Simulator]:
    with Simulator(SID, TOKEN, clock=clock) as simulator:
        yield simulator


def arrive(twilio: Simulator, clock: Clock, *bodies: str, minutes_apart: int = 1) -> None:
    for body in bodies:
        twilio.receive(PATIENT, CLINIC, body, url=None)
        clock.now += timedelta(minutes=minutes_apart)


def bodies(found: tuple[Listed, ...]) -> list[str]:
    return [each.body for each in found]


def test_a_text_whose_answer_was_lost_is_found(gateway: TwilioGateway, twilio: Simulator) -> None:
    twilio.fail_next(faults.drop(), only=creates)
    gateway.send(TEXT)

    (found,) = gateway.texts_to(PATIENT)

    assert found == Listed(
        sid=twilio.messages[0].sid,
        direction="outbound-api",
        status="queued",
        code=None,
        to=PATIENT,
        sender=CLINIC,
        body=TEXT.body,
        created_at=NOON,
        sent_at=None,
    )


def test_the_latest_texts_come_first_and_no_more_than_needed(
    gateway: TwilioGateway, twilio: Simulator
) -> None:
    for number in range(205):
        twilio.account.accept(to=PATIENT, sender=CLINIC, body=str(number))

    found = gateway.texts_to(PATIENT)

    assert bodies(found) == [str(number) for number in range(204, 4, -1)]
    (asked,) = twilio.requests
    assert asked.query == {"To": PATIENT, "PageSize": "200"}


def test_a_messaging_service_hides_the_sender_until_it_picked_one(
    gateway: TwilioGateway, twilio: Simulator
) -> None:
    twilio.account.accept(to=PATIENT, sender=CLINIC, body="Hello", service_sid="MG1")
    before = gateway.texts_to(PATIENT)[0].sender
    twilio.deliver_callbacks()

    assert (before, gateway.texts_to(PATIENT)[0].sender) == (None, CLINIC)


def test_what_arrived_is_listed_oldest_first(gateway: TwilioGateway, twilio: Simulator, clock: Clock) -> None:
    arrive(twilio, clock, "3 1 0", "and a fever")
    twilio.account.accept(to=CLINIC, sender=PATIENT, body="an answer of ours", direction="outbound-reply")

    found = gateway.received_at(CLINIC, None)

    assert bodies(found) == ["3 1 0", "and a fever"]
    assert [each.sent_at for each in found] == [NOON, NOON + timedelta(minutes=1)]
    assert {(each.direction, each.sender, each.to) for each in found} == {("inbound", PATIENT, CLINIC)}


def test_a_moment_of_any_zone_is_asked_for_in_utc(
    gateway: TwilioGateway, twilio: Simulator, clock: Clock
) -> None:
    arrive(twilio, clock, "before", "at the moment", "after")
    east = timezone(timedelta(hours=5, minutes=30))

    found = gateway.received_at(CLINIC, (NOON + timedelta(minutes=1)).astimezone(east))

    assert bodies(found) == ["at the moment", "after"]
    assert twilio.requests[0].query["DateSent>"] == "2026-03-05T12:01:00Z"


def test_a_day_taken_for_a_moment_brings_nothing_older(
    gateway: TwilioGateway, twilio: Simulator, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Twilio's documentation promises whole days only."""
    arrive(twilio, clock, "before", "after")
    monkeypatch.setattr("tests.twilio_simulator.log._dated", lambda sent, relation, value: True)

    assert bodies(gateway.received_at(CLINIC, NOON + timedelta(minutes=1))) == ["after"]


def test_more_than_one_look_takes_is_no_answer_for_the_oldest_would_be_missing(
    gateway: TwilioGateway, twilio: Simulator, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LISTED", 3)
    arrive(twilio, clock, *"abc")

    with pytest.raises(OutOfReach, match="more texts"):
        gateway.received_at(CLINIC, NOON)

    assert bodies(gateway.received_at(CLINIC, NOON + timedelta(minutes=1))) == ["b", "c"]


def test_a_list_goes_through_its_pages(
    gateway: TwilioGateway, twilio: Simulator, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_PAGE", 2)
    arrive(twilio, clock, *"abcde")

    assert bodies(gateway.received_at(CLINIC, NOON)) == ["a", "b", "c", "d", "e"]
    assert len(twilio.requests) == 3


def test_a_list_without_end_ends(gateway: TwilioGateway, twilio: Simulator) -> None:
    empty = b'{"messages": [], "next_page_uri": "/2010-04-01/Accounts/x/Messages.json?Page=1"}'
    twilio.fail_next(faults.rubbish(empty))

    assert gateway.received_at(CLINIC, NOON) == ()
    assert len(twilio.requests) == 1


def test_one_text_tells_how_it_stands(gateway: TwilioGateway, twilio: Simulator) -> None:
    gateway.send(TEXT)
    twilio.deliver_callbacks(steps=["sent", "undelivered"], error_code=30003)

    found = gateway.text(twilio.messages[0].sid)

    assert (found.status, found.code, found.sent_at) == ("undelivered", 30003, NOON)


def test_the_pictures_of_a_text_are_named_as_its_webhook_names_them(
    gateway: TwilioGateway, twilio: Simulator
) -> None:
    message = twilio.receive(PATIENT, CLINIC, "", url=None, media=[("image/jpeg", b"1"), ("image/png", b"2")])

    named = gateway.media_of(message.message.sid)

    base = f"{twilio.base_url}/2010-04-01/Accounts/{SID}/Messages/{message.message.sid}/Media"
    assert sorted(named) == sorted(f"{base}/{each.sid}" for each in message.message.media)
    assert gateway.texts_to(CLINIC)[0].media == 2


def test_a_text_that_is_gone_has_no_pictures(gateway: TwilioGateway) -> None:
    assert gateway.media_of("MM0") == ()


def test_a_final_text_is_emptied_at_twilio(gateway: TwilioGateway, twilio: Simulator) -> None:
    gateway.send(TEXT)
    twilio.deliver_callbacks()

    gateway.redact(twilio.messages[0].sid)

    assert gateway.text(twilio.messages[0].sid).body == ""
    assert twilio.inbox(PATIENT) == [TEXT.body]


def test_a_text_on_its_way_is_not_emptied_yet(gateway: TwilioGateway, twilio: Simulator) -> None:
    gateway.send(TEXT)

    with pytest.raises(OutOfReach, match="HTTP 409"):
        gateway.redact(twilio.messages[0].sid)

    assert twilio.messages[0].body == TEXT.body


def test_a_body_that_is_still_there_is_not_called_emptied(gateway: TwilioGateway, twilio: Simulator) -> None:
    gateway.send(TEXT)
    twilio.deliver_callbacks()
    as_it_was = json.dumps(twilio.messages[0].as_json()).encode()
    twilio.fail_next(faults.rubbish(as_it_was))

    with pytest.raises(OutOfReach, match="still there"):
        gateway.redact(twilio.messages[0].sid)


ASKED: dict[str, Callable[[TwilioGateway], object]] = {
    "texts_to": lambda gateway: gateway.texts_to(PATIENT),
    "received_at": lambda gateway: gateway.received_at(CLINIC, NOON),
    "text": lambda gateway: gateway.text("SM0"),
    "media_of": lambda gateway: gateway.media_of("SM0"),
    "redact": lambda gateway: gateway.redact("SM0"),
    "account_set_up": lambda gateway: gateway.account_set_up(),
    "number_set_up": lambda gateway: gateway.number_set_up(CLINIC),
    "service_set_up": lambda gateway: gateway.service_set_up("MG0"),
}


@pytest.mark.parametrize("call", ["text", "redact", "number_set_up", "service_set_up"])
def test_what_twilio_does_not_know_is_gone(gateway: TwilioGateway, call: str) -> None:
    with pytest.raises(Gone):
        ASKED[call](gateway)


@pytest.mark.parametrize("call", ASKED)
@pytest.mark.parametrize(
    "fault",
    [
        faults.answer(429, 20429),
        faults.answer(500),
        faults.answer(503),
        faults.drop(),
        faults.redirect("https://elsewhere.example/"),
        faults.rubbish(),
        faults.rubbish(b"[]"),
        faults.rubbish(b"{}"),
        faults.rubbish(b'{"messages": [7], "media_list": 7}'),
        faults.rubbish(b"\xff\xfe\x00"),
    ],
    ids=lambda fault: str(fault.shown.body if fault.name == "rubbish" else fault.name),
)
def test_twilio_in_a_bad_mood_is_out_of_reach(
    gateway: TwilioGateway, twilio: Simulator, call: str, fault: Fault
) -> None:
    twilio.fail_next(fault)

    with pytest.raises(OutOfReach) as raised:
        ASKED[call](gateway)

    assert PATIENT[1:] not in str(raised.value)
    assert CLINIC[1:] not in str(raised.value)
    assert len(twilio.requests) == 1


@pytest.mark.parametrize("call", ASKED)
def test_a_wrong_token_is_told_from_silence(twilio: Simulator, call: str) -> None:
    gateway = TwilioGateway(SID, ("wrong",), PUBLIC_URL, twilio.base_url)

    with pytest.raises(NotLetIn):
        ASKED[call](gateway)
    gateway.close()


@pytest.mark.parametrize("call", ASKED)
def test_no_answer_in_time_is_out_of_reach(twilio: Simulator, call: str) -> None:
    gateway = TwilioGateway(SID, (TOKEN,), PUBLIC_URL, twilio.base_url, timeout=0.2)
    twilio.fail_next(faults.hang())

    with pytest.raises(OutOfReach):
        ASKED[call](gateway)
    gateway.close()


def test_no_log_line_holds_a_number(
    gateway: TwilioGateway, twilio: Simulator, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    gateway.texts_to(PATIENT)
    twilio.fail_next(faults.drop(), only=looks)

    with pytest.raises(OutOfReach):
        gateway.received_at(CLINIC, NOON)

    assert PATIENT[1:] not in caplog.text
    assert CLINIC[1:] not in caplog.text


@pytest.mark.parametrize("head_too", [False, True])
@pytest.mark.parametrize("call", ["texts_to", "account_set_up"])
def test_an_answer_that_trickles_in_is_not_waited_for(twilio: Simulator, call: str, head_too: bool) -> None:
    """Each byte comes in time, and all of them would take many times as long as a call may."""
    gateway = TwilioGateway(SID, (TOKEN,), PUBLIC_URL, twilio.base_url, timeout=0.2)
    twilio.account.accept(to=PATIENT, sender=CLINIC, body=TEXT.body)
    twilio.fail_next(faults.trickle(0.05, head_too=head_too))

    with pytest.raises(OutOfReach):
        ASKED[call](gateway)
    gateway.close()
