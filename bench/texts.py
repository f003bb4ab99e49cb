"""Patients' texts as the provider posts them, signed."""

import secrets
from itertools import islice
from urllib.parse import urlencode

from twilio.request_validator import RequestValidator

from bench.callers import Call
from bench.filling import CLINIC_PHONE
from bench.patients import phone
from bench.world import ACCOUNT, TOKEN, Filled

# What patients say on the second day; the last opens a case.
SAID = ("2 1 0", "redness 3, swelling 1, itching 0", "still a bit red, 2 1 1", "8 7 5 and it hurts")
_PATH = "/sms/inbound"
_TYPE = ("Content-Type", "application/x-www-form-urlencoded; charset=UTF-8")


def unanswered(of: Filled, count: int) -> list[Call]:
    """The next so many patients who were asked an hour ago answer, each for the first time."""
    numbers = list(islice(of.awaiting, count))
    if len(numbers) < count:
        raise ValueError(f"{of.name} has only {len(numbers)} of {count} patients left to answer")
    return [inbound(of, phone(number), SAID[number % len(SAID)]) for number in numbers]


def inbound(of: Filled, sender: str, body: str) -> Call:
    """The webhook of one text."""
    sid = f"SM{secrets.token_hex(16)}"
    form = {
        **dict.fromkeys(("MessageSid", "SmsSid", "SmsMessageSid"), sid),
        "AccountSid": ACCOUNT,
        "ApiVersion": "2010-04-01",
        "SmsStatus": "received",
        "From": sender,
        "To": CLINIC_PHONE,
        "Body": body,
        "NumSegments": "1",
        "NumMedia": "0",
        **{f"{side}{name}": value for side in ("From", "To") for name, value in _PLACE.items()},
    }
    url = of.environ["PUBLIC_URL"] + _PATH
    signature = RequestValidator(TOKEN).compute_signature(url, form)
    return Call(_PATH, (_TYPE, ("X-Twilio-Signature", signature)), urlencode(form).encode())


_PLACE = {"City": "TORONTO", "State": "ON", "Zip": "", "Country": "CA"}
