"""What a measure is: a question with a goal, a function that answers it, and figures as the answer."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bench.world import World


@dataclass(frozen=True, slots=True)
class Figure:
    """One number of a measure; `low` and `high` are its worst and best round.

    With a `goal` it must be at most that, or at least with `at_least`.
    """

    what: str
    value: float
    low: float
    high: float
    unit: str = ""
    goal: float | None = None
    at_least: bool = False

    @property
    def reached(self) -> bool | None:
        """Whether the goal is; None where there is none."""
        if self.goal is None:
            return None
        return self.value >= self.goal if self.at_least else self.value <= self.goal


@dataclass(frozen=True, slots=True)
class Result:
    """What one measure found. `detail`: further lines of Markdown, such as a table or a plan."""

    figures: Sequence[Figure]
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Measure:
    """`name` is what `make bench ONLY=name` takes; `what` and `against` are a row of the table of goals."""

    name: str
    what: str
    against: str
    goal: str
    take: Callable[["World"], Result]


@dataclass(slots=True)
class Pairs:
    """Two things measured in turn, A B A B …, so that whatever else the machine does meets both alike."""

    first: list[float] = field(default_factory=list)
    second: list[float] = field(default_factory=list)

    @property
    def ratios(self) -> list[float]:
        return [first / second for first, second in zip(self.first, self.second, strict=True)]


def in_turn(first: Callable[[], float], second: Callable[[], float], rounds: int) -> Pairs:
    """So many rounds of one and the other, the one that begins changing from round to round."""
    pairs = Pairs()
    for number in range(rounds):
        if number % 2 == 0:
            pairs.first.append(first())
        pairs.second.append(second())
        if number % 2:
            pairs.first.append(first())
    return pairs


def figure(
    what: str,
    values: Sequence[float],
    *,
    unit: str = "",
    goal: float | None = None,
    at_least: bool = False,
) -> Figure:
    """The middle one of several rounds, with the lowest and the highest."""
    return Figure(what, median(values), min(values), max(values), unit, goal, at_least)


def percentile(values: Sequence[float], part: int) -> float:
    """Of so many in a hundred no value is higher: 50 is the middle one, 99 nearly the worst."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, len(ordered) * part // 100)]


def table(heads: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """A table in Markdown; floats are shown with three digits that count."""
    lines: Iterator[Sequence[str]] = iter(
        [heads, ["---"] * len(heads), *([*map(shown, row)] for row in rows)]
    )
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def shown(value: object) -> str:
    """A number as people read it."""
    if not isinstance(value, float):
        return f"{value:,}" if isinstance(value, int) else str(value)
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"
