"""Whether the service helps, in numbers: answers, flags, how fast cases are met, what came of them."""

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from recovery.domain.days import date_of, local
from recovery.domain.errors import Invalid
from recovery.domain.vocabulary import Outcome, Priority, Rule
from recovery.models.clinic import Clinic
from recovery.queries import statistics as counted

LONGEST = timedelta(days=732)  # two years, the day before the first included
EARLIEST, LATEST = date(2000, 1, 1), date(2100, 1, 1)  # outside, arithmetic with zones may fail
USUAL_DAYS = 30  # what is shown when nobody asks for certain days
# What a nurse did something for; `unreachable` and `false_alarm` are none, `cleared` is the system's own.
LED_TO_ACTION = (
    Outcome.ADVICE_GIVEN,
    Outcome.SEEN_IN_CLINIC,
    Outcome.TREATED,
    Outcome.REFERRED,
    Outcome.EMERGENCY,
)
AGES = (("under a day", 1), ("1 to 2 days", 3), ("3 to 6 days", 7), ("a week or more", 10_000))


@dataclass(frozen=True, slots=True)
class Responses:
    """Questions of one day of the recovery; `late` is the one after four weeks."""

    kind: str
    day: int
    asked: int
    answered: int

    @property
    def rate(self) -> float | None:
        """The share that was answered, 0 to 1; None where nobody was asked."""
        return self.answered / self.asked if self.asked else None


@dataclass(frozen=True, slots=True)
class Speed:
    """Minutes from the first flag on, over the cases of one priority; None where there are none."""

    priority: Priority
    cases: int
    acknowledged: int
    acknowledged_median: float | None
    acknowledged_slowest_tenth: float | None
    resolved: int
    resolved_median: float | None
    resolved_slowest_tenth: float | None


@dataclass(frozen=True, slots=True)
class Numbers:
    """Everything of one clinic from `first` to `last`, both days included, in the clinic's zone."""

    first: date
    last: date
    responses: Sequence[Responses]
    treatments: int
    with_a_flag: int
    flagged: dict[Rule, int]
    speed: Sequence[Speed]
    outcomes: dict[Outcome, int]
    standing: dict[str, dict[Priority, int]]

    def per_hundred(self, rule: Rule) -> float | None:
        """Treatments that this rule flagged, of a hundred; None where nobody was treated."""
        return 100 * self.flagged.get(rule, 0) / self.treatments if self.treatments else None

    @property
    def burden(self) -> float | None:
        """Treatments that any rule flagged, of a hundred; None where nobody was treated."""
        return 100 * self.with_a_flag / self.treatments if self.treatments else None

    @property
    def led_to_action(self) -> float | None:
        """The share of resolved cases that something was done for, 0 to 1."""
        resolved = sum(self.outcomes.values())
        return sum(self.outcomes.get(each, 0) for each in LED_TO_ACTION) / resolved if resolved else None


def days(clinic: Clinic, first: date | None, last: date | None, now: datetime) -> tuple[date, date]:
    """The days asked for: without the last until today in the clinic's zone, without the first thirty."""
    last = last or date_of(now, clinic.timezone)
    first = first or max(last, EARLIEST) - timedelta(days=USUAL_DAYS - 1)
    return first, last


def numbers(clinic: Clinic, first: date, last: date, now: datetime) -> Numbers:
    """The clinic's numbers of those days. Raises Invalid for a range that is none or too long."""
    _check(first, last)
    span = local(first, 0, time(), clinic.timezone), local(last, 1, time(), clinic.timezone)
    return Numbers(
        first=first,
        last=last,
        responses=[
            Responses(row.kind, row.day, row.asked, row.answered)
            for row in counted.asked_by_day(clinic.id, *span)
        ],
        treatments=counted.treatments(clinic.id, *span),
        with_a_flag=counted.treatments_with_a_flag(clinic.id, *span),
        flagged={Rule(rule): times for rule, times in counted.flagged_treatments(clinic.id, *span).items()},
        speed=_speeds(counted.case_times(clinic.id, *span)),
        outcomes={Outcome(each): cases for each, cases in counted.outcomes(clinic.id, *span).items()},
        standing=_by_age(counted.standing(clinic.id), now),
    )


def _check(first: date, last: date) -> None:
    wrong: dict[str, list[str]] = {}
    for name, day in (("from", first), ("to", last)):
        if not EARLIEST <= day < LATEST:
            wrong[name] = [f"Must lie between the years {EARLIEST.year} and {LATEST.year}."]
    if not wrong and last < first:
        wrong["to"] = ["The last day must not be before the first."]
    if not wrong and last - first > LONGEST:
        wrong["to"] = ["The last day must be within two years of the first."]
    if wrong:
        raise Invalid(wrong)


def _speeds(cases: Sequence[counted.Times]) -> list[Speed]:
    return [
        _speed(priority, [each for each in cases if each.priority == priority])
        for priority in sorted(Priority, key=lambda each: -each.rank)
    ]


def _speed(priority: Priority, cases: Sequence[counted.Times]) -> Speed:
    acknowledged = _minutes((each.flagged_at, each.acknowledged_at) for each in cases)
    resolved = _minutes((each.flagged_at, each.resolved_at) for each in cases)
    return Speed(
        priority=priority,
        cases=len(cases),
        acknowledged=len(acknowledged),
        acknowledged_median=_median(acknowledged),
        acknowledged_slowest_tenth=_slowest_tenth(acknowledged),
        resolved=len(resolved),
        resolved_median=_median(resolved),
        resolved_slowest_tenth=_slowest_tenth(resolved),
    )


def _minutes(spans: Iterable[tuple[datetime, datetime | None]]) -> list[float]:
    return sorted((end - start).total_seconds() / 60 for start, end in spans if end is not None)


def _median(minutes: Sequence[float]) -> float | None:
    return statistics.median(minutes) if minutes else None


def _slowest_tenth(minutes: Sequence[float]) -> float | None:
    """What nine of ten stayed within: the nearest rank, so that it is a time that somebody waited."""
    return minutes[-(-len(minutes) * 9 // 10) - 1] if minutes else None


def _by_age(cases: Sequence[counted.Age], now: datetime) -> dict[str, dict[Priority, int]]:
    found = {name: dict.fromkeys(Priority, 0) for name, _ in AGES}
    for each in cases:
        days = (now - each.flagged_at).days
        name = next(name for name, below in AGES if days < below)
        found[name][Priority(each.priority)] += 1
    return found
