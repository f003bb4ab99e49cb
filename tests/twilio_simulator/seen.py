"""One call to the API as it came, the answer to it, and which calls a fault is meant for."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Seen:
    """A request as it came. `host` is the name that the caller used."""

    method: str
    path: str
    query: dict[str, str]
    form: dict[str, str]
    authorization: str | None
    host: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """An answer: JSON, or bytes with their own content type. `length` -1: the true one; None: untold."""

    status: int
    body: object = None
    content_type: str = "application/json"
    location: str | None = None
    length: int | None = -1


Choice = Callable[[Seen], bool]


def every(seen: Seen) -> bool:
    return True


def creates(seen: Seen) -> bool:
    """A text that is handed over."""
    return seen.method == "POST" and seen.path.endswith("/Messages.json")


def looks(seen: Seen) -> bool:
    """A question about the log: one text, or many."""
    return seen.method == "GET" and "/Messages" in seen.path and "/Media" not in seen.path


def pictures(seen: Seen) -> bool:
    """A picture that is fetched, at whichever host."""
    return seen.method == "GET" and seen.path.rpartition("/")[2].startswith("ME")
