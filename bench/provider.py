"""A stand-in for Twilio that answers every text after the same time, and counts what it took.

`python -m bench.provider PORT SECONDS`. It knows a text by the message id in its callback's address,
has no idempotency key (neither has Twilio), and lists what it took for a number. `GET /taken` tells
how often each text was taken, and `GET /flight` how many calls were in flight at once at most; `GET
/count` how many texts it took and when the last one came (seconds of the machine's steady clock).
"""

import asyncio
import json
import sys
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

ANSWER_AFTER = 0.1  # seconds


@dataclass
class Log:
    """What was taken: how often each message id, and each text by its number."""

    taken: Counter[str] = field(default_factory=Counter)
    to: dict[str, list[dict[str, object]]] = field(default_factory=dict)
    in_flight: int = 0
    most_in_flight: int = 0
    last_at: float = 0.0

    def take(self, form: Mapping[str, list[str]]) -> dict[str, object]:
        """One text, whoever may have sent it before."""
        self.last_at = time.monotonic()
        to, callback = form["To"][0], form["StatusCallback"][0]
        self.taken[parse_qs(urlsplit(callback).query)["message"][0]] += 1
        text: dict[str, object] = {
            "sid": f"SM{self.taken.total():032x}",
            "status": "queued",
            "direction": "outbound-api",
            "to": to,
            "from": form["From"][0],
            "body": form["Body"][0],
        }
        self.to.setdefault(to, []).insert(0, text)
        return text


class Connection(asyncio.Protocol):
    """One kept connection, one request after the other."""

    def __init__(self, log: Log, seconds: float) -> None:
        self._log, self._seconds = log, seconds
        self._came = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 (it is one of TCP)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._came += data
        head, ended, rest = self._came.partition(b"\r\n\r\n")
        length = _length(head)
        if ended and len(rest) >= length:
            self._came = rest[length:]
            self._asked(head, rest[:length])

    def _asked(self, head: bytes, body: bytes) -> None:
        method, target, _ = head.split(b"\r\n", 1)[0].decode().split(" ")
        if method == "POST":
            self._log.in_flight += 1
            self._log.most_in_flight = max(self._log.most_in_flight, self._log.in_flight)
            text = self._log.take(parse_qs(body.decode()))
            asyncio.get_running_loop().call_later(self._seconds, self._created, text)
        elif target == "/taken":
            self._answer("200 OK", self._log.taken)
        elif target == "/flight":
            self._answer("200 OK", self._log.most_in_flight)
        elif target == "/count":
            self._answer("200 OK", [self._log.taken.total(), self._log.last_at])
        else:
            to = parse_qs(urlsplit(target).query).get("To", [""])[0]
            self._answer("200 OK", {"messages": self._log.to.get(to, []), "next_page_uri": None})

    def _created(self, text: dict[str, object]) -> None:
        self._log.in_flight -= 1
        self._answer("201 Created", text)

    def _answer(self, status: str, content: object) -> None:
        body = json.dumps(content).encode()
        head = f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        self._transport.write(head.encode() + body)


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    return 0


async def main(port: int, seconds: float = ANSWER_AFTER) -> None:
    """Serve until the process is ended."""
    log = Log()
    server = await asyncio.get_running_loop().create_server(
        lambda: Connection(log, seconds), "127.0.0.1", port, backlog=512
    )
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), *map(float, sys.argv[2:3])))
