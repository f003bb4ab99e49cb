"""What a careful nurse would log from one text, and why."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from recovery.domain.vocabulary import CORE, SYMPTOMS, Concern, Intent, RedFlag, Score


@dataclass(frozen=True, slots=True)
class Reading:
    """One text, read.

    `scores` holds core symptoms, `other` the further ones that are present, each 0 to 10.
    `also_question`: beside a report, something that a nurse must read. `is_fine`: "good", "ok",
    which is asked about in its own way. `is_correction`: a cue such as "sorry" or "typo".
    `is_none`: the good answer to the question of day 28. `why`: one reason a line.
    """

    intent: Intent
    scores: Mapping[str, Score] = field(default_factory=dict)
    other: Mapping[str, Score] = field(default_factory=dict)
    red_flags: tuple[RedFlag, ...] = ()
    concerns: tuple[Concern, ...] = ()
    also_question: bool = False
    is_fine: bool = False
    is_correction: bool = False
    is_none: bool = False
    why: tuple[str, ...] = ()

    @property
    def approximate(self) -> tuple[str, ...]:
        """The symptoms that were given in words and are kept as a range."""
        both = {**self.scores, **self.other}
        return tuple(name for name in SYMPTOMS if name in both and both[name].approximate)


def as_json(reading: Reading) -> dict[str, Any]:
    """The reading as the public line: scores as whole numbers, words as their fixed number."""
    return {
        "intent": reading.intent.value,
        "scores": {name: reading.scores[name].value for name in CORE if name in reading.scores},
        "approximate": list(reading.approximate),
        "other": {name: score.value for name, score in reading.other.items()},
        "red_flags": [flag.value for flag in reading.red_flags],
        "concerns": [concern.value for concern in reading.concerns],
        "also_question": reading.also_question,
        "why": list(reading.why),
    }
