"""A call that Twilio did not sign is refused, and nothing of it is stored."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from urllib.parse import urlencode

import pytest
from flask import Flask
from flask.testing import FlaskClient

from recovery.services import clock
from tests.conftest import empty_tables
from tests.twilio_simulator.signing import sign
from tests.webhooks.story import PUBLIC_URL, TOKEN, Story, inbound_form, twilio_app

INBOUND = f"{PUBLIC_URL}/sms/inbound"


def post(story: Story, path: str, form: list[tuple[str, str]], signature: str | None) -> int:
    headers = {} if signature is None else {"X-Twilio-Signature": signature}
    headers["Content-Type"] = "application/x-www-form-urlencoded"
    with clock.set_to(story.now):
        return story.app.test_client().post(path, data=urlencode(form), headers=headers).status_code


@pytest.mark.parametrize(
    "signature",
    [None, "", "bm90IGEgc2lnbmF0dXJl", "ü not base64", "x" * 5000],
    ids=["missing", "empty", "wrong", "junk", "long"],
)
def test_a_call_without_the_right_signature_is_refused_and_stores_nothing(
    story: Story, signature: str | None
) -> None:
    form = inbound_form("3 1 0", story.phone, story.clinic_phone)

    assert post(story, "/sms/inbound", form, signature) == 403
    assert post(story, "/sms/status", [("MessageSid", "SM1"), ("MessageStatus", "sent")], signature) == 403
    assert story.stored == []
    assert story.reports == []


def test_a_text_that_was_changed_on_its_way_is_refused(story: Story) -> None:
    form = inbound_form("3 1 0", story.phone, story.clinic_phone, sid="SM1")
    changed = inbound_form("0 0 0", story.phone, story.clinic_phone, sid="SM1")

    assert post(story, "/sms/inbound", changed, sign(TOKEN, INBOUND, form)) == 403
    assert story.stored == []


def test_a_signature_made_with_another_token_is_refused(story: Story) -> None:
    form = inbound_form("3 1 0", story.phone, story.clinic_phone)
    assert post(story, "/sms/inbound", form, sign("somebody else's token", INBOUND, form)) == 403


def test_the_signature_covers_the_public_address_with_its_prefix_and_not_the_one_behind_the_proxy(
    story: Story,
) -> None:
    form = inbound_form("3 1 0", story.phone, story.clinic_phone)

    assert post(story, "/sms/inbound", form, sign(TOKEN, "http://localhost/sms/inbound", form)) == 403
    assert post(story, "/sms/inbound", form, sign(TOKEN, INBOUND, form)) == 200


@pytest.mark.parametrize(
    "query", ["from=twilio", "a=1&a=2&b=", "name=Mar%C3%ADa%20L%C3%B3pez", "x=%2B1&y=a+b"]
)
def test_the_raw_query_belongs_to_the_signature(story: Story, query: str) -> None:
    form = inbound_form("3 1 0", story.phone, story.clinic_phone)

    assert post(story, f"/sms/inbound?{query}", form, sign(TOKEN, INBOUND, form)) == 403
    assert post(story, f"/sms/inbound?{query}", form, sign(TOKEN, f"{INBOUND}?{query}", form)) == 200


def test_parameters_that_twilio_adds_one_day_are_signed_and_welcome(story: Story) -> None:
    story.at(1).text("3 1 0", ChannelMetadata='{"a": 1}', FutureField="é ünï ☃", Empty="", Spaces="  two  ")
    assert story.scores == [(3, 1, 0)]


def test_a_text_keeps_its_white_space_and_its_alphabet_through_the_signature(story: Story) -> None:
    story.at(1).text("  ¿Qué tal? \r\n\t 3 1 0 \U0001f600  ")
    assert story.stored[0].body == "  ¿Qué tal? \r\n\t 3 1 0 \U0001f600  "


@pytest.mark.parametrize("path", ["/sms/inbound", "/sms/status"])
def test_a_door_opens_to_posts_only(story: Story, path: str) -> None:
    client = story.app.test_client()
    assert [client.get(path).status_code, client.put(path).status_code] == [405, 405]


@pytest.fixture
def changing_token(settings: dict[str, str], migrated_app: Flask, tmp_path: Path) -> Iterator[Story]:
    """Twilio still signs with the older of two tokens."""
    tokens = f"the new token,{TOKEN}"
    with twilio_app(settings, tmp_path, TWILIO_AUTH_TOKEN=tokens) as (app, twilio), app.app_context():
        yield Story(app, twilio).begin()
        empty_tables()


def test_while_the_token_is_being_changed_either_verifies(changing_token: Story) -> None:
    changing_token.at(1).text("3 1 0")
    form = inbound_form("5 1 0", changing_token.phone, changing_token.clinic_phone)

    assert post(changing_token, "/sms/inbound", form, sign("the new token", INBOUND, form)) == 200
    assert len(changing_token.stored) == 2


def test_a_refusal_is_one_line_of_plain_text(client: FlaskClient) -> None:
    refused = {
        403: client.post("/sms/inbound", data={"Body": "3 1 0"}),
        404: client.post("/sms/nothing"),
        405: client.get("/sms/status"),
    }
    for status, answer in refused.items():
        assert (answer.status_code, answer.mimetype) == (status, "text/plain")
        assert len(answer.text.splitlines()) == 1
    assert "signature" in refused[403].text
    assert set(refused[405].headers["Allow"].split(", ")) == {"OPTIONS", "POST"}


def test_a_chunked_call_that_is_cut_at_the_limit_is_refused(story: Story) -> None:
    form = inbound_form("red 3 " + "x" * 2_000_000, story.phone, story.clinic_phone)
    answer = story.app.test_client().post(
        "/sms/inbound",
        input_stream=BytesIO(urlencode(form).encode()),
        headers={"X-Twilio-Signature": sign(TOKEN, INBOUND, form)},
        content_type="application/x-www-form-urlencoded",
        environ_overrides={"HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input_terminated": True},
    )
    assert answer.status_code in (403, 413)
    assert story.stored == []


def test_with_the_console_gateway_nobody_can_sign(client: FlaskClient) -> None:
    form = inbound_form("3 1 0", "+16475550100", "+14165550100")
    signature = sign("", "http://127.0.0.1:8000/sms/inbound", form)
    for path in ("/sms/inbound", "/sms/status"):
        answer = client.post(path, data=urlencode(form), headers={"X-Twilio-Signature": signature})
        assert answer.status_code == 403
