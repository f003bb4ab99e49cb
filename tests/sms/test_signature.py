"""Our check of Twilio's signature against a signer that shares no code with it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import ImmutableMultiDict

from recovery.sms.console import ConsoleGateway
from recovery.sms.twilio import TwilioGateway
from tests.twilio_simulator.signing import Form, sign

URL = "https://clinic.example/sms/inbound"
FORM = [("MessageSid", "SM1"), ("From", "+15550001111"), ("Body", "3 1 0")]

encodable = st.text(st.characters(codec="utf-8"), max_size=40)


def gateway(*tokens: str) -> TwilioGateway:
    return TwilioGateway("AC1", tokens or ("token",), "https://clinic.example")


def posted(form: Form) -> dict[str, list[str]]:
    names = dict.fromkeys(name for name, _ in form)
    return {name: [value for other, value in form if other == name] for name in names}


@pytest.mark.parametrize(
    ("url", "form"),
    [
        (URL, FORM),
        (URL, []),
        (URL, [("Body", ""), ("FromCity", ""), ("MessageSid", "SM1")]),
        (URL, [("Body", "  todavía rojo, ça gratte 🙂\r\n ")]),
        (URL, [("Body", "a & b = c + d % e")]),
        (URL, [("b", "1"), ("a", "2"), ("B", "3"), ("A1", "4"), ("A", "5")]),
        (URL, [("MediaUrl", "two"), ("MediaUrl", "one"), ("MediaUrl", "one")]),
        (f"{URL}?clinic=7&note=a%20b", FORM),
        ("https://clinic.example/sms/status?message=0192-ab", [("MessageStatus", "sent")]),
        ("https://clinic.example:8443/sms/inbound", FORM),
        ("http://127.0.0.1:8000/sms/inbound", FORM),
        ("https://clinic.example/prefix/sms/inbound", FORM),
        ("https://clinic.example/%C3%A9t%C3%A9/sms?q=%F0%9F%99%82", FORM),
    ],
)
def test_a_signed_call_is_known(url: str, form: Form) -> None:
    assert gateway().verifies(url, posted(form), sign("token", url, form))


@given(st.lists(st.tuples(encodable, encodable), max_size=6))
def test_any_form_that_was_signed_is_known(form: Form) -> None:
    assert gateway().verifies(URL, posted(form), sign("token", URL, form))


def test_a_form_as_flask_gives_it_is_known_with_its_repeated_names() -> None:
    form = [*FORM, ("MediaUrl", "one"), ("MediaUrl", "two")]

    assert gateway().verifies(URL, ImmutableMultiDict(form), sign("token", URL, form))


def test_a_form_with_single_values_is_known() -> None:
    assert gateway().verifies(URL, dict(FORM), sign("token", URL, FORM))


@pytest.mark.parametrize("token", ["new", "old"])
def test_either_of_two_tokens_verifies_while_it_is_being_changed(token: str) -> None:
    assert gateway("new", "old").verifies(URL, posted(FORM), sign(token, URL, FORM))


@pytest.mark.parametrize(
    ("url", "form", "signature"),
    [
        (URL, FORM, ""),
        (URL, FORM, "é not base64"),
        (URL, FORM, sign("another", URL, FORM)),
        (URL, FORM, sign("token", URL + "?a=1", FORM)),
        (URL, FORM, sign("token", URL.replace("https", "http"), FORM)),
        (URL, FORM, sign("token", URL, FORM[:-1])),
        (URL, [*FORM[:-1], ("Body", "3 1 0 ")], sign("token", URL, FORM)),
        (URL, [*FORM, ("Extra", "1")], sign("token", URL, FORM)),
        ("https://clinic.example:port/sms", FORM, sign("token", URL, FORM)),
        (URL, [("Body", "\ud800")], sign("token", URL, FORM)),
    ],
)
def test_a_forged_or_changed_call_is_not_known(url: str, form: Form, signature: str) -> None:
    assert not gateway("token", "other").verifies(url, posted(form), signature)


def test_the_console_knows_no_caller() -> None:
    assert not ConsoleGateway().verifies(URL, dict(FORM), sign("token", URL, FORM))
