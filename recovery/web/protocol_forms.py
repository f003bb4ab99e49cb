"""A new version of the protocol as it is typed: every number a line of text, read as JSON would have it."""

from collections.abc import Mapping
from typing import Any

from werkzeug.datastructures import MultiDict

from recovery.domain.protocol import Protocol
from recovery.domain.protocol_numbers import numbers
from recovery.domain.protocol_rules import BANDS, DAYS_WITH_LIMITS, DEPTHS
from recovery.domain.vocabulary import RiskFact

LONGEST = 60  # characters of one number or list
BAND_NAMES = ("mild", "moderate", "severe", "very severe")


def as_typed(protocol: Protocol) -> MultiDict[str, str]:
    """The form as it would have to be filled in for this protocol."""
    typed = MultiDict({name: _plain(getattr(protocol, name)) for name in numbers()})
    for depth in DEPTHS:
        expected = getattr(protocol, depth)
        typed[f"{depth}.days"] = str(expected.days)
        for day, limit in enumerate(expected.usual, 1):
            typed[f"{depth}.usual.{day}"] = str(limit)
    for band, lowest in enumerate(protocol.bands[1:], 1):
        typed[f"band.{band}"] = str(lowest)
    typed["check_in_days"] = ", ".join(map(str, protocol.check_in_days))
    typed.setlist("raising", list(protocol.raising))
    return typed


def read(typed: MultiDict[str, str]) -> dict[str, Any]:
    """The fields as the rules take them; what is no number stays text, which they refuse by name."""
    values: dict[str, Any] = {name: _value(typed.get(name, "")) for name in numbers()}
    for depth in DEPTHS:
        usual = [_value(typed.get(f"{depth}.usual.{day}", "")) for day in range(1, DAYS_WITH_LIMITS + 1)]
        values[depth] = {"days": _value(typed.get(f"{depth}.days", "")), "usual": usual}
    values["bands"] = [0, *(_value(typed.get(f"band.{band}", "")) for band in range(1, BANDS))]
    values["check_in_days"] = [_value(each) for each in _parts(typed.get("check_in_days", ""))]
    values["raising"] = [each[:LONGEST] for each in typed.getlist("raising")][: len(RiskFact)]
    return values


def differences(before: Protocol, after: Protocol) -> Mapping[str, str]:
    """By the name of its input: what stood before where the two differ."""
    then, now = as_typed(before), as_typed(after)
    return {name: then[name] for name in then if then.getlist(name) != now.getlist(name) and name in now}


def _plain(value: float) -> str:
    return f"{value:g}"


def _parts(text: str) -> list[str]:
    return text[:LONGEST].replace(",", " ").split()


def _value(text: str) -> int | float | str:
    given = text.strip()[:LONGEST].replace(",", ".")
    if given.isascii() and given.isdecimal() and len(given) <= 4:
        return int(given)
    whole, _, part = given.partition(".")
    if given.isascii() and (whole + part).isdecimal() and len(given) <= 6:
        return float(given)
    return given
