"""What the self-check finds: a value with a name, how it stands, and a sentence for whoever can mend it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from uuid import UUID


class State(StrEnum):
    OK = "ok"
    WARN = "warn"  # somebody should know, or it could not be found out
    MEND = "mend"  # the service does not do what it promises until somebody mends this


@dataclass(frozen=True, slots=True)
class Finding:
    """`sentence` says what is so and, unless it is well, what to do; `clinic_id` where it is one clinic's.

    `paste`: by language, the texts (by their key) that somebody must copy to the provider.
    """

    name: str
    state: State
    sentence: str
    clinic_id: UUID | None = None
    paste: Mapping[str, Mapping[str, str]] | None = None


def ok(name: str, sentence: str, clinic_id: UUID | None = None) -> Finding:
    return Finding(name, State.OK, sentence, clinic_id)


def warn(name: str, sentence: str, clinic_id: UUID | None = None) -> Finding:
    return Finding(name, State.WARN, sentence, clinic_id)


def mend(name: str, sentence: str, clinic_id: UUID | None = None) -> Finding:
    return Finding(name, State.MEND, sentence, clinic_id)


def clock_time(moment: datetime) -> str:
    """A moment as a sentence tells it, to the minute."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def counted(number: int, one: str, many: str) -> str:
    """ "1 text", "2 texts"."""
    return f"{number} {one if number == 1 else many}"
