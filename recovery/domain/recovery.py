"""How a recovery goes: clear reports, recovered or not, the last score and the trend."""

from collections.abc import Iterable

from recovery.domain.protocol import Protocol
from recovery.domain.triage_evidence import Report, Scored, in_turn
from recovery.domain.vocabulary import CORE, Score, Trend

HARMLESS = ("tightness", "peeling")


def is_clear(report: Report, complete: bool = True) -> bool:
    """Three zeros with no red flag, concern, question or other symptom (tightness and peeling allowed)."""
    if not complete or report.red_flags or report.concerns or report.question:
        return False
    if not all(symptom in report.scores for symptom in CORE):
        return False
    return all(score.high == 0 for symptom, score in report.scores.items() if symptom not in HARMLESS)


def recovered(protocol: Protocol, reports: Iterable[Report]) -> bool:
    """Whether the latest reports are clear: two running, or a last one on day 4 or later.

    An open case that does not close by itself forbids it too; the caller looks at that.
    """
    latest = in_turn(reports)[-protocol.recovered_reports :]
    if not latest or not is_clear(latest[-1]):
        return False
    if latest[-1].day >= protocol.recovered_from_day:
        return True
    return len(latest) == protocol.recovered_reports and all(map(is_clear, latest))


def last_score(reports: Iterable[Scored]) -> int | None:
    """The highest core score, 0 to 10, of the last report that has one; None if none has."""
    latest = _with_core(reports)[-1:]
    return max((score.value for core in latest for score in core.values()), default=None)


def trend(reports: Iterable[Scored]) -> Trend:
    """How the last two reports with core scores compare, by the sum of the symptoms in both.

    Like every comparison it takes the nearest ends: only a sum that surely rose or fell counts.
    """
    latest = _with_core(reports)[-2:]
    shared = set.intersection(*map(set, latest)) if len(latest) == 2 else set()
    if not shared:
        return Trend.UNKNOWN
    then, now = latest
    if sum(now[symptom].low - then[symptom].high for symptom in shared) > 0:
        return Trend.WORSENING
    if sum(then[symptom].low - now[symptom].high for symptom in shared) > 0:
        return Trend.IMPROVING
    return Trend.STEADY


def _with_core(reports: Iterable[Scored]) -> list[dict[str, Score]]:
    found = [
        {symptom: report.scores[symptom] for symptom in CORE if symptom in report.scores}
        for report in in_turn(reports)
    ]
    return [core for core in found if core]
