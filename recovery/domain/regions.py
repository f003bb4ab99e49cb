"""Whom one phones in a country: the emergency number, and a line for thoughts of self-harm.

A region is the ISO code of the clinic's phone country ("US"); one that is not listed gets 112, which
mobile phones take almost everywhere, and no line. The numbers are defaults for a new clinic, which
confirms its own at set-up. What a country calls things stands with the texts, in `texts/*.toml`.
"""

from collections.abc import Mapping
from dataclasses import dataclass

EMERGENCY = "112"


@dataclass(frozen=True, slots=True)
class Numbers:
    """The emergency number, and a crisis line ("": none that we know to answer day and night)."""

    emergency: str = EMERGENCY
    crisis: str = ""


# Territories that share the numbers and the words of another country.
_SHARED: Mapping[str, str] = {
    **dict.fromkeys(("PR", "VI", "GU", "AS", "MP"), "US"),
    **dict.fromkeys(("GP", "MQ", "GF", "RE", "YT", "PM", "BL", "MF"), "FR"),
}

# A crisis line stands here only where it takes calls at any hour from the whole country: the text
# that names it says so.
_NUMBERS: Mapping[str, Numbers] = {
    # Looked up in November 2026, on pages of the lines, of governments or of newspapers.
    "US": Numbers("911", "988"),  # 988 Suicide & Crisis Lifeline: calls and texts; AYUDA for Spanish
    "CA": Numbers("911", "988"),  # 988 Suicide Crisis Helpline: calls and texts, English and French
    "GB": Numbers("999", "116 123"),  # Samaritans
    "IE": Numbers("112", "116 123"),  # Samaritans
    "FR": Numbers("112", "3114"),  # numéro national de prévention du suicide, overseas too
    "BE": Numbers("112", "0800 32 123"),  # Centre de prévention du suicide, in French (Dutch: 1813)
    "CH": Numbers("112", "143"),  # La Main Tendue / Die Dargebotene Hand
    "ES": Numbers("112", "024"),  # línea de atención a la conducta suicida
    "MX": Numbers("911", "800 911 2000"),  # Línea de la Vida
    "AR": Numbers("911", "0800 999 0091"),  # línea nacional de salud mental
    "CL": Numbers("131", "*4141"),  # SAMU; línea de prevención del suicidio, from mobile phones
    "CO": Numbers("123", ""),  # 106 is a line of some cities only
    "PE": Numbers("106", "113"),  # SAMU, not in every region; línea 113, then option 5
    "EC": Numbers("911", ""),
    # From public knowledge, not looked up.
    "AU": Numbers("000", "13 11 14"),  # Lifeline
    "NZ": Numbers("111", "1737"),  # Need to talk? Calls and texts
    "LU": Numbers("112", ""),  # SOS Détresse, 45 45 45, is not open at night
    "MC": Numbers("112", ""),
    "UY": Numbers("911", ""),
    "CR": Numbers("911", ""),
    "PA": Numbers("911", ""),
    "DO": Numbers("911", ""),
    "DE": Numbers("112", "116 123"),  # TelefonSeelsorge
    "AT": Numbers("112", "142"),  # Telefonseelsorge
    "ZA": Numbers("112", ""),
}

_TEXTED = frozenset({"988", "1737"})


def listed() -> tuple[str, ...]:
    """Every region of which we know a number."""
    return (*_NUMBERS, *_SHARED)


def country(region: str) -> str:
    """The ISO code under which a region's numbers and words stand; a territory shares another's."""
    return _SHARED.get(region.upper(), region.upper())


def numbers(region: str) -> Numbers:
    """The default emergency and crisis numbers of a country."""
    return _NUMBERS.get(country(region), Numbers())


def takes_texts(crisis: str) -> bool:
    """Whether a crisis line answers texts as well as calls."""
    return crisis in _TEXTED
