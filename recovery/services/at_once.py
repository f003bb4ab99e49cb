"""Several at once: each piece of work in a thread of its own, with the app and a session of its own."""

import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import TypeVar

from flask import Flask, current_app

from recovery import context

Piece = TypeVar("Piece")
Result = TypeVar("Result")


def at_once(
    work: Callable[[Piece], Result],
    pieces: Iterable[Piece],
    threads: int,
    seconds: float | None = None,
) -> list[Result]:
    """The results of `work` for each piece, in their order; so many at a time, the first ones first.

    What was not begun within `seconds`, or before the process is to end, is left out. What the caller
    set for this run (a moment that is now) holds in the threads as well. If one raises, the others are
    finished before it is raised on.
    """
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    until = None if seconds is None else time.monotonic() + seconds

    def alone(piece: Piece) -> list[Result]:
        with app.app_context():
            over = until is not None and time.monotonic() > until
            return [] if over or context.stopping().is_set() else [work(piece)]

    with ThreadPoolExecutor(threads) as pool:
        running = [pool.submit(copy_context().run, alone, piece) for piece in pieces]
    return [result for each in running for result in each.result()]
