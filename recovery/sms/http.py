"""Calls over HTTP: one answer in a bounded time and size, the token only for the provider itself."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from time import monotonic
from typing import Any
from urllib.parse import urljoin

from recovery.sms import outcomes
from recovery.sms.gateway import Fetched, Gone, OutOfReach, TooLarge
from recovery.sms.host import Host

CALLS_AT_ONCE = 64
ANSWER_AT_MOST = 16_000_000  # bytes; a thousand texts of 1,600 characters, written as escapes
REDIRECTS = 4
FETCH_LASTS = 3  # times as long as a call, for a picture may be large and the line slow
_PIECE = 65_536


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer in the shape that the SDK reads."""

    status_code: int
    text: str
    headers: Mapping[str, str]


class Http:
    """Kept connections to the provider, for use by many threads. The SDK calls through `request`.

    `timeout`: seconds that a call may take in all.
    """

    is_async = False  # the SDK asks

    def __init__(self, host: Host, timeout: float) -> None:
        from requests import Session  # slow to import, so not before the first call

        from recovery.sms.patience import Adapter

        logging.getLogger("urllib3").setLevel(logging.WARNING)  # at DEBUG it logs queries: phone numbers
        self._host = host
        self._timeout = timeout
        self._session: Any = Session()
        for scheme in ("https://", "http://"):
            self._session.mount(scheme, Adapter(pool_maxsize=CALLS_AT_ONCE, max_retries=0))
        if host.is_here:
            self._session.trust_env = False  # no proxy of the environment stands before loopback

    def request(
        self,
        method: str,
        url: str,
        params: Mapping[str, object] | None = None,
        data: Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        **_: object,
    ) -> Answer:
        """One call, at the address of whoever stands in for Twilio; a redirect is an answer."""
        until = monotonic() + self._timeout
        address = self._host.address(url)
        with self._open(method, address, until, params=params, data=data, headers=headers, auth=auth) as got:
            content = _read(got.raw, ANSWER_AT_MOST, decode=True)
            return Answer(got.status_code, content.decode(errors="replace"), got.headers)

    def fetch(self, address: str, at_most: int, login: tuple[str, str]) -> Fetched:
        """What is at an address of the provider's. Raises Gone, TooLarge, OutOfReach and what HTTP raises."""
        until = monotonic() + self._timeout * FETCH_LASTS
        target = self._host.own(address)
        if target is None:
            raise Gone("not an address of the provider's")
        for _ in range(REDIRECTS + 1):
            found = self._fetch_once(target, at_most, login, until)
            if isinstance(found, Fetched):
                return found
            target = self._host.onward(found)
            if target is None:
                raise OutOfReach("sent on to where we do not go")
        raise OutOfReach("sent on too often")

    def _fetch_once(self, target: str, at_most: int, login: tuple[str, str], until: float) -> Fetched | str:
        """The content, or the address that we are sent on to."""
        at_home = self._host.owns(target)
        auth = login if at_home else _nobody
        with self._open("GET", target, until, headers={"Accept-Encoding": "identity"}, auth=auth) as got:
            if got.is_redirect:
                return urljoin(target, str(got.headers["Location"]))
            if got.status_code != 200:  # a stranger's 403 is a link too old, and not our token
                raise outcomes.of_question(got.status_code, knows_us=at_home)
            if int(got.headers.get("Content-Length") or 0) > at_most:
                raise TooLarge(f"more than {at_most} bytes")
            content = _read(got.raw, at_most, decode=False)
            return Fetched(content, got.headers.get("Content-Type", ""))

    def close(self) -> None:
        self._session.close()

    def _open(self, method: str, address: str, until: float, **options: Any) -> Any:
        from urllib3 import Timeout

        left = max(until - monotonic(), 0.001)
        return self._session.request(
            method, address, timeout=Timeout(total=left), allow_redirects=False, stream=True, **options
        )


def _read(body: Any, at_most: int, *, decode: bool) -> bytes:
    """All of a body, piece by piece as it comes. Raises TooLarge, and what HTTP raises."""
    content = bytearray()
    while piece := body.read1(_PIECE, decode_content=decode):
        content += piece
        if len(content) > at_most:
            raise TooLarge(f"more than {at_most} bytes")
    return bytes(content)


def _nobody(request: Any) -> Any:
    """No login at all, not even one that the environment keeps for this host."""
    return request
