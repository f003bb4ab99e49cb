"""The gateway that the settings ask for."""

from dataclasses import dataclass, replace

import pytest

from recovery.sms.choose import from_config
from recovery.sms.gateway import Accepted, Outgoing


@dataclass(frozen=True)
class Settings:
    sms_gateway: str = "twilio"
    twilio_account_sid: str | None = "AC1"
    twilio_auth_tokens: tuple[str, ...] = ("token",)
    twilio_api_base_url: str | None = None
    public_url: str = "http://127.0.0.1:8000"


def test_the_console_delivers_at_once_and_sends_nothing() -> None:
    gateway = from_config(Settings("console", None, ()))

    assert (gateway.name, gateway.delivers_at_once) == ("console", True)
    assert gateway.send(Outgoing("7", "+15550001111", "+15550002222", "Hi")) == Accepted(
        "console-7", "delivered"
    )


def test_twilio_reports_its_deliveries_later() -> None:
    gateway = from_config(Settings())

    assert (gateway.name, gateway.delivers_at_once) == ("twilio", False)


@pytest.mark.parametrize("missing", [{"twilio_account_sid": None}, {"twilio_auth_tokens": ()}])
def test_twilio_without_an_account_or_a_token_is_refused(missing: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="needs an account SID and an auth token"):
        from_config(replace(Settings(), **missing))  # type: ignore[arg-type]
