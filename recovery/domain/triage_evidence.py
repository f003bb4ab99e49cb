"""What triage weighs: the facts of a treatment, its standing reports, and the evidence they give."""

from collections.abc import Mapping
from dataclasses import dataclass

from recovery.domain.protocol import Protocol
from recovery.domain.vocabulary import Priority, Rule, Score

SCORES = "scores"
WORDS = "words"
EVENT = "event"


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of the treatment and the patient; a depth in millimetres, None if not known."""

    needle_depth_mm: float | None
    device: str | None
    risk_facts: frozenset[str]


@dataclass(frozen=True, slots=True)
class Report:
    """One standing (not superseded) report; `scores` holds core and other symptoms together."""

    id: str
    seq: int
    day: int
    scores: Mapping[str, Score]
    red_flags: tuple[str, ...] = ()
    concerns: tuple[str, ...] = ()
    question: bool = False


@dataclass(frozen=True, slots=True)
class Evidence:
    """One reason that one report, text or event gives for a nurse to look.

    `source_id` is the report's, message's or check-in's id; with the rule and symptom it names
    this evidence. `basis` is "scores", "words" or "event": a correction withdraws only what
    rests on scores.
    """

    source_id: str
    seq: int
    rule: Rule
    symptom: str
    priority: Priority
    day: int
    score: int | None
    explanation: str
    basis: str


def is_raised(protocol: Protocol, facts: Facts) -> bool:
    """Whether a risk fact stands that raises priorities."""
    return not facts.risk_facts.isdisjoint(protocol.raising)


def weigh(protocol: Protocol, facts: Facts, priority: Priority) -> Priority:
    """The priority after the risk facts: one level up if one raises, not above urgent."""
    return priority.raised(Priority.URGENT) if is_raised(protocol, facts) else priority
