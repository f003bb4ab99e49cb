"""The REST side: create, list, fetch, redact and delete messages, and fetch their media."""

import base64
import json
import re
import socket
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.twilio_simulator.account import Account
from tests.twilio_simulator.faults import Fault, Refusal
from tests.twilio_simulator.log import FINAL, page

_PATH = re.compile(
    r"/2010-04-01/Accounts/(?P<account>\w+)/Messages(/(?P<sid>\w+))?(/Media/(?P<media>\w+))?(\.json)?"
)


@dataclass(frozen=True, slots=True)
class Seen:
    """A request to the API as it came."""

    method: str
    path: str
    query: dict[str, str]
    form: dict[str, str]
    authorization: str | None


@dataclass(frozen=True, slots=True)
class Shown:
    """An answer: JSON, or bytes with their own content type."""

    status: int
    body: object = None
    content_type: str = "application/json"
    location: str | None = None


class Server(ThreadingHTTPServer):
    """Serves one account on a free port of loopback. `released` ends the requests that hang."""

    daemon_threads = False  # closing waits for every request, so that no socket is left
    request_queue_size = 128

    def __init__(self, account: Account) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.account = account
        self.requests: list[Seen] = []
        self.faults: deque[Fault] = deque()
        self.released = Event()

    def next_fault(self) -> Fault | None:
        try:
            return self.faults.popleft()
        except IndexError:
            return None


class Handler(BaseHTTPRequestHandler):
    """One request on a connection of its own."""

    server: Server
    timeout = 15

    def do_GET(self) -> None:
        self._handle()

    def do_POST(self) -> None:
        self._handle()

    def do_DELETE(self) -> None:
        self._handle()

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: tests read `requests`."""

    def _handle(self) -> None:
        seen = self._seen()
        self.server.requests.append(seen)
        fault = self.server.next_fault()
        if fault is None:
            return self._show(carry_out(self.server.account, seen))
        if fault.accepts:
            carry_out(self.server.account, seen)
        if fault.refusal:
            return self._show(Shown(fault.refusal.status, fault.refusal.as_json(), location=fault.location))
        if fault.hangs:
            self.server.released.wait()
        return self._drop()

    def _seen(self) -> Seen:
        parts = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        return Seen(
            self.command,
            parts.path,
            dict(parse_qsl(parts.query, keep_blank_values=True)),
            dict(parse_qsl(body, keep_blank_values=True)),
            self.headers.get("Authorization"),
        )

    def _show(self, shown: Shown) -> None:
        body = shown.body if isinstance(shown.body, bytes) else json.dumps(shown.body).encode()
        self.send_response(shown.status)
        if shown.location:
            self.send_header("Location", shown.location)
        if shown.status != 204:
            self.send_header("Content-Type", shown.content_type)
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if shown.status != 204:
            self.wfile.write(body)

    def _drop(self) -> None:
        self.close_connection = True
        with suppress(OSError):  # the caller may have hung up first
            self.connection.shutdown(socket.SHUT_RDWR)


def carry_out(account: Account, seen: Seen) -> Shown:
    """What Twilio does with a request, and its answer."""
    try:
        _check_login(account, seen)
        match = _PATH.fullmatch(seen.path)
        if match is None or match["account"] != account.sid:
            raise Refusal(404, 20404)
        if match["media"]:
            return _media(account, seen, match["sid"], match["media"])
        if match["sid"]:
            return _one(account, seen, match["sid"])
        if seen.method == "POST":
            return _create(account, seen.form)
        with account.lock:
            return Shown(200, page(account.messages, seen.path, seen.query))
    except Refusal as refusal:
        return Shown(refusal.status, refusal.as_json())


def _check_login(account: Account, seen: Seen) -> None:
    login = f"{account.sid}:{account.auth_token}".encode()
    if seen.authorization != "Basic " + base64.b64encode(login).decode():
        raise Refusal(401, 20003)


def _create(account: Account, form: dict[str, str]) -> Shown:
    to, body, service = form.get("To", ""), form.get("Body", ""), form.get("MessagingServiceSid")
    if not to:
        raise Refusal(400, 21604)
    if not re.fullmatch(r"\+[1-9]\d{6,14}", to):
        raise Refusal(400, 21211)
    if not form.get("From") and not service:
        raise Refusal(400, 21603)
    if not body:
        raise Refusal(400, 21602)
    if len(body) > 1600:
        raise Refusal(400, 21617)
    message = account.accept(
        to=to,
        sender=form.get("From") or f"service {service}",
        body=body,
        service_sid=service,
        callback=form.get("StatusCallback"),
        validity_seconds=int(form["ValidityPeriod"]) if "ValidityPeriod" in form else None,
    )
    return Shown(201, message.as_json())


def _one(account: Account, seen: Seen, sid: str) -> Shown:
    message = account.find(sid)
    if seen.method == "GET":
        return Shown(200, message.as_json())
    if message.status not in FINAL:
        raise Refusal(409, 20009)
    with account.lock:
        if seen.method == "DELETE":
            account.messages.remove(message)
            return Shown(204)
        if seen.form.get("Body") == "":
            message.body = ""
    return Shown(200, message.as_json())


def _media(account: Account, seen: Seen, sid: str, media_sid: str) -> Shown:
    message = account.find(sid)
    found = next((each for each in message.media if each.sid == media_sid), None)
    if found is None:
        raise Refusal(404, 20404)
    if seen.method == "DELETE":
        with account.lock:
            message.media.remove(found)
        return Shown(204)
    return Shown(200, found.content, found.content_type)
