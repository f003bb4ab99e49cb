"""A shelf in place of the provider: what came with texts lies there, and much may go wrong."""

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from flask import Flask

from recovery.sms.console import ConsoleGateway
from recovery.sms.gateway import Fetched, Gone, TooLarge


class Shelf(ConsoleGateway):
    """`troubles` are raised one a call, before it or (`after`) once it was carried out; None: it goes well.

    `meanwhile` happens while a picture is on its way.
    """

    def __init__(self) -> None:
        self.lying: dict[str, bytes] = {}
        self.troubles: deque[BaseException | None] = deque()
        self.after = False
        self.meanwhile: Callable[[], None] = lambda: None
        self.fetched: list[str] = []

    def put(self, *contents: bytes) -> tuple[str, ...]:
        """The addresses at which these now lie."""
        added = {f"https://shelf.example/{len(self.lying) + at}": each for at, each in enumerate(contents)}
        self.lying |= added
        return tuple(added)

    def fetch(self, address: str, at_most: int) -> Fetched:
        with self._trouble():
            self.fetched.append(address)
            self.meanwhile()
            if address not in self.lying:
                raise Gone(address)
            if len(self.lying[address]) > at_most:
                raise TooLarge(address)
            return Fetched(self.lying[address], "video/mp4")  # what it says of the type is not to be believed

    def delete(self, address: str) -> None:
        with self._trouble():
            self.lying.pop(address, None)

    @contextmanager
    def _trouble(self) -> Iterator[None]:
        trouble = self.troubles.popleft() if self.troubles else None
        if trouble is not None and not self.after:
            raise trouble
        yield
        if trouble is not None:
            raise trouble


@contextmanager
def in_place(app: Flask) -> Iterator[Shelf]:
    """The app goes to a shelf instead of its own provider."""
    before, shelf = app.extensions["recovery.gateway"], Shelf()
    app.extensions["recovery.gateway"] = shelf
    try:
        yield shelf
    finally:
        app.extensions["recovery.gateway"] = before
