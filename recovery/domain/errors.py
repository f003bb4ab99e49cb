"""What can be refused: a small family, each with a sentence that a person can act on.

Only an edge knows what HTTP status or exit code a refusal becomes.
"""

from collections.abc import Mapping, Sequence


class Refusal(Exception):
    """Something that was asked cannot be done; the message is the sentence to show."""


class NotFound(Refusal):
    """There is no such thing in this clinic."""


class Conflict(Refusal):
    """It is not allowed from the present state."""


class Stale(Refusal):
    """Somebody else changed it meanwhile."""


class Invalid(Refusal):
    """A value is wrong; `errors` names each field and what is wrong with it."""

    def __init__(self, errors: Mapping[str, Sequence[str]]) -> None:
        self.errors = {name: list(wrong) for name, wrong in errors.items()}
        super().__init__("; ".join(f"{name}: {' '.join(wrong)}" for name, wrong in self.errors.items()))
