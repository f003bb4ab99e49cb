"""The flag rules that compare scores: severe, worsening, rebound, persisting.

Absolute limits use a score's fixed value, comparisons its nearest ends. `earlier` is always the
same symptom's earlier sightings, oldest first. No published day-by-day table exists for plain
micro-needling, so the limits are judgement that stands in the protocol for a clinician to sign.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from recovery.domain.protocol import Protocol
from recovery.domain.triage_evidence import SCORES, Evidence, Facts, Report, weigh
from recovery.domain.vocabulary import Priority, Rule, Score


class Sighting(NamedTuple):
    """One symptom's score in one report."""

    day: int
    score: Score


class Finding(NamedTuple):
    """What one rule says of one sighting, before risk facts are weighed."""

    rule: Rule
    priority: Priority
    explanation: str


def judge(
    protocol: Protocol, facts: Facts, report: Report, earlier: Mapping[str, Sequence[Sighting]]
) -> Iterable[Evidence]:
    """The evidence that a report's scores give, `earlier` holding each symptom's past sightings."""
    seen = {
        symptom: Sighting(report.day, report.scores[symptom])
        for symptom in protocol.scored_symptoms
        if symptom in report.scores
    }
    back = {symptom for symptom, now in seen.items() if _is_back(protocol, now, earlier[symptom])}
    for symptom, now in seen.items():
        change = _rebound(symptom, now, back) or _worsening(protocol, symptom, now, earlier[symptom])
        found = (
            _severe(protocol, facts, symptom, now),
            change,
            _persisting(protocol, facts, symptom, now, earlier[symptom]),
        )
        for finding in filter(None, found):
            yield _evidence(protocol, facts, report, symptom, finding)


def _severe(protocol: Protocol, facts: Facts, symptom: str, now: Sighting) -> Finding | None:
    value = now.score.value
    first_days = now.day < protocol.severe_from_day
    limit = protocol.very_severe_from if first_days else protocol.severe_from
    if value < limit:
        return None
    said = f"{_said(symptom, now)}; {limit} or more is severe{' even then' if first_days else ''}."
    deep = protocol.is_deep(facts.needle_depth_mm, facts.device)
    to_day = protocol.severe_redness_soon_to_day_deep if deep else protocol.severe_redness_soon_to_day
    early_redness = symptom == "redness" and now.day <= to_day and value < protocol.very_severe_from
    return Finding(Rule.SEVERE, Priority.SOON if early_redness else Priority.URGENT, said)


def _rebound(symptom: str, now: Sighting, back: set[str]) -> Finding | None:
    if symptom not in back:
        return None
    said = f"{_said(symptom, now)}; it had almost gone and came back."
    return Finding(Rule.REBOUND, Priority.SOON if back == {"itching"} else Priority.URGENT, said)


def _is_back(protocol: Protocol, now: Sighting, earlier: Sequence[Sighting]) -> bool:
    if now.day < protocol.rebound_from_day or now.score.value < protocol.rebound_to:
        return False
    return any(
        then.day >= protocol.rebound_after_from_day and then.score.value <= protocol.rebound_after
        for then in earlier
    )


def _worsening(
    protocol: Protocol, symptom: str, now: Sighting, earlier: Sequence[Sighting]
) -> Finding | None:
    if now.day < protocol.worsening_from_day or not earlier:
        return None
    then = earlier[-1]
    jump = rise(now.score, then.score) >= protocol.worsening_rise and now.score.value >= protocol.worsening_to
    if not jump and not _rises_running(protocol, now, earlier):
        return None
    often = "rising" if jump else "rising twice running"
    said = f"{_said(symptom, now)}, {often} from {_degree(then.score)} on day {then.day}."
    priority = Priority.URGENT if now.score.value >= protocol.severe_from else Priority.SOON
    return Finding(Rule.WORSENING, priority, said)


def _rises_running(protocol: Protocol, now: Sighting, earlier: Sequence[Sighting]) -> bool:
    if len(earlier) < 2:
        return False
    before, then = earlier[-2:]
    return min(rise(now.score, then.score), rise(then.score, before.score)) >= protocol.worsening_step


def _persisting(
    protocol: Protocol, facts: Facts, symptom: str, now: Sighting, earlier: Sequence[Sighting]
) -> Finding | None:
    last = protocol.expected(facts.needle_depth_mm, facts.device).days
    if now.day <= last or now.score.value < 1:
        return None
    said = f"{_said(symptom, now)}; expected to be gone after day {last}."
    return Finding(Rule.PERSISTING, _persisting_priority(protocol, last, now, earlier), said)


def _persisting_priority(
    protocol: Protocol, last: int, now: Sighting, earlier: Sequence[Sighting]
) -> Priority:
    value = now.score.value
    if value >= protocol.severe_from:
        return Priority.URGENT
    if value >= protocol.persisting_soon_from:
        return Priority.SOON
    if value < protocol.persisting_mild_from:
        return Priority.ROUTINE
    second_late_day = any(last < then.day < now.day and then.score.value >= 1 for then in earlier)
    lasting = second_late_day and rise(now.score, earlier[-1].score) >= 0
    return Priority.SOON if lasting or now.day >= protocol.persisting_mild_soon_day else Priority.ROUTINE


def rise(now: Score, then: Score) -> int:
    """How much a score surely rose: the low end of now less the high end of then."""
    return now.low - then.high


def _evidence(protocol: Protocol, facts: Facts, report: Report, symptom: str, found: Finding) -> Evidence:
    return Evidence(
        source_id=report.id,
        seq=report.seq,
        rule=found.rule,
        symptom=symptom,
        priority=weigh(protocol, facts, found.priority),
        day=report.day,
        score=report.scores[symptom].value,
        explanation=found.explanation,
        basis=SCORES,
    )


def _said(symptom: str, seen: Sighting) -> str:
    return f"{symptom.capitalize()} {_degree(seen.score)} on day {seen.day}"


def _degree(score: Score) -> str:
    return f"about {score.value}/10" if score.approximate else f"{score.value}/10"
