"""What an answer of Twilio's means, or none: for a text that was handed over, and for a question."""

import ssl

from recovery.sms import codes
from recovery.sms.gateway import Gone, NotLetIn, OutOfReach, RefusalKind, Refused, Sent, Unknown

_SMALLEST_CODE = 1_000  # below it the SDK has put the HTTP status where Twilio gave no code


def answered(status: object, code: object) -> Sent:
    """What an answer other than a success means. Its wording is left out: it may hold the number."""
    number = code if isinstance(code, int) and code >= _SMALLEST_CODE else None
    detail = f"HTTP {status}" if number is None else f"HTTP {status}, code {number}"
    if not isinstance(status, int) or not 400 <= status < 500:
        return Unknown(detail)
    kind = codes.kind(number)
    if status == 429 and kind is RefusalKind.UNKNOWN:
        kind = RefusalKind.LATER
    if status in (401, 403) and number is None:
        kind = RefusalKind.ALARM
    return Refused(number, kind, detail)


def broken(error: Exception) -> Sent:
    """What a call without an answer means: not sent only if no connection ever stood."""
    from urllib3 import exceptions as http

    reason = getattr(error.args[0], "reason", None) if error.args else None
    if isinstance(reason, http.SSLError) and reason.args:
        reason = reason.args[0]
    never = (http.NewConnectionError, http.ConnectTimeoutError, http.ProxyError, ssl.SSLCertVerificationError)
    if isinstance(reason, never):
        return Refused(None, RefusalKind.LATER, f"no connection: {type(reason).__name__}")
    return Unknown(type(error).__name__)


def of_question(status: object, knows_us: bool = True) -> Gone | OutOfReach:
    """What an answer other than a success means where we only asked; whether it comes from Twilio itself."""
    if status in (404, 410):
        return Gone("no such thing")
    denied = knows_us and status in (401, 403)
    return NotLetIn(f"HTTP {status}") if denied else OutOfReach(f"HTTP {status}")
