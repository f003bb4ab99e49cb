"""The row of an answer: of the transaction of the text it answers, with its slot or its place in the cap."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from recovery.domain.answers import SAFETY, Answer
from recovery.domain.protocol import DEFAULT
from recovery.domain.thread import Thread
from recovery.models.clinic import Clinic
from recovery.models.message import Message
from recovery.models.patient import Patient
from recovery.queries.switches import Switches
from recovery.services import caps, lateness, queued
from recovery.services.texts import compose


@dataclass(frozen=True, slots=True)
class Answered:
    """The text that answers one, and the id of its row."""

    message_id: UUID
    body: str


def write(
    answer: Answer | None,
    clinic: Clinic,
    received: Message,
    thread: Thread,
    now: datetime,
    *,
    switches: Switches,
    patient: Patient | None = None,
    treatment_id: UUID | None = None,
    from_twiml: bool,
    **fillings: object,
) -> Answered | None:
    """Write the answer down and give it; `switches`: as they stand.

    None where silence is right, sending is held, the cap is met or the text was found too late. An
    answer that goes back with the webhook counts as handed over now, and is in doubt if nothing is
    heard of it within the lease.
    """
    if answer is None or received.phone is None or received.phone_hash is None:
        return None
    if not lateness.is_answered(received, now, safety=answer.safety):
        return None
    if not answer.safety and (switches.held or clinic.texting_off_at is not None):
        return None
    if thread.has_answer_waiting(received.phone_hash):  # before the count: a claim locks a text, then that
        lateness.withdraw_answers(received)
    if not answer.safety and from_twiml and not caps.count(received.phone_hash, now):
        return None
    language = patient.language if patient else clinic.language
    timezone = patient.timezone if patient else clinic.timezone
    due_at, expires_at = lateness.times(received, timezone, now, safety=answer.safety)
    body = compose(answer.key, clinic, language, **fillings)
    written = queued.add(
        kind="safety" if answer.safety else "answer",
        wording=answer.key,
        body=body,
        dedupe_key=f"answer:{received.id}",
        clinic=clinic,
        phone=received.phone,
        now=now,
        due_at=due_at,
        expires_at=expires_at,
        patient=patient,
        treatment_id=treatment_id,
        answers_id=received.id,
        leaves_with=switches if from_twiml else None,
        anew=True,
    )
    return Answered(written, body) if written else None


def safety_recently(received: Message, thread: Thread, clinic: Clinic, now: datetime) -> frozenset[str]:
    """The safety texts that went to this number so lately that the same one is not sent again."""
    since = now - timedelta(minutes=DEFAULT.safety_text_minutes)
    return thread.wordings_since(received.phone_hash or b"", clinic.id, since) & SAFETY


def is_third_same(received: Message, thread: Thread, now: datetime) -> bool:
    """Whether this is the third same text in a while: two robots talking.

    A patient may well say the same to each of our questions; she is counted from the latest on.
    """
    until = received.sent_at
    since = (until or now) - timedelta(minutes=DEFAULT.same_text_minutes)
    asked = thread.last_question(until)
    same = thread.same_since(
        received.phone_hash or b"", received.body_hash or b"", since, after=asked, until=until
    )
    return same >= DEFAULT.same_text_times
