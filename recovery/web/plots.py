"""What a plot draws, as numbers between 0 and 100 of its width or height; the templates do the rest."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from recovery.domain.vocabulary import CheckInKind, Outcome, Rule
from recovery.services.statistics import Numbers, Speed
from recovery.web.shown import words
from recovery.web.statistics_tables import lasting, one_place, outcome, percent

# Minutes at the ends of the axis of times, and its ticks; each step is about ten times the last.
SHORTEST, LONGEST = 1, 43_200
TICKS = ((1, "1 min"), (10, "10 min"), (60, "1 h"), (480, "8 h"), (1_440, "1 day"), (10_080, "1 week"))


@dataclass(frozen=True, slots=True)
class Bar:
    """`length`: 0 to 100; `said` is the number that stands with it."""

    label: str
    length: float
    said: str


@dataclass(frozen=True, slots=True)
class Stretch:
    """On the axis of times: from what half stayed within to what nine of ten did."""

    label: str
    half: float
    most: float
    said: str


def responses(numbers: Numbers) -> list[Bar]:
    return [
        Bar(
            f"Day {each.day}" + (" (late)" if each.kind == CheckInKind.LATE else ""),
            100 * (each.rate or 0),
            percent(each.rate),
        )
        for each in numbers.responses
    ]


def flags(numbers: Numbers) -> list[Bar]:
    """The rules that flagged a treatment, most often first; the longest bar is the most frequent."""
    often = sorted(
        (rule for rule in Rule if numbers.flagged.get(rule)), key=lambda rule: -numbers.flagged[rule]
    )
    return _against_longest(
        (words(rule).capitalize(), numbers.per_hundred(rule) or 0, one_place(numbers.per_hundred(rule)))
        for rule in often
    )


def outcomes(numbers: Numbers) -> list[Bar]:
    often = sorted(
        (each for each in Outcome if numbers.outcomes.get(each)), key=lambda each: -numbers.outcomes[each]
    )
    return _against_longest(
        (outcome(each), numbers.outcomes[each], str(numbers.outcomes[each])) for each in often
    )


def open_cases(numbers: Numbers) -> list[Bar]:
    ages = {age: sum(cases.values()) for age, cases in numbers.standing.items()}
    return _against_longest((age.capitalize(), cases, str(cases)) for age, cases in ages.items())


def acknowledged(numbers: Numbers) -> list[Stretch]:
    return _stretches(
        (each, each.acknowledged_median, each.acknowledged_slowest_tenth) for each in numbers.speed
    )


def resolved(numbers: Numbers) -> list[Stretch]:
    return _stretches((each, each.resolved_median, each.resolved_slowest_tenth) for each in numbers.speed)


def ticks() -> list[tuple[float, str]]:
    return [(place(minutes), said) for minutes, said in TICKS]


def place(minutes: float) -> float:
    """Where a time stands on an axis of ever longer times, 0 to 100."""
    kept = min(max(minutes, SHORTEST), LONGEST)
    return 100 * math.log(kept / SHORTEST) / math.log(LONGEST / SHORTEST)


def _against_longest(bars: Iterable[tuple[str, float, str]]) -> list[Bar]:
    found = list(bars)
    longest = max((value for _, value, _ in found), default=0)
    return [Bar(label, 100 * value / longest if longest else 0, said) for label, value, said in found]


def _stretches(speeds: Iterable[tuple[Speed, float | None, float | None]]) -> list[Stretch]:
    return [
        Stretch(
            each.priority.capitalize(),
            place(half),
            place(most),
            f"half in {lasting(half)}, most in {lasting(most)}",
        )
        for each, half, most in speeds
        if half is not None and most is not None
    ]
