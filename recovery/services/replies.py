"""A known patient's text: obeyed, logged, triaged whatever its intent, and answered by rank."""

from datetime import datetime, timedelta

from recovery.domain import answers, targets, wording
from recovery.domain.vocabulary import CheckInStatus, Intent, Priority, ReportSource, Rule, Score
from recovery.models.case import FlaggedCase
from recovery.queries import cases, treatments
from recovery.services import answering, assessing, corrections, noticing, opt_outs, reports, silence
from recovery.services import recoveries as healing
from recovery.services.answering import Answered
from recovery.services.reports import Said
from recovery.services.situations import situation
from recovery.services.understanding import Arrival, Taking, understand
from recovery.services.values import hours_of


def take(arrival: Arrival) -> Answered | None:
    """Act on a text of a patient; gives its answer, if any."""
    taking, case, recovered = _taken(arrival)
    return _answer(taking, case, recovered=recovered)


def take_in(arrival: Arrival) -> None:
    """The same for a text that is answered by nobody any more."""
    _taken(arrival)


def _taken(arrival: Arrival) -> tuple[Taking, FlaggedCase | None, bool]:
    """The text as it was taken, the case that stands with it, and whether she thereby recovered."""
    treatment = treatments.latest(arrival.followed.recoveries, arrival.received.sent_at)
    cases.lock_cases(treatment)
    taking = understand(arrival, treatment)
    _obey(taking)
    _log(taking)
    case = _settle(taking)
    recovered = taking.report is not None and healing.recover(arrival.patient, treatment, arrival.now)
    return taking, case, recovered


def _obey(taking: Taking) -> None:
    """STOP, START and "wrong number", and what else a text changes for the texts that are to come."""
    patient, written_at = taking.patient, taking.received.written_at
    if not taking.taken_back:
        _obey_keyword(taking)
    if taking.from_old_number:
        return
    if taking.intent == Intent.WRONG_PERSON:
        patient.number_doubted_at = patient.number_doubted_at or taking.now
    if taking.conversation:
        goes_on = written_at + timedelta(hours=taking.protocol.conversation_hours)
        patient.conversation_until = max(patient.conversation_until or goes_on, goes_on)
    if taking.late is not None and noticing.answers_late(taking):
        taking.late.status, taking.late.answered_at = CheckInStatus.ANSWERED, taking.now


def _obey_keyword(taking: Taking) -> None:
    """STOP and START: another number than hers speaks for itself alone, whoever held that phone."""
    patient, phone_hash = taking.patient, taking.received.phone_hash or b""
    written_at = taking.received.written_at
    if taking.is_from_another_phone:
        opt_outs.obey_number(taking.intent, taking.clinic.id, phone_hash, written_at)
    elif taking.intent == Intent.OPT_OUT:
        opt_outs.stop(patient, phone_hash, written_at)
    elif taking.intent == Intent.OPT_IN:
        opt_outs.start(patient, phone_hash, written_at)


def _log(taking: Taking) -> None:
    """Keep what can be logged as a report; scores only where a nurse would be sure of them."""
    if not taking.is_hers:
        return
    reading = taking.reading
    scores = _scores(taking)
    said = Said(scores, reading.red_flags, reading.concerns, noticing.asks(taking))
    if said.is_empty:
        return
    received = taking.received
    corrects = corrections.replaced_by(
        taking.patient,
        taking.treatment,
        said,
        taking.where,
        received.written_at,
        cue=taking.corrects,
        until=received.sent_at,
    )
    taking.report = reports.store(
        taking.patient,
        taking.treatment,
        said,
        taking.where,
        received.written_at,
        ReportSource.SMS,
        taking.now,
        corrects=corrects,
        message_id=received.id,
    )
    if corrects or taking.report.is_late:
        healing.reconsider(taking.treatment, taking.now)


def _scores(taking: Taking) -> dict[str, Score]:
    """What is logged: of a text found late nothing that she wrote anew soon after."""
    if not _scores_count(taking):
        return {}
    scores = {**taking.reading.scores, **taking.reading.other}
    if taking.received.sent_at is None:
        return scores
    anew = corrections.corrected_since(taking.treatment, taking.where.day, taking.received.sent_at)
    return {symptom: score for symptom, score in scores.items() if symptom not in anew}


def _scores_count(taking: Taking) -> bool:
    """Not in an answer to the late question, nor bare numbers written to a nurse."""
    if taking.late is not None:
        return False
    return not taking.conversation or any(each.isalpha() for each in taking.incoming.body)


def _settle(taking: Taking) -> FlaggedCase | None:
    """The case that stands with this text; who stops is watched by nobody, which a nurse must see."""
    patient, treatment, now = taking.patient, taking.treatment, taking.now
    taking.evidence = tuple(noticing.evidence(taking))
    broken = _breaks_silence(taking)
    case = assessing.assess(
        patient, treatment, now, taking.evidence, silence_broken=broken, cases_locked=True
    )
    if _needs_a_phone_call(taking, case):
        source, elsewhere = str(taking.received.id), taking.is_from_another_phone and not taking.opted_out
        case = opt_outs.flag(patient, treatment, now, source_id=source, elsewhere=elsewhere) or case
    if case is not None:
        case.unread_messages += 1
    return case


def _breaks_silence(taking: Taking) -> bool:
    report = taking.report
    return report is not None and reports.is_answer(report) and silence.is_broken_by(report, taking.treatment)


def _needs_a_phone_call(taking: Taking, case: FlaggedCase | None) -> bool:
    """Whether the nurse must hear that no text reaches her: at the STOP, and in every later case."""
    if taking.from_old_number or taking.intent == Intent.OPT_IN:
        return False
    if not taking.opted_out:
        return taking.intent == Intent.OPT_OUT and not taking.taken_back
    return case is not None and not any(flag.rule == Rule.OPTED_OUT for flag in case.flags)


def _answer(taking: Taking, case: FlaggedCase | None, *, recovered: bool) -> Answered | None:
    if taking.doubted or (taking.from_old_number and not taking.reading.red_flags):
        return None
    asked = situation(taking, case, recovered=recovered)
    patient, treatment, region = taking.patient, taking.treatment, taking.clinic.region
    promised = targets.shown_when(hours_of(taking.clinic), _promised(taking, case))
    fillings: dict[str, object] = {
        "when": wording.when(promised, taking.clinic.timezone, patient.language, region),
        "day": taking.where.day,
        "last": taking.protocol.expected(treatment.needle_depth_mm, treatment.device).days,
    }
    if asked.missing:
        fillings |= wording.partial(asked.missing, patient.language, region, patient.skin_type)
    return answering.write(
        answers.choose(asked),
        taking.clinic,
        taking.received,
        taking.thread,
        taking.now,
        switches=taking.followed.switches,
        patient=patient,
        treatment_id=treatment.id,
        from_twiml=taking.incoming.from_twiml,
        **fillings,
    )


def _promised(taking: Taking, case: FlaggedCase | None) -> datetime:
    """By when a nurse looks: the case's target, or a fresh one where that has passed already."""
    if case is None:
        return taking.now
    fresh = targets.due(taking.protocol, hours_of(taking.clinic), Priority(case.priority), taking.now)
    return case.due_at if case.due_at > taking.now else fresh
