"""The simulator: one Twilio account, its phones, and the calls in both directions.

with Simulator(account_sid, auth_token) as twilio:
    TwilioGateway(account_sid, (auth_token,), public_url, twilio.base_url).send(...)
    twilio.deliver_callbacks()
    twilio.receive("+15550001111", "+15550002222", "3 1 0", url=f"{public_url}/sms/inbound")
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from threading import Thread
from typing import Self

from tests.twilio_simulator.account import Account, Clock, wall_clock
from tests.twilio_simulator.api import Server
from tests.twilio_simulator.faults import Fault, Moods, Refusal
from tests.twilio_simulator.log import Message, new_sid
from tests.twilio_simulator.owned import Number, Service
from tests.twilio_simulator.seen import Choice, Seen, every
from tests.twilio_simulator.signing import Form, sign
from tests.twilio_simulator.webhooks import Answer, Post, inbound_form, over_http, replies, status_form

STEPS = ("queued", "sent", "delivered")
Call = tuple[str, Form]


@dataclass(slots=True)
class Received:
    """A text that a phone sent: what the webhook answered each time, and the texts that came of it."""

    message: Message
    answers: list[Answer] = field(default_factory=list)
    replies: list[Message] = field(default_factory=list)


class Simulator:
    """One account over real HTTP, while the context lasts.

    `post` carries webhooks: over HTTP, or into a test client. `webhook_timeout`: seconds a call.
    `port` 0: any free one. Safe between threads.
    """

    def __init__(
        self,
        account_sid: str,
        auth_token: str,
        *,
        webhook_timeout: float = 15.0,
        post: Post = over_http,
        clock: Clock = wall_clock,
        port: int = 0,
    ) -> None:
        self.account = Account(account_sid, auth_token, clock)
        self.webhook_timeout = webhook_timeout
        self.post = post
        self._server = Server(self.account, port)
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.released.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    @property
    def messages(self) -> list[Message]:
        """The log, oldest first."""
        return self.account.messages

    @property
    def requests(self) -> list[Seen]:
        """Every call to the API, oldest first."""
        return self._server.requests

    @property
    def opted_out(self) -> set[tuple[str, str]]:
        """Pairs (our number, phone) that Twilio blocks."""
        return self.account.opted_out

    def inbox(self, phone: str) -> list[str]:
        """What the phone has been sent, oldest first."""
        return self.account.inbox(phone)

    @property
    def taken(self) -> Counter[str]:
        """How many texts Twilio took for each message id of ours, whatever it answered."""
        with self.account.lock:
            return Counter(self.account.taken)

    @property
    def faults_met(self) -> Counter[str]:
        """How many requests met each fault."""
        return self._server.faults.met

    def fail_next(self, *faults: Fault, only: Choice = every) -> None:
        """Each of the next requests (that `only` picks) meets one fault, in order; later ones go well."""
        self._server.faults.tell(faults, only)

    def fail_at_random(self, moods: Moods | None) -> None:
        """From now on some requests meet a fault; None ends it."""
        self._server.faults.moods = moods

    def own(self, *owned: Number | Service) -> None:
        """Gives the account phone numbers and Messaging Services."""
        self.account.numbers += [each for each in owned if isinstance(each, Number)]
        self.account.services += [each for each in owned if isinstance(each, Service)]

    def move_media(self) -> None:
        """From now on the address of a picture sends on to another host, as Twilio's does."""
        self.account.media_host = f"localhost:{self._server.server_port}"

    def receive(
        self,
        from_: str,
        to: str,
        body: str,
        *,
        url: str | None,
        media: Sequence[tuple[str, bytes]] = (),
        service_sid: str | None = None,
    ) -> Received:
        """A phone sends a text: it is logged, and the webhook at `url` called (None: it is lost)."""
        message = self.account.receive(from_, to, body, media, service_sid)
        return self.deliver(message, url) if url else Received(message)

    def deliver(self, message: Message, url: str) -> Received:
        """Calls the webhook for a text; only the first good answer of a SID is acted on.

        One retry after no answer or a 5xx: more often than Twilio's default, to meet repeats.
        """
        received = Received(message)
        media = f"{self.base_url}/2010-04-01/Accounts/{self.account.sid}/Messages/{message.sid}/Media"
        for _ in range(2):
            answer = self.call(url, inbound_form(message, media))
            received.answers.append(answer)
            if answer.is_good:
                received.replies = self._act(message, url, answer.text)
            if 0 < answer.status < 500:
                break
        return received

    def deliver_callbacks(
        self,
        messages: Iterable[Message] | None = None,
        *,
        steps: Sequence[str] = STEPS,
        error_code: int | None = None,
        times: int = 1,
        reorder: Callable[[list[Call]], Iterable[Call]] = list,
    ) -> list[int]:
        """Takes outbound texts (all unfinished ones) through `steps` and posts their callbacks.

        `times`: how often each is posted; `reorder` may shuffle or drop them. The error code goes
        with the last step. Returns the statuses of the answers.
        """
        calls: list[Call] = []
        for message in self.account.unfinished() if messages is None else messages:
            for step in steps:
                message.advance(step, self.account.clock(), error_code if step == steps[-1] else None)
                if message.callback:
                    calls += [(message.callback, status_form(message))] * times
        return [self.call(url, form).status for url, form in reorder(calls)]

    def call(self, url: str, form: Form) -> Answer:
        """Posts a signed form."""
        headers = {
            "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8",
            "X-Twilio-Signature": sign(self.account.auth_token, url, form),
            "User-Agent": "TwilioProxy/1.1",
            "I-Twilio-Idempotency-Token": new_sid(""),
        }
        return self.post(url, form, headers, self.webhook_timeout)

    def _act(self, message: Message, url: str, twiml: str) -> list[Message]:
        asked = replies(twiml, url)
        if not self.account.is_first_answer(message.sid):
            return []
        sent = []
        for reply in asked:
            try:
                sent.append(
                    self.account.accept(
                        to=reply.to or message.sender,
                        sender=reply.sender or message.to,
                        body=reply.body,
                        direction="outbound-reply",
                        callback=reply.callback,
                    )
                )
            except Refusal:
                continue
        return sent
