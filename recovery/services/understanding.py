"""One text of a known patient, read in its place: who wrote, what was asked, what came just before."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from recovery.domain.answers import ASKED_AGAIN
from recovery.domain.protocol import Protocol
from recovery.domain.reading.read import read
from recovery.domain.reading.reading import Reading
from recovery.domain.thread import Thread
from recovery.domain.triage import Evidence
from recovery.domain.vocabulary import CORE, CaseStatus, CheckInKind, CheckInStatus, Intent, Score
from recovery.models.clinic import Clinic
from recovery.models.message import Message
from recovery.models.patient import Patient
from recovery.models.report import Report
from recovery.models.treatment import CheckIn, Treatment
from recovery.queries import cases, messages, treatments
from recovery.queries.treatments import Followed
from recovery.services import keywords, lateness, pieces, reports
from recovery.services.incoming import Incoming
from recovery.services.reports import Place
from recovery.services.values import protocol_of

_QUESTIONS = (*ASKED_AGAIN, "partial", "partial_one")


@dataclass(kw_only=True)
class Arrival:
    """One text of a patient under treatment as it came, with what it rests on; all of it is locked."""

    clinic: Clinic
    patient: Patient
    followed: Followed
    thread: Thread  # her texts in both directions, this one included
    received: Message
    incoming: Incoming
    now: datetime
    from_old_number: bool


@dataclass(kw_only=True)
class Taking(Arrival):
    """One text on its way through: what was read, and what it led to."""

    treatment: Treatment
    protocol: Protocol
    opted_out: bool  # before this text
    doubted: bool  # held as somebody else's number, before this text
    conversation: bool  # with a nurse, when this was written
    taken_back: bool  # a STOP or START that is no longer her last word
    late: CheckIn | None  # the late question that is open
    where: Place
    reading: Reading
    intent: Intent
    fragment: bool  # a piece of an answer that comes in pieces
    corrects: bool  # it says that what was told before was wrong
    report: Report | None = None
    evidence: tuple[Evidence, ...] = ()  # what a nurse should see besides the report

    @property
    def sources(self) -> list[UUID]:
        return [self.received.id, *([self.report.id] if self.report else [])]

    @property
    def is_hers(self) -> bool:
        """Whether the scores in it can be the patient's own, and of this treatment."""
        stranger = self.from_old_number or self.doubted or self.intent == Intent.WRONG_PERSON
        return not (stranger or self.is_of_before)

    @property
    def is_from_another_phone(self) -> bool:
        """Whether its STOP or START is of a number that is not hers, and so not about her texts."""
        return self.from_old_number or self.received.phone_hash != self.patient.phone_hash

    @property
    def is_of_before(self) -> bool:
        """Whether it was written before the treatment, of a text that came to be read only afterwards."""
        sent_at = self.received.sent_at
        return sent_at is not None and sent_at < self.treatment.treated_at


def understand(arrival: Arrival, treatment: Treatment) -> Taking:
    """Read a text, and keep with it how it was read."""
    patient, received, thread = arrival.patient, arrival.received, arrival.thread
    incoming, followed = arrival.incoming, arrival.followed
    protocol = protocol_of(treatment)
    written_at, until = received.written_at, received.sent_at
    where = reports.place(patient, treatment, written_at, until)
    previous = _previous(treatment, until)
    asked = _asked(treatment, where, thread, until)
    alone = read(incoming.body, asked=asked, previous=previous, lang=patient.language)
    together = pieces.put_together(alone, patient, received, thread, protocol, previous, asked)
    reading = together.reading
    intent = keywords.intent_of(reading, incoming.opt_out_type)
    received.treatment_id = treatment.id
    received.intent = intent
    received.reading = pieces.to_keep(together)
    return Taking(
        **vars(arrival),
        treatment=treatment,
        protocol=protocol,
        opted_out=followed.opted_out and patient.phone is not None and patient.consented_at is not None,
        doubted=_is_doubted(arrival),
        conversation=_in_conversation(patient, received, protocol) and _is_seen_to(treatment),
        taken_back=lateness.is_taken_back(received, intent),
        late=_late_question(patient, followed.recoveries, treatment, received, thread),
        where=where,
        reading=reading,
        intent=intent,
        fragment=together.fragment,
        corrects=together.corrects,
    )


def _is_doubted(arrival: Arrival) -> bool:
    """Whether a text comes from a number that may not be hers; what a nurse attached is hers."""
    patient = arrival.patient
    is_from_hers = arrival.from_old_number or arrival.received.phone_hash == patient.phone_hash
    return is_from_hers and patient.number_doubted_at is not None


def _in_conversation(patient: Patient, received: Message, protocol: Protocol) -> bool:
    """Whether a nurse was talking with her when she wrote; a text found late may be older than their talk."""
    until = patient.conversation_until
    if until is None or received.written_at >= until:
        return False
    last_text_at = until - timedelta(hours=protocol.conversation_hours)
    return received.sent_at is None or received.sent_at >= last_text_at


def _is_seen_to(treatment: Treatment) -> bool:
    """Whether the treatment's case is on the list: neither resolved nor put away."""
    case = cases.standing_case(treatment)
    return case is not None and case.status != CaseStatus.SNOOZED


def _asked(treatment: Treatment, where: Place, thread: Thread, until: datetime | None) -> Sequence[str]:
    """What the last text asked for: all three, or what the day's answer still lacks (`until`: lacked).

    Once a clarification has asked for all three anew, a lone "no" or "7" would only be a guess at
    the one that lacks.
    """
    lacking = reports.missing(reports.day_scores(treatment, where.day, until))
    if not 0 < len(lacking) < len(CORE) or _asked_anew(treatment, thread, until):
        return CORE
    return lacking


def _asked_anew(treatment: Treatment, thread: Thread, until: datetime | None) -> bool:
    """Whether a clarification is our last question since the day's check-in."""
    last = thread.last_worded(treatment.id, _QUESTIONS, until)
    if last is None or last.wording not in ASKED_AGAIN:
        return False
    return last.place > thread.last_question_place(until)


def _previous(treatment: Treatment, until: datetime | None) -> dict[str, int | Score] | None:
    """The last complete scores, for "same as yesterday"; a day told in parts counts as well."""
    days = {report.day for report in treatments.standing_reports(treatment, until)}
    for day in sorted(days, reverse=True):
        scores = reports.day_scores(treatment, day, until)
        if not reports.missing(scores):
            return {symptom: scores[symptom] for symptom in CORE}
    return None


def _late_question(
    patient: Patient, recoveries: Sequence[Treatment], latest: Treatment, received: Message, thread: Thread
) -> CheckIn | None:
    """The late question of any treatment, while its meaning lasts and no earlier text settled it.

    A new treatment leaves it open until its own first check-in is sent.
    """
    until = received.sent_at
    for treatment in recoveries:
        since = received.written_at - timedelta(days=protocol_of(treatment).late_answer_days)
        asked = treatments.last_asked(treatment, CheckInKind.LATE, since, until)
        if asked is None or asked.sent_at is None:
            continue
        if asked.status == CheckInStatus.ANSWERED and _is_settled(asked, patient, received, thread):
            continue
        if treatments.last_asked(latest, CheckInKind.CHECK_IN, asked.sent_at, until) is None:
            return asked
    return None


def _is_settled(asked: CheckIn, patient: Patient, received: Message, thread: Thread) -> bool:
    """Whether the patient said "none" or what there is; a question or an unclear text leaves it open."""
    wrote = [
        line
        for line in thread.written_after(thread.question_of(asked.id), received.sent_at)
        if line.id != received.id and line.phone_hash == patient.phone_hash
    ]
    return any(
        held.get("none") or held.get("other") or held.get("red_flags") or held.get("concerns")
        for held in map(pieces.kept, messages.texts(wrote))
    )
