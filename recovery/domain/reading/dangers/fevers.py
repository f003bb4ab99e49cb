"""Body temperatures: which number is a fever's."""

import re

from recovery.domain.reading.phrases.phrase import Phrase
from recovery.domain.reading.scopes.text import Text
from recovery.domain.vocabulary import RedFlag

_BODY_HEAT = re.compile(r"\d{2,3}[.,]\d")


def fever_beside(text: Text, at: int) -> int | None:
    """The phrase of a number that makes a fever beside a word such as "temperature"."""
    if _is_weather(text, at) and text.row[at].tags.get("flag") != RedFlag.FEVER.value:
        return None
    low, high = max(0, at - 3), min(len(text.row), at + 6)
    return next((index for index in range(low, high) if _is_feverish(text, index)), None)


def is_body_heat(text: Text, at: int) -> bool:
    """Whether a number is a fever by its shape alone ("38.9 this morning"), with no unit of anything else."""
    if not _BODY_HEAT.fullmatch(text.row[at].text) or _is_weather(text, at):
        return False
    after = text.row[at + 1] if at + 1 < len(text.row) else None
    counted = after is not None and (after.has("unit_after") or after.is_meaningless)
    return not counted and _is_feverish(text, at)


def _is_weather(text: Text, at: int) -> bool:
    """Whether degrees are those of the air, and of nobody's body: "aquí a 38 grados", "38 degrés à Lyon"."""
    clause = text.clause(at)
    if "mine" in clause:
        return False
    after = [
        phrase for phrase in text.row[at + 1 : at + 4] if not phrase.has("here")
    ]  # "40 grados aquí en Sevilla"
    is_in_place = len(after) > 1 and after[0].has("of", "through") and after[1].is_capitalised
    return "weather" in clause or (is_in_place and after[1].is_meaningless)


def _is_feverish(text: Text, at: int) -> bool:
    """Whether a number lies among the body temperatures of a fever, Celsius or Fahrenheit."""
    if at + 1 < len(text.row) and text.row[at + 1].has("percent"):
        return False  # "I'm at 100%"
    value = _degrees(text.row[at])
    limits = (text.words.limits["fever_celsius"], text.words.limits["fever_fahrenheit"])
    return value is not None and any(least <= value <= most for least, most in limits)


def _degrees(phrase: Phrase) -> float | None:
    if phrase.figure is not None:
        return phrase.figure.value
    try:
        return float(phrase.text.replace(",", "."))
    except ValueError:
        return None
