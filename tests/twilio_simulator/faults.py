"""What can go wrong with a request: told to the simulator before it comes, or drawn at random."""

import random
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from threading import Lock

from tests.twilio_simulator.seen import Choice, Seen, Shown, every

MEANINGS = {
    20003: "Authenticate",
    20404: "The requested resource was not found",
    20429: "Too Many Requests",
    21211: "Invalid 'To' Phone Number",
    21602: "Message body is required",
    21603: "A 'From' phone number is required",
    21604: "A 'To' phone number is required",
    21610: "Attempt to send to unsubscribed recipient",
    21614: "'To' number is not a valid mobile number",
    21617: "The concatenated message body exceeds the 1600 character limit",
}


class Refusal(Exception):
    """An answer with Twilio's error body."""

    def __init__(self, status: int, code: int | None) -> None:
        super().__init__(f"{status} {code}")
        self.status = status
        self.code = code

    def as_json(self) -> dict[str, object]:
        body: dict[str, object] = {"status": self.status, "message": MEANINGS.get(self.code or 0, "Refused")}
        if self.code is not None:
            body |= {"code": self.code, "more_info": f"https://www.twilio.com/docs/errors/{self.code}"}
        return body


@dataclass(frozen=True, slots=True)
class Fault:
    """What happens in place of an answer.

    `accepts`: the request is carried out all the same, so that only its answer is lost. `waits`:
    seconds before the true answer goes out. `pause`: seconds before each byte of its body, or of the
    head too.
    """

    name: str
    shown: Shown | None = None
    accepts: bool = False
    hangs: bool = False
    waits: float = 0.0
    pause: float = 0.0
    head_too: bool = False


def answer(status: int, code: int | None = None, *, accepts: bool = False) -> Fault:
    """An error answer: 429, 500, 503."""
    name = f"{status} accepted" if accepts else str(status)
    return Fault(name, Shown(status, Refusal(status, code).as_json()), accepts=accepts)


def refuse(code: int, status: int = 400) -> Fault:
    """Twilio's no, with its code."""
    return Fault(f"{status} {code}", Shown(status, Refusal(status, code).as_json()))


def redirect(location: str) -> Fault:
    """Another address for the same request."""
    return Fault("307", Shown(307, Refusal(307, None).as_json(), location=location))


def rubbish(body: bytes = b"<html>Welcome to the hotel</html>", *, length: int | None = -1) -> Fault:
    """An answer that is none of Twilio's; `length` as in Shown."""
    return Fault("rubbish", Shown(200, body, "text/html", length=length))


def drop(*, accepts: bool = True) -> Fault:
    """The connection closes with no answer."""
    return Fault("drop accepted" if accepts else "drop", accepts=accepts)


def hang(*, accepts: bool = True) -> Fault:
    """No answer until the simulator closes."""
    return Fault("hang accepted" if accepts else "hang", accepts=accepts, hangs=True)


def slow(seconds: float) -> Fault:
    """The true answer, late."""
    return Fault("slow", accepts=True, waits=seconds)


def trickle(pause: float, *, head_too: bool = False) -> Fault:
    """The true answer, byte by byte."""
    return Fault("trickle", accepts=True, pause=pause, head_too=head_too)


MOODS = (
    answer(429, 20429),
    answer(500),
    answer(500, accepts=True),
    answer(503),
    drop(accepts=False),
    drop(accepts=True),
    slow(0.3),
)


class Moods:
    """Faults drawn at random, the same for the same seed and order of requests.

    `share`: of the requests that `only` picks, how many meet a fault, 0 to 1.
    """

    def __init__(self, seed: int, share: float, kinds: Sequence[Fault] = MOODS, only: Choice = every) -> None:
        self._random = random.Random(seed)
        self._share = share
        self._kinds = kinds
        self._only = only

    def draw(self, seen: Seen) -> Fault | None:
        if not self._only(seen) or self._random.random() >= self._share:
            return None
        return self._random.choice(self._kinds)


class Faults:
    """Which fault the next request meets: first what was told, in order, then what the mood brings.

    Safe between threads. `met` counts them by name.
    """

    def __init__(self) -> None:
        self.met: Counter[str] = Counter()
        self.moods: Moods | None = None
        self._told: list[tuple[Choice, Fault]] = []
        self._lock = Lock()

    def tell(self, faults: Iterable[Fault], only: Choice) -> None:
        with self._lock:
            self._told += [(only, each) for each in faults]

    def next(self, seen: Seen) -> Fault | None:
        with self._lock:
            fault = self._next_told(seen) or (self.moods.draw(seen) if self.moods else None)
            if fault:
                self.met[fault.name] += 1
            return fault

    def _next_told(self, seen: Seen) -> Fault | None:
        for at, (only, _) in enumerate(self._told):
            if only(seen):
                return self._told.pop(at)[1]
        return None
