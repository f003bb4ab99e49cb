"""A case and its reasons as values, with what can be read off them."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from recovery.domain.protocol import Protocol
from recovery.domain.targets import ClinicHours, due
from recovery.domain.triage_evidence import SCORES
from recovery.domain.vocabulary import CaseStatus, Outcome, Priority, Rule

Key = tuple[Rule, str]


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a nurse should look: one rule and symptom, which stand once in a case.

    `score` is the highest seen (0 to 10), `sources` the ids of its evidence in order, `escalated`
    whether the priority is one above what the evidence gives because nobody looked in time.
    """

    rule: Rule
    symptom: str
    priority: Priority
    day: int
    score: int | None
    explanation: str
    basis: str
    opened_at: datetime
    last_at: datetime
    due_at: datetime
    sources: tuple[str, ...]
    withdrawn_at: datetime | None = None
    ended_at: datetime | None = None
    escalated: bool = False

    @property
    def key(self) -> Key:
        return self.rule, self.symptom

    @property
    def stands(self) -> bool:
        return self.withdrawn_at is None and self.ended_at is None

    @property
    def evident(self) -> Priority:
        """The priority that the evidence alone gives."""
        return tuple(Priority)[self.priority.rank - 1] if self.escalated else self.priority


@dataclass(frozen=True, slots=True)
class Case:
    """One treatment's case with every reason in it; `due_at` is the earliest over those that stand."""

    status: CaseStatus
    priority: Priority
    flagged_at: datetime
    due_at: datetime
    reasons: tuple[Reason, ...]
    acknowledged: bool = False
    outcome: Outcome | None = None

    @property
    def unseen(self) -> bool:
        return self.status == CaseStatus.OPEN and not self.acknowledged


@dataclass(frozen=True, slots=True)
class Past:
    """What a nurse resolved in this treatment; `resolved_seq` is the last seq that she knew.

    `reasons` are those of the latest case, or of all that she resolved, oldest first.
    """

    reasons: tuple[Reason, ...]
    resolved_seq: int


def standing(reasons: Iterable[Reason]) -> tuple[Reason, ...]:
    """The reasons that neither ended nor were withdrawn."""
    return tuple(reason for reason in reasons if reason.stands)


def ends_by_itself(reason: Reason) -> bool:
    """Whether later reports can end it: a routine score by a 0, silence by a report."""
    return reason.rule == Rule.NO_ANSWER or (reason.basis == SCORES and reason.evident == Priority.ROUTINE)


def closes_by_itself(case: Case, *, raised: bool = False) -> bool:
    """Whether nobody took it and every standing reason ends by itself; never when a risk fact raises."""
    return case.unseen and not raised and all(map(ends_by_itself, standing(case.reasons)))


def settled(case: Case, reasons: tuple[Reason, ...]) -> Case:
    """The case with these reasons, its priority and target taken from those that stand, if any does."""
    stand = standing(reasons)
    if not stand:
        return replace(case, reasons=reasons)
    return replace(
        case,
        reasons=reasons,
        priority=max((reason.priority for reason in stand), key=lambda each: each.rank),
        due_at=min(reason.due_at for reason in stand),
    )


def open_again(protocol: Protocol, hours: ClinicHours, case: Case, now: datetime) -> Case:
    """The case open and unacknowledged since `now`, every standing reason's target counted from now."""
    reasons = tuple(
        replace(reason, due_at=due(protocol, hours, reason.priority, now)) if reason.stands else reason
        for reason in case.reasons
    )
    fresh = replace(case, status=CaseStatus.OPEN, flagged_at=now, acknowledged=False, outcome=None)
    if not standing(reasons):
        fresh = replace(fresh, due_at=due(protocol, hours, case.priority, now))
    return settled(fresh, reasons)
