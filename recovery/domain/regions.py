"""What a country calls things and whom one phones there: numbers by country, words by language.

A region is the ISO code of the clinic's phone country ("US"); one that is not listed gets neutral
words and 112, which mobile phones take almost everywhere. The numbers are defaults for a new
clinic, from public knowledge and not verified by us: the clinic confirms its own at set-up.
"""

from collections.abc import Mapping
from dataclasses import dataclass

EMERGENCY = "112"


@dataclass(frozen=True, slots=True)
class Numbers:
    """The emergency number, and a crisis line for thoughts of self-harm ("": none that we know)."""

    emergency: str = EMERGENCY
    crisis: str = ""


_NUMBERS: Mapping[str, Numbers] = {
    "US": Numbers("911", "988"),  # 988 Suicide & Crisis Lifeline: calls and texts
    "CA": Numbers("911", "988"),  # 988 Suicide Crisis Helpline: calls and texts
    "GB": Numbers("999", "116 123"),  # Samaritans
    "IE": Numbers("112", "116 123"),  # Samaritans
    "AU": Numbers("000", "13 11 14"),  # Lifeline
    "NZ": Numbers("111", "1737"),  # Need to talk? Calls and texts
    "FR": Numbers("112", "3114"),  # numéro national de prévention du suicide
    "ES": Numbers("112", "024"),  # línea de atención a la conducta suicida
    "MX": Numbers("911", ""),
    "AR": Numbers("911", ""),
    "CL": Numbers("131", ""),
    "CO": Numbers("123", ""),
    "DE": Numbers("112", "116 123"),  # TelefonSeelsorge
    "AT": Numbers("112", "142"),  # Telefonseelsorge
    "CH": Numbers("112", "143"),  # Die Dargebotene Hand / La Main Tendue
    "BE": Numbers("112", ""),
    "ZA": Numbers("112", ""),
}

_TEXTED = frozenset({"988", "1737"})

# color: the spelling; er: where an emergency is treated; urgent_care: what to do the same day,
# an imperative; reach_texted / reach: how to reach the crisis line. "" holds the neutral words.
_WORDS: Mapping[str, Mapping[str, Mapping[str, str]]] = {
    "en": {
        "": {
            "color": "colour",
            "er": "hospital",
            "urgent_care": "see a doctor today",
            "reach": "call",
            "reach_texted": "call or text",
        },
        "US": {"color": "color", "er": "ER", "urgent_care": "go to urgent care"},
        "CA": {"er": "ER", "urgent_care": "go to urgent care"},
        "GB": {"er": "A&E", "urgent_care": "call NHS 111"},
        "AU": {"urgent_care": "go to urgent care"},
        "NZ": {"urgent_care": "go to urgent care"},
        "IE": {"er": "A&E"},
    },
    "es": {
        "": {
            "color": "color",
            "er": "urgencias",
            "urgent_care": "vea hoy a un médico",
            "reach": "llame al",
            "reach_texted": "llame o escriba al",
        },
        "US": {"er": "emergencias"},
    },
    "fr": {
        "": {
            "color": "couleur",
            "er": "aux urgences",
            "urgent_care": "voyez un médecin",
            "reach": "appelez le",
            "reach_texted": "appelez ou textez le",
        },
        "CA": {"er": "à l'urgence"},
    },
}


def numbers(region: str) -> Numbers:
    """The default emergency and crisis numbers of a country."""
    return _NUMBERS.get(region.upper(), Numbers())


def words(language: str, region: str) -> Mapping[str, str]:
    """`color`, `er`, `urgent_care`, `reach` and `reach_texted` as patients in that country say them.

    Raises KeyError for a language without words.
    """
    by_region = _WORDS[language]
    return {**by_region[""], **by_region.get(region.upper(), {})}


def takes_texts(crisis: str) -> bool:
    """Whether a crisis line answers texts as well as calls."""
    return crisis in _TEXTED
