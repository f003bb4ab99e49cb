"""Which way out the settings ask for."""

from typing import Protocol

from recovery.sms.console import ConsoleGateway
from recovery.sms.gateway import Gateway
from recovery.sms.twilio import TwilioGateway


class Settings(Protocol):
    """The part of the configuration that a gateway needs."""

    @property
    def sms_gateway(self) -> str: ...
    @property
    def twilio_account_sid(self) -> str | None: ...
    @property
    def twilio_auth_tokens(self) -> tuple[str, ...]: ...
    @property
    def twilio_api_base_url(self) -> str | None: ...
    @property
    def public_url(self) -> str: ...


def from_config(config: Settings) -> Gateway:
    """The gateway named by `sms_gateway`, `twilio` or `console`.

    Raises ValueError for Twilio without an account or a token.
    """
    if config.sms_gateway == "console":
        return ConsoleGateway()
    if not config.twilio_account_sid or not config.twilio_auth_tokens:
        raise ValueError("the Twilio gateway needs an account SID and an auth token")
    return TwilioGateway(
        account_sid=config.twilio_account_sid,
        auth_tokens=config.twilio_auth_tokens,
        public_url=config.public_url,
        base_url=config.twilio_api_base_url,
    )
