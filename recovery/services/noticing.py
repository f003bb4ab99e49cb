"""What a text gives a nurse to read besides its report: a wish, a doubt, a photo, what nobody could read."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from recovery.domain import triage
from recovery.domain.answers import ASKED_AGAIN, ASKING
from recovery.domain.thread import Line
from recovery.domain.triage import Evidence
from recovery.domain.vocabulary import Intent
from recovery.queries import cases
from recovery.services import keywords
from recovery.services.understanding import Taking

_NO_ANSWER = (Intent.ACK, Intent.OPT_OUT, Intent.OPT_IN, Intent.HELP, Intent.WRONG_PERSON)


def evidence(taking: Taking) -> Iterator[Evidence]:
    """Everything in the text itself that a nurse should see."""
    source: dict[str, Any] = {
        "source_id": str(taking.received.id),
        "seq": taking.received.seq or 0,
        "day": taking.where.day,
    }
    reading = taking.reading
    if not taking.is_hers:
        yield from triage.words(
            taking.protocol,
            red_flags=reading.red_flags,
            concerns=reading.concerns,
            question=asks(taking),
            **source,
        )
    elif taking.report is None and asks(taking):
        yield triage.asks_for_contact(**source)
    if taking.intent == Intent.WRONG_PERSON and not taking.from_old_number:
        yield triage.wrong_person(**source)
    if answers_late(taking) and not reading.is_none:
        yield triage.late_answer(symptom="pigment" if "pigment" in reading.other else "", **source)
    kind = _unread_kind(taking)
    if kind is not None:
        yield triage.unread_message(kind=kind, **source)


def asks(taking: Taking) -> bool:
    """A question or a wish for contact beside what can be logged."""
    if taking.intent == Intent.HELP:
        return not keywords.is_keyword(taking.incoming.body) or bool(cases.standing_case(taking.treatment))
    return taking.reading.also_question or taking.intent == Intent.QUESTION


def answers_late(taking: Taking) -> bool:
    """Whether the text answers the late question, with "none" or with anything else."""
    return taking.late is not None and taking.is_hers and taking.intent not in _NO_ANSWER


def unread_again(taking: Taking) -> bool:
    """Not readable, a minute or more (or a new check-in) after we asked about an unreadable text.

    However long ago that was in this treatment: who is unreadable once a day is seen as well.
    """
    if taking.intent != Intent.UNCLEAR or taking.fragment:
        return False
    until = taking.received.sent_at
    question = taking.thread.last_worded(taking.treatment.id, ASKED_AGAIN, until)
    if question is None or _understood_since(taking, question):
        return False
    pause = timedelta(minutes=taking.protocol.unread_again_minutes)
    waited = taking.received.written_at - question.created_at >= pause
    return waited or taking.thread.last_question_place(until) > question.place


def asked_recently(taking: Taking) -> frozenset[str]:
    """With which wordings we asked about a text a moment ago; a new check-in makes all of them old."""
    since = taking.now - timedelta(minutes=taking.protocol.clarification_minutes)
    question = taking.thread.last_question_place()
    number = taking.received.phone_hash or b""
    return taking.thread.wordings_since(number, taking.clinic.id, since, after=question) & ASKING


def _unread_kind(taking: Taking) -> str | None:
    """Why a nurse must read the text herself."""
    if taking.incoming.media:
        return "photo_mild_report" if _is_mild(taking) else "photo"
    if taking.received.sent_at is not None and not taking.incoming.body:  # before a restored dump
        return "emptied"
    if taking.from_old_number:
        return "old_number" if taking.intent in (Intent.REPORT, Intent.UNCLEAR) else None
    if taking.late is None and unread_again(taking):
        return "fine" if taking.reading.is_fine else "unclear"
    return None


def _is_mild(taking: Taking) -> bool:
    scores = taking.report.scores.values() if taking.report else ()
    return bool(scores) and all(score.value < taking.protocol.persisting_soon_from for score in scores)


def _understood_since(taking: Taking, question: Line) -> bool:
    return any(
        line.intent not in (Intent.UNCLEAR, Intent.ACK, None)
        for line in taking.thread.written_after(question, taking.received.sent_at)
        if line.id != taking.received.id
    )
