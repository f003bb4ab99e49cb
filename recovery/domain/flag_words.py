"""The evidence that words give: red flags, worry words, questions, and texts nobody could read."""

from collections.abc import Iterable, Iterator

from recovery.domain.protocol import Protocol
from recovery.domain.triage_evidence import WORDS, Evidence, Facts
from recovery.domain.vocabulary import EMERGENCIES, Concern, Priority, RedFlag, Rule

NAMED = {
    RedFlag.BREATHING: "Trouble breathing, or swelling of the face or throat",
    RedFlag.EYE: "A change of vision or eye pain",
    RedFlag.FAINTING: "Fainting",
    RedFlag.CHEST_PAIN: "Chest pain",
    RedFlag.FACE_DROOP: "A drooping face",
    RedFlag.SELF_HARM: "Thoughts of self-harm",
    RedFlag.FEVER: "Fever",
    RedFlag.PUS: "Pus",
    RedFlag.SPREADING: "Spreading redness",
    RedFlag.BLISTERS: "Blisters or sores",
    RedFlag.SEVERE_PAIN: "Severe pain",
    RedFlag.HIVES: "Hives",
    RedFlag.BLEEDING: "Bleeding that does not stop",
    Concern.RASH: "A rash",
    Concern.BUMPS: "Bumps",
    Concern.HOT: "Skin hot to the touch",
    Concern.CRUST: "Crusts",
    Concern.SMELL: "A smell",
    Concern.NUMB: "Numbness",
    Concern.BURN_MARKS: "Burn marks",
    Concern.SCAR: "A scar or grid marks",
}

UNREAD = {
    "unclear": (Priority.SOON, "Two texts running could not be read"),
    "fine": (Priority.ROUTINE, "Answered twice without numbers, in words like fine"),
    "photo": (Priority.SOON, "A photo came without mild scores"),
    "photo_mild_report": (Priority.ROUTINE, "A photo came beside mild scores"),
    "emptied": (Priority.SOON, "A text lost its words at the provider (ask the patient)"),
    "broken": (Priority.URGENT, "The software failed on a text"),
    "old_number": (Priority.SOON, "A text came from a former number of the patient"),
}


def words(
    protocol: Protocol,
    *,
    source_id: str,
    seq: int,
    day: int,
    red_flags: Iterable[str] = (),
    concerns: Iterable[str] = (),
    question: bool = False,
) -> tuple[Evidence, ...]:
    """The evidence in the words of one report, or of a text that is no report ("STOP, it oozes pus").

    A worry asks for contact already, so that a question beside it is no second reason.
    """
    found = (
        *(_red_flag(kind) for kind in sorted(set(red_flags))),
        *_worries(protocol, day, sorted(set(concerns))),
    )
    evidence = [
        _evidence(source_id, seq, day, rule, kind, priority, f"{_name(kind)}, named on day {day}.")
        for rule, kind, priority in found
    ]
    if question and all(each.rule != Rule.ASKS_FOR_CONTACT for each in evidence):
        evidence.append(asks_for_contact(source_id=source_id, seq=seq, day=day))
    return tuple(evidence)


def asks_for_contact(*, source_id: str, seq: int, day: int) -> Evidence:
    """A question, "call me", or HELP with more words or with a case open."""
    said = f"A question or a wish to be called, on day {day}."
    return _evidence(source_id, seq, day, Rule.ASKS_FOR_CONTACT, "", Priority.SOON, said)


def unread_message(*, source_id: str, seq: int, day: int, kind: str) -> Evidence:
    """A text to be read by a nurse; `kind`: a key of `UNREAD`.

    Raises KeyError for another kind.
    """
    priority, said = UNREAD[kind]
    return _evidence(
        source_id, seq, day, Rule.UNREAD_MESSAGE, "", priority, f"{said} on day {day}; please read."
    )


def late_answer(*, source_id: str, seq: int, day: int, symptom: str = "") -> Evidence:
    """Any answer but "none" to the late question about patches, bumps and scars."""
    said = f"The late question was answered with something other than none, on day {day}."
    return _evidence(source_id, seq, day, Rule.LATE_EFFECT, symptom, Priority.SOON, said)


def pigment(*, source_id: str, seq: int, day: int, score: int) -> Evidence:
    """Darker or lighter patches named in a report; the score is 1 to 10."""
    said = f"Darker or lighter patches, named on day {day}."
    return _evidence(source_id, seq, day, Rule.LATE_EFFECT, "pigment", Priority.SOON, said, score)


def wrong_person(*, source_id: str, seq: int, day: int) -> Evidence:
    """The number is somebody else's; nothing is texted until a nurse confirmed or changed it."""
    said = f"The number seems to be somebody else's (day {day}); check it and phone the patient."
    return _evidence(source_id, seq, day, Rule.WRONG_PERSON, "", Priority.SOON, said)


def opted_out(
    protocol: Protocol,
    facts: Facts,
    *,
    source_id: str,
    seq: int,
    day: int,
    last_score: int | None,
    case_open: bool,
    elsewhere: bool = False,
) -> Evidence:
    """STOP in any wording; `last_score` is the highest core score of the last report, 0 to 10 or None.

    `elsewhere`: it came from another phone than the patient's, whose own texts go on.
    """
    expected = day <= protocol.expected(facts.needle_depth_mm, facts.device).days
    high = last_score is not None and last_score >= protocol.opted_out_soon_from
    priority = Priority.SOON if expected or high or case_open else Priority.ROUTINE
    said = f"Cannot be texted after an opt-out (day {day}); phone the patient."
    if elsewhere:
        said = f"STOP came from another phone (day {day}); ask the patient whether the texts shall stop."
    return _evidence(source_id, seq, day, Rule.OPTED_OUT, "", priority, said)


def _red_flag(kind: str) -> tuple[Rule, str, Priority]:
    if kind in EMERGENCIES:
        return Rule.EMERGENCY_WORDS, kind, Priority.EMERGENCY
    return Rule.INFECTION_WORDS, kind, Priority.URGENT


def _worries(protocol: Protocol, day: int, concerns: Iterable[str]) -> Iterator[tuple[Rule, str, Priority]]:
    for kind in concerns:
        if kind != Concern.SCAR:
            yield Rule.ASKS_FOR_CONTACT, kind, Priority.SOON
        elif day >= protocol.late_effect_from_day:
            yield Rule.LATE_EFFECT, kind, Priority.SOON


def _name(kind: str) -> str:
    return {str(known): name for known, name in NAMED.items()}.get(kind, kind.replace("_", " ").capitalize())


def _evidence(
    source_id: str,
    seq: int,
    day: int,
    rule: Rule,
    symptom: str,
    priority: Priority,
    said: str,
    score: int | None = None,
) -> Evidence:
    return Evidence(source_id, seq, rule, str(symptom), priority, day, score, said, WORDS)
