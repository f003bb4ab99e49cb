"""Where the lines and marks of a recovery stand in its drawings; the templates draw them.

Scores go from 0 (none, at the bottom) to 10 (worst); a day is the calendar day since the treatment.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

from recovery.domain.protocol import Expected, Protocol
from recovery.domain.triage_evidence import Scored
from recovery.domain.vocabulary import CORE, CheckInStatus
from recovery.models.case import Flag
from recovery.models.report import Report
from recovery.models.treatment import CheckIn, Treatment

WORST, LAST_DAY, FARTHEST = 10, 7, 42
BESIDE = {"redness": -9.0, "swelling": 0.0, "itching": 9.0}  # so that equal scores do not hide each other
SPREAD = 0.6  # of a day: reports of one day stand one after the other
UNANSWERED = {
    CheckInStatus.MISSED: "No answer to the check-in",
    CheckInStatus.UNDELIVERED: "The check-in did not arrive",
}


@dataclass(frozen=True, slots=True)
class Frame:
    """The space of a drawing: a plot of `width` by `height` at (`left`, `top`), for days 0 to `days`."""

    left: float
    top: float
    width: float
    height: float
    days: int

    def x(self, day: float) -> float:
        """Each day has a column of its own, the first and the last half a day of air."""
        return round(self.left + self.width * (day + 0.5) / (self.days + 1), 1)

    def y(self, score: float) -> float:
        return round(self.top + self.height * (1 - score / WORST), 1)


@dataclass(frozen=True, slots=True)
class Dot:
    """One score; of one told in words `low` and `high` are the ends of what it may mean."""

    x: float
    y: float
    low: float
    high: float
    said: str


@dataclass(frozen=True, slots=True)
class Curve:
    symptom: str
    dots: Sequence[Dot]

    @property
    def points(self) -> str:
        return _path((dot.x, dot.y) for dot in self.dots)


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that happened on a day: a check-in without an answer, or a flag."""

    x: float
    day: int
    said: str


@dataclass(frozen=True, slots=True)
class Chart:
    """The whole drawing; `said` tells in a few sentences what it shows."""

    frame: Frame
    band: str
    curves: Sequence[Curve]
    unanswered: Sequence[Mark]
    flags: Sequence[Mark]
    said: str

    @property
    def days(self) -> Sequence[int]:
        """The days that are named below the plot."""
        return range(0, self.frame.days + 1, 1 if self.frame.days <= 14 else 7)


def chart(
    standing: Sequence[Report],
    check_ins: Iterable[CheckIn],
    flags: Iterable[Flag],
    treatment: Treatment,
    protocol: Protocol,
) -> Chart:
    """A recovery by day: the three symptoms over what is usual at most for its depth.

    `standing`: the reports that no correction replaced, in their order.
    """
    held = sorted((each for each in flags if each.withdrawn_at is None), key=lambda each: each.day)
    last = max((LAST_DAY, *(each.day for each in standing), *(each.day for each in held)))
    frame = Frame(left=34, top=30, width=520, height=190, days=min(last, FARTHEST))
    curves = [_curve(frame, symptom, standing) for symptom in CORE]
    unanswered = [
        Mark(frame.x(each.day), each.day, UNANSWERED[CheckInStatus(each.status)])
        for each in check_ins
        if each.status in UNANSWERED and each.day <= frame.days
    ]
    marks = [
        Mark(frame.x(day), day, " ".join(each.explanation for each in of_day))
        for day, of_day in groupby(held, key=lambda each: each.day)
        if day <= frame.days
    ]
    return Chart(
        frame=frame,
        band=band(frame, protocol.expected(treatment.needle_depth_mm, treatment.device)),
        curves=curves,
        unanswered=unanswered,
        flags=marks,
        said=_said(curves, unanswered, marks),
    )


def _curve(frame: Frame, symptom: str, standing: Sequence[Report]) -> Curve:
    told = [each for each in standing if symptom in each.scores and each.day <= frame.days]
    of_day = Counter(each.day for each in told)
    taken: Counter[int] = Counter()
    dots = []
    for report in told:
        taken[report.day] += 1
        share = taken[report.day] / (of_day[report.day] + 1) - 0.5
        score = report.scores[symptom]
        dots.append(
            Dot(
                x=round(frame.x(report.day + share * SPREAD) + BESIDE[symptom], 1),
                y=frame.y(score.value),
                low=frame.y(score.low),
                high=frame.y(score.high),
                said=f"day {report.day} {'about ' if score.approximate else ''}{score.value}",
            )
        )
    return Curve(symptom, dots)


def _said(curves: Iterable[Curve], unanswered: Iterable[Mark], flags: Iterable[Mark]) -> str:
    told = [
        f"{each.symptom.capitalize()}: {', '.join(dot.said for dot in each.dots)}."
        for each in curves
        if each.dots
    ]
    told += [f"{each.said} of day {each.day}." for each in unanswered]
    told += [f"Flagged: {each.said}" for each in flags]
    return " ".join(told) or "No scores so far."


@dataclass(frozen=True, slots=True)
class Spark:
    """A small curve: the worst of the three scores, day by day, over what is usual at most."""

    width: int
    height: int
    line: str
    band: str
    end: tuple[float, float]
    said: str


def spark(standing: Sequence[Scored], treatment: Treatment, protocol: Protocol) -> Spark | None:
    """The curve of a treatment's reports in their order; None while fewer than two days have a score."""
    worst = _worst(each for each in standing if each.day <= FARTHEST)
    if len(worst) < 2:
        return None
    frame = Frame(left=0, top=4, width=150, height=40, days=max(LAST_DAY, *worst))
    points = [(frame.x(day), frame.y(score)) for day, score in worst.items()]
    told = ", ".join(f"day {day} {score}" for day, score in worst.items())
    return Spark(
        width=150,
        height=48,
        line=_path(points),
        band=band(frame, protocol.expected(treatment.needle_depth_mm, treatment.device)),
        end=points[-1],
        said=f"Worst score by day: {told}",
    )


@lru_cache(maxsize=256)
def band(frame: Frame, expected: Expected) -> str:
    """The area up to what is usual at most, a step a day, as the points of a polygon.

    Kept, because the lines of a list share a few of them.
    """
    corners = [(frame.left, frame.y(0))]
    for day in range(frame.days + 1):
        usual = frame.y(expected.usual_on(day))
        corners += [(frame.x(day - 0.5), usual), (frame.x(day + 0.5), usual)]
    corners.append((frame.x(frame.days + 0.5), frame.y(0)))
    return " ".join(f"{x:g},{y:g}" for x, y in corners)


def _worst(standing: Iterable[Scored]) -> Mapping[int, int]:
    """The worst of the three scores of each day that has one, as it stood at last, in the order of days."""
    days: defaultdict[int, dict[str, int]] = defaultdict(dict)
    for report in standing:
        scores = report.scores
        days[report.day] |= {name: scores[name].value for name in CORE if name in scores}
    return {day: max(scores.values()) for day, scores in sorted(days.items()) if scores}


def _path(points: Iterable[tuple[float, float]]) -> str:
    return " ".join(f"{x:g},{y:g}" for x, y in points)
