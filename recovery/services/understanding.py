"""One text of a known patient, read in its place: who wrote, what was asked, what came just before."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from recovery.domain.protocol import Protocol
from recovery.domain.reading.read import read
from recovery.domain.reading.reading import Reading, as_json
from recovery.domain.vocabulary import CORE, CheckInKind, CheckInStatus, Intent, Score
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

_BURST = timedelta(minutes=30)  # no run of fragments is followed further back
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
    burst = _burst(patient, received, protocol, now)
    reading, joined = _read(patient, treatment, where, incoming.body, burst)
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
        late=_late_question(treatment, protocol, now),
        where=where,
        reading=reading,
        intent=intent,
        fragment=bool(burst) and _is_piece(incoming.body),
    )


def _read(
    patient: Patient, treatment: Treatment, where: Place, body: str, burst: Sequence[str]
) -> tuple[Reading, bool]:
    """The text read alone or, where that makes one whole answer, together with the pieces before it.

    A lone 0 says that all is gone, but not after a piece: then it is one number of several.
    """
    previous = _previous(treatment)
    lacking = reports.missing(reports.day_scores(treatment, where.day))
    asked = lacking if 0 < len(lacking) < len(CORE) else CORE
    alone = read(body, asked=asked, previous=previous, lang=patient.language)
    whole_alone = _is_whole(alone)
    if not burst or (whole_alone and not _is_piece(body)):
        return alone, False
    joined = read("\n".join([*burst, body]), previous=previous, lang=patient.language)
    if _is_whole(joined):
        return joined, True
    return (joined if whole_alone else alone), False


def _burst(patient: Patient, received: Message, protocol: Protocol, now: datetime) -> list[str]:
    """The pieces just before this text, oldest first: each less than two minutes before the next."""
    apart = timedelta(minutes=protocol.fragment_minutes)
    burst: list[str] = []
    newer_at = now
    for message in messages.inbound_since(patient.id, now - _BURST):
        if message.id == received.id:
            continue
        body = message.body or ""
        if newer_at - message.created_at >= apart or not _is_piece(body) or _completed(message):
            break
        burst.append(body)
        newer_at = message.created_at
    return burst[::-1]


def _is_piece(body: str) -> bool:
    """A part of three scores: "3", "3 1", "swelling 1"; and a lone "0", which may be the whole too."""
    if not any(character.isalpha() for character in body):
        numbers = _NUMBERS.findall(body)
        return 0 < len(numbers) < len(CORE) and all(len(number) <= 2 for number in numbers)
    return 0 < len(read(body, asked=CORE[:1]).scores) < len(CORE)


def _completed(message: Message) -> bool:
    """Whether this text was the last piece of an answer."""
    return bool(json.loads(message.reading or "{}").get("joined"))


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


def _late_question(treatment: Treatment, protocol: Protocol, now: datetime) -> CheckIn | None:
    """The late question, while its meaning lasts and nobody answered it."""
    since = now - timedelta(days=protocol.late_answer_days)
    asked = treatments.last_asked(treatment.id, CheckInKind.LATE, since)
    return asked if asked is not None and asked.status != CheckInStatus.ANSWERED else None
