"""The REST side: a server of one account, which meets the faults that are told."""

import json
import socket
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from threading import Event
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.twilio_simulator.account import Account
from tests.twilio_simulator.faults import Fault, Faults
from tests.twilio_simulator.resources import carry_out
from tests.twilio_simulator.seen import Seen, Shown


class Server(ThreadingHTTPServer):
    """Serves one account on loopback, at a free port for 0. `released` ends the requests that hang."""

    daemon_threads = False  # closing waits for every request, so that no socket is left
    request_queue_size = 128

    def __init__(self, account: Account, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.account = account
        self.requests: list[Seen] = []
        self.faults = Faults()
        self.released = Event()


class Trickle(BytesIO):
    """Writes byte by byte, until nobody wants it any more."""

    def __init__(self, out: Any, pause: float, released: Event) -> None:
        super().__init__()
        self._out, self._pause, self._released = out, pause, released

    def write(self, data: Any) -> int:
        for each in bytes(data):
            if self._released.wait(self._pause):
                raise BrokenPipeError
            self._out.write(bytes([each]))
        return len(data)


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
        fault = self.server.faults.next(seen)
        if fault is None:
            return self._show(carry_out(self.server.account, seen))
        carried_out = carry_out(self.server.account, seen) if fault.accepts else None
        if carried_out and (fault.waits or fault.pause):
            self.server.released.wait(fault.waits)
            return self._show(carried_out, fault)
        if fault.shown:
            return self._show(fault.shown)
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
            self.headers.get("Host", ""),
        )

    def _show(self, shown: Shown, fault: Fault | None = None) -> None:
        body = shown.body if isinstance(shown.body, bytes) else json.dumps(shown.body).encode()
        self.send_response(shown.status)
        if shown.location:
            self.send_header("Location", shown.location)
        if shown.status != 204:
            self.send_header("Content-Type", shown.content_type)
            if shown.length is not None:
                self.send_header("Content-Length", str(len(body) if shown.length < 0 else shown.length))
        with suppress(OSError):  # the caller may have hung up first
            if fault and fault.head_too:
                self.wfile = Trickle(self.wfile, fault.pause, self.server.released)
            self.end_headers()
            if fault and fault.head_too:
                self.server.faults.met["a whole head"] += 1
            if fault and fault.pause and not fault.head_too:
                self.wfile = Trickle(self.wfile, fault.pause, self.server.released)
            if shown.status != 204:
                self.wfile.write(body)

    def _drop(self) -> None:
        self.close_connection = True
        with suppress(OSError):  # the caller may have hung up first
            self.connection.shutdown(socket.SHUT_RDWR)
