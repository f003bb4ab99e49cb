"""What triage weighs: the facts of a treatment, its standing reports, and the evidence they give."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol as Shape
from typing import TypeVar

from recovery.domain.protocol import Protocol
from recovery.domain.vocabulary import CORE, Priority, Rule, Score

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
class Scored:
    """The scores of one standing (not superseded) report, core and other symptoms together.

    `is_late`: whether it was taken down after it was said, at `reported_at`.
    """

    id: str
    seq: int
    day: int
    scores: Mapping[str, Score]
    reported_at: datetime | None = None
    is_late: bool = False

    @property
    def has_core_score(self) -> bool:
        return any(symptom in self.scores for symptom in CORE)


@dataclass(frozen=True, slots=True)
class Report(Scored):
    """The whole of one standing report, as triage needs it: with its dangers, not its scores alone."""

    red_flags: tuple[str, ...] = ()
    concerns: tuple[str, ...] = ()
    question: bool = False


class Told(Shape):
    """What decides a report's turn, in a row and in a value alike."""

    @property
    def day(self) -> int: ...
    @property
    def seq(self) -> int: ...
    @property
    def reported_at(self) -> datetime | None: ...
    @property
    def is_late(self) -> bool: ...


AnyTold = TypeVar("AnyTold", bound=Told)


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


def in_turn(reports: Iterable[AnyTold]) -> list[AnyTold]:
    """Reports by day, and within a day as they came, whatever the clock said.

    Only what was taken down late, a text found in the provider's log or a call told afterwards,
    goes before what was said after it on that day: it never stands for the day in its place.
    """
    ordered: list[AnyTold] = []
    for report in sorted(reports, key=lambda each: (each.day, each.seq)):
        newer = (place for place, other in enumerate(ordered) if _is_newer(other, report))
        ordered.insert(next(newer, len(ordered)) if report.is_late else len(ordered), report)
    return ordered


def is_raised(protocol: Protocol, facts: Facts) -> bool:
    """Whether a risk fact stands that raises priorities."""
    return not facts.risk_facts.isdisjoint(protocol.raising)


def weigh(protocol: Protocol, facts: Facts, priority: Priority) -> Priority:
    """The priority after the risk facts: one level up if one raises, not above urgent."""
    return priority.raised(Priority.URGENT) if is_raised(protocol, facts) else priority


def _is_newer(other: Told, report: Told) -> bool:
    if other.day != report.day or other.reported_at is None or report.reported_at is None:
        return False
    return other.reported_at > report.reported_at
