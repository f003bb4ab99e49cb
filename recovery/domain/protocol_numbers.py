"""The protocol's numbers as a clinician reads them: what each means, its unit, and how far it may go."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Number:
    """A field of the protocol; a new version may set it from `low` to `high`, both included."""

    name: str
    means: str
    unit: str
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Group:
    """Numbers that are read together, what they lead to, and where they come from."""

    name: str
    title: str
    about: str
    source: str
    numbers: tuple[Number, ...]


_JUDGEMENT = "Judgement: no source in the literature. A clinician signs it."

GROUPS = (
    Group(
        "depth",
        "How deep a treatment is",
        "Radio-frequency counts as deep, whatever the needles.",
        "1.5 mm disturbs the barrier more and longer than 0.5 mm (Sasaki 2019, PMC7671250; Wu 2022). The "
        "rest is judgement.",
        (
            Number("shallow_to_mm", "Shallow: needles up to", "mm", 0.1, 2),
            Number("medium_to_mm", "Medium, or not noted: needles up to", "mm", 0.2, 3),
        ),
    ),
    Group(
        "questions",
        "Questions",
        "No more daily questions are asked once she is recovered.",
        "Reminders add 14 to 18 points of response; opt-outs rise at 10 or more texts (GIE 2018; Kaiser "
        "Colorado). The days are judgement.",
        (
            Number("reminder_after_hours", "An unanswered question is reminded of after", "hours", 1, 8),
            Number("reminders_at_most", "Reminders of one treatment, at most", "texts", 0, 3),
            Number("late_day", "The last question comes on day", "", 14, 60),
            Number("late_days_before_session", "or, before a next session, this much earlier:", "days", 1, 7),
            Number("late_earliest_day", "but not before day", "", 8, 14),
        ),
    ),
    Group(
        "severe",
        "Flag: severe",
        "Urgent, but for early redness as below. Of redness, swelling, itching, pain and burning.",
        _JUDGEMENT,
        (
            Number("severe_from", "Severe is a score from", "of 10", 5, 8),
            Number("very_severe_from", "In the first days only a score from", "of 10", 6, 10),
            Number("severe_from_day", "The first days end before day", "", 0, 2),
            Number("severe_redness_soon_to_day", "Redness below the higher number is soon, to day", "", 0, 3),
            Number("severe_redness_soon_to_day_deep", "The same after deep needling, to day", "", 0, 4),
        ),
    ),
    Group(
        "worsening",
        "Flag: worsening",
        "Soon; urgent if the score is severe.",
        "Granuloma or allergic eruption starts within 3 days or abruptly at day 7 (PMC8008152). The numbers "
        "are judgement.",
        (
            Number("worsening_from_day", "Counts from day", "", 1, 4),
            Number("worsening_rise", "A rise since the last report of", "points", 2, 5),
            Number("worsening_to", "that reaches", "of 10", 2, 7),
            Number("worsening_step", "or two rises running, each of", "points", 1, 4),
        ),
    ),
    Group(
        "rebound",
        "Flag: rebound",
        "Urgent; soon if only itching comes back. It stands instead of worsening.",
        _JUDGEMENT,
        (
            Number("rebound_from_day", "Counts from day", "", 2, 5),
            Number("rebound_to", "A score that comes back to", "of 10", 2, 7),
            Number("rebound_after", "after it was no more than", "of 10", 0, 3),
            Number("rebound_after_from_day", "looked for from day", "", 0, 3),
        ),
    ),
    Group(
        "persisting",
        "Flag: persisting past the expected days",
        "Any score of 1 or more: routine, or soon as below; severe is urgent.",
        "Transient events last up to 7 days in 85 studies of 2,805 patients (Chu 2021, Dermatol Surg "
        "47:1249). The bands are judgement.",
        (
            Number("persisting_soon_from", "Soon from", "of 10", 2, 6),
            Number("persisting_mild_from", "Below that, lasting or late is soon from", "of 10", 1, 5),
            Number("persisting_mild_soon_day", "Late is day", "", 5, 10),
        ),
    ),
    Group(
        "silence",
        "Flags without scores",
        "Routine, or soon as below. Late effects are always soon.",
        "12% of alerts in one programme were silence (Memoquest). The numbers are judgement.",
        (
            Number("no_answer_check_ins", "No answer: unanswered questions running", "questions", 1, 3),
            Number("no_answer_ask_to_day", "After that, still asked to day", "", 2, 7),
            Number("no_answer_soon_from", "Soon if the last score was", "of 10", 1, 7),
            Number("opted_out_soon_from", "STOP: soon if the last score was", "of 10", 1, 7),
            Number("undelivered_running", "Undeliverable: undelivered texts running", "texts", 1, 3),
            Number("late_effect_from_day", "Late effects are heard from day", "", 0, 7),
        ),
    ),
    Group(
        "again",
        "Recovered, and flagged again",
        "A clear report is three zeros and nothing else to tell.",
        "“Self-resolving within 72 hours” (JAAD Case Rep 2021;10:96, PMC8008152) for the day; the rest is "
        "judgement.",
        (
            Number("recovered_from_day", "One clear report is enough from day", "", 2, 7),
            Number("recovered_reports", "Before that, clear reports running", "reports", 2, 3),
            Number("reopen_above", "After a nurse resolved: again at this much above", "points", 1, 4),
            Number("reopen_once_day", "or once on day", "", 5, 7),
        ),
    ),
    Group(
        "targets",
        "Targets",
        "By when a nurse looks at a case, from its flag on.",
        "Severe alerts were closed no faster than mild ones where the list did not sort (UAB). The times are "
        "judgement.",
        (
            Number("emergency_minutes", "Emergency, at any hour", "minutes", 5, 30),
            Number("urgent_clinic_hours", "Urgent, in clinic hours", "hours", 1, 8),
            Number("urgent_clock_hours", "or by the clock, with a phone on call", "hours", 2, 24),
            Number("soon_clinic_days", "Soon", "clinic days", 1, 3),
            Number("routine_clinic_days", "Routine", "clinic days", 1, 5),
            Number("overdue_factor", "Soon and routine rise one level past the target times", "", 1, 4),
        ),
    ),
    Group(
        "on_call",
        "Phone on call",
        "Texted about an emergency at once, about an urgent case at once while the clinic is closed.",
        _JUDGEMENT,
        (
            Number(
                "on_call_share", "In clinic hours, urgent is texted at this share of its target", "", 0.1, 1
            ),
            Number("on_call_again_minutes", "Emergency: again every", "minutes", 5, 30),
            Number("on_call_times", "at most", "times", 1, 10),
            Number("on_call_silence_minutes", "TAKE silences the phone for", "minutes", 10, 60),
        ),
    ),
)

# Read and written as a whole: three depths, the scale's bands, the days asked, the facts that raise.
WHOLE = ("shallow", "medium", "deep", "bands", "check_in_days", "raising")

# The same in every clinic: law, the provider, the budget of texts, or how a reply is told from another.
FIXED = {
    "check_in_time": "Check-in time; each clinic sets its own under Settings",
    "check_in_until": "A question that could not go expires at",
    "quiet_from": "Nothing that we begin goes after",
    "quiet_until": "nor before",
    "reminder_until": "No reminder after",
    "welcome_to_check_in_minutes": "Minutes from the welcome to the first question, at least",
    "hours_between_check_ins": "Hours between two questions, at least",
    "late_answer_days": "Days for which the last question waits for its answer",
    "last_day": "The daily questions end with day",
    "treated_ahead_hours": "A treatment is entered at most so many hours ahead",
    "treated_back_days": "and so many days back",
    "automatic_per_day": "Automatic texts to a patient a day, at most",
    "automatic_per_treatment": "Automatic texts of one treatment, at most",
    "reply_hours": "Hours in which a reply belongs to the last question",
    "day_begins": "A day of replies begins at",
    "correction_minutes": "Minutes in which a second report corrects the first",
    "fragment_minutes": "Minutes in which pieces of a reply are joined",
    "clarification_minutes": "Minutes between two of our “could not read that”",
    "unread_again_minutes": "Minutes until a second unreadable text counts",
    "conversation_hours": "Hours for which automatic texts pause while a nurse writes",
    "same_text_minutes": "Minutes in which the same text again is a robot's",
    "same_text_times": "from the text that is number",
    "safety_text_minutes": "Minutes between two emergency or infection texts of one kind",
    "late_found_answer_minutes": "Minutes for which a text that was found late is answered as usual",
    "late_found_drop_hours": "Hours after which such an answer is dropped",
    "old_number_days": "Days for which an old number's texts still reach the case",
    "scored_symptoms": "Symptoms whose scores raise flags",
    "no_answer_hours": "Hours after which a question counts as unanswered",
    "not_texted_day": "A patient without texts is phoned on day",
    "on_call_quiet_from": "An urgent case of a closed clinic does not wake the phone after",
    "on_call_quiet_until": "nor before",
}

# What the literature says, as far as it was found.
EVIDENCE = (
    (
        "Redness, swelling, flaking “expected and self-resolving within 72 hours”.",
        "JAAD Case Rep 2021;10:96, PMC8008152",
    ),
    ("Transient events last up to 7 days (85 studies, 2,805 patients).", "Chu 2021, Dermatol Surg 47:1249"),
    (
        "Radio-frequency, 25 patients: redness in all on day 0, in none at a week; swelling in 48% on day 0; "
        "change of pigment in 4% at 1 week, 12% at 4 weeks, none at 2 months.",
        "PMC8423204, table 5",
    ),
    (
        "1.5 mm disturbs the barrier more and longer than 0.5 mm over 48 hours; after radio-frequency it is "
        "back to baseline by day 7.",
        "Sasaki 2019, PMC7671250; Wu 2022",
    ),
    (
        "Granuloma or allergic eruption starts within 3 days or abruptly at day 7.",
        "PMC8008152 and a case report",
    ),
    (
        "No day-by-day table of symptoms for plain micro-needling, nor of itching per day.",
        "searched, not found",
    ),
    (
        "Alerts: 34% of surveys, 59% of them acted on (PRO-TECT); 36% of patients (Memoquest); 7.8% of "
        "surveys (MSK).",
        "Qual Life Res 2024; J Med Syst; JMIR Med Inform 2022 e38483",
    ),
    (
        "Telling patients what is usual for the day cut calls to nurses by 14% (2,624 patients).",
        "Ann Surg 2021;274:441",
    ),
    ("Response: 87% for day-surgery texts; 93% for one daily question.", "Memoquest and others"),
    ("Opt-out 1.2 to 2.5%, higher at 10 or more texts.", "GIE 2018; Kaiser Colorado"),
)


def numbers() -> dict[str, Number]:
    """Every number that a version may change one by one, by its name."""
    return {number.name: number for group in GROUPS for number in group.numbers}
