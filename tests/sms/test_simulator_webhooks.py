"""The simulator calls us as Twilio does: signed, again after a failure, and acting on the first answer."""

import random
from collections.abc import Iterator

import pytest

from recovery.sms.twilio import TwilioGateway
from tests.twilio_simulator import faults
from tests.twilio_simulator.log import Message
from tests.twilio_simulator.signing import Form
from tests.twilio_simulator.simulator import Simulator
from tests.twilio_simulator.webhooks import Answer, over_http

SID, TOKEN = "AC" + "2" * 32, "secret"
PATIENT, CLINIC = "+15550001111", "+15550002222"
INBOUND = "https://clinic.example/sms/inbound"
THANKS = '<Response><Message statusCallback="/sms/status?message=7">Thank you.</Message></Response>'


class Clinic:
    """Answers webhooks in a fixed order (the last one for ever) and keeps what it was sent."""

    def __init__(self, *answers: Answer) -> None:
        self.answers = list(answers)
        self.calls: list[tuple[str, dict[str, str]]] = []
        self.genuine: list[bool] = []

    def __call__(self, url: str, form: Form, headers: dict[str, str], timeout: float) -> Answer:
        gateway = TwilioGateway(SID, (TOKEN,), "https://clinic.example")
        self.calls.append((url, dict(form)))
        self.genuine.append(gateway.verifies(url, dict(form), headers["X-Twilio-Signature"]))
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]

    @property
    def statuses(self) -> list[str]:
        return [form["MessageStatus"] for _, form in self.calls]


@pytest.fixture
def clinic() -> Clinic:
    return Clinic(Answer(200, THANKS))


@pytest.fixture
def twilio(clinic: Clinic) -> Iterator[Simulator]:
    with Simulator(SID, TOKEN, post=clinic) as simulator:
        yield simulator


def send(twilio: Simulator) -> Message:
    callback = "https://clinic.example/sms/status?message=9"
    return twilio.account.accept(to=PATIENT, sender=CLINIC, body="Hello", callback=callback)


def test_an_answer_becomes_a_text_from_the_clinic(twilio: Simulator, clinic: Clinic) -> None:
    (reply,) = twilio.receive(PATIENT, CLINIC, "3 1 0", url=INBOUND).replies

    assert (reply.direction, reply.to, reply.sender) == ("outbound-reply", PATIENT, CLINIC)
    assert reply.callback == "https://clinic.example/sms/status?message=7"
    assert twilio.inbox(PATIENT) == ["Thank you."]
    assert clinic.genuine == [True]


@pytest.mark.parametrize(
    "twiml", ["<Response/>", "", '<?xml version="1.0" encoding="UTF-8"?><Response></Response>']
)
def test_an_empty_answer_sends_nothing(twilio: Simulator, clinic: Clinic, twiml: str) -> None:
    clinic.answers = [Answer(200, twiml)]

    assert twilio.receive(PATIENT, CLINIC, "ok thanks", url=INBOUND).replies == []
    assert twilio.inbox(PATIENT) == []


@pytest.mark.parametrize("twiml", ["<Response><Message>", "<html/>", "Thank you."])
def test_an_answer_that_is_no_twiml_is_shown(twilio: Simulator, clinic: Clinic, twiml: str) -> None:
    clinic.answers = [Answer(200, twiml)]

    with pytest.raises(ValueError, match="12100"):
        twilio.receive(PATIENT, CLINIC, "3 1 0", url=INBOUND)


def test_only_the_first_answer_of_a_text_counts(twilio: Simulator, clinic: Clinic) -> None:
    received = twilio.receive(PATIENT, CLINIC, "3 1 0", url=INBOUND)

    again = twilio.deliver(received.message, INBOUND)

    assert [form["MessageSid"] for _, form in clinic.calls] == [received.message.sid] * 2
    assert again.replies == []
    assert twilio.inbox(PATIENT) == ["Thank you."]


@pytest.mark.parametrize(
    ("answers", "calls", "texts"),
    [
        ([Answer(0), Answer(200, THANKS)], 2, 1),
        ([Answer(503), Answer(200, THANKS)], 2, 1),
        ([Answer(503), Answer(503), Answer(200, THANKS)], 2, 0),
        ([Answer(403), Answer(200, THANKS)], 1, 0),
    ],
)
def test_a_failed_webhook_is_called_once_more(
    twilio: Simulator, clinic: Clinic, answers: list[Answer], calls: int, texts: int
) -> None:
    clinic.answers = answers

    twilio.receive(PATIENT, CLINIC, "3 1 0", url=INBOUND)

    assert len(clinic.calls) == calls
    assert len(twilio.inbox(PATIENT)) == texts


def test_statuses_are_reported_signed_and_in_order(twilio: Simulator, clinic: Clinic) -> None:
    sent = send(twilio)

    assert twilio.deliver_callbacks() == [200, 200, 200]
    assert clinic.statuses == ["queued", "sent", "delivered"]
    assert clinic.genuine == [True, True, True]
    assert {form["MessageSid"] for _, form in clinic.calls} == {sent.sid}
    assert twilio.deliver_callbacks() == []


def test_statuses_may_come_twice_and_out_of_order(twilio: Simulator, clinic: Clinic) -> None:
    send(twilio)

    twilio.deliver_callbacks(times=2, reorder=lambda calls: random.Random(1).sample(calls, len(calls)))

    assert sorted(clinic.statuses) == ["delivered", "delivered", "queued", "queued", "sent", "sent"]
    assert clinic.statuses != ["queued", "queued", "sent", "sent", "delivered", "delivered"]


def test_an_undelivered_text_carries_its_code(twilio: Simulator, clinic: Clinic) -> None:
    send(twilio)

    twilio.deliver_callbacks(steps=["sent", "undelivered"], error_code=30003)

    assert [form.get("ErrorCode") for _, form in clinic.calls] == [None, "30003"]
    assert twilio.messages[0].status == "undelivered"


def test_an_answer_to_a_phone_that_opted_out_goes_nowhere(twilio: Simulator) -> None:
    twilio.opted_out.add((CLINIC, PATIENT))

    assert twilio.receive(PATIENT, CLINIC, "hello?", url=INBOUND).replies == []
    assert twilio.inbox(PATIENT) == []


def test_a_photo_is_announced_with_its_address(twilio: Simulator, clinic: Clinic) -> None:
    received = twilio.receive(PATIENT, CLINIC, "", url=INBOUND, media=[("image/jpeg", b"photo")])

    form = clinic.calls[0][1]
    path = f"/2010-04-01/Accounts/{SID}/Messages/{received.message.sid}/Media/{received.message.media[0].sid}"
    assert (form["NumMedia"], form["MediaContentType0"]) == ("1", "image/jpeg")
    assert form["MediaUrl0"] == twilio.base_url + path


def test_a_webhook_goes_over_http_as_a_form(twilio: Simulator) -> None:
    url = f"{twilio.base_url}/sms/inbound?clinic=7"

    answer = over_http(url, [("Body", "ça va"), ("Empty", "")], {}, timeout=5)

    assert answer.status == 401
    (seen,) = twilio.requests
    assert (seen.method, seen.path, seen.query) == ("POST", "/sms/inbound", {"clinic": "7"})
    assert seen.form == {"Body": "ça va", "Empty": ""}


def test_a_webhook_that_is_not_answered_in_time_has_no_status(twilio: Simulator) -> None:
    twilio.fail_next(faults.hang())

    assert over_http(twilio.base_url + "/sms/inbound", [], {}, timeout=0.2) == Answer(0)
