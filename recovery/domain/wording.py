"""Every text that leaves, by its key: the wording in the patient's language, filled in and plain.

The words themselves stand in `texts/`, one file a language, which also says what a country calls
things: `[words]` holds everyone's words, `[country.US]` those that differ there.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any
from zoneinfo import ZoneInfo

import tomli

from recovery.domain import gsm7, regions
from recovery.domain.days import utc
from recovery.domain.vocabulary import CORE, LANGUAGES, CheckInKind, SkinType

_TEXTS = Path(__file__).with_name("texts")
_FALLBACK = "en"
_LIGHT = frozenset({SkinType.I, SkinType.II, SkinType.III})
_EXAMPLE = ("3", "1", "0")

# The most GSM-7 septets of what a clinic chooses for its texts; every text fits one segment with them.
LONGEST: Mapping[str, int] = {"clinic": 18, "phone": 16, "em": 4, "crisis": 16, "url": 50}
MOST_CASES = 99  # that an on-call text counts


def keys() -> tuple[str, ...]:
    """The keys of all texts, in the order of the English file."""
    return tuple(_language(_FALLBACK)["texts"])


def text(key: str, language: str, region: str, **fillings: object) -> str:
    """The text as it leaves, in GSM-7 as far as the fillings are.

    `language` is one of LANGUAGES, `region` the ISO code of the clinic's phone country, which picks
    words such as "ER". More fillings than needed are no harm. A text without a translation is
    English. Raises KeyError for an unknown key or language, ValueError for a missing filling.
    """
    key = _variant(key, fillings)
    wanted = template(key, language)
    here = words(_spoken(key, language), region)
    if regions.takes_texts(str(fillings.get("crisis", ""))):
        here = {**here, "reach": here["reach_texted"]}
    filled = {**here, **fillings}
    if missing := sorted(fields(wanted) - filled.keys()):
        raise ValueError(f"the text {key} needs {', '.join(missing)}")
    return gsm7.plain(wanted.format_map(filled)).strip()


def template(key: str, language: str) -> str:
    """The wording with its fillings in braces. Raises KeyError for an unknown key or language."""
    texts = _language(_spoken(key, language))["texts"]
    if key not in texts:
        raise KeyError(f"no text {key}")
    return str(texts[key])


def canned(language: str) -> Mapping[str, str]:
    """The templates that a nurse may send at a touch, by key; English where a translation is missing."""
    return {**_language(_FALLBACK)["canned"], **_language(language).get("canned", {})}


def fields(template: str) -> frozenset[str]:
    """The names that a template wants filled in."""
    return frozenset(name for _, name, _, _ in Formatter().parse(template) if name)


def words(language: str, region: str = "") -> Mapping[str, Any]:
    """The words of a language as patients in that country say them. KeyError for an unknown language."""
    language_file = _language(language)
    by_country = language_file.get("country", {})
    return {**language_file["words"], **by_country.get(regions.country(region), {})}


def question(kind: CheckInKind, skin_type: str | None) -> str:
    """The key of the text that asks: by the kind of check-in and Fitzpatrick's skin type (None: unknown).

    On skin IV to VI, or unknown, it asks about a change of color too.
    """
    if kind == CheckInKind.LATE:
        return "day_28"
    return "check_in_light" if skin_type in _LIGHT else "check_in"


def reminder(skin_type: str | None) -> str:
    """The key of the reminder that goes with the question for this skin type."""
    return "reminder_light" if skin_type in _LIGHT else "reminder"


def symptom_list(
    symptoms: Sequence[str], language: str, region: str = "", skin_type: str | None = None
) -> str:
    """The core symptoms in words, in their order: "swelling and itching". KeyError for any other."""
    if unknown := sorted(set(symptoms) - set(CORE)):
        raise KeyError(f"not asked about: {', '.join(unknown)}")
    here = words(language, region)
    named = {symptom: here[symptom] for symptom in CORE if symptom in symptoms}
    if "redness" in named and skin_type not in _LIGHT:
        named["redness"] = here["redness_or_color"]
    *others, last = named.values()
    return f"{here['comma'].join(others)} {here['and']} {last}" if others else str(last)


def partial(
    missing: Sequence[str], language: str, region: str = "", skin_type: str | None = None
) -> dict[str, object]:
    """The fillings `symptoms`, `n` and `like` of the text `partial`, for the core symptoms still missing."""
    names = symptom_list(missing, language, region, skin_type)
    return {"symptoms": names, "n": len(missing), "like": " ".join(_EXAMPLE[: len(missing)])}


def when(due: datetime, timezone: str, language: str, region: str = "") -> str:
    """A moment on the clinic's clock, as it is told there: "Mon 3 pm", "lun 15:00", "lundi 15h"."""
    wall = utc(due).astimezone(ZoneInfo(timezone))
    here = words(language, region)
    return f"{here['weekdays'][wall.weekday()]} {_CLOCKS[here['clock']](wall)}"


def waiting(priority: str, cases: int, language: str) -> dict[str, object]:
    """The fillings `n` and `prio` of the text `on_call`, for so many cases, "urgent" or "emergency"."""
    here = words(language)
    return {"n": min(cases, MOST_CASES), "prio": here[priority if cases == 1 else f"{priority}_several"]}


def link(url: str) -> str:
    """An address that a text has room for; else nothing, and the text does without."""
    return url if gsm7.is_gsm7(url) and gsm7.septets(url) <= LONGEST["url"] else ""


def _twelve_hours(wall: datetime) -> str:
    minutes = f":{wall:%M}" if wall.minute else ""
    return f"{wall.hour % 12 or 12}{minutes} {'am' if wall.hour < 12 else 'pm'}"


def _twenty_four_hours(wall: datetime) -> str:
    return f"{wall:%H:%M}"


def _hours_with_an_h(wall: datetime) -> str:
    return f"{wall.hour}h{wall:%M}" if wall.minute else f"{wall.hour}h"


_CLOCKS: Mapping[str, Callable[[datetime], str]] = {
    "12": _twelve_hours,
    "24": _twenty_four_hours,
    "h": _hours_with_an_h,
}


@cache
def _language(language: str) -> Mapping[str, Any]:
    if language not in LANGUAGES:
        raise KeyError(f"no texts in the language {language}")
    return tomli.loads((_TEXTS / f"{language}.toml").read_text(encoding="utf-8"))


def _spoken(key: str, language: str) -> str:
    """The language that the text really is in: English where a translation is missing."""
    return language if key in _language(language)["texts"] else _FALLBACK


def _variant(key: str, fillings: Mapping[str, object]) -> str:
    """The same text for one number instead of several, or for a country without a crisis line."""
    if key == "partial" and fillings.get("n") == 1:
        return "partial_one"
    if key == "on_call" and fillings.get("n") != 1:
        return "on_call_several"
    if key == "emergency_self_harm" and not fillings.get("crisis"):
        return "emergency_self_harm_no_line"
    return key
