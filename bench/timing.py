"""Processor time, the best of several goes, beside a fixed loop measured at the same moment."""

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

TURNS = 20_000  # of the fixed loop, some milliseconds on a machine of the 2020s


@dataclass(frozen=True, slots=True)
class Timing:
    """One piece of work: its best time in seconds, and its usual time in turns of the fixed loop.

    The `turns` say the same on a fast and on a slow or busy machine.
    """

    seconds: float
    turns: float

    def each(self, number: int) -> "Timing":
        """The time of one, where the work was so many alike."""
        return Timing(self.seconds / number, self.turns / number)


def best(work: Callable[[], object], repeats: int) -> Timing:
    """The work in so many goes; the loop has its go before each of them, at the machine's same pace."""
    goes = [(_seconds(_loop) / TURNS, _seconds(work)) for _ in range(repeats)]
    return Timing(min(own for _, own in goes), median(own / turn for turn, own in goes))


def progress(what: str) -> None:
    """One line on the terminal that tells what is being measured, in the place of the line before it."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\033[K{what}")
        sys.stderr.flush()


def _loop() -> None:
    held: dict[int, str] = {}
    for number in range(TURNS):
        held[number & 255] = str(number)


def _seconds(work: Callable[[], object]) -> float:
    since = time.process_time()
    work()
    return time.process_time() - since
