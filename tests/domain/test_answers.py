"""Which text answers what: the manual, by rank."""

from itertools import product
from typing import Any

import pytest

from recovery.domain import wording
from recovery.domain.answers import ASKING, SAFETY, Situation, choose
from recovery.domain.vocabulary import CORE, Intent, Priority

CLEAR = (0, 0, 0)
MILD = (3, 1, 0)

REPORT = {"intent": Intent.REPORT, "scores": MILD, "usual_limit": 5, "check_in_tomorrow": True}
PART = {"intent": Intent.REPORT, "scores": (3,), "missing": ("swelling", "itching"), "usual_limit": 5}
UNCLEAR = {"intent": Intent.UNCLEAR}
QUESTION = {"intent": Intent.QUESTION, "flagged": Priority.SOON, "case_open": True}
OPT_OUT = {"intent": Intent.OPT_OUT, "flagged": Priority.ROUTINE, "case_open": True}
BREATHING = {"red_flags": frozenset({"breathing"}), "flagged": Priority.EMERGENCY, "case_open": True}
SELF_HARM = {"red_flags": frozenset({"self_harm"}), "flagged": Priority.EMERGENCY, "case_open": True}
PUS = {"red_flags": frozenset({"pus"}), "flagged": Priority.URGENT, "case_open": True}
URGENT = {"flagged": Priority.URGENT, "case_open": True}
SOON = {"flagged": Priority.SOON, "case_open": True}
ROUTINE = {"flagged": Priority.ROUTINE, "case_open": True}
CLOSED = {"clinic_open": False}
LATE = {"late_question": True}


def answer(*facts: dict[str, Any]) -> str | None:
    """The key that answers a situation described by these facts, later ones winning."""
    merged: dict[str, Any] = {}
    for each in facts:
        merged |= each
    chosen = choose(Situation(**merged))
    return chosen.key if chosen else None


THANKS = [
    ("three zeros", [REPORT, {"scores": CLEAR}], "thanks_clear"),
    ("three zeros, and none planned tomorrow", [REPORT, {"scores": CLEAR, "check_in_tomorrow": False}],
     "thanks_clear_last"),
    ("three zeros beside a bruise", [REPORT, {"scores": CLEAR, "other_symptoms": True}], "thanks_noted"),
    ("usual scores beside a bruise", [REPORT, {"other_symptoms": True}], "thanks_noted"),
    ("all within the usual limit", [REPORT], "thanks_usual"),
    ("the same on the day of treatment", [REPORT, {"day": 0}], "thanks_noted"),
    ("just at the limit", [REPORT, {"scores": (5, 0, 0)}], "thanks_usual"),
    ("usual, and none planned tomorrow", [REPORT, {"check_in_tomorrow": False}], "thanks_usual_last"),
    ("one above the limit", [REPORT, {"scores": (1, 6, 1)}], "thanks_noted"),
    ("above, and none planned tomorrow", [REPORT, {"scores": (6, 6, 6), "check_in_tomorrow": False}],
     "thanks_noted_last"),
    ("in words", [REPORT, {"approximate": True}], "thanks_noted"),
    ("usual beside a standing case", [REPORT, {"case_open": True}], "thanks_noted"),
    ("all clear for the second time", [REPORT, {"scores": CLEAR, "recovers": True}], "recovered"),
    ("ok thanks", [{"intent": Intent.ACK}], None),
]  # fmt: skip

FLAGGED = [
    ("a routine flag", [REPORT, ROUTINE], "thanks_flagged_routine"),
    ("a flag to be seen soon", [REPORT, SOON], "thanks_flagged"),
    ("urgent scores, clinic open", [REPORT, URGENT], "thanks_flagged"),
    ("urgent scores, clinic closed", [REPORT, URGENT, CLOSED], "urgent_scores_closed"),
    ("soon, clinic closed", [REPORT, SOON, CLOSED], "thanks_flagged"),
    ("a question", [QUESTION], "thanks_flagged"),
    ("three zeros and a question", [REPORT, {"scores": CLEAR}, SOON], "thanks_flagged"),
]

DANGER = [
    ("pus, clinic open", [REPORT, PUS], "infection_open"),
    ("pus, clinic closed", [REPORT, PUS, CLOSED], "infection_closed"),
    ("pus and nothing else", [PART, PUS], "infection_open"),
    ("pus again within half an hour", [REPORT, PUS, {"safety_recently": frozenset({"infection_open"})}],
     "thanks_flagged"),
    ("the same, clinic closed", [REPORT, PUS, CLOSED, {"safety_recently": frozenset({"infection_closed"})}],
     "urgent_scores_closed"),
    ("trouble breathing", [REPORT, BREATHING], "emergency"),
    ("trouble breathing, clinic closed", [UNCLEAR, BREATHING, CLOSED], "emergency"),
    ("pus and trouble breathing", [REPORT, BREATHING, {"red_flags": frozenset({"pus", "breathing"})}],
     "emergency"),
    ("again within half an hour: nothing milder", [REPORT, BREATHING,
     {"safety_recently": frozenset({"emergency"})}], None),
    ("self-harm", [QUESTION, SELF_HARM], "emergency_self_harm"),
    ("self-harm soon after another emergency", [QUESTION, SELF_HARM,
     {"safety_recently": frozenset({"emergency"})}], "emergency_self_harm"),
]  # fmt: skip

LEAVING = [
    ("stop texting me", [OPT_OUT], "opt_out"),
    ("STOP that the provider answers", [OPT_OUT, {"keyword_by_provider": True}], None),
    ("STOP, it is oozing pus", [OPT_OUT, PUS], "opt_out"),
    ("STOP, I cannot breathe", [OPT_OUT, BREATHING], "emergency"),
    ("stop, once more", [OPT_OUT, {"silenced": True}], None),
    ("scores after an opt-out", [REPORT, {"silenced": True}], None),
    ("pus after an opt-out: a nurse phones", [REPORT, PUS, {"silenced": True}], None),
    ("trouble breathing after an opt-out: a nurse phones", [REPORT, BREATHING, {"silenced": True}], None),
    ("START after an opt-out", [{"intent": Intent.OPT_IN, "silenced": True}], "opt_in"),
    ("START that the provider answers", [{"intent": Intent.OPT_IN, "keyword_by_provider": True}], None),
    ("HELP", [{"intent": Intent.HELP}], "help"),
    ("HELP with a case open", [{"intent": Intent.HELP}, SOON], "help"),
    ("HELP that the provider answers", [{"intent": Intent.HELP, "keyword_by_provider": True}], None),
    ("wrong number", [{"intent": Intent.WRONG_PERSON}, SOON], "wrong_person"),
    ("wrong number, once more", [{"intent": Intent.WRONG_PERSON, "silenced": True}, SOON], None),
]

ASKED_AGAIN = [
    ("only redness", [PART], "partial"),
    ("only redness, and flagged", [PART, SOON], "partial"),
    ("only redness, and urgent", [PART, URGENT], "thanks_flagged"),
    ("another fragment, still incomplete", [PART, {"fragment": True}], None),
    ("the fragment that completes it", [REPORT, {"fragment": True}], "thanks_usual"),
    ("not readable", [UNCLEAR], "clarification"),
    ("fine", [UNCLEAR, {"is_fine": True}], "clarification_fine"),
    ("not readable, asked a minute ago", [UNCLEAR, {"asked_recently": frozenset({"clarification"})}], None),
    ("fine, asked a minute ago", [UNCLEAR, {"is_fine": True, "asked_recently": frozenset({"clarification"})}],
     None),
    ("an unreadable fragment", [UNCLEAR, {"fragment": True}], None),
    ("not readable twice running", [UNCLEAR, SOON, {"unread_again": True,
     "asked_recently": frozenset({"clarification"})}], "clarification_second"),
    ("fine twice running", [UNCLEAR, ROUTINE, {"unread_again": True, "is_fine": True}],
     "clarification_second"),
    ("not readable a third time", [UNCLEAR, SOON, {"unread_again": True,
     "asked_recently": frozenset({"clarification", "clarification_second"})}], None),
    ("a photo alone", [UNCLEAR, SOON, {"photo": True}], "photo"),
    ("another photo", [UNCLEAR, SOON, {"photo": True, "asked_recently": frozenset({"photo"})}], None),
    ("a photo beside a mild report", [REPORT, ROUTINE, {"photo": True}], "photo_noted"),
    ("a photo beside a flagged report", [REPORT, SOON, {"photo": True}], "thanks_flagged"),
    ("a photo with a question", [QUESTION, {"photo": True}], "thanks_flagged"),
    ("a photo of pus", [UNCLEAR, PUS, {"photo": True}], "infection_open"),
]  # fmt: skip

LATE_ANSWERS = [
    ("none", [{"intent": Intent.REPORT, "scores": CLEAR}, LATE, {"is_none": True}], "day_28_none"),
    ("none, that reads as no report", [UNCLEAR, LATE, {"is_none": True}], "day_28_none"),
    ("dark patches", [QUESTION, LATE], "thanks_flagged"),
    ("something unreadable: a nurse sees it", [UNCLEAR, SOON, LATE], "thanks_flagged"),
    ("a number is no score", [PART, SOON, LATE], "thanks_flagged"),
    ("pus, clinic closed", [QUESTION, PUS, CLOSED, LATE], "infection_closed"),
    ("ok thanks", [{"intent": Intent.ACK}, LATE], None),
    ("stop", [OPT_OUT, LATE], "opt_out"),
]

NURSE = {"conversation": True}
IN_CONVERSATION = [
    ("bare numbers", [REPORT, NURSE], None),
    ("urgent numbers", [REPORT, URGENT, NURSE], None),
    ("a question", [QUESTION, NURSE], None),
    ("something unreadable", [UNCLEAR, NURSE], None),
    ("a photo", [UNCLEAR, SOON, NURSE, {"photo": True}], None),
    ("pus", [QUESTION, PUS, NURSE], "infection_open"),
    ("trouble breathing", [QUESTION, BREATHING, NURSE], "emergency"),
    ("stop texting me", [OPT_OUT, NURSE], "opt_out"),
]

STRANGER = {"known": False}
UNKNOWN_NUMBERS = [
    ("anything", [UNCLEAR, STRANGER], "unknown_number"),
    ("three numbers", [REPORT, STRANGER], "unknown_number"),
    ("wrong number", [{"intent": Intent.WRONG_PERSON}, STRANGER], "unknown_number"),
    ("a patient without a treatment", [REPORT, STRANGER, {"known": True, "treated": False}], "help"),
    ("a second text that day", [UNCLEAR, STRANGER, {"unknown_answered": True}], None),
    ("pus", [QUESTION, PUS, STRANGER, {"unknown_answered": True}], "infection_open"),
    ("trouble breathing", [QUESTION, BREATHING, STRANGER, {"unknown_answered": True}], "emergency"),
    ("stop", [OPT_OUT, STRANGER], "opt_out"),
]

ROBOTS = [
    ("the third identical text", [REPORT, {"same_text_third": True}], None),
    ("even of danger, which was answered at first", [REPORT, BREATHING, {"same_text_third": True}], None),
]

MANUAL = [
    *THANKS,
    *FLAGGED,
    *DANGER,
    *LEAVING,
    *ASKED_AGAIN,
    *LATE_ANSWERS,
    *IN_CONVERSATION,
    *UNKNOWN_NUMBERS,
    *ROBOTS,
]


@pytest.mark.parametrize(("story", "facts", "key"), MANUAL)
def test_one_text_answers(story: str, facts: list[dict[str, Any]], key: str | None) -> None:
    assert answer(*facts) == key, story


@pytest.mark.parametrize(("story", "facts", "key"), MANUAL)
def test_safety_texts_are_marked_and_no_others(
    story: str, facts: list[dict[str, Any]], key: str | None
) -> None:
    merged = {name: value for each in facts for name, value in each.items()}
    chosen = choose(Situation(**merged))
    assert chosen is None or chosen.safety == chosen.key.startswith(("emergency", "infection", "opt_out")), (
        story
    )


def test_every_answer_is_a_text_that_we_have() -> None:
    answers = {key for _, _, key in MANUAL if key}
    assert answers | SAFETY | ASKING <= set(wording.keys())


EVERY_SITUATION = list(
    product(Intent, ((), MILD), ((), CORE), (None, *Priority), (False, True), (False, True), (False, True))
)


def test_no_situation_ever_says_usual_beside_a_flag() -> None:
    for intent, scores, missing, flagged, case_open, photo, late in EVERY_SITUATION:
        chosen = choose(
            Situation(
                intent=intent,
                scores=scores,
                missing=missing,
                flagged=flagged,
                case_open=case_open or flagged is not None,
                photo=photo,
                late_question=late,
                usual_limit=6,
            )
        )
        usual = chosen is not None and "usual" in chosen.key
        assert not (usual and (flagged or case_open))
