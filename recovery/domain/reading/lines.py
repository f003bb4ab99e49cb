"""One line of `replies read`: JSON in, the reading as JSON out, a bad line answered with what is wrong."""

import json
from collections.abc import Mapping
from typing import Any

from recovery.domain.reading.read import read
from recovery.domain.reading.reading import as_json
from recovery.domain.vocabulary import CORE, SYMPTOMS


def read_line(line: str) -> dict[str, Any]:
    """The answer to one input line: a reading with its id, or `{"id": …, "error": …}`. It never raises."""
    try:
        entry = json.loads(line)
    except (ValueError, RecursionError):
        return {"id": None, "error": "not JSON"}
    if not isinstance(entry, dict):
        return {"id": None, "error": "not a JSON object"}
    identity = entry.get("id")
    if isinstance(identity, str) and not _is_storable(identity):
        identity = None
    wrong = _wrong(entry)
    if wrong:
        return {"id": identity if isinstance(identity, str) else None, "error": wrong}
    asked, previous = entry.get("asked", list(CORE)), entry.get("previous")
    try:
        reading = read(entry["text"], asked=asked, previous=previous, lang=entry.get("lang", "en"))
    except Exception as error:  # our own fault: it must not cost the lines that follow
        return {"id": identity, "error": f"could not be read: {type(error).__name__}"}
    return {"id": identity, **as_json(reading)}


def _wrong(entry: Mapping[str, Any]) -> str:
    """What is wrong with an input object, as a sentence; nothing if it is right."""
    if not isinstance(entry.get("id", ""), str):
        return "id must be a text"
    if not isinstance(entry.get("text"), str):
        return "text must be a text"
    if not _is_storable(entry.get("id", "")) or not _is_storable(entry["text"]):
        return "a text must not hold NUL or half a character"
    if not isinstance(entry.get("lang", "en"), str):
        return "lang must be a text"
    return _wrong_asked(entry.get("asked", list(CORE))) or _wrong_previous(entry.get("previous"))


def _is_storable(text: str) -> bool:
    return "\0" not in text and not any("\ud800" <= char <= "\udfff" for char in text)


def _wrong_asked(asked: object) -> str:
    if not isinstance(asked, list):
        return "asked must be a list of symptoms"
    if not all(isinstance(name, str) and name in SYMPTOMS for name in asked):
        return f"asked may hold {', '.join(SYMPTOMS)}"
    return "" if len(set(asked)) == len(asked) else "asked holds a symptom twice"


def _wrong_previous(previous: object) -> str:
    if previous is None:
        return ""
    if not isinstance(previous, dict):
        return "previous must be null or an object of scores"
    if not all(name in SYMPTOMS for name in previous):
        return f"previous may hold {', '.join(SYMPTOMS)}"
    return (
        ""
        if all(_is_score(value) for value in previous.values())
        else "a previous score is a whole number from 0 to 10"
    )


def _is_score(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 10
