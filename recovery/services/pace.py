"""How texts are handed over by one process: so many a second, and to one phone one after the other."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock

from flask import current_app

from recovery import context


class Pace:
    """`per_second` calls at most, evenly; no limit for 0. `now` and `sleep` are in seconds."""

    def __init__(
        self,
        per_second: float,
        now: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._gap = 1 / per_second if per_second else 0.0
        self._now = now
        self._sleep = sleep
        self._next: float | None = None
        self._lock = Lock()

    @property
    def is_limited(self) -> bool:
        """Whether calls are made one at a time, each in its turn."""
        return self._gap > 0

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Inside, the next call may be made; where there is a limit, by one thread at a time."""
        if not self._gap:
            yield
            return
        with self._lock:
            self.wait()
            yield

    def wait(self) -> None:
        """Returns when the next call may be made."""
        if self._next is not None and (left := self._next - self._now()) > 0:
            self._sleep(left)

    def called(self) -> None:
        """A call is made now; what was claimed and did not go uses nothing up."""
        if self._gap:
            self._next = max(self._now(), self._next or 0.0) + self._gap


class Lines:
    """So many calls at a time, and never two texts to one phone at a time, so that their order holds."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._busy: set[bytes] = set()
        self._calling: set[bytes] = set()
        self._lock = Lock()

    @property
    def are_taken(self) -> bool:
        """Whether there is none free."""
        return len(self._calling) >= self._most

    def take(self, phone_hash: bytes) -> bool:
        """Take a line to that phone; False while it is being texted or none is free."""
        with self._lock:
            if phone_hash in self._busy or self.are_taken:
                return False
            self._busy.add(phone_hash)
            self._calling.add(phone_hash)
            return True

    def hang_up(self, phone_hash: bytes) -> None:
        """The call is over: its line is free, the phone not before what came of it is written down."""
        with self._lock:
            self._calling.discard(phone_hash)

    def free(self, phone_hash: bytes) -> None:
        """It is over with that text: its phone may be texted again."""
        with self._lock:
            self._calling.discard(phone_hash)
            self._busy.discard(phone_hash)


def pace() -> Pace:
    """The one of this process, with the limit of the settings."""
    limit = context.config().sms_rate_per_second
    shared: Pace = current_app.extensions.setdefault("recovery.pace", Pace(limit))
    return shared


def lines() -> Lines:
    """The ones of this process."""
    most = context.config().sms_in_flight
    shared: Lines = current_app.extensions.setdefault("recovery.lines", Lines(most))
    return shared
