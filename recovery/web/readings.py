"""How a reading is told: in short beside a text of a case, and at length where a text is tried."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Flask

from recovery.domain.flag_words import NAMED
from recovery.domain.vocabulary import CORE, EMERGENCIES, OTHER, Intent, Priority

_INTENTS = {
    Intent.REPORT: "a report",
    Intent.OPT_OUT: "wants no more texts",
    Intent.OPT_IN: "wants texts again",
    Intent.HELP: "asks who we are or how this works",
    Intent.WRONG_PERSON: "is not the patient",
    Intent.QUESTION: "something that a nurse must read",
    Intent.UNCLEAR: "not readable with certainty",
    Intent.ACK: "nothing to log, and no answer needed",
}
_NAMES = {str(kind): name[0].lower() + name[1:] for kind, name in NAMED.items()}


@dataclass(frozen=True, slots=True)
class Told:
    """A reading in words. Scores are (symptom, "about 5"); red flags are (priority, "pus").

    `approximate`: the symptoms that were told in words. `why`: (the patient's words, what they mean);
    the first is empty for a reason that rests on the whole text.
    """

    intent: str
    scores: Sequence[tuple[str, str]]
    other: Sequence[tuple[str, str]]
    approximate: Sequence[str]
    red_flags: Sequence[tuple[str, str]]
    concerns: Sequence[str]
    also_question: bool
    why: Sequence[tuple[str, str]]

    @property
    def sentence(self) -> str:
        """All that was found, or what the text is where nothing was."""
        parts = [f"{symptom} {score}" for symptom, score in (*self.scores, *self.other)]
        parts += [name for _, name in self.red_flags]
        parts += [*self.concerns, *(["a question"] if self.also_question else [])]
        return ", ".join(parts) or self.intent


def set_up(app: Flask) -> None:
    app.jinja_env.filters.update(
        read_as=lambda kept: tell(json.loads(kept)) if kept is not None else None,
        sign=_named,
        begun=lambda words: words[0].upper() + words[1:],
    )


def tell(reading: Mapping[str, Any]) -> Told:
    """A reading, as `domain.reading.reading.as_json` gives it and a message keeps it."""
    about = reading["approximate"]
    return Told(
        intent=_INTENTS[reading["intent"]],
        scores=_scores(CORE, reading["scores"], about),
        other=_scores(OTHER, reading["other"], about),
        approximate=about,
        red_flags=[(_priority(kind), _named(kind)) for kind in reading["red_flags"]],
        concerns=[_named(kind) for kind in reading["concerns"]],
        also_question=reading["also_question"],
        why=[_halves(reason) for reason in reading["why"]],
    )


def _scores(symptoms: Sequence[str], found: Mapping[str, int], about: Sequence[str]) -> list[tuple[str, str]]:
    return [
        (name, f"about {found[name]}" if name in about else str(found[name]))
        for name in symptoms
        if name in found
    ]


def _priority(kind: str) -> str:
    return Priority.EMERGENCY if kind in EMERGENCIES else Priority.URGENT


def _named(kind: str) -> str:
    return _NAMES.get(kind, kind.replace("_", " "))


def _halves(reason: str) -> tuple[str, str]:
    said, _, meaning = reason.rpartition(" → ")
    return said, _NAMES.get(meaning, meaning)
