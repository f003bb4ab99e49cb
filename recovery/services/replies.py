"""A known patient's text: read, logged, triaged whatever its intent, and answered by rank."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID
from zoneinfo import ZoneInfo

from recovery.domain import answers, targets, triage, wording
from recovery.domain.answers import ASKING, Situation
from recovery.domain.days import day_of
from recovery.domain.protocol import Protocol
from recovery.domain.reading.read import read
from recovery.domain.reading.reading import Reading, as_json
from recovery.domain.triage import Evidence
from recovery.domain.vocabulary import (
    CORE,
    OTHER,
    CheckInKind,
    CheckInStatus,
    Intent,
    Priority,
    ReportSource,
    Score,
)
from recovery.models.case import FlaggedCase
from recovery.models.clinic import Clinic
from recovery.models.message import Message
from recovery.models.patient import Patient
from recovery.models.report import Report
from recovery.models.treatment import CheckIn, Treatment
from recovery.queries import cases, messages, treatments
from recovery.services import answering, assessing, gate, keywords, opt_outs, recoveries, reports
from recovery.services.reports import Place, Said
from recovery.services.values import hours_of, protocol_of

if TYPE_CHECKING:
    from recovery.services.inbox import Incoming

_HARMLESS = ("tightness", "peeling")


@dataclass
class Taking:
    """One text on its way through: who wrote it, what was read, and what it led to."""

    clinic: Clinic
    patient: Patient
    treatment: Treatment
    protocol: Protocol
    received: Message
    incoming: "Incoming"
    now: datetime
    from_old_number: bool
    silenced: bool  # opted out, or a doubted number, before this text
    conversation: bool
    late: CheckIn | None  # the late question that this text answers
    where: Place
    reading: Reading
    intent: Intent
    fragments: Sequence[Message] = ()
    report: Report | None = None

    @property
    def sources(self) -> list[UUID]:
        return [self.received.id, *([self.report.id] if self.report else [])]


def take(
    clinic: Clinic,
    patient: Patient,
    received: Message,
    incoming: "Incoming",
    now: datetime,
    *,
    from_old_number: bool,
) -> UUID | None:
    """Act on a stored text of a locked patient with a treatment; gives the answer's id, if one is due."""
    treatment = treatments.latest_treatment(patient.id)
    assert treatment is not None  # noqa: S101 (the inbox looked)
    treatment = treatments.locked_treatment(treatment.id) or treatment
    taking = _read(clinic, patient, treatment, received, incoming, now, from_old_number)
    received.treatment_id = treatment.id
    received.intent = taking.intent
    received.reading = json.dumps(as_json(taking.reading), ensure_ascii=False)
    _obey(taking)
    _log(taking)
    case = reports.settle(patient, treatment, now, _evidence(taking), answered=taking.report is not None)
    case = _stopped(taking) or case
    if case is not None:
        case.unread_messages += 1
    recovered = taking.report is not None and recoveries.recover(patient, treatment, now)
    if taking.late is not None:
        taking.late.status, taking.late.answered_at = CheckInStatus.ANSWERED, now
    return _answer(taking, case, recovered)


# --- reading -----------------------------------------------------------------------------------


def _read(
    clinic: Clinic,
    patient: Patient,
    treatment: Treatment,
    received: Message,
    incoming: "Incoming",
    now: datetime,
    from_old_number: bool,
) -> Taking:
    protocol = protocol_of(treatment)
    where = reports.place(patient, treatment, now)
    lacking = reports.missing(reports.day_scores(treatment, where.day))
    asked = lacking if 0 < len(lacking) < len(CORE) else CORE
    previous = _previous(treatment)
    reading = read(incoming.body, asked=asked, previous=previous, lang=patient.language)
    fragments = _fragments(patient, received, protocol, now)
    if fragments and not reading.scores:
        joined = read(
            "\n".join([*(each.body or "" for each in fragments), incoming.body]),
            asked=CORE,
            previous=previous,
            lang=patient.language,
        )
        if set(CORE) <= joined.scores.keys():
            reading = joined
    return Taking(
        clinic=clinic,
        patient=patient,
        treatment=treatment,
        protocol=protocol,
        received=received,
        incoming=incoming,
        now=now,
        from_old_number=from_old_number,
        silenced=gate.texting(patient) == "opted_out" or patient.number_doubted_at is not None,
        conversation=patient.conversation_until is not None and now < patient.conversation_until,
        late=_late_question(treatment, protocol, now),
        where=where,
        reading=reading,
        intent=keywords.intent_of(reading, incoming.opt_out_type),
        fragments=fragments,
    )


def _previous(treatment: Treatment) -> dict[str, int | Score] | None:
    """The scores of the last complete report, for "same as yesterday"."""
    for report in reversed(treatments.standing_reports(treatment.id)):
        if not reports.missing(report.scores):
            return {symptom: report.scores[symptom] for symptom in CORE}
    return None


def _fragments(patient: Patient, received: Message, protocol: Protocol, now: datetime) -> list[Message]:
    """Earlier incomplete texts of this burst, oldest first: each less than two minutes before the next."""
    apart = timedelta(minutes=protocol.fragment_minutes)
    burst: list[Message] = []
    newer_at = now
    for message in messages.inbound_since(patient.id, now - timedelta(minutes=30)):
        if message.id == received.id:
            continue
        if newer_at - message.created_at >= apart or message.intent not in (Intent.UNCLEAR, Intent.REPORT):
            break
        if message.intent == Intent.REPORT and not _was_partial(message):
            break
        burst.append(message)
        newer_at = message.created_at
    return burst[::-1]


def _was_partial(message: Message) -> bool:
    scores = json.loads(message.reading or "{}").get("scores", {})
    return len(scores) < len(CORE)


def _late_question(treatment: Treatment, protocol: Protocol, now: datetime) -> CheckIn | None:
    """The late question, while its meaning lasts and nobody answered it."""
    since = now - timedelta(days=protocol.late_answer_days)
    asked = treatments.last_asked(treatment.id, CheckInKind.LATE, since)
    return asked if asked is not None and asked.status != CheckInStatus.ANSWERED else None


# --- acting ------------------------------------------------------------------------------------


def _obey(taking: Taking) -> None:
    """STOP, START and "wrong number", for the number that the text came from."""
    phone_hash = taking.received.phone_hash or b""
    match taking.intent:
        case Intent.OPT_OUT:
            opt_outs.stop(taking.patient, phone_hash, taking.now)
        case Intent.OPT_IN:
            opt_outs.start(taking.patient, phone_hash, taking.now)
        case Intent.WRONG_PERSON if not taking.from_old_number:
            taking.patient.number_doubted_at = taking.patient.number_doubted_at or taking.now


def _log(taking: Taking) -> None:
    """Keep what can be logged as a report; scores only where a nurse would be sure of them."""
    reading = taking.reading
    scores = {} if _scores_are_not_ours(taking) else {**reading.scores, **reading.other}
    said = Said(scores, reading.red_flags, reading.concerns, _asks(taking))
    if said.is_empty:
        return
    corrects = reports.correctable(
        taking.treatment, said, taking.where, taking.now, cue=reading.is_correction
    )
    taking.report = reports.store(
        taking.patient,
        taking.treatment,
        said,
        taking.where,
        taking.now,
        ReportSource.SMS,
        taking.now,
        corrects=corrects,
        message_id=taking.received.id,
    )


def _scores_are_not_ours(taking: Taking) -> bool:
    """Old numbers, a stranger's hands, the late question, bare numbers to a nurse: words only."""
    if taking.from_old_number or taking.late is not None or taking.intent == Intent.WRONG_PERSON:
        return True
    return taking.conversation and not any(each.isalpha() for each in taking.incoming.body)


def _asks(taking: Taking) -> bool:
    """A question or a wish for contact beside what can be logged."""
    if taking.intent == Intent.HELP:
        return not keywords.is_keyword(taking.incoming.body) or cases.has_standing_case(taking.treatment.id)
    return taking.reading.also_question or taking.intent == Intent.QUESTION


def _evidence(taking: Taking) -> list[Evidence]:
    """What the text itself gives a nurse to read, besides its report."""
    source_id, seq, day = str(taking.received.id), taking.received.seq or 0, _day(taking)
    found: list[Evidence] = []
    if taking.report is None and _asks(taking):
        found.append(triage.asks_for_contact(source_id=source_id, seq=seq, day=day))
    if taking.intent == Intent.WRONG_PERSON and not taking.from_old_number:
        found.append(triage.wrong_person(source_id=source_id, seq=seq, day=day))
    if taking.late is not None and _answers_late(taking):
        found.append(triage.late_answer(source_id=source_id, seq=seq, day=day))
    kind = _unread_kind(taking)
    if kind is not None:
        found.append(triage.unread_message(source_id=source_id, seq=seq, day=day, kind=kind))
    return found


def _answers_late(taking: Taking) -> bool:
    quiet = (Intent.ACK, Intent.OPT_OUT, Intent.OPT_IN, Intent.HELP, Intent.WRONG_PERSON)
    return not taking.reading.is_none and taking.intent not in quiet


def _unread_kind(taking: Taking) -> str | None:
    """Why a nurse must read the text herself: unreadable again, or a photo."""
    if taking.incoming.media:
        mild = taking.report is not None and all(
            score.value < taking.protocol.persisting_soon_from for score in taking.report.scores.values()
        )
        return "photo_mild_report" if mild else "photo"
    if taking.late is None and _unread_again(taking):
        return "fine" if taking.reading.is_fine else "unclear"
    if taking.from_old_number and taking.intent in (Intent.REPORT, Intent.UNCLEAR) and taking.report is None:
        return "unclear"
    return None


def _unread_again(taking: Taking) -> bool:
    """Not readable, a minute or more after our question about an unreadable text."""
    if taking.intent != Intent.UNCLEAR:
        return False
    since = taking.now - timedelta(hours=taking.protocol.reply_hours)
    for wording_key, at in _asked(taking, since):
        if wording_key in ("clarification", "clarification_fine"):
            waited = taking.now - at >= timedelta(minutes=taking.protocol.unread_again_minutes)
            return waited and not _understood_since(taking, at)
    return False


def _understood_since(taking: Taking, at: datetime) -> bool:
    wrote = messages.inbound_since(taking.patient.id, at)
    return any(
        message.intent not in (Intent.UNCLEAR, Intent.ACK, None)
        for message in wrote
        if message.id != taking.received.id
    )


def _stopped(taking: Taking) -> FlaggedCase | None:
    """A patient who stops is watched by nobody: the nurse sees that, once for each time."""
    if taking.intent != Intent.OPT_OUT or taking.silenced:
        return None
    return opt_outs.flag(taking.patient, taking.treatment, taking.now, source_id=str(taking.received.id))


def _day(taking: Taking) -> int:
    return max(day_of(taking.treatment.treated_at, taking.now, taking.patient.timezone), 0)


# --- answering ---------------------------------------------------------------------------------


def _answer(taking: Taking, case: FlaggedCase | None, recovered: bool) -> UUID | None:
    situation = _situation(taking, case, recovered)
    chosen = answers.choose(situation)
    hours = hours_of(taking.clinic)
    due_at = _promised(taking, case)
    expected = taking.protocol.expected(taking.treatment.needle_depth_mm, taking.treatment.device)
    partial = (
        wording.partial(
            situation.missing, taking.patient.language, taking.clinic.region, taking.patient.skin_type
        )
        if situation.missing
        else {}
    )
    return answering.write(
        chosen,
        taking.clinic,
        taking.received,
        taking.now,
        patient=taking.patient,
        treatment_id=taking.treatment.id,
        from_twiml=taking.incoming.from_twiml,
        when=wording.when(targets.shown_when(hours, due_at), taking.clinic.timezone, taking.patient.language),
        day=taking.where.day,
        last=expected.days,
        **partial,
    )


def _situation(taking: Taking, case: FlaggedCase | None, recovered: bool) -> Situation:
    reading, protocol, now = taking.reading, taking.protocol, taking.now
    of_day = reports.day_scores(taking.treatment, taking.where.day) if taking.report else {}
    core = {symptom: of_day[symptom] for symptom in CORE if symptom in of_day}
    scored = taking.report is not None and bool(taking.report.scores.keys() & set(CORE))
    asked_since = now - timedelta(minutes=protocol.clarification_minutes)
    return Situation(
        intent=taking.intent,
        red_flags=frozenset(reading.red_flags),
        is_fine=reading.is_fine,
        photo=bool(taking.incoming.media),
        scores=tuple(score.value for score in core.values()),
        missing=_missing(taking, core, scored),
        approximate=any(score.approximate for score in core.values()),
        other_symptoms=any(
            of_day[name].value > 0 for name in OTHER if name in of_day and name not in _HARMLESS
        )
        or bool(reading.concerns),
        flagged=assessing.weight_of(case, taking.sources),
        case_open=case is not None,
        recovers=recovered,
        usual_limit=protocol.usual(
            taking.treatment.needle_depth_mm, taking.treatment.device, taking.where.day
        ),
        check_in_tomorrow=_is_asked_tomorrow(taking),
        clinic_open=targets.is_open(hours_of(taking.clinic), now),
        silenced=(taking.silenced or _is_doubted_old(taking)),
        keyword_by_provider=keywords.by_provider(taking.incoming.body, taking.incoming.opt_out_type),
        conversation=taking.conversation,
        same_text_third=answering.is_third_same(taking.received, now),
        late_question=taking.late is not None,
        is_none=reading.is_none,
        fragment=bool(taking.fragments),
        unread_again=_unread_again(taking),
        asked_recently=frozenset(key for key, _ in _asked(taking, asked_since)) & ASKING,
        safety_recently=answering.safety_recently(taking.received, taking.clinic, now),
    )


def _promised(taking: Taking, case: FlaggedCase | None) -> datetime:
    """By when a nurse looks: the case's target, or a fresh one where that has passed already."""
    if case is None:
        return taking.now
    fresh = targets.due(taking.protocol, hours_of(taking.clinic), Priority(case.priority), taking.now)
    return case.due_at if case.due_at > taking.now else fresh


def _missing(taking: Taking, core: dict[str, Score], scored: bool) -> tuple[str, ...]:
    """What a partial answer still lacks; nothing is asked of words alone, nor after the daily texts."""
    if not scored or taking.where.day > taking.protocol.last_day:
        return ()
    return reports.missing(core)


def _is_doubted_old(taking: Taking) -> bool:
    """An old number gets no daily talk, only what protects whoever wrote."""
    return taking.from_old_number and not taking.reading.red_flags


def _is_asked_tomorrow(taking: Taking) -> bool:
    zone = ZoneInfo(taking.patient.timezone)
    tomorrow = taking.now.astimezone(zone).date() + timedelta(days=1)
    return not taking.silenced and any(
        check_in.status == CheckInStatus.PLANNED
        and check_in.kind == CheckInKind.CHECK_IN
        and check_in.due_at.astimezone(zone).date() == tomorrow
        for check_in in treatments.check_ins(taking.treatment.id)
    )


def _asked(taking: Taking, since: datetime) -> Sequence[tuple[str, datetime]]:
    return messages.wordings_since(taking.received.phone_hash or b"", taking.clinic.id, since)
