"""The evidence that events give: silence, texts that do not arrive, a patient who is not texted."""

from recovery.domain.protocol import Protocol
from recovery.domain.triage_evidence import EVENT, Evidence, Facts, weigh
from recovery.domain.vocabulary import Priority, Rule

NOT_TEXTED = {
    "doubted": "The number may be somebody else's, so no texts are sent",
    "no_phone": "There is no phone number for texts",
    "shared_phone": "The phone is shared, so no texts are sent",
    "declined": "Texts were declined",
    "opted_out": "Texts were stopped earlier",
}


def no_answer(
    protocol: Protocol,
    facts: Facts,
    *,
    source_id: str,
    seq: int,
    day: int,
    last_score: int | None,
    answered_ever: bool,
) -> Evidence:
    """Two sent check-ins running stayed without a report; `source_id` is the last one's id.

    `last_score` is the highest core score of the last report, 0 to 10 or None; `answered_ever`
    whether any report of this treatment came. Silence means trouble more often than ease, hence
    the higher priority after a high score (Memoquest: 12% of alerts were silence).
    """
    high = last_score is not None and last_score >= protocol.no_answer_soon_from
    never = not answered_ever and protocol.is_deep(facts.needle_depth_mm, facts.device)
    priority = Priority.SOON if high or facts.risk_facts or never else Priority.ROUTINE
    said = (
        f"No answer to {protocol.no_answer_check_ins} check-ins running, up to day {day}; phone the patient."
    )
    return _evidence(source_id, seq, day, Rule.NO_ANSWER, weigh(protocol, facts, priority), said)


def undeliverable(*, source_id: str, seq: int, day: int, welcome: bool = False) -> Evidence:
    """A text failed for good, or two running did not arrive; `welcome`: it was the welcome."""
    what = "The welcome text" if welcome else "Texts"
    said = f"{what} could not be delivered (day {day}); phone the patient."
    return _evidence(
        source_id, seq, day, Rule.UNDELIVERABLE, Priority.SOON if welcome else Priority.ROUTINE, said
    )


def not_texted(*, source_id: str, seq: int, day: int, reason: str) -> Evidence:
    """A patient whom we do not text; `reason`: a key of `NOT_TEXTED`."""
    said = f"{NOT_TEXTED.get(reason, 'No texts are sent')}; phone the patient."
    return _evidence(source_id, seq, day, Rule.NOT_TEXTED, Priority.ROUTINE, said)


def _evidence(source_id: str, seq: int, day: int, rule: Rule, priority: Priority, said: str) -> Evidence:
    return Evidence(source_id, seq, rule, "", priority, day, None, said, EVENT)
