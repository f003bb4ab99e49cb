"""How one reason answers to its evidence: opened, strengthened, withdrawn, ended, standing again."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from recovery.domain.flag_case import Past, Reason, ends_by_itself
from recovery.domain.protocol import Protocol
from recovery.domain.targets import ClinicHours, due
from recovery.domain.triage_evidence import EVENT, SCORES, Evidence
from recovery.domain.vocabulary import Priority, Rule


@dataclass(frozen=True, slots=True)
class Moment:
    """What is true of a treatment when its case answers.

    `since_seq` is where the last earlier case closed, `zeros` the symptoms whose latest score is 0,
    `last_report_seq` the newest report's, `raised` whether a risk fact raises priorities.
    """

    protocol: Protocol
    hours: ClinicHours
    now: datetime
    past: Past | None
    since_seq: int
    zeros: frozenset[str]
    last_report_seq: int
    silence_broken: bool
    raised: bool

    def due(self, priority: Priority, since: datetime | None = None) -> datetime:
        return due(self.protocol, self.hours, priority, since or self.now)


@dataclass(frozen=True, slots=True)
class Change:
    """A reason after its evidence; `news` is the priority of what is new in it, None if nothing is."""

    reason: Reason
    news: Priority | None = None
    opened: bool = False


def respond(moment: Moment, held: Reason | None, given: Sequence[Evidence]) -> Change | None:
    """The reason after all evidence that is now given for its rule and symptom, in order of seq.

    None if there was no such reason and nothing in the evidence opens one.
    """
    evidence = list(_admitted(moment, held, given))
    if held is None:
        return _opened(moment, evidence) if evidence else None
    if not evidence and held.basis == SCORES:
        return Change(replace(held, withdrawn_at=held.withdrawn_at or moment.now))
    return _strengthened(moment, held, evidence)


def _admitted(moment: Moment, held: Reason | None, given: Sequence[Evidence]) -> Iterator[Evidence]:
    """What counts: what the reason rests on already, and the new that may open it (again).

    After a nurse resolved, words always open again, but scores only from the first that goes far
    enough beyond what she saw; an event never twice, and a silence only after a report.
    """
    known = held.sources if held else ()
    resolved = _resolved(moment, given)
    opens = resolved is None or moment.raised
    for each in given:
        if each.source_id in known:
            opens = True
            yield each
        elif each.basis == EVENT:
            if _is_new_event(moment, resolved, each):
                yield each
        elif each.seq > moment.since_seq:
            opens = opens or each.basis != SCORES or _goes_beyond(moment, resolved, each, given)
            if opens:
                yield each


def _resolved(moment: Moment, given: Sequence[Evidence]) -> Reason | None:
    """The reason of the same rule and symptom that a nurse resolved last, unless it was withdrawn."""
    keys = {(each.rule, each.symptom) for each in given}
    reasons = moment.past.reasons if moment.past else ()
    found = [reason for reason in reasons if reason.key in keys and reason.withdrawn_at is None]
    return found[-1] if found else None


def _is_new_event(moment: Moment, resolved: Reason | None, event: Evidence) -> bool:
    if resolved is None or moment.past is None:
        return True
    if event.source_id in resolved.sources:
        return False
    same_silence = moment.last_report_seq <= moment.past.resolved_seq and not moment.raised
    return event.rule != Rule.NO_ANSWER or not same_silence


def _goes_beyond(moment: Moment, resolved: Reason | None, now: Evidence, given: Sequence[Evidence]) -> bool:
    protocol, before, score = moment.protocol, (resolved.score if resolved else 0) or 0, now.score or 0
    if score >= before + protocol.reopen_above or protocol.band(score) > protocol.band(before):
        return True
    looked_late = any(each.day >= protocol.reopen_once_day and each.seq <= moment.since_seq for each in given)
    return now.day >= protocol.reopen_once_day and not looked_late


def _opened(moment: Moment, evidence: Sequence[Evidence]) -> Change:
    strongest = max(evidence, key=_strength)
    reason = Reason(
        rule=strongest.rule,
        symptom=strongest.symptom,
        priority=strongest.priority,
        day=strongest.day,
        score=_highest_score(evidence),
        explanation=strongest.explanation,
        basis=strongest.basis,
        opened_at=moment.now,
        last_at=moment.now,
        due_at=moment.due(strongest.priority),
        sources=_sources((), evidence),
    )
    return Change(replace(reason, ended_at=_ended_at(moment, reason, fresh=True)), reason.priority, True)


def _strengthened(moment: Moment, held: Reason, evidence: Sequence[Evidence]) -> Change:
    fresh = [each for each in evidence if each.source_id not in held.sources]
    plain = replace(held, priority=held.evident)
    weighed: list[Reason | Evidence] = [*evidence] if held.basis == SCORES else [plain, *evidence]
    strongest = max(weighed, key=_strength)
    rose = strongest.priority.rank > held.evident.rank
    escalated = held.escalated and not rose
    reason = replace(
        held,
        priority=strongest.priority.raised(Priority.URGENT) if escalated else strongest.priority,
        day=strongest.day,
        score=_highest_score(weighed),
        explanation=strongest.explanation,
        last_at=moment.now if fresh else held.last_at,
        sources=_sources(held.sources, fresh),
        withdrawn_at=None if fresh or held.basis == SCORES else held.withdrawn_at,
        escalated=escalated,
    )
    reason = replace(reason, ended_at=_ended_at(moment, reason, fresh=bool(fresh)))
    opened = reason.stands and not held.stands
    reason = replace(reason, due_at=_due_at(moment, held, reason, opened))
    news = [each.priority for each in fresh] + [strongest.priority] * (rose or opened)
    return Change(reason, max(news, key=lambda each: each.rank, default=None), opened)


def _due_at(moment: Moment, held: Reason, reason: Reason, opened: bool) -> datetime:
    if opened:
        return moment.due(reason.priority)
    if reason.priority.rank > held.priority.rank:
        return min(held.due_at, moment.due(reason.priority))
    if reason.priority.rank < held.priority.rank:
        return moment.due(reason.priority, held.opened_at)
    return held.due_at


def _ended_at(moment: Moment, reason: Reason, *, fresh: bool) -> datetime | None:
    """When it ended by itself; a silence stays ended until a new one, a score while its symptom is 0."""
    if reason.rule == Rule.NO_ANSWER:
        ended = reason.ended_at is not None or (moment.silence_broken and not moment.raised)
        return (reason.ended_at or moment.now) if ended and not fresh else None
    ended = ends_by_itself(reason) and reason.symptom in moment.zeros and not moment.raised
    return (reason.ended_at or moment.now) if ended else None


def _strength(weighed: Reason | Evidence) -> tuple[int, int]:
    return weighed.priority.rank, weighed.score or 0


def _highest_score(weighed: Sequence[Reason | Evidence]) -> int | None:
    return max((each.score for each in weighed if each.score is not None), default=None)


def _sources(known: Sequence[str], evidence: Sequence[Evidence]) -> tuple[str, ...]:
    return tuple(dict.fromkeys([*known, *(each.source_id for each in evidence)]))
