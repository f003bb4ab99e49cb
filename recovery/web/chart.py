"""Where the lines and marks of a recovery stand in its drawings: pure geometry, drawn by the templates.

Scores go from 0 (none, at the bottom) to 10 (worst); a day is the calendar day since the treatment.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from recovery.domain.protocol import Protocol
from recovery.domain.vocabulary import CORE
from recovery.models.report import Report
from recovery.models.treatment import Treatment

WORST, LAST_DAY = 10, 7
SPREAD = 0.5  # of a day: reports of one day stand beside each other


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
class Spark:
    """A small curve: the worst of the three scores, day by day, over what is usual at most."""

    width: int
    height: int
    line: str
    band: str
    end: tuple[float, float]
    said: str


def spark(standing: Sequence[Report], treatment: Treatment, protocol: Protocol) -> Spark | None:
    """The curve of a treatment's reports in their order; None while fewer than two days have a score."""
    worst = _worst(standing)
    if len(worst) < 2:
        return None
    frame = Frame(left=0, top=4, width=150, height=40, days=max(LAST_DAY, *worst))
    points = [(frame.x(day), frame.y(score)) for day, score in worst.items()]
    told = ", ".join(f"day {day} {score}" for day, score in worst.items())
    return Spark(
        width=150,
        height=48,
        line=_path(points),
        band=band(frame, treatment, protocol),
        end=points[-1],
        said=f"Worst score by day: {told}",
    )


def band(frame: Frame, treatment: Treatment, protocol: Protocol) -> str:
    """The area up to what is usual at most, a step a day, as the points of a polygon."""
    corners = [(frame.left, frame.y(0))]
    for day in range(frame.days + 1):
        usual = frame.y(protocol.usual(treatment.needle_depth_mm, treatment.device, day))
        corners += [(frame.x(day - 0.5), usual), (frame.x(day + 0.5), usual)]
    corners.append((frame.x(frame.days + 0.5), frame.y(0)))
    return " ".join(f"{x:g},{y:g}" for x, y in corners)


def _worst(standing: Iterable[Report]) -> Mapping[int, int]:
    """The worst of the three scores of each day that has one, as it stood at last, in the order of days."""
    days: defaultdict[int, dict[str, int]] = defaultdict(dict)
    for report in standing:
        days[report.day] |= {name: report.scores[name].value for name in CORE if name in report.scores}
    return {day: max(scores.values()) for day, scores in sorted(days.items()) if scores}


def _path(points: Iterable[tuple[float, float]]) -> str:
    return " ".join(f"{x:g},{y:g}" for x, y in points)
