"""The clinic's numbers as tables: what the page shows beside each plot, and what a CSV file holds."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from recovery.domain.vocabulary import CheckInKind, Outcome, Priority, Rule
from recovery.services.statistics import LED_TO_ACTION, Numbers, Speed
from recovery.web.csv_file import Cell
from recovery.web.forms import OUTCOMES
from recovery.web.shown import span, words

NONE = "–"


@dataclass(frozen=True, slots=True)
class Column:
    """`name` stands in the file, `title` on the page, where `shown` writes the value."""

    name: str
    title: str
    shown: Callable[[Cell], str] = lambda value: NONE if value is None else str(value)


@dataclass(frozen=True, slots=True)
class Table:
    """The first column names a row; `rows` hold values as they are, rates from 0 to 1, times in minutes."""

    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]

    def file_rows(self) -> Iterator[Sequence[Cell]]:
        yield [column.name for column in self.columns]
        yield from self.rows

    def shown_rows(self) -> Iterator[list[str]]:
        for row in self.rows:
            yield [column.shown(value) for column, value in zip(self.columns, row, strict=True)]


def percent(value: Cell) -> str:
    """A share from 0 to 1 as a person says it."""
    return NONE if value is None else f"{round(100 * float(value))}%"


def lasting(value: Cell) -> str:
    """Minutes as a person says them."""
    return NONE if value is None else span(timedelta(minutes=float(value)))


def one_place(value: Cell) -> str:
    return NONE if value is None else f"{float(value):.1f}"


def responses(numbers: Numbers) -> Table:
    return Table(
        (
            Column("question", "Question"),
            Column("day", "Day"),
            Column("asked", "Sent"),
            Column("answered", "Answered"),
            Column("rate", "Share", percent),
        ),
        [(question(each.kind), each.day, each.asked, each.answered, each.rate) for each in numbers.responses],
    )


def speed(numbers: Numbers) -> Table:
    return Table(
        (
            Column("priority", "Priority", lambda value: words(str(value)).capitalize()),
            Column("cases", "Cases"),
            Column("acknowledged", "Acknowledged"),
            Column("acknowledged_median_minutes", "Half within", lasting),
            Column("acknowledged_slowest_tenth_minutes", "Nine of ten within", lasting),
            Column("resolved", "Resolved"),
            Column("resolved_median_minutes", "Half within", lasting),
            Column("resolved_slowest_tenth_minutes", "Nine of ten within", lasting),
        ),
        [_speed(each) for each in numbers.speed],
    )


def flags(numbers: Numbers) -> Table:
    """The rules that flagged somebody, most often first, then those that did not."""
    often = sorted(Rule, key=lambda rule: -numbers.flagged.get(rule, 0))
    return Table(
        (
            Column("rule", "Rule", lambda value: words(str(value)).capitalize()),
            Column("treatments", "Treatments"),
            Column("per_hundred_treatments", "Of a hundred", one_place),
        ),
        [(rule.value, numbers.flagged.get(rule, 0), numbers.per_hundred(rule)) for rule in often],
    )


def outcomes(numbers: Numbers) -> Table:
    resolved = sum(numbers.outcomes.values())
    return Table(
        (
            Column("outcome", "What came of it", lambda value: outcome(Outcome(str(value)))),
            Column("cases", "Cases"),
            Column("share", "Share", percent),
            Column("led_to_action", "Counts as action"),
        ),
        [
            (each.value, numbers.outcomes[each], numbers.outcomes[each] / resolved, _yes(each))
            for each in Outcome
            if each in numbers.outcomes
        ],
    )


def open_cases(numbers: Numbers) -> Table:
    most_urgent_first = sorted(Priority, key=lambda each: -each.rank)
    return Table(
        (
            Column("age", "Flagged", lambda value: str(value).capitalize()),
            *(Column(each.value, each.value.capitalize()) for each in most_urgent_first),
            Column("cases", "Together"),
        ),
        [
            (age, *(cases[each] for each in most_urgent_first), sum(cases.values()))
            for age, cases in numbers.standing.items()
        ],
    )


# By the name of the file.
TABLES: dict[str, Callable[[Numbers], Table]] = {
    "responses": responses,
    "times": speed,
    "flags": flags,
    "outcomes": outcomes,
    "open-cases": open_cases,
}


def question(kind: str) -> str:
    return "Late question" if kind == CheckInKind.LATE else "Check-in"


def outcome(each: Outcome) -> str:
    return OUTCOMES.get(each, "Closed by itself")


def _speed(each: Speed) -> Sequence[Cell]:
    return (
        each.priority.value,
        each.cases,
        each.acknowledged,
        each.acknowledged_median,
        each.acknowledged_slowest_tenth,
        each.resolved,
        each.resolved_median,
        each.resolved_slowest_tenth,
    )


def _yes(each: Outcome) -> str:
    return "yes" if each in LED_TO_ACTION else "no"
