"""Calls to the provider, many in flight: their threads talk to nobody else."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from queue import Empty, SimpleQueue
from types import TracebackType
from typing import Self

from recovery import context
from recovery.services.claiming import Claim
from recovery.sms.gateway import Sent

Ended = tuple[Claim, Callable[[], Sent]]


class Calls:
    """The calls of one run. At its end those in flight are waited for."""

    def __init__(self, most: int) -> None:
        self._gateway = context.gateway()
        self._pool = ThreadPoolExecutor(most)
        self._ended: SimpleQueue[Ended] = SimpleQueue()
        self.in_flight = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.shutdown()

    def begin(self, held: Claim) -> None:
        """Hand over the text of a claim, in a thread of its own."""

        def over(call: Future[Sent]) -> None:
            self._ended.put((held, call.result))

        self.in_flight += 1
        self._pool.submit(self._gateway.send, held.outgoing).add_done_callback(over)

    def ended(self, wait: float) -> list[Ended]:
        """The calls that are over, each with a function that gives its result or raises what it raised.

        If there is none yet, the first that ends within `wait` seconds, and its fellows.
        """
        found: list[Ended] = []
        try:
            found.append(self._ended.get(timeout=wait))
            while True:
                found.append(self._ended.get_nowait())
        except Empty:
            self.in_flight -= len(found)
            return found
