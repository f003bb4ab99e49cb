"""How fast texts are handed over: so many a second for a process, if a limit is set."""

import time
from collections.abc import Callable


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

    def wait(self) -> None:
        """Returns when the next call may be made."""
        if self._next is not None and (left := self._next - self._now()) > 0:
            self._sleep(left)

    def called(self) -> None:
        """A call is made now; what was claimed and did not go uses nothing up."""
        if self._gap:
            self._next = max(self._now(), self._next or 0.0) + self._gap
