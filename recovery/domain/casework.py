"""How a case answers to evidence: what opens, is strengthened, resurfaces, ends and closes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from recovery.domain.flag_case import Case, Key, Past, Reason, closes_by_itself, open_again, settled, standing
from recovery.domain.flag_moves import Action, escalate, move, reopen, rises_at, wake
from recovery.domain.flag_reasons import Change, Moment, respond
from recovery.domain.protocol import Protocol
from recovery.domain.targets import ClinicHours
from recovery.domain.triage_evidence import Evidence, Facts, Report, in_turn, is_raised
from recovery.domain.vocabulary import CaseStatus, Outcome, Priority

__all__ = [
    "Action",
    "Case",
    "Past",
    "Reason",
    "closes_by_itself",
    "escalate",
    "move",
    "reopen",
    "rises_at",
    "standing",
    "update",
    "wake",
]


def update(
    protocol: Protocol,
    hours: ClinicHours,
    case: Case | None,
    past: Past | None,
    evidence: Sequence[Evidence],
    reports: Sequence[Report],
    facts: Facts,
    now: datetime,
    *,
    since_seq: int = 0,
    silence_broken: bool = False,
) -> Case | None:
    """The case after the evidence, or None if there is none to open; twice the same changes nothing.

    `case` is the one not resolved (a resolved one is left alone), `past` the latest that a nurse
    resolved. `evidence` is all that `assess` now gives plus that of this moment's text or event;
    of it only what is newer than `since_seq`, where the last earlier case closed, can open or
    strengthen. `silence_broken` says that a report has come since the case's silence was flagged.
    A risk fact that raises switches closing by itself and the limits after a resolve off.
    """
    if case is not None and case.status == CaseStatus.RESOLVED:
        return case
    moment = Moment(
        protocol=protocol,
        hours=hours,
        now=now,
        past=past,
        since_seq=max(since_seq, past.resolved_seq if past else 0),
        zeros=_zeros(reports),
        last_report_seq=max((report.seq for report in reports), default=0),
        silence_broken=silence_broken,
        raised=is_raised(protocol, facts),
    )
    changes = _changes(moment, case.reasons if case else (), _by_key(evidence))
    return _opened(now, changes) if case is None else _answered(moment, case, changes)


def _changes(
    moment: Moment, reasons: Iterable[Reason], given: Mapping[Key, Sequence[Evidence]]
) -> list[Change]:
    """What becomes of each reason, held ones first; a new one that has ended already is none."""
    held = {reason.key: reason for reason in reasons}
    changes = (respond(moment, held.get(key), given.get(key, ())) for key in dict.fromkeys([*held, *given]))
    return [change for change in changes if change and (change.reason.key in held or change.reason.stands)]


def _opened(now: datetime, changes: Sequence[Change]) -> Case | None:
    if not changes:
        return None
    case = Case(CaseStatus.OPEN, Priority.ROUTINE, flagged_at=now, due_at=now, reasons=())
    return settled(case, tuple(change.reason for change in changes))


def _answered(moment: Moment, case: Case, changes: Sequence[Change]) -> Case:
    """The open case after what changed.

    One that nobody has seen is open and unacknowledged already. Urgent news that does not raise it leaves
    `flagged_at` as it is, so that it keeps its place among the longest waiting and is due no later; it
    is the phone on call that hears of it anew (`domain/on_call.py`).
    """
    after = settled(case, tuple(change.reason for change in changes))
    if not standing(after.reasons):
        just_ended = bool(standing(case.reasons))
        clears = just_ended and case.unseen and not moment.raised
        return replace(after, status=CaseStatus.RESOLVED, outcome=Outcome.CLEARED) if clears else after
    if not any(_resurfaces(case, change) for change in changes):
        return after
    if not case.unseen:
        return open_again(moment.protocol, moment.hours, after, moment.now)
    rose = after.priority.rank > case.priority.rank or not standing(case.reasons)
    return replace(after, flagged_at=moment.now) if rose else after


def _resurfaces(case: Case, change: Change) -> bool:
    """Higher than the case, or urgent at least, or new while the case is snoozed or has nothing left."""
    if change.news is None or not change.reason.stands:
        return False
    if not standing(case.reasons):
        return True
    if change.news.rank > case.priority.rank or change.news.rank >= Priority.URGENT.rank:
        return True
    return change.opened and case.status == CaseStatus.SNOOZED


def _by_key(evidence: Iterable[Evidence]) -> dict[Key, list[Evidence]]:
    ordered = sorted(evidence, key=lambda each: (each.seq, each.day, each.rule, each.symptom, each.source_id))
    given: dict[Key, list[Evidence]] = {}
    for each in ordered:
        given.setdefault((each.rule, each.symptom), []).append(each)
    return given


def _zeros(reports: Iterable[Report]) -> frozenset[str]:
    """The symptoms whose latest score is surely 0."""
    latest = {symptom: score for report in in_turn(reports) for symptom, score in report.scores.items()}
    return frozenset(symptom for symptom, score in latest.items() if score.high == 0)
