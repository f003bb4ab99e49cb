"""One text of a known patient, read in its place: who wrote, what was asked, what came just before."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from recovery.domain.protocol import Protocol
from recovery.domain.reading.read import read
from recovery.domain.reading.reading import Reading, as_json
from recovery.domain.triage import Evidence
from recovery.domain.vocabulary import CORE, CheckInKind, CheckInStatus, EndReason, Intent, Score
from recovery.models.clinic import Clinic
from recovery.models.message import Message
from recovery.models.patient import Patient
from recovery.models.report import Report
from recovery.models.treatment import CheckIn, Treatment
from recovery.queries import messages, treatments
from recovery.services import gate, keywords, reports
from recovery.services.incoming import Incoming
from recovery.services.reports import Place
from recovery.services.values import protocol_of

_NUMBERS = re.compile(r"\d+")


@dataclass
class Taking:
    """One text on its way through: who wrote it, what was read, and what it led to."""

    clinic: Clinic
    patient: Patient
    treatment: Treatment
    protocol: Protocol
    received: Message
    incoming: Incoming
    now: datetime
    from_old_number: bool
    opted_out: bool  # before this text
    doubted: bool  # held as somebody else's number, before this text
    conversation: bool
    late: CheckIn | None  # the late question that is open
    where: Place
    reading: Reading
    intent: Intent
    fragment: bool  # a piece of an answer that comes in pieces
    report: Report | None = None
    evidence: tuple[Evidence, ...] = ()  # what a nurse should see besides the report

    @property
    def sources(self) -> list[UUID]:
        return [self.received.id, *([self.report.id] if self.report else [])]

    @property
    def is_hers(self) -> bool:
        """Whether the scores in it can be the patient's own."""
        stranger = self.from_old_number or self.doubted or self.intent == Intent.WRONG_PERSON
        return not stranger


def understand(
    clinic: Clinic,
    patient: Patient,
    treatment: Treatment,
    received: Message,
    incoming: Incoming,
    now: datetime,
    *,
    from_old_number: bool,
) -> Taking:
    """Read a stored text of a locked patient, and keep with it how it was read."""
    protocol = protocol_of(treatment)
    where = reports.place(patient, treatment, now)
    wrote = _since_our_question(patient, received, protocol, now)
    alone = _read(patient, treatment, where, incoming.body)
    burst = _burst(wrote, protocol, now, whole=_is_whole(alone))
    reading, joined = _in_its_place(alone, incoming.body, wrote, burst)
    intent = keywords.intent_of(reading, incoming.opt_out_type)
    received.treatment_id = treatment.id
    received.intent = intent
    received.reading = json.dumps({**as_json(reading), "joined": joined}, ensure_ascii=False)
    return Taking(
        clinic=clinic,
        patient=patient,
        treatment=treatment,
        protocol=protocol,
        received=received,
        incoming=incoming,
        now=now,
        from_old_number=from_old_number,
        opted_out=gate.texting(patient) == "opted_out",
        doubted=patient.number_doubted_at is not None,
        conversation=patient.conversation_until is not None and now < patient.conversation_until,
        late=_late_question(patient, treatment, now),
        where=where,
        reading=reading,
        intent=intent,
        fragment=_is_piece(incoming.body) and not all(_is_answer(piece) for piece in burst),
    )


def _read(patient: Patient, treatment: Treatment, where: Place, body: str) -> Reading:
    """The text by itself; what the day still lacks is what was asked."""
    lacking = reports.missing(reports.day_scores(treatment, where.day))
    asked = lacking if 0 < len(lacking) < len(CORE) else CORE
    return read(body, asked=asked, previous=_previous(treatment), lang=patient.language)


def _in_its_place(
    alone: Reading, body: str, wrote: Sequence[Message], burst: Sequence[Message]
) -> tuple[Reading, bool]:
    """The text alone or, where that makes one whole answer, together with the pieces before it.

    A lone 0 says that all is gone, but not after a piece that still waits for its numbers: then it
    is one number of several, joined if it came soon enough and asked about again if not.
    """
    if _is_whole(alone) and not _is_piece(body):
        return alone, False
    pieces = [piece.body or "" for piece in burst]
    joined = read("\n".join([*pieces, body]))
    if burst and _is_whole(joined):
        return joined, True
    if _is_whole(alone) and _waits(wrote):
        why = (*alone.why, "a piece of an answer waits for its numbers")
        return replace(alone, intent=Intent.UNCLEAR, scores={}, is_none=False, why=why), False
    return alone, False


def _since_our_question(
    patient: Patient, received: Message, protocol: Protocol, now: datetime
) -> list[Message]:
    """What came from this number after our latest question and before this text, latest first."""
    since = now - timedelta(hours=protocol.reply_hours)
    return [
        message
        for message in messages.inbound_after(patient.id, messages.last_question_seq(patient.id))
        if message.id != received.id
        and message.phone_hash == received.phone_hash
        and message.created_at > since
    ]


def _burst(wrote: Sequence[Message], protocol: Protocol, now: datetime, *, whole: bool) -> list[Message]:
    """The pieces just before this text, oldest first: each less than two minutes before the next.

    A lone 0 was a whole answer, and is a piece only if something incomplete came after it.
    """
    apart = timedelta(minutes=protocol.fragment_minutes)
    burst: list[Message] = []
    newer_at = now
    for message in wrote:
        if newer_at - message.created_at >= apart or not _is_piece(message.body or "") or _completed(message):
            break
        if whole and _is_answer(message):
            break
        whole = _is_answer(message) and whole
        burst.append(message)
        newer_at = message.created_at
    return burst[::-1]


def _waits(wrote: Sequence[Message]) -> bool:
    """Whether a piece was sent that nothing readable followed."""
    for message in wrote:
        if message.intent == Intent.REPORT:
            return False
        if message.intent == Intent.UNCLEAR and _is_piece(message.body or ""):
            return True
    return False


def _is_piece(body: str) -> bool:
    """A part of three scores: "3", "3 1", "swelling 1"; and a lone "0", which may be the whole too."""
    if not any(character.isalpha() for character in body):
        numbers = _NUMBERS.findall(body)
        return 0 < len(numbers) < len(CORE) and all(len(number) <= 2 for number in numbers)
    return 0 < len(read(body, asked=CORE[:1]).scores) < len(CORE)


def _completed(message: Message) -> bool:
    """Whether this text was the last piece of an answer."""
    return bool(_kept(message).get("joined"))


def _is_answer(message: Message) -> bool:
    """Whether this text was read as a whole answer."""
    return all(symptom in _kept(message).get("scores", {}) for symptom in CORE)


def _kept(message: Message) -> dict[str, Any]:
    """How a text was read when it came."""
    kept: dict[str, Any] = json.loads(message.reading or "{}")
    return kept


def _is_whole(reading: Reading) -> bool:
    return set(CORE) <= reading.scores.keys()


def _previous(treatment: Treatment) -> dict[str, int | Score] | None:
    """The last complete scores, for "same as yesterday"; a day told in parts counts as well."""
    days = {report.day for report in treatments.standing_reports(treatment.id)}
    for day in sorted(days, reverse=True):
        scores = reports.day_scores(treatment, day)
        if not reports.missing(scores):
            return {symptom: scores[symptom] for symptom in CORE}
    return None


def _late_question(patient: Patient, latest: Treatment, now: datetime) -> CheckIn | None:
    """The late question of any treatment, while its meaning lasts and nobody answered it.

    A new treatment leaves it open until its own first check-in is sent.
    """
    for treatment in treatments.treatments_of(patient.id):
        if treatment.end_reason == EndReason.ENTERED_IN_ERROR:
            continue
        since = now - timedelta(days=protocol_of(treatment).late_answer_days)
        asked = treatments.last_asked(treatment.id, CheckInKind.LATE, since)
        if asked is None or asked.sent_at is None or asked.status == CheckInStatus.ANSWERED:
            continue
        if treatments.last_asked(latest.id, CheckInKind.CHECK_IN, asked.sent_at) is None:
            return asked
    return None
