"""When each text leaves, for those who read the wording: its group and a sentence, by its key."""

from collections.abc import Mapping

GROUPS: Mapping[str, Mapping[str, str]] = {
    "Questions": {
        "welcome": "The first text of every treatment.",
        "check_in": "The daily question, on skin types IV to VI or not noted.",
        "check_in_light": "The daily question, on skin types I to III.",
        "reminder": "Once, hours after a question without an answer; skin types IV to VI or not noted.",
        "reminder_light": "The same, on skin types I to III.",
        "day_28": "The last question, after four weeks or before the next session.",
    },
    "Answers to a report": {
        "thanks_clear": "Three zeros, and a question is planned for tomorrow.",
        "thanks_clear_last": "Three zeros, and none is planned.",
        "thanks_usual": "All scores within the usual limit, a question tomorrow.",
        "thanks_usual_last": "All scores within the usual limit, none tomorrow.",
        "thanks_noted": "A score above the usual limit, or told in words; a question tomorrow.",
        "thanks_noted_last": "The same, none tomorrow.",
        "thanks_flagged_routine": "The report was flagged, as routine.",
        "thanks_flagged": "The report was flagged, as soon or urgent.",
        "urgent_scores_closed": "Urgent scores while the clinic is closed.",
        "recovered": "All clear: the daily texts end.",
        "day_28_none": "Nothing new at the last question.",
    },
    "When something is missing or unclear": {
        "partial": "Some of the three scores are missing.",
        "partial_one": "One of the three is missing.",
        "clarification": "The text could not be read.",
        "clarification_fine": "“Fine”, “good” or “ok” and no number.",
        "clarification_second": "Not readable twice running: a nurse reads it.",
    },
    "Danger": {
        "infection_open": "A sign of infection, while the clinic is open.",
        "infection_closed": "A sign of infection, while it is closed.",
        "emergency": "A sign of an emergency, at any hour.",
        "emergency_self_harm": "Thoughts of self-harm, at any hour.",
        "emergency_self_harm_no_line": "Thoughts of self-harm, at any hour; the clinic names no crisis line.",
    },
    "Photos": {
        "photo": "A photo came without numbers.",
        "photo_noted": "A photo came with numbers.",
    },
    "Stopping, starting, help": {
        "opt_out": "STOP in any wording, confirmed once.",
        "opt_in": "START.",
        "help": "HELP.",
        "wrong_person": "“Wrong number”.",
        "unknown_number": "A number that is nobody's here, once a day at most.",
    },
    "To the phone on call": {
        "on_call": "A case waits; no patient and no symptom is named.",
        "on_call_several": "Several cases wait.",
        "taken": "TAKE was answered.",
        "on_call_other": "Anything else was written from that phone.",
    },
}
