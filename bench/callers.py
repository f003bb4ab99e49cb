"""Callers over real HTTP on loopback: several at a time, each on a connection that it keeps.

They cost little themselves, so that what is measured is the server; on two cores they share them with it.
"""

import socket
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from urllib.parse import urlsplit

from bench.measure import percentile

CLIENTS = 4
_PATIENCE = 30.0  # seconds


class Unexpected(Exception):
    """An answer that is no success: a measure of it would be worth nothing."""


@dataclass(frozen=True, slots=True)
class Call:
    """One request, whole; its answer must have one of these statuses."""

    path: str
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes | None = None
    statuses: tuple[int, ...] = (200,)

    def lines(self, host: str) -> bytes:
        given = [("Host", host), *self.headers]
        if self.body is not None:
            given.append(("Content-Length", str(len(self.body))))
        head = "".join(f"{name}: {value}\r\n" for name, value in given)
        method = "GET" if self.body is None else "POST"
        return f"{method} {self.path} HTTP/1.1\r\n{head}\r\n".encode() + (self.body or b"")


@dataclass(frozen=True, slots=True)
class Load:
    """How long so many calls took, in all and each, in seconds."""

    seconds: float
    each: Sequence[float]

    @property
    def throughput(self) -> float:
        return len(self.each) / self.seconds

    def part(self, percent: int) -> float:
        return percentile(self.each, percent)


def call(address: str, calls: Sequence[Call], clients: int = CLIENTS) -> Load:
    """Make these calls, so many at a time, each as soon as the one before it was answered."""
    host = urlsplit(address).netloc
    lanes = [[one.lines(host) for one in calls[start::clients]] for start in range(clients)]
    wanted = [[one.statuses for one in calls[start::clients]] for start in range(clients)]
    with ThreadPoolExecutor(clients) as pool:
        since = time.perf_counter()
        found = list(pool.map(_lane, [host] * clients, lanes, wanted))
        seconds = time.perf_counter() - since
    return Load(seconds, [each for lane in found for each in lane])


def get(address: str, one: Call) -> bytes:
    """The body of one answer."""
    host = urlsplit(address).netloc
    connection = _Connection(host)
    try:
        return connection.ask(one.lines(host), one.statuses)
    finally:
        connection.close()


def _lane(host: str, requests: Sequence[bytes], wanted: Sequence[tuple[int, ...]]) -> list[float]:
    connection, taken = _Connection(host), []
    try:
        for request, statuses in zip(requests, wanted, strict=True):
            since = time.perf_counter()
            connection.ask(request, statuses)
            taken.append(time.perf_counter() - since)
    finally:
        connection.close()
    return taken


class _Connection:
    """One connection, made again when the server has closed it."""

    def __init__(self, host: str) -> None:
        name, _, port = host.partition(":")
        self._at = (name, int(port))
        self._socket: socket.socket | None = None

    def ask(self, request: bytes, statuses: tuple[int, ...]) -> bytes:
        if self._socket is None:
            self._socket = socket.create_connection(self._at, timeout=_PATIENCE)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.sendall(request)
        head, body = self._read(self._socket)
        told = head.split(b"\r\n", 1)[0]
        if int(told.split()[1]) not in statuses:
            raise Unexpected(f"{told.decode()}: {body[:300].decode('utf-8', 'replace')}")
        if b"connection: close" in head.lower():
            self.close()
        return body

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    @staticmethod
    def _read(door: socket.socket) -> tuple[bytes, bytes]:
        read = b""
        while b"\r\n\r\n" not in read:
            read += _some(door)
        head, _, body = read.partition(b"\r\n\r\n")
        lines = head.lower().split(b"\r\n")
        length = sum(int(line.split(b":")[1]) for line in lines if line.startswith(b"content-length:"))
        parts, have = [body], len(body)
        while have < length:
            parts.append(_some(door))
            have += len(parts[-1])
        return head, b"".join(parts)


def _some(door: socket.socket) -> bytes:
    found = door.recv(262_144)
    if not found:
        raise Unexpected("the server closed the connection")
    return found
