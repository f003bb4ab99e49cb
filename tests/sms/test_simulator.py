"""The simulator behaves as Twilio does where it matters: what it takes, refuses, lists and forgets."""

import base64
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import ProxyHandler, Request, build_opener

import pytest

from tests.twilio_simulator import faults
from tests.twilio_simulator.simulator import Simulator

SID, TOKEN = "AC" + "2" * 32, "secret"
PATIENT, OTHER, CLINIC = "+15550001111", "+15550003333", "+15550002222"
LOG = f"/2010-04-01/Accounts/{SID}/Messages"


@pytest.fixture
def twilio() -> Iterator[Simulator]:
    with Simulator(SID, TOKEN) as simulator:
        yield simulator


def ask(
    twilio: Simulator, method: str, path: str, form: dict[str, str] | None = None, token: str = TOKEN
) -> tuple[int, bytes]:
    login = base64.b64encode(f"{SID}:{token}".encode()).decode()
    data = None if form is None else urlencode(form).encode()
    request = Request(twilio.base_url + path, data, {"Authorization": f"Basic {login}"}, method=method)  # noqa: S310
    try:
        with build_opener(ProxyHandler({})).open(request) as response:
            return response.status, response.read()
    except HTTPError as error:
        with error:
            return error.code, error.read()


def listed(twilio: Simulator, **query: str) -> dict[str, object]:
    found: dict[str, object] = json.loads(ask(twilio, "GET", f"{LOG}.json?{urlencode(query)}")[1])
    return found


def bodies(page: dict[str, object]) -> list[str]:
    messages = page["messages"]
    assert isinstance(messages, list)
    return [message["body"] for message in messages]


def send(twilio: Simulator, body: str = "Hello", **more: str) -> dict[str, object]:
    form = {"To": PATIENT, "From": CLINIC, "Body": body} | more
    created: dict[str, object] = json.loads(ask(twilio, "POST", f"{LOG}.json", form)[1])
    return created


def test_the_log_is_listed_newest_first_in_pages(twilio: Simulator) -> None:
    for number in range(5):
        send(twilio, f"text {number}")

    first = listed(twilio, PageSize="2")
    send(twilio, "a newer one")
    second = json.loads(ask(twilio, "GET", str(first["next_page_uri"]))[1])
    third = json.loads(ask(twilio, "GET", str(second["next_page_uri"]))[1])

    assert [bodies(page) for page in (first, second, third)] == [
        ["text 4", "text 3"],
        ["text 2", "text 1"],
        ["text 0"],
    ]
    assert third["next_page_uri"] is None


def test_a_list_is_filtered_by_number(twilio: Simulator) -> None:
    send(twilio, "to the patient")
    send(twilio, "to another", To=OTHER)

    assert bodies(listed(twilio, To=OTHER)) == ["to another"]
    assert bodies(listed(twilio, From=CLINIC, To=PATIENT)) == ["to the patient"]
    assert bodies(listed(twilio, From=OTHER)) == []


def test_a_queued_text_has_no_date_and_a_service_hides_the_sender(twilio: Simulator) -> None:
    created = send(twilio, MessagingServiceSid="MG1")

    assert (created["status"], created["from"], created["date_sent"]) == ("accepted", None, None)
    assert bodies(listed(twilio, From=CLINIC)) == []
    twilio.deliver_callbacks(steps=["sent"])
    assert bodies(listed(twilio, From=CLINIC)) == ["Hello"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"DateSent": "2026-03-05"}, True),
        ({"DateSent": "2026-03-06"}, False),
        ({"DateSent>": "2026-03-05"}, True),
        ({"DateSent>": "2026-03-05T10:00:00Z"}, True),
        ({"DateSent>": "2026-03-05T10:00:01Z"}, False),
        ({"DateSent<": "2026-03-04"}, False),
        ({"DateSent<": "2026-03-05T10:00:00Z"}, True),
    ],
)
def test_a_list_is_filtered_by_the_moment_of_sending(query: dict[str, str], found: bool) -> None:
    with Simulator(SID, TOKEN, clock=lambda: datetime(2026, 3, 5, 10, tzinfo=UTC)) as twilio:
        twilio.receive(PATIENT, CLINIC, "3 1 0", url=None)
        send(twilio, "still queued, so without a date")

        assert bodies(listed(twilio, **query)) == (["3 1 0"] if found else [])


def test_a_finished_text_can_be_redacted_and_deleted(twilio: Simulator) -> None:
    path = f"{LOG}/{send(twilio)['sid']}.json"
    assert ask(twilio, "POST", path, {"Body": ""})[0] == 409
    twilio.deliver_callbacks()

    assert ask(twilio, "POST", path, {"Body": ""})[0] == 200
    assert json.loads(ask(twilio, "GET", path)[1])["body"] == ""
    assert twilio.inbox(PATIENT) == ["Hello"]
    assert ask(twilio, "DELETE", path) == (204, b"")
    assert ask(twilio, "GET", path)[0] == 404


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({"From": CLINIC, "Body": "Hi"}, 21604),
        ({"To": "555", "From": CLINIC, "Body": "Hi"}, 21211),
        ({"To": PATIENT, "Body": "Hi"}, 21603),
        ({"To": PATIENT, "From": CLINIC}, 21602),
        ({"To": PATIENT, "From": CLINIC, "Body": "x" * 1601}, 21617),
    ],
)
def test_a_text_that_lacks_something_is_refused(twilio: Simulator, form: dict[str, str], code: int) -> None:
    status, body = ask(twilio, "POST", f"{LOG}.json", form)

    assert (status, json.loads(body)["code"]) == (400, code)
    assert json.loads(body).keys() == {"status", "message", "code", "more_info"}
    assert twilio.messages == []


def test_a_wrong_token_sees_nothing(twilio: Simulator) -> None:
    status, body = ask(twilio, "GET", f"{LOG}.json", token="wrong")

    assert (status, json.loads(body)["code"]) == (401, 20003)


def test_a_phone_that_opted_out_gets_no_text(twilio: Simulator) -> None:
    twilio.opted_out.add((CLINIC, PATIENT))

    assert send(twilio)["code"] == 21610
    assert twilio.inbox(PATIENT) == []


def test_a_photo_is_fetched_with_the_token_and_deleted(twilio: Simulator) -> None:
    message = twilio.receive(PATIENT, CLINIC, "", url=None, media=[("image/jpeg", b"\xff\xd8photo")]).message
    path = f"{LOG}/{message.sid}/Media/{message.media[0].sid}"

    assert ask(twilio, "GET", path, token="wrong")[0] == 401
    assert ask(twilio, "GET", path) == (200, b"\xff\xd8photo")
    assert ask(twilio, "DELETE", path)[0] == 204
    assert ask(twilio, "GET", path)[0] == 404


def test_faults_come_in_order_and_then_it_goes_well(twilio: Simulator) -> None:
    twilio.fail_next(faults.answer(500), faults.answer(503, accepts=True))

    answers = [
        ask(twilio, "POST", f"{LOG}.json", {"To": PATIENT, "From": CLINIC, "Body": "Hi"}) for _ in "123"
    ]

    assert [status for status, _ in answers] == [500, 503, 201]
    assert twilio.inbox(PATIENT) == ["Hi", "Hi"]
