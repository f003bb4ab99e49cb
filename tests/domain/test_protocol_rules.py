"""What a clinician may change in the protocol, and what no version may say."""

from dataclasses import asdict, fields
from typing import Any

import pytest

from recovery.domain.errors import Invalid
from recovery.domain.protocol import DEFAULT, Protocol, from_json, to_json
from recovery.domain.protocol_numbers import FIXED, GROUPS, WHOLE, numbers
from recovery.domain.protocol_rules import changed


def test_every_number_is_shown_once_with_its_meaning() -> None:
    shown = [*numbers(), *WHOLE, *FIXED]
    assert sorted(shown) == sorted(each.name for each in fields(Protocol))
    assert all(group.source for group in GROUPS)


def test_the_protocol_that_ships_is_within_its_own_bounds() -> None:
    as_json = {name: value for name, value in asdict(DEFAULT).items() if name not in FIXED}
    assert changed(DEFAULT, as_json) == DEFAULT


@pytest.mark.parametrize("number", numbers().values(), ids=lambda number: number.name)
def test_a_number_beyond_its_bounds_is_refused(number: Any) -> None:
    for value in (number.low - 1, number.high + 1, str(number.low), None, True, [], float("nan")):
        with pytest.raises(Invalid) as refused:
            changed(DEFAULT, {number.name: value})
        assert list(refused.value.errors) == [number.name]


GOOD: list[dict[str, Any]] = [
    {"severe_from": 8},
    {"shallow_to_mm": 1, "medium_to_mm": 2.5},
    {"shallow": {"days": 2, "usual": [4, 2, 0, 0]}},
    {"deep": {"days": 7, "usual": [6, 6, 5, 5]}},
    {"bands": [0, 2, 4, 6, 8]},
    {"check_in_days": [1, 3, 7]},
    {"raising": []},
    {"raising": ["keloid", "diabetes"]},
]


@pytest.mark.parametrize("values", GOOD)
def test_a_version_that_makes_sense_is_kept_as_it_is_read(values: dict[str, Any]) -> None:
    after = changed(DEFAULT, values)
    assert after != DEFAULT
    assert from_json(to_json(after)) == after


BAD: list[tuple[dict[str, Any], str]] = [
    ({"medium_to_mm": 0.5}, "Must be deeper than shallow."),
    ({"shallow": {"days": 2, "usual": [3, 5, 0, 0]}}, "must not rise"),
    ({"shallow": {"days": 2, "usual": [5, 3, 1, 0]}}, "Nothing is usual after the expected day 2"),
    ({"medium": {"days": 3, "usual": [7, 5, 3, 0]}}, "below what is severe"),
    ({"medium": {"days": 1, "usual": [6, 0, 0, 0]}}, "less than after shallow"),
    ({"deep": {"days": 4, "usual": [6, 4, 4, 3]}}, "less than after medium"),
    ({"deep": {"days": 8, "usual": [6, 5, 4, 3]}}, "from 1 to 7"),
    ({"deep": {"days": 4}}, "Must have `days` and `usual`."),
    ({"deep": {"days": 4, "usual": [6, 5, 4]}}, "list of 4"),
    ({"deep": 4}, "Must have"),
    ({"bands": [0, 4, 1, 7, 9]}, "that rise"),
    ({"bands": [1, 2, 4, 7, 9]}, "the first 0"),
    ({"bands": [0, 1, 4, 7]}, "five"),
    ({"bands": [0, 1, 4, 7, 11]}, "from 0 to 10"),
    ({"severe_from": 8, "very_severe_from": 8}, "above what is severe"),
    ({"severe_from": 6}, "below what is severe (6)"),
    ({"persisting_mild_from": 4}, "below what is soon"),
    ({"rebound_after": 3, "rebound_to": 3}, "below the score that comes back"),
    ({"severe_redness_soon_to_day": 3}, "not be less than after other"),
    ({"check_in_days": [1, 1, 2]}, "that rise"),
    ({"check_in_days": [0, 1]}, "days from 1 to 7"),
    ({"check_in_days": [1, 2, 8]}, "days from 1 to 7"),
    ({"check_in_days": []}, "1 to 10"),
    ({"check_in_days": [1, 2, 3, 4, 5, 6, 7]}, "would be 11 texts"),
    ({"urgent_clinic_hours": 8, "urgent_clock_hours": 7}, "not be less than the clinic hours"),
    ({"soon_clinic_days": 3}, "Must not be less than for soon."),
    ({"raising": ["beauty"]}, "Accepted: diabetes"),
    ({"raising": "diabetes"}, "Accepted: diabetes"),
    ({"quiet_from": "23:00"}, "not a number that a version may change"),
    ({"colour": 1}, "not a number that a version may change"),
]


@pytest.mark.parametrize(("values", "said"), BAD)
def test_a_version_against_sense_is_refused_in_a_sentence(values: dict[str, Any], said: str) -> None:
    with pytest.raises(Invalid, match=r".") as refused:
        changed(DEFAULT, values)
    assert said in str(refused.value)


def test_everything_that_is_wrong_is_told_at_once() -> None:
    with pytest.raises(Invalid) as refused:
        changed(DEFAULT, {"severe_from": 99, "bands": [], "emergency_minutes": 0})
    assert sorted(refused.value.errors) == ["bands", "emergency_minutes", "severe_from"]
