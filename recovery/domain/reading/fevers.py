"""Body temperatures: which number is a fever's, and which of today tells that it is over."""

import re

from recovery.domain.reading.phrases import Phrase
from recovery.domain.reading.text import Text
from recovery.domain.vocabulary import RedFlag

_BODY_HEAT = re.compile(r"\d{2,3}[.,]\d")
_COLDEST = (35.0, 95.0)  # Celsius, Fahrenheit: what is less is no temperature of a body


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


def has_cooled(text: Text, first: int) -> bool:
    """Whether a fever was of another day and today's temperature is none: "38.5 yesterday, 36.9 today"."""
    if not text.place[first].past or "still" in text.meanings or "returns" in text.meanings:
        return False
    today = [at for at in range(len(text.row)) if not text.place[at].past]
    return any(_is_cool_now(text, at) for at in today) and not any(_is_feverish(text, at) for at in today)


def _is_cool_now(text: Text, at: int) -> bool:
    """Whether a number is the temperature of a body without a fever, said of now."""
    value = _degrees(text.row[at])
    after = text.row[at + 1] if at + 1 < len(text.row) else None
    if value is None or "now" not in text.clause(at) or not text.stands(at):
        return False
    if after is not None and (after.is_meaningless or after.has("percent", "unit_after")):
        return False
    fever = (text.words.limits["fever_celsius"], text.words.limits["fever_fahrenheit"])
    return any(coldest <= value < least for coldest, (least, _) in zip(_COLDEST, fever, strict=True))


def _is_weather(text: Text, at: int) -> bool:
    """Whether degrees are those of the air, and of nobody's body: "aquí a 38 grados", "38 degrés à Lyon"."""
    clause = text.clause(at)
    if "mine" in clause:
        return False
    after = text.row[at + 1 : at + 3]
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
