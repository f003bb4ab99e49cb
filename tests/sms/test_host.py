"""Whose address it is: who may see the token, and where a redirect may be followed to."""

import socket
from typing import Any

import pytest

from recovery.sms.host import Host

TWILIO = Host(None)
STAND_IN = Host("http://127.0.0.1:8080/stand-in")


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    """What the names of hosts stand for, in place of the world's own table of them."""
    known: dict[str, list[str]] = {}

    def look_up(host: str, *_: Any, **__: Any) -> list[Any]:
        numeric = host.replace(".", "").isdigit() or ":" in host
        if host not in known and not numeric:
            raise socket.gaierror("no such name")
        found = known.get(host, [host])
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, 0)) for each in found]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return known


def test_every_call_goes_to_whoever_stands_in_for_twilio() -> None:
    assert TWILIO.address("https://messaging.twilio.com/v1/Services?x=1") == (
        "https://messaging.twilio.com/v1/Services?x=1"
    )
    for host in ("api", "messaging"):
        assert STAND_IN.address(f"https://{host}.twilio.com/v1/Services?x=1") == (
            "http://127.0.0.1:8080/stand-in/v1/Services?x=1"
        )


@pytest.mark.parametrize(
    "url", ["https://api.twilio.com/a", "https://API.twilio.com:443/a?b=c", "https://api.twilio.com"]
)
def test_twilio_sees_its_token(url: str) -> None:
    assert TWILIO.owns(url)
    assert TWILIO.own(url) == url


@pytest.mark.parametrize(
    "url",
    [
        "http://api.twilio.com/a",
        "https://api.twilio.com:8443/a",
        "https://api.twilio.com.evil.example/a",
        "https://evil.example/api.twilio.com",
        "https://api.twilio.com@evil.example/a",
        "https://evil.example\\@api.twilio.com/a",
        "https://evil.example#@api.twilio.com/a",
        "https://user:word@api.twilio.com/a",
        "//api.twilio.com/a",
        "ftp://api.twilio.com/a",
        "https://api.twilio.com:x/a",
        "https://[::1/a",
        "https:///a",
        "",
    ],
)
def test_nobody_else_sees_the_token(url: str) -> None:
    assert not TWILIO.owns(url)
    assert TWILIO.own(url) is None


def test_a_stand_in_is_asked_for_what_twilio_named() -> None:
    assert STAND_IN.own("https://api.twilio.com/2010/ME1") == "http://127.0.0.1:8080/stand-in/2010/ME1"
    assert (
        STAND_IN.own("http://127.0.0.1:8080/stand-in/2010/ME1") == "http://127.0.0.1:8080/stand-in/2010/ME1"
    )
    assert STAND_IN.own("http://127.0.0.1:8081/stand-in/2010/ME1") is None
    assert STAND_IN.own("http://localhost:8080/stand-in/2010/ME1") is None


def test_a_picture_lies_at_a_public_host_over_tls(names: dict[str, list[str]]) -> None:
    names["mms.twiliocdn.com"] = ["3.5.7.9", "2600:9000::1"]

    assert TWILIO.onward("http://mms.twiliocdn.com/a?key=b%40c") == "https://mms.twiliocdn.com/a?key=b%40c"
    assert TWILIO.onward("https://unknown.example/a") == "https://unknown.example/a"


@pytest.mark.parametrize(
    "number",
    [
        "127.0.0.1",
        "10.1.2.3",
        "192.168.0.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",  # noqa: S104
        "::1",
        "fe80::1%eth0",
        "fd00::1",
        "::ffff:10.0.0.1",
        "::ffff:100.64.0.1",
    ],
)
def test_nobody_sends_us_on_into_our_own_network(names: dict[str, list[str]], number: str) -> None:
    names["evil.example"] = ["3.5.7.9", number]

    assert TWILIO.onward("https://evil.example/a") is None


@pytest.mark.parametrize(
    "url",
    ["http://10.0.0.1/", "https://[::1]/a", "https://evil.example:22/a", "file:///etc/passwd", "nonsense"],
)
def test_what_is_not_public_or_no_web_address_is_not_followed(names: dict[str, list[str]], url: str) -> None:
    assert TWILIO.onward(url) is None


def test_a_stand_in_on_this_machine_may_send_on_to_this_machine() -> None:
    assert STAND_IN.onward("http://localhost:8080/elsewhere/ME1") == "http://localhost:8080/elsewhere/ME1"
    assert STAND_IN.onward("https://evil.example\\@127.0.0.1:8080/") is None


def test_a_public_address_may_be_written_in_either_way(names: dict[str, list[str]]) -> None:
    names["mms.twiliocdn.com"] = ["::ffff:3.5.7.9"]

    assert TWILIO.onward("https://mms.twiliocdn.com/a") == "https://mms.twiliocdn.com/a"
