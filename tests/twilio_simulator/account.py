"""One account's memory: its message log, the phones it writes to, and who has opted out."""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from threading import RLock
from urllib.parse import parse_qs, urlsplit

from tests.twilio_simulator.faults import Refusal
from tests.twilio_simulator.log import FINAL, Media, Message, new_sid
from tests.twilio_simulator.owned import Number, Service

Clock = Callable[[], datetime]


def wall_clock() -> datetime:
    return datetime.now(UTC)


class Account:
    """Safe between threads.

    `opted_out` holds pairs (our number, phone) that get 21610. `taken` counts the texts that were
    taken for each id of ours, from the `message` in their callback's address. `media_host`: another
    name of this machine that pictures are fetched from, the address at the API sending on to it.
    """

    def __init__(self, sid: str, auth_token: str, clock: Clock) -> None:
        self.sid = sid
        self.auth_token = auth_token
        self.clock = clock
        self.lock = RLock()
        self.messages: list[Message] = []
        self.opted_out: set[tuple[str, str]] = set()
        self.taken: Counter[str] = Counter()
        self.numbers: list[Number] = []
        self.services: list[Service] = []
        self.status = "active"
        self.is_trial = False
        self.media_host: str | None = None
        self._inboxes: defaultdict[str, list[str]] = defaultdict(list)
        self._answered: set[str] = set()

    def inbox(self, phone: str) -> list[str]:
        """What the phone has been sent, oldest first; redaction at Twilio does not reach it."""
        with self.lock:
            return list(self._inboxes[phone])

    def find(self, sid: str) -> Message:
        """The message with this SID. Raises Refusal 20404."""
        with self.lock:
            for message in self.messages:
                if message.sid == sid:
                    return message
        raise Refusal(404, 20404)

    def accept(
        self,
        *,
        to: str,
        sender: str,
        body: str,
        direction: str = "outbound-api",
        service_sid: str | None = None,
        callback: str | None = None,
        validity_seconds: int | None = None,
    ) -> Message:
        """Takes an outbound text. Raises Refusal 21610 where the phone has opted out."""
        with self.lock:
            if (sender, to) in self.opted_out:
                raise Refusal(400, 21610)
            message = Message(
                sid=new_sid("SM"),
                account_sid=self.sid,
                direction=direction,
                to=to,
                sender=sender,
                body=body,
                status="accepted" if service_sid else "queued",
                created=self.clock(),
                service_sid=service_sid,
                callback=callback,
                validity_seconds=validity_seconds,
            )
            self.messages.append(message)
            self._inboxes[to].append(body)
            self.taken.update(parse_qs(urlsplit(callback or "").query).get("message", []))
            return message

    def as_json(self) -> dict[str, object]:
        """How the account stands."""
        return {"sid": self.sid, "status": self.status, "type": "Trial" if self.is_trial else "Full"}

    def receive(
        self, from_: str, to: str, body: str, media: Sequence[tuple[str, bytes]], service_sid: str | None
    ) -> Message:
        """Logs a text that a phone sent."""
        now = self.clock()
        message = Message(
            sid=new_sid("MM" if media else "SM"),
            account_sid=self.sid,
            direction="inbound",
            to=to,
            sender=from_,
            body=body,
            status="received",
            created=now,
            sent=now,
            service_sid=service_sid,
            media=[Media(new_sid("ME"), kind, content) for kind, content in media],
        )
        with self.lock:
            self.messages.append(message)
        return message

    def unfinished(self) -> list[Message]:
        """The outbound texts that still await a final status."""
        with self.lock:
            return [each for each in self.messages if each.is_outbound and each.status not in FINAL]

    def is_first_answer(self, sid: str) -> bool:
        """Whether nobody has answered this inbound text before; asking counts as answering."""
        with self.lock:
            first = sid not in self._answered
            self._answered.add(sid)
            return first
