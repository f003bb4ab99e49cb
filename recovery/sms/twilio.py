"""Texts through Twilio: one call a text, never repeated, and the check of Twilio's signature."""

import logging
import ssl
from threading import Lock
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

from twilio.base.exceptions import TwilioException
from twilio.request_validator import RequestValidator

from recovery.sms import codes
from recovery.sms.gateway import Accepted, Outgoing, Posted, RefusalKind, Refused, Sent, Unknown

CALLS_AT_ONCE = 64
LONGEST_VALIDITY = 36_000  # seconds; Twilio refuses more
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_SMALLEST_CODE = 1_000  # below it the SDK has put the HTTP status where Twilio gave no code


class TwilioGateway:
    """One Twilio account. Every call goes to `base_url` in place of Twilio's own address, if given.

    `auth_tokens` holds one token, or two while it is being changed: the first calls, either verifies.
    `timeout`: seconds to connect, and again to wait for each part of an answer.
    """

    name = "twilio"
    delivers_at_once = False

    def __init__(
        self,
        account_sid: str,
        auth_tokens: tuple[str, ...],
        public_url: str,
        base_url: str | None = None,
        timeout: float = 10.0,
    ) -> None:
        self._account_sid = account_sid
        self._auth_tokens = auth_tokens
        self._public_url = public_url.rstrip("/")
        self._base_url = base_url
        self._timeout = timeout
        self._lock = Lock()
        self._http: _Http | None = None
        self._rest: Any = None

    def send(self, message: Outgoing) -> Sent:
        """Hands one text over, once. A failure is a value; only a broken installation raises."""
        client = self._client()
        try:
            created = client.messages.create(
                to=message.to,
                from_=message.sender,
                body=message.body,
                messaging_service_sid=message.messaging_service_sid,
                validity_period=_validity(message.validity_seconds),
                status_callback=f"{self._public_url}/sms/status?{urlencode({'message': message.id})}",
            )
        except TwilioException as error:
            return _answered(getattr(error, "status", None), getattr(error, "code", None))
        except Exception as error:  # whatever else happened, the text may be on its way
            return _broken(error)
        if not created.sid:
            return Unknown("an answer without a SID")
        return Accepted(created.sid, created.status or "accepted")

    def verifies(self, url: str, parameters: Posted, signature: str) -> bool:
        """Whether one of our tokens signed this form for `url` (public address, raw path and query)."""
        form = _Form({name: _values(parameters, name) for name in parameters})
        try:
            return any(RequestValidator(token).validate(url, form, signature) for token in self._auth_tokens)
        except ValueError:  # an address or a text that nobody can have signed
            return False

    def close(self) -> None:
        """Closes the kept connections; a later call opens new ones."""
        with self._lock:
            http, self._http, self._rest = self._http, None, None
        if http is not None:
            http.close()

    def _client(self) -> Any:
        with self._lock:
            if self._rest is None:
                from twilio.rest import Client  # slow to import, so not before the first text

                self._http = _Http(self._base_url, self._timeout)
                self._rest = Client(
                    self._account_sid,
                    self._auth_tokens[0],
                    http_client=self._http,
                    environment={"TWILIO_ACCOUNT_SID": self._account_sid},  # no settings but ours
                )
            return self._rest


class _Http:
    """The SDK's way of calling, at another address, with a time-out and no redirect."""

    is_async = False

    def __init__(self, base_url: str | None, timeout: float) -> None:
        from requests.adapters import HTTPAdapter
        from twilio.http.http_client import TwilioHttpClient

        logging.getLogger("twilio").setLevel(logging.WARNING)  # at INFO it logs phone numbers
        self._base = urlsplit(base_url.rstrip("/")) if base_url else None
        self._calls = TwilioHttpClient(timeout=timeout)
        for scheme in ("https://", "http://"):
            self._calls.session.mount(scheme, HTTPAdapter(pool_maxsize=CALLS_AT_ONCE, max_retries=0))
        if self._base and self._base.hostname in _LOOPBACK:
            self._calls.session.trust_env = False  # no proxy of the environment stands before loopback

    def request(self, method: str, url: str, **options: Any) -> Any:
        return self._calls.request(method, self._address(url), **(options | {"allow_redirects": False}))

    def close(self) -> None:
        self._calls.session.close()

    def _address(self, url: str) -> str:
        if self._base is None:
            return url
        asked = urlsplit(url)
        path = self._base.path + asked.path
        return urlunsplit((self._base.scheme, self._base.netloc, path, asked.query, ""))


class _Form(dict[str, list[str]]):
    """A posted form with every value of a repeated name, in the shape that the SDK reads."""

    def getlist(self, name: str) -> list[str]:
        return self[name]


def _values(parameters: Posted, name: str) -> list[str]:
    every = getattr(parameters, "getlist", None)  # Flask's own form keeps repeated names behind it
    value = every(name) if every else parameters[name]
    return [value] if isinstance(value, str) else list(value)


def _validity(seconds: int | None) -> int | None:
    return None if seconds is None else min(seconds, LONGEST_VALIDITY)


def _answered(status: object, code: object) -> Sent:
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


def _broken(error: Exception) -> Sent:
    """What a call without an answer means: not sent only if no connection ever stood."""
    from urllib3 import exceptions as http

    reason = getattr(error.args[0], "reason", None) if error.args else None
    if isinstance(reason, http.SSLError) and reason.args:
        reason = reason.args[0]
    never = (http.NewConnectionError, http.ConnectTimeoutError, http.ProxyError, ssl.SSLCertVerificationError)
    if isinstance(reason, never):
        return Refused(None, RefusalKind.LATER, f"no connection: {type(reason).__name__}")
    return Unknown(type(error).__name__)
