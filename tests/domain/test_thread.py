"""What a thread tells: our last question, what was written after it, and what went to a number lately."""

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

from recovery.domain.thread import Line, Thread

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
MARIA, CLINIC, TREATMENT, CHECK_IN = (UUID(int=each) for each in range(1, 5))
HER_PHONE = b"her phone"
_ids = count(100)


def test_the_last_question_is_the_latest_that_went_by_its_place() -> None:
    first, second, planned = asked(1), asked(2), asked(3, status="queued")
    assert thread(second, planned, first).last_question() == second
    assert thread(planned).last_question() is None
    assert thread(planned).last_question_place() == 0


def test_a_text_found_late_is_read_by_the_question_that_stood_then() -> None:
    first, second = asked(1, claimed_at=at(0)), asked(2, claimed_at=at(60))
    assert thread(first, second).last_question(until=at(30)) == first
    assert thread(first, second).last_question(until=at(60)) == second


def test_another_patients_question_to_the_same_number_is_not_hers() -> None:
    assert thread(asked(1, patient_id=UUID(int=9))).last_question() is None


def test_a_reminder_is_no_first_text_of_a_check_in() -> None:
    reminder, question = asked(2, kind="reminder", check_in_id=CHECK_IN), asked(1, check_in_id=CHECK_IN)
    assert thread(reminder, question).question_of(CHECK_IN) == question
    assert thread(reminder).question_of(CHECK_IN) is None


def test_what_was_written_after_a_question_goes_by_place_whatever_the_clock_said() -> None:
    question = asked(2, claimed_at=at(0))
    before, after = wrote(1, created_at=at(5)), wrote(3, created_at=at(-5))
    assert thread(before, after, question).written_after(question) == [after]
    assert thread(before, after, question).written_after(None) == [after, before]


def test_a_text_found_late_has_its_place_by_when_it_was_sent() -> None:
    question = asked(2, claimed_at=at(0))
    prompt = wrote(3, created_at=at(10))
    late, later_still = wrote(4, sent_at=at(5)), wrote(5, sent_at=at(-5))
    told = thread(question, prompt, late, later_still)
    assert told.written_after(question) == [prompt, late]
    assert told.written_after(question, until=at(5)) == [late]


def test_wordings_are_of_one_number_and_clinic_and_of_what_went() -> None:
    lines = (
        ours(1, "emergency", created_at=at(-40)),
        ours(2, "infection"),
        ours(3, "clarification", status="cancelled"),
        ours(4, "thanks", phone_hash=b"another phone"),
        ours(5, "help", clinic_id=UUID(int=8)),
        ours(None, "unknown_number", patient_id=None),
    )
    told = thread(*lines)
    assert told.wordings_since(HER_PHONE, CLINIC, at(-30)) == {"infection", "unknown_number"}
    assert told.wordings_since(HER_PHONE, CLINIC, at(-30), after=1) == {"infection"}


def test_the_same_text_is_counted_from_our_question_on() -> None:
    question = asked(2)
    lines = (wrote(1), question, wrote(3), wrote(4), wrote(5, body_hash=b"another text"))
    since = {"since": at(-30), "until": None}
    assert thread(*lines).same_since(HER_PHONE, b"ok", after=question, **since) == 2
    assert thread(*lines).same_since(HER_PHONE, b"ok", after=None, **since) == 3
    assert thread(*lines).same_since(HER_PHONE, b"ok", after=None, since=at(1), until=None) == 0


def test_the_last_wording_of_a_treatment_may_still_wait_but_is_not_cancelled() -> None:
    waits, cancelled = ours(1, "clarification", status="queued"), ours(2, "clarification", status="cancelled")
    elsewhere = ours(3, "clarification", treatment_id=UUID(int=7))
    found = thread(waits, cancelled, elsewhere).last_worded(TREATMENT, ("clarification", "partial"))
    assert found == waits


def thread(*lines: Line) -> Thread:
    return Thread(MARIA, lines)


def at(minutes: int) -> datetime:
    return NOON + timedelta(minutes=minutes)


def asked(place: int, **more: Any) -> Line:
    return _line(place, **{"kind": "check_in", "status": "sent", "claimed_at": NOON, **more})


def ours(place: int | None, wording: str, **more: Any) -> Line:
    return _line(place, **{"kind": "answer", "status": "sent", "wording": wording, **more})


def wrote(place: int, **more: Any) -> Line:
    return _line(place, **{"direction": "inbound", "status": "received", "body_hash": b"ok", **more})


def _line(place: int | None, **more: Any) -> Line:
    values = {
        "id": UUID(int=next(_ids)),
        "clinic_id": CLINIC,
        "patient_id": MARIA,
        "treatment_id": TREATMENT,
        "check_in_id": None,
        "seq": place,
        "direction": "outbound",
        "kind": None,
        "wording": None,
        "intent": None,
        "phone_hash": HER_PHONE,
        "body_hash": None,
        "twilio_sid": None,
        "claimed_at": None,
        "sent_at": None,
        "created_at": NOON,
        **more,
    }
    return Line(**values)
