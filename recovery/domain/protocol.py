"""The recovery protocol as data: every clinical number that the rules use, with its default.

A treatment keeps the version it began with. Where a number has a source in the literature it
stands beside the field; a number without one is judgement, for a clinician to sign.
"""

import json
from dataclasses import asdict, dataclass, field, fields
from datetime import time
from typing import Any

from recovery.domain.vocabulary import CORE, Device, RiskFact


@dataclass(frozen=True, slots=True)
class Expected:
    """How long redness, swelling and itching are expected, and their usual limits by day.

    `days`: expected to be gone after the end of that day. `usual`: the most that is usual on
    day 1, 2, 3 and 4 (0 on later days). Transient events last up to 7 days in 85 studies of
    2,805 patients (Chu 2021, Dermatol Surg 47:1249); "self-resolving within 72 hours" (JAAD Case
    Rep 2021;10:96); 1.5 mm disturbs the barrier longer than 0.5 mm (Sasaki 2019, PMC7671250).
    """

    days: int
    usual: tuple[int, int, int, int]

    def usual_on(self, day: int) -> int:
        """The most that is usual on `day` (day 0 has the limit of day 1, later days 0)."""
        return self.usual[max(day, 1) - 1] if day <= len(self.usual) else 0


@dataclass(frozen=True, slots=True)
class Protocol:
    """One version of the clinic's rules. Hours are the patient's local time unless said otherwise."""

    # Expected recovery, by needle depth and device.
    shallow_to_mm: float = 0.5
    medium_to_mm: float = 1.5
    shallow: Expected = Expected(2, (5, 3, 0, 0))
    medium: Expected = Expected(3, (6, 5, 3, 0))
    deep: Expected = Expected(4, (6, 5, 4, 3))

    # What is asked, and when.
    check_in_days: tuple[int, ...] = (1, 2, 3, 4, 5, 7)
    check_in_time: time = time(10)
    check_in_until: time = time(18)
    quiet_from: time = time(21)
    quiet_until: time = time(8)
    reminder_after_hours: int = 3
    reminder_until: time = time(20)
    reminders_at_most: int = 2
    welcome_to_check_in_minutes: int = 60
    hours_between_check_ins: int = 12
    late_day: int = 28
    late_days_before_session: int = 2
    late_earliest_day: int = 8
    late_answer_days: int = 7
    last_day: int = 7
    treated_ahead_hours: int = 12
    treated_back_days: int = 28
    automatic_per_day: int = 3
    automatic_per_treatment: int = 10

    # How a reply is taken.
    reply_hours: int = 20
    day_begins: time = time(6)
    correction_minutes: int = 15
    fragment_minutes: int = 2
    clarification_minutes: int = 10
    unread_again_minutes: int = 1
    conversation_hours: int = 4
    same_text_minutes: int = 10
    same_text_times: int = 3
    safety_text_minutes: int = 30
    late_found_answer_minutes: int = 60
    late_found_drop_hours: int = 6
    old_number_days: int = 30

    # Flags.
    scored_symptoms: tuple[str, ...] = (*CORE, "pain", "burning")
    severe_from: int = 7
    very_severe_from: int = 9
    severe_from_day: int = 1
    severe_redness_soon_to_day: int = 1
    severe_redness_soon_to_day_deep: int = 2
    worsening_from_day: int = 2
    worsening_rise: int = 3
    worsening_to: int = 4
    worsening_step: int = 2
    rebound_from_day: int = 3
    rebound_to: int = 4
    rebound_after: int = 1
    rebound_after_from_day: int = 1
    persisting_soon_from: int = 4
    persisting_mild_from: int = 2
    persisting_mild_soon_day: int = 7
    no_answer_hours: int = 8
    no_answer_check_ins: int = 2
    no_answer_ask_to_day: int = 4
    no_answer_soon_from: int = 4
    opted_out_soon_from: int = 4
    not_texted_day: int = 3
    undelivered_running: int = 2
    late_effect_from_day: int = 1
    reopen_above: int = 2
    reopen_once_day: int = 7
    raising: tuple[str, ...] = (
        RiskFact.DIABETES,
        RiskFact.IMMUNE_SUPPRESSION,
        RiskFact.POOR_WOUND_HEALING,
    )
    recovered_from_day: int = 4
    recovered_reports: int = 2

    # Targets: how soon a nurse looks, and what happens when nobody did.
    emergency_minutes: int = 15
    urgent_clinic_hours: int = 4
    urgent_clock_hours: int = 12
    soon_clinic_days: int = 1
    routine_clinic_days: int = 2
    overdue_factor: int = 2
    on_call_share: float = 0.5
    on_call_quiet_from: time = time(22)
    on_call_quiet_until: time = time(7)
    on_call_again_minutes: int = 15
    on_call_times: int = 4
    on_call_silence_minutes: int = 30

    # Bands of a score, by the lowest value of each: none, mild, moderate, severe, very severe.
    bands: tuple[int, ...] = field(default=(0, 1, 4, 7, 9))

    def expected(self, needle_depth_mm: float | None, device: str | None) -> Expected:
        """The expected recovery for a depth in millimetres (None: not known) and a device."""
        if device == Device.RADIO_FREQUENCY:
            return self.deep
        if needle_depth_mm is None:
            return self.medium
        if needle_depth_mm <= self.shallow_to_mm:
            return self.shallow
        if needle_depth_mm <= self.medium_to_mm:
            return self.medium
        return self.deep

    def usual(self, needle_depth_mm: float | None, device: str | None, day: int) -> int:
        """The most that is usual on `day` of such a treatment."""
        return self.expected(needle_depth_mm, device).usual_on(day)

    def band(self, value: int) -> int:
        """The band of a score: 0 none, 1 mild, 2 moderate, 3 severe, 4 very severe."""
        return sum(value >= lowest for lowest in self.bands) - 1

    def is_deep(self, needle_depth_mm: float | None, device: str | None) -> bool:
        return self.expected(needle_depth_mm, device) is self.deep


DEFAULT = Protocol()

# What a version from before a number existed is taken to say.
_ADDED_LATER = ("on_call_again_minutes", "on_call_times", "on_call_silence_minutes")


def to_json(protocol: Protocol) -> str:
    """The protocol as JSON text, times as HH:MM."""
    return json.dumps(asdict(protocol), default=_json, sort_keys=True)


def from_json(text: str) -> Protocol:
    """The protocol that `to_json` wrote. Raises ValueError for an unknown or missing field."""
    data: dict[str, Any] = json.loads(text)
    known = {each.name: getattr(DEFAULT, each.name) for each in fields(Protocol)}
    data = {name: known[name] for name in _ADDED_LATER} | data
    if data.keys() != known.keys():
        wrong = ", ".join(sorted(data.keys() ^ known.keys()))
        raise ValueError(f"not the fields of a protocol: {wrong}")
    return Protocol(**{name: _like(known[name], value) for name, value in data.items()})


def _json(value: object) -> str:
    if isinstance(value, time):
        return value.strftime("%H:%M")
    raise TypeError(f"no JSON for {type(value).__name__}")


def _like(example: object, value: Any) -> Any:
    match example:
        case time():
            return time.fromisoformat(value)
        case Expected():
            return Expected(value["days"], tuple(value["usual"]))
        case tuple():
            return tuple(value)
        case _:
            return value
