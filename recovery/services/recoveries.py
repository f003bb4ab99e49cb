"""How a recovery goes on: recovered, ended, silent, or never texted."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from recovery.db import db, reading, writing
from recovery.domain import casework, plan, triage
from recovery.domain.days import day_of
from recovery.domain.protocol import DEFAULT, Protocol
from recovery.domain.triage import Evidence
from recovery.domain.vocabulary import CaseStatus, CheckInKind, CheckInStatus, Rule, TreatmentStatus
from recovery.models.case import FlaggedCase
from recovery.models.patient import Patient
from recovery.models.treatment import Treatment
from recovery.queries import cases, patients, treatments
from recovery.services import assessing, gate, planning, queued, silence
from recovery.services.one_by_one import apart, until_stopped
from recovery.services.values import facts_of, hours_of, protocol_of, told


@dataclass
class Counts:
    missed: int = 0
    flagged: int = 0
    recovered: int = 0
    ended: int = 0
    woken: int = 0


def review(clock: Callable[[], datetime]) -> Counts:
    """Look at every recovery that time alone may have changed; one patient a transaction."""
    counts = Counts()
    now = clock()
    with reading():
        due = treatments.treatments_to_review(
            now,
            unanswered_since=now - timedelta(hours=DEFAULT.no_answer_hours),
            late_unanswered_since=now - timedelta(days=DEFAULT.late_answer_days),
        )
        snoozed = cases.patients_with_snoozes_over(now)
    for treatment_id in until_stopped(due):
        with apart("review_failed", treatment=treatment_id), writing():
            patient = patients.locked_patient_of(treatment_id)
            if patient is not None:
                _review_patient(patient, clock(), counts)
    for patient_id, case_id in until_stopped(snoozed):
        with apart("wake_failed", case=case_id), writing():
            counts.woken += _wake(patient_id, case_id, clock())
    return counts


def recover(patient: Patient, treatment: Treatment, now: datetime) -> bool:
    """End the daily texts if the reports are clear and no case needs a nurse; whether that was so."""
    if treatment.status != TreatmentStatus.RECOVERING:
        return False
    reports = day_reports([told(report) for report in treatments.standing_reports(treatment)])
    if not triage.recovered(protocol_of(treatment), reports):
        return False
    row = cases.standing_case(treatment)
    raised = triage.is_raised(protocol_of(treatment), facts_of(treatment, patient))
    if row is not None and not casework.closes_by_itself(assessing.as_case(row), raised=raised):
        return False
    treatment.status = TreatmentStatus.RECOVERED
    treatment.recovered_at = now
    cancel_check_ins(treatment, but_late=True)
    return True


def reconsider(treatment: Treatment, now: datetime) -> None:
    """A correction may take back what made her recovered: then the daily texts go on."""
    if treatment.status != TreatmentStatus.RECOVERED:
        return
    reports = day_reports([told(report) for report in treatments.standing_reports(treatment)])
    if triage.recovered(protocol_of(treatment), reports):
        return
    treatment.status, treatment.recovered_at = TreatmentStatus.RECOVERING, None
    for check_in in treatment.check_ins:
        if check_in.status == CheckInStatus.CANCELLED and check_in.due_at > now:
            check_in.status = CheckInStatus.PLANNED
    db.session.flush()


def cancel_check_ins(treatment: Treatment, *, but_late: bool) -> None:
    """Cancel what is planned and what is queued; the late question stays where `but_late`."""
    for check_in in treatment.check_ins:
        check_in.reminder_at = None
        waiting = check_in.status in (CheckInStatus.PLANNED, CheckInStatus.SENDING) and not check_in.sent_at
        if waiting and not (but_late and check_in.kind == CheckInKind.LATE):
            check_in.status = CheckInStatus.CANCELLED
    db.session.flush()
    queued.withdraw_of(treatment, but_late=but_late)


def day_reports(reports: list[triage.Report]) -> list[triage.Report]:
    """The reports in order, parts of one day's answer joined, so that a completed answer counts as one."""
    joined: list[triage.Report] = []
    for report in triage.in_turn(reports):
        last = joined[-1] if joined else None
        if last is None or last.day != report.day or not _is_partial(last):
            joined.append(report)
            continue
        joined[-1] = replace(
            report,
            scores={**last.scores, **report.scores},
            red_flags=(*last.red_flags, *report.red_flags),
            concerns=(*last.concerns, *report.concerns),
            question=last.question or report.question,
        )
    return joined


def _is_partial(report: triage.Report) -> bool:
    return not triage.is_clear(report) and not {"redness", "swelling", "itching"} <= report.scores.keys()


def _review_patient(patient: Patient, now: datetime, counts: Counts) -> None:
    for treatment in treatments.treatments_of(patient.id):
        missed = silence.mark_missed(treatment, now)
        counts.missed += len(missed)
        evidence = silence.evidence_of(patient, treatment) if missed and _is_followed(treatment) else None
        counts.flagged += evidence is not None and _flag(patient, treatment, evidence, now)
        if treatment.status == TreatmentStatus.RECOVERING:
            protocol = protocol_of(treatment)
            evidence = _not_texted(patient, treatment, protocol, now)
            counts.flagged += evidence is not None and _flag(patient, treatment, evidence, now)
            counts.recovered += recover(patient, treatment, now)
            counts.ended += _end_of_recovery(patient, treatment, protocol, now)
            planning.look_anew(patient, treatment, now)


def _is_followed(treatment: Treatment) -> bool:
    """Whether a silence of its check-ins matters: under way, or just ended by its days alone."""
    if treatment.status != TreatmentStatus.ENDED:
        return treatment.status == TreatmentStatus.RECOVERING
    latest = treatments.latest_treatment(treatment.patient_id)
    return treatment.end_reason is None and latest is not None and latest.id == treatment.id


def _flag(patient: Patient, treatment: Treatment, evidence: Evidence, now: datetime) -> bool:
    before = cases.standing_case(treatment)
    seen = before.version if before else 0
    after = assessing.assess(patient, treatment, now, [evidence])
    return after is not None and (before is None or after.version != seen)


def _not_texted(patient: Patient, treatment: Treatment, protocol: Protocol, now: datetime) -> Evidence | None:
    """From day 3: a patient whom no text reaches, and whom nobody asked yet."""
    day = day_of(treatment.treated_at, now, patient.timezone)
    reason = gate.texting(patient)
    if reason == "on" and patient.number_doubted_at is not None and not _is_asked_whose(treatment):
        reason = "doubted"
    if day < protocol.not_texted_day or reason == "on":
        return None
    stopped = patients.standing_opt_outs(patient.clinic_id, patient.id, patient.phone_hash)
    if reason == "opted_out" and all(each.opted_out_at >= treatment.created_at for each in stopped):
        return None
    return triage.not_texted(
        source_id=str(treatment.id), seq=patient.take_seq(), day=protocol.not_texted_day, reason=reason
    )


def _is_asked_whose(treatment: Treatment) -> bool:
    """Whether a nurse is still asked whose number it is: the reminder must outlive her answer."""
    row = cases.standing_case(treatment)
    return row is not None and any(flag.rule == Rule.WRONG_PERSON for flag in row.flags)


def _end_of_recovery(patient: Patient, treatment: Treatment, protocol: Protocol, now: datetime) -> bool:
    end = plan.end(protocol, treatment.treated_at, patient.timezone)
    if treatment.status != TreatmentStatus.RECOVERING or now < end:
        return False
    treatment.status = TreatmentStatus.ENDED
    treatment.ended_at = now
    cancel_check_ins(treatment, but_late=True)
    return True


def _wake(patient_id: UUID, case_id: UUID, now: datetime) -> bool:
    patient = patients.locked_patient(patient_id)
    row = cases.locked_case(case_id)
    if patient is None or row is None or row.snoozed_until is None or row.snoozed_until > now:
        return False
    change = partial(casework.wake, raised=_is_raised(patient, row))
    return _keep_changed(patient, row, now, change, woken=True)


def escalate(clock: Callable[[], datetime]) -> int:
    """Raise what nobody looked at in twice its target; how many cases rose."""
    with reading():
        rising = cases.patients_with_rising_cases(clock())
    risen = 0
    for patient_id, case_id in until_stopped(rising):
        with apart("escalate_failed", case=case_id), writing():
            patient, row = patients.locked_patient(patient_id), cases.locked_case(case_id)
            if patient is not None and row is not None:
                risen += _keep_changed(patient, row, clock(), casework.escalate)
                row.rises_at = casework.rises_at(
                    protocol_of(row.treatment), hours_of(patient.clinic), assessing.as_case(row)
                )
    return risen


def _keep_changed(
    patient: Patient,
    row: FlaggedCase,
    now: datetime,
    change: Callable[..., casework.Case],
    *,
    woken: bool = False,
) -> bool:
    before = assessing.as_case(row)
    after = change(protocol_of(row.treatment), hours_of(patient.clinic), before, now)
    if after == before:
        return False
    assessing.keep(row, before, after, now, woken=woken)
    if after.status == CaseStatus.RESOLVED:
        row.closed_seq = patient.take_seq()
    return True


def _is_raised(patient: Patient, row: FlaggedCase) -> bool:
    treatment = db.session.get_one(Treatment, row.treatment_id)
    return triage.is_raised(protocol_of(treatment), facts_of(treatment, patient))
