"""Triage: one pure fold over all reports of a treatment, and the evidence of texts and events."""

from collections import defaultdict
from collections.abc import Iterable

from recovery.domain.flag_events import no_answer, not_texted, undeliverable
from recovery.domain.flag_scores import Sighting, judge
from recovery.domain.flag_words import (
    asks_for_contact,
    late_answer,
    opted_out,
    pigment,
    unread_message,
    words,
    wrong_person,
)
from recovery.domain.protocol import Protocol
from recovery.domain.recovery import is_clear, last_score, recovered, trend
from recovery.domain.triage_evidence import Evidence, Facts, Report, in_turn, is_raised

__all__ = [
    "Evidence",
    "Facts",
    "Report",
    "asks_for_contact",
    "assess",
    "in_turn",
    "is_clear",
    "is_raised",
    "last_score",
    "late_answer",
    "no_answer",
    "not_texted",
    "opted_out",
    "recovered",
    "trend",
    "undeliverable",
    "unread_message",
    "words",
    "wrong_person",
]


def assess(protocol: Protocol, facts: Facts, reports: Iterable[Report]) -> tuple[Evidence, ...]:
    """All the evidence that a treatment's standing reports give, oldest report first.

    Reports are taken in their turn, whatever order they come in, and the answer depends on nothing
    else: the same reports always give the same evidence.
    """
    earlier: defaultdict[str, list[Sighting]] = defaultdict(list)
    evidence: list[Evidence] = []
    for report in in_turn(reports):
        evidence += _words(protocol, report)
        evidence += judge(protocol, facts, report, earlier)
        for symptom, score in report.scores.items():
            earlier[symptom].append(Sighting(report.day, score))
    return tuple(evidence)


def _words(protocol: Protocol, report: Report) -> Iterable[Evidence]:
    yield from words(
        protocol,
        source_id=report.id,
        seq=report.seq,
        day=report.day,
        red_flags=report.red_flags,
        concerns=report.concerns,
        question=report.question,
    )
    patches = report.scores.get("pigment")
    if patches and patches.value >= 1 and report.day >= protocol.late_effect_from_day:
        yield pigment(source_id=report.id, seq=report.seq, day=report.day, score=patches.value)
