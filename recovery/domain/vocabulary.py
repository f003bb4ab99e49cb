"""The words that every room shares: symptoms and scores, intents, rules, priorities, states.

Each word is the nurse's or the field's, and is the same in a table, a URL and a page.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

CORE = ("redness", "swelling", "itching")
OTHER = ("burning", "bruising", "pigment", "pain", "peeling", "tightness")
SYMPTOMS = CORE + OTHER
LANGUAGES = ("en", "es", "fr")


class Intent(StrEnum):
    """The one main thing that a text asks of us."""

    REPORT = "report"
    OPT_OUT = "opt_out"
    OPT_IN = "opt_in"
    HELP = "help"
    WRONG_PERSON = "wrong_person"
    QUESTION = "question"
    UNCLEAR = "unclear"
    ACK = "ack"


class RedFlag(StrEnum):
    """A kind of danger that a patient names as happening now."""

    FEVER = "fever"
    PUS = "pus"
    SPREADING = "spreading"
    BLISTERS = "blisters"
    SEVERE_PAIN = "severe_pain"
    HIVES = "hives"
    BLEEDING = "bleeding"
    BREATHING = "breathing"
    EYE = "eye"
    FAINTING = "fainting"
    CHEST_PAIN = "chest_pain"
    FACE_DROOP = "face_droop"
    SELF_HARM = "self_harm"


EMERGENCIES = frozenset(
    {
        RedFlag.BREATHING,
        RedFlag.EYE,
        RedFlag.FAINTING,
        RedFlag.CHEST_PAIN,
        RedFlag.FACE_DROOP,
        RedFlag.SELF_HARM,
    }
)


class Concern(StrEnum):
    """A worry word that is no red flag; a nurse reads it."""

    RASH = "rash"
    BUMPS = "bumps"
    HOT = "hot"
    CRUST = "crust"
    SMELL = "smell"
    NUMB = "numb"
    BURN_MARKS = "burn_marks"
    SCAR = "scar"


class Priority(StrEnum):
    """How soon a nurse must look; `rank` grows with urgency."""

    ROUTINE = "routine"
    SOON = "soon"
    URGENT = "urgent"
    EMERGENCY = "emergency"

    @property
    def rank(self) -> int:
        return _PRIORITIES.index(self)

    def raised(self, ceiling: "Priority") -> "Priority":
        """One level up, but not above `ceiling` (and never down)."""
        if self.rank >= ceiling.rank:
            return self
        return _PRIORITIES[self.rank + 1]


_PRIORITIES = tuple(Priority)


class Rule(StrEnum):
    """Why a case was flagged."""

    EMERGENCY_WORDS = "emergency_words"
    INFECTION_WORDS = "infection_words"
    SEVERE = "severe"
    WORSENING = "worsening"
    REBOUND = "rebound"
    PERSISTING = "persisting"
    LATE_EFFECT = "late_effect"
    NO_ANSWER = "no_answer"
    UNDELIVERABLE = "undeliverable"
    WRONG_PERSON = "wrong_person"
    OPTED_OUT = "opted_out"
    NOT_TEXTED = "not_texted"
    ASKS_FOR_CONTACT = "asks_for_contact"
    UNREAD_MESSAGE = "unread_message"


class RiskFact(StrEnum):
    """What the nurse noted at enrolment; the first three raise priorities."""

    DIABETES = "diabetes"
    IMMUNE_SUPPRESSION = "immune_suppression"
    POOR_WOUND_HEALING = "poor_wound_healing"
    KELOID = "keloid"
    ISOTRETINOIN = "isotretinoin"
    BLOOD_THINNERS = "blood_thinners"
    BLEEDING_DISORDER = "bleeding_disorder"
    PREGNANT_OR_NURSING = "pregnant_or_nursing"
    AUTOIMMUNE = "autoimmune"
    COLD_SORES = "cold_sores"
    ACTIVE_INFECTION = "active_infection"
    OPEN_WOUNDS = "open_wounds"


class Device(StrEnum):
    PEN = "pen"
    ROLLER = "roller"
    RADIO_FREQUENCY = "radio_frequency"


class Indication(StrEnum):
    ANTI_AGING = "anti_aging"
    SCAR = "scar"
    PIGMENT = "pigment"
    HAIR = "hair"
    OTHER = "other"


class SkinType(StrEnum):
    """Fitzpatrick's skin types."""

    I = "I"  # noqa: E741
    II = "II"
    III = "III"
    IV = "IV"
    V = "V"
    VI = "VI"


class TreatmentStatus(StrEnum):
    RECOVERING = "recovering"
    RECOVERED = "recovered"
    ENDED = "ended"


class EndReason(StrEnum):
    ENTERED_IN_ERROR = "entered_in_error"
    PATIENT_REQUEST = "patient_request"
    OTHER = "other"


class CheckInKind(StrEnum):
    CHECK_IN = "check_in"
    LATE = "late"


class CheckInStatus(StrEnum):
    PLANNED = "planned"
    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"
    ANSWERED = "answered"
    MISSED = "missed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


class ReportSource(StrEnum):
    SMS = "sms"
    APP = "app"
    NURSE = "nurse"


class CaseStatus(StrEnum):
    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    SNOOZED = "snoozed"
    RESOLVED = "resolved"


class Outcome(StrEnum):
    EXPECTED_HEALING = "expected_healing"
    ADVICE_GIVEN = "advice_given"
    SEEN_IN_CLINIC = "seen_in_clinic"
    TREATED = "treated"
    REFERRED = "referred"
    EMERGENCY = "emergency"
    UNREACHABLE = "unreachable"
    FALSE_ALARM = "false_alarm"
    CLEARED = "cleared"


class Trend(StrEnum):
    IMPROVING = "improving"
    STEADY = "steady"
    WORSENING = "worsening"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Score:
    """One symptom's score today, 0 (none) to 10 (worst).

    A number that the patient gave has `low == value == high`. A word is kept as its range and
    a fixed number: rules with a fixed limit use `value`, comparisons use the nearest ends.
    """

    value: int
    low: int
    high: int

    def __post_init__(self) -> None:
        if not 0 <= self.low <= self.value <= self.high <= 10:
            raise ValueError(f"a score lies within 0 to 10, not {self.low}..{self.value}..{self.high}")

    @staticmethod
    @cache
    def exact(value: int) -> "Score":
        return Score(value, value, value)

    @property
    def approximate(self) -> bool:
        return self.low != self.high


Scores = Mapping[str, Score]
