"""The call that every contender makes for a text, and how it is told to begin."""

import os
import sys
from functools import cache

from recovery.sms.gateway import Accepted, Outgoing
from recovery.sms.twilio import TwilioGateway

BODY = "Bench: how is your skin today? Redness, swelling, itching, 0 to 10 each. STOP to end."


def send(number: int) -> None:
    """Hand over text `number`. Raises where it was not taken."""
    text = Outgoing(
        id=str(number),
        to=f"+1647{2_000_000 + number:07d}",
        sender="+14165550100",
        body=BODY,
        validity_seconds=14_400,
    )
    result = _gateway().send(text)
    if not isinstance(result, Accepted):
        raise RuntimeError(str(result))


def wait_until_told() -> None:
    """Say that everything is loaded, and wait for a line."""
    print("ready", flush=True)
    sys.stdin.readline()


@cache
def _gateway() -> TwilioGateway:
    environ = os.environ
    return TwilioGateway(
        environ["TWILIO_ACCOUNT_SID"],
        (environ["TWILIO_AUTH_TOKEN"],),
        environ["PUBLIC_URL"],
        environ["TWILIO_API_BASE_URL"],
    )
