"""The route about a clinic's numbers."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from recovery.api import finding
from recovery.api.answers import Answer
from recovery.api.schemas.statistics import Statistics, StatisticsQuery
from recovery.api.sections import Section
from recovery.domain.vocabulary import Rule
from recovery.services import statistics
from recovery.services.statistics import Numbers

section = Section("statistics", "Whether following up helps, in numbers.")


@section.reads("/statistics", asks=StatisticsQuery, gives=Statistics)
def show_statistics(asked: dict[str, Any], now: datetime) -> Answer:
    """Response rates, flags, how fast cases were met, and what came of them.

    Cases that stand are counted as they are now, whatever the range.
    """
    clinic = finding.clinic()
    first, last = statistics.days(clinic, asked.get("from_"), asked.get("to"), now)
    return Answer(_shape(statistics.numbers(clinic, first, last, now)), "view", "statistics", [])


def _shape(numbers: Numbers) -> dict[str, Any]:
    return {
        "from": numbers.first.isoformat(),
        "to": numbers.last.isoformat(),
        "treatments": numbers.treatments,
        "flagged_treatments": numbers.with_a_flag,
        "flagged_per_hundred_treatments": numbers.burden,
        "responses": [{**asdict(each), "rate": each.rate} for each in numbers.responses],
        "flags": [
            {
                "rule": rule,
                "treatments": numbers.flagged.get(rule, 0),
                "per_hundred_treatments": numbers.per_hundred(rule),
            }
            for rule in Rule
        ],
        "speed": [asdict(each) for each in numbers.speed],
        "outcomes": [{"outcome": each, "cases": cases} for each, cases in sorted(numbers.outcomes.items())],
        "led_to_action": numbers.led_to_action,
        "standing": [{"age": age, **cases} for age, cases in numbers.standing.items()],
    }
