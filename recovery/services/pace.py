"""How texts are handed over by one process: so many a second, and to one phone one after the other."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Condition, Lock

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


class Phones:
    """The phones that are being texted: never two texts to one at a time, so that their order holds."""

    def __init__(self) -> None:
        self._busy: set[bytes] = set()
        self._freed = Condition()

    @contextmanager
    def only(self, phone_hash: bytes) -> Iterator[None]:
        """Inside, nobody else of this process texts that phone."""
        with self._freed:
            self._freed.wait_for(lambda: phone_hash not in self._busy)
            self._busy.add(phone_hash)
        try:
            yield
        finally:
            with self._freed:
                self._busy.discard(phone_hash)
                self._freed.notify_all()


def pace() -> Pace:
    """The one of this process, with the limit of the settings."""
    limit = context.config().sms_rate_per_second
    shared: Pace = current_app.extensions.setdefault("recovery.pace", Pace(limit))
    return shared


def phones() -> Phones:
    """The ones of this process."""
    shared: Phones = current_app.extensions.setdefault("recovery.phones", Phones())
    return shared
