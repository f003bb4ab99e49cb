"""One line in, one answer out: how a reply would be read, with nothing stored."""

import json
from typing import Any

import pytest

from recovery.domain.reading import lines
from recovery.domain.reading.lines import read_line
from recovery.domain.vocabulary import CORE

LINE: dict[str, Any] = {"id": "a", "lang": "en", "text": "3 1 0", "asked": list(CORE), "previous": None}


def test_a_reply_is_answered_with_its_reading() -> None:
    answer = read_line(json.dumps(LINE))

    assert answer.pop("why")
    assert answer == {
        "id": "a",
        "intent": "report",
        "scores": {"redness": 3, "swelling": 1, "itching": 0},
        "approximate": [],
        "other": {},
        "red_flags": [],
        "concerns": [],
        "also_question": False,
    }


def test_a_line_on_which_our_own_code_fails_costs_none_of_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_args: object, **_more: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(lines, "read", broken)
    assert read_line(json.dumps(LINE)) == {"id": "a", "error": "could not be read: ZeroDivisionError"}


def test_words_are_answered_with_their_fixed_number() -> None:
    answer = read_line(json.dumps({**LINE, "text": "slight redness, very bad burning, a rash"}))

    assert (answer["scores"], answer["other"]) == ({"redness": 2}, {"burning": 8})
    assert answer["approximate"] == ["redness", "burning"]
    assert answer["concerns"] == ["rash"]


def test_what_may_be_left_out_has_a_default() -> None:
    assert read_line('{"id": "a", "text": "3 1 0"}')["intent"] == "report"


@pytest.mark.parametrize(
    "change",
    [
        {"text": None},
        {"text": 3},
        {"text": "3 1\0 0"},
        {"text": "\ud800"},
        {"id": 7},
        {"lang": 1},
        {"asked": "redness"},
        {"asked": ["redness", "smell"]},
        {"asked": ["redness", "redness"]},
        {"asked": [["redness"]]},
        {"asked": None},
        {"previous": [3, 1, 0]},
        {"previous": {"redness": 11}},
        {"previous": {"redness": -1}},
        {"previous": {"redness": True}},
        {"previous": {"redness": 2.5}},
        {"previous": {"redness": None}},
        {"previous": {"mood": 3}},
    ],
)
def test_a_bad_line_is_answered_with_what_is_wrong(change: dict[str, Any]) -> None:
    answer = read_line(json.dumps({**LINE, **change}))

    assert set(answer) == {"id", "error"}
    assert answer["id"] == (None if "id" in change else "a")


@pytest.mark.parametrize(
    "line", ["", "{", "[]", '"3 1 0"', "null", "[" * 100_000, "{}", '{"id": "a"}', "\0", "NaN"]
)
def test_what_is_no_reply_at_all_is_answered_too(line: str) -> None:
    assert "error" in read_line(line)
