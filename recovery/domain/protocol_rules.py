"""A new version of the protocol: every number within its bounds, and none against another."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from recovery.domain.errors import Invalid
from recovery.domain.protocol import Expected, Protocol
from recovery.domain.protocol_numbers import WHOLE, Number, numbers
from recovery.domain.vocabulary import RiskFact

WORST = 10
DEPTHS = ("shallow", "medium", "deep")
EXPECTED_DAYS = range(1, 8)
DAYS_WITH_LIMITS = 4
BANDS = 5


def changed(before: Protocol, values: Mapping[str, Any]) -> Protocol:
    """The protocol with these fields anew, as JSON has them. Raises Invalid with all that is wrong."""
    wrong: dict[str, list[str]] = {}
    read: dict[str, Any] = {}
    for name, value in values.items():
        try:
            read[name] = _read(before, name, value)
        except ValueError as refused:
            wrong[name] = [str(refused)]
    if not wrong:
        after = replace(before, **read)
        for name, sentence in _against_sense(after):
            wrong.setdefault(name, []).append(sentence)
    if wrong:
        raise Invalid(wrong)
    return after


def _read(before: Protocol, name: str, value: Any) -> Any:
    number = numbers().get(name)
    if number is not None:
        return _number(number, getattr(before, name), value)
    if name not in WHOLE:
        raise ValueError("This is not a number that a version may change.")
    if name in DEPTHS:
        return _expected(value)
    if name == "raising":
        return _facts(value)
    return tuple(_whole(each, 0, WORST) for each in _list(value, 1, 10))


def _number(number: Number, example: float, value: Any) -> float:
    if isinstance(example, int):
        return _whole(value, int(number.low), int(number.high))
    if (
        isinstance(value, bool)
        or not isinstance(value, int | float)
        or not number.low <= value <= number.high
    ):
        raise ValueError(f"Must be a number from {number.low:g} to {number.high:g}.")
    return float(value)


def _whole(value: Any, low: int, high: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise ValueError(f"Must be a whole number from {low} to {high}.")
    return value


def _list(value: Any, at_least: int, at_most: int) -> list[Any]:
    if not isinstance(value, list | tuple) or not at_least <= len(value) <= at_most:
        count = str(at_least) if at_least == at_most else f"{at_least} to {at_most}"
        raise ValueError(f"Must be a list of {count} whole numbers.")
    return list(value)


def _expected(value: Any) -> Expected:
    if not isinstance(value, Mapping) or set(value) != {"days", "usual"}:
        raise ValueError("Must have `days` and `usual`.")
    days = _whole(value["days"], EXPECTED_DAYS.start, EXPECTED_DAYS.stop - 1)
    first, second, third, fourth = (
        _whole(each, 0, WORST) for each in _list(value["usual"], DAYS_WITH_LIMITS, DAYS_WITH_LIMITS)
    )
    return Expected(days, (first, second, third, fourth))


def _facts(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list | tuple) or not set(map(str, value)) <= set(RiskFact):
        raise ValueError(f"Accepted: {', '.join(RiskFact)}.")
    return tuple(fact for fact in RiskFact if fact in value)


def _against_sense(protocol: Protocol) -> Iterator[tuple[str, str]]:
    """(field, what is wrong) where numbers contradict each other."""
    yield from _depths(protocol)
    yield from _scale(protocol)
    yield from _days(protocol)
    if protocol.urgent_clock_hours < protocol.urgent_clinic_hours:
        yield "urgent_clock_hours", "Must not be less than the clinic hours for urgent."
    if protocol.routine_clinic_days < protocol.soon_clinic_days:
        yield "routine_clinic_days", "Must not be less than for soon."


def _depths(protocol: Protocol) -> Iterator[tuple[str, str]]:
    if protocol.medium_to_mm <= protocol.shallow_to_mm:
        yield "medium_to_mm", "Must be deeper than shallow."
    for name in DEPTHS:
        expected: Expected = getattr(protocol, name)
        if list(expected.usual) != sorted(expected.usual, reverse=True):
            yield name, "What is usual must not rise from one day to the next."
        if any(expected.usual[expected.days :]):
            yield name, f"Nothing is usual after the expected day {expected.days}: give 0."
        if expected.usual[0] >= protocol.severe_from:
            yield name, f"What is usual must stay below what is severe ({protocol.severe_from})."
    for name, milder in zip(DEPTHS[1:], DEPTHS, strict=False):
        deeper, before = getattr(protocol, name), getattr(protocol, milder)
        if deeper.days < before.days or any(
            here < there for here, there in zip(deeper.usual, before.usual, strict=True)
        ):
            yield name, f"Must not expect less than after {milder} needling."


def _scale(protocol: Protocol) -> Iterator[tuple[str, str]]:
    bands = protocol.bands
    if len(bands) != BANDS or bands[0] != 0 or list(bands) != sorted(set(bands)):
        yield "bands", "Must be five whole numbers that rise, the first 0."
    if protocol.very_severe_from <= protocol.severe_from:
        yield "very_severe_from", "Must be above what is severe."
    if protocol.persisting_soon_from >= protocol.severe_from:
        yield "persisting_soon_from", "Must be below what is severe, which is urgent."
    if protocol.persisting_mild_from >= protocol.persisting_soon_from:
        yield "persisting_mild_from", "Must be below what is soon at once."
    if protocol.rebound_after >= protocol.rebound_to:
        yield "rebound_after", "Must be below the score that comes back."
    if protocol.severe_redness_soon_to_day_deep < protocol.severe_redness_soon_to_day:
        yield "severe_redness_soon_to_day_deep", "Must not be less than after other needling."


def _days(protocol: Protocol) -> Iterator[tuple[str, str]]:
    days = protocol.check_in_days
    if list(days) != sorted(set(days)) or days[0] < 1 or days[-1] > protocol.last_day:
        yield "check_in_days", f"Must be days from 1 to {protocol.last_day} that rise."
    texts = 1 + len(days) + protocol.reminders_at_most + 1
    if texts > protocol.automatic_per_treatment:
        yield (
            "check_in_days",
            f"Welcome, questions and reminders would be {texts} texts; at most "
            f"{protocol.automatic_per_treatment} go automatically.",
        )
