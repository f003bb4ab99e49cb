"""Treatments: begun, corrected, ended; each plans the texts of its recovery."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from recovery.db import db, new_id
from recovery.domain import plan
from recovery.domain.days import date_of
from recovery.domain.errors import Conflict, Invalid
from recovery.domain.plan import Slot
from recovery.domain.vocabulary import CheckInStatus, EndReason, TreatmentStatus
from recovery.models.clinic import Clinic
from recovery.models.patient import Patient
from recovery.models.report import Report
from recovery.models.treatment import CheckIn, Treatment
from recovery.queries import messages, treatments
from recovery.services import assessing, gate, outbox, recoveries, switches
from recovery.services.texts import compose
from recovery.services.values import parsed, protocol_of

_WARNED = {
    "active_infection": "An active infection is noted: needling it is contraindicated.",
    "open_wounds": "Open wounds are noted: needling them is contraindicated.",
    "isotretinoin": "Isotretinoin within a year is noted: a contraindication.",
    "keloid": "A keloid history is noted: a contraindication.",
}


def begin(patient: Patient, now: datetime, *, treated_at: datetime, **details: Any) -> Treatment:
    """Begin a recovery and plan its texts; an earlier recovery ends. The patient's row must be locked.

    Raises Invalid for a moment too far ahead or back, Conflict for a second treatment of one local
    day or one before the recovery that is under way.
    """
    clinic = db.session.get_one(Clinic, patient.clinic_id)
    version = treatments.current_protocol(clinic.id)
    treated_on = date_of(treated_at, patient.timezone)
    _check_moment(patient, treated_at, treated_on, now)
    earlier = treatments.recovering_treatment(patient.id)
    if earlier is not None:
        if treated_at < earlier.treated_at:
            raise Conflict("A later treatment of this patient is already under way.")
        _end(earlier, now, None, but_late=False)
    treatment = Treatment(
        id=new_id(),
        clinic_id=clinic.id,
        patient_id=patient.id,
        protocol_version_id=version.id,
        treated_at=treated_at,
        treated_on=treated_on,
        status=TreatmentStatus.RECOVERING,
        version=1,
        created_at=now,
        **details,
    )
    db.session.add(treatment)
    db.session.flush()
    _plan(patient, clinic, treatment, now)
    welcome(patient, clinic, treatment, now)
    return treatment


def change(patient: Patient, treatment: Treatment, now: datetime, changes: Mapping[str, Any]) -> None:
    """Correct a treatment: unsent texts are planned anew and its reports assessed again."""
    if treatment.end_reason == EndReason.ENTERED_IN_ERROR:
        raise Conflict("This treatment was entered in error and cannot be changed.")
    moved = changes.get("treated_at", treatment.treated_at) != treatment.treated_at
    if moved:
        treated_on = date_of(changes["treated_at"], patient.timezone)
        _check_moment(patient, changes["treated_at"], treated_on, now, but=treatment.id)
        _shift_days(treatment, (treatment.treated_on - treated_on).days)
        treatment.treated_on = treated_on
    replan = moved or changes.get("next_session_on", treatment.next_session_on) != treatment.next_session_on
    for name, value in changes.items():
        setattr(treatment, name, value)
    treatment.version += 1
    db.session.flush()
    if replan and treatment.status != TreatmentStatus.ENDED:
        plan_again(patient, treatment, now)
    assessing.assess(patient, treatment, now)
    recoveries.recover(patient, treatment, now)


def end(treatment: Treatment, now: datetime, reason: EndReason) -> None:
    """End a recovery at a person's word: all its unsent texts are cancelled."""
    if treatment.status == TreatmentStatus.ENDED and treatment.end_reason is not None:
        raise Conflict("This treatment has ended already.")
    _end(treatment, now, reason, but_late=False)
    treatment.version += 1


def plan_again(patient: Patient, treatment: Treatment, now: datetime) -> None:
    """Move what is not yet sent to the patient's zone and the clinic's hour as they are now."""
    clinic = db.session.get_one(Clinic, patient.clinic_id)
    kept = [each for each in treatments.check_ins(treatment.id) if each.status != CheckInStatus.PLANNED]
    for each in treatments.check_ins(treatment.id):
        if each.status == CheckInStatus.PLANNED:
            db.session.delete(each)
    db.session.flush()
    db.session.expire(treatment, ["check_ins"])
    taken = {(each.kind, each.day) for each in kept}
    fresh = [slot for slot in _slots(patient, clinic, treatment, now) if (slot.kind, slot.day) not in taken]
    if treatment.status == TreatmentStatus.RECOVERED:
        fresh = [slot for slot in fresh if slot.kind == "late"]
    sent = messages.welcome_of(treatment.id, patient.phone_hash or b"")
    moved = plan.moved(
        protocol_of(treatment),
        fresh,
        treated_at=treatment.treated_at,
        timezone=patient.timezone,
        check_in_time=clinic.check_in_time,
        asked_at=[each.sent_at for each in kept if each.sent_at is not None],
        now=now,
        welcomed_at=(sent.claimed_at or sent.due_at) if sent else None,
    )
    _add(treatment, moved)


def welcome(patient: Patient, clinic: Clinic, treatment: Treatment, now: datetime) -> None:
    """Write down the first text to this patient's number, once for a treatment and a number."""
    if patient.phone is None or patient.phone_hash is None or patient.consented_at is None:
        return
    due_at, _ = plan.welcome(protocol_of(treatment), now, patient.timezone)
    until = treatment.treated_at + timedelta(days=protocol_of(treatment).last_day + 1)
    outbox.queue(
        kind="welcome",
        wording="welcome",
        body=compose("welcome", clinic, patient.language),
        dedupe_key=f"welcome:{treatment.id}:{patient.phone_hash.hex()[:16]}",
        clinic=clinic,
        phone=patient.phone,
        now=now,
        due_at=due_at,
        expires_at=max(until, due_at + timedelta(days=1)),
        patient=patient,
        treatment_id=treatment.id,
    )


def warnings(patient: Patient, treatment: Treatment, now: datetime) -> list[str]:
    """What the person who enters a treatment should hear at once, a sentence each."""
    clinic = db.session.get_one(Clinic, patient.clinic_id)
    found = [sentence for fact, sentence in _WARNED.items() if fact in patient.risk_facts]
    if gate.texting(patient) != "on":
        found.append("This patient gets no texts: a nurse is reminded to phone on day 3.")
    elif patient.number_doubted_at is not None:
        found.append("The number may be somebody else's: confirm it before texts go again.")
    planned = [each for each in treatments.check_ins(treatment.id) if each.kind == "check_in"]
    if len(planned) < len(protocol_of(treatment).check_in_days):
        found.append("Entered late: only the check-ins that are still ahead are planned.")
    if switches.is_held() or clinic.texting_off_at is not None:
        found.append("Sending is held: no check-in goes until it is resumed.")
    return found


def _check_moment(
    patient: Patient, treated_at: datetime, treated_on: date, now: datetime, but: UUID | None = None
) -> None:
    version = treatments.current_protocol(patient.clinic_id)
    wrong = plan.accepts_treated_at(parsed(version), treated_at, now)
    if wrong:
        raise Invalid({"treated_at": [wrong]})
    if treatments.is_treated_on(patient.id, treated_on, but):
        raise Conflict("This patient has a treatment on that day already.")


def _end(treatment: Treatment, now: datetime, reason: EndReason | None, *, but_late: bool) -> None:
    treatment.status = TreatmentStatus.ENDED
    treatment.ended_at = now
    treatment.end_reason = reason
    recoveries.cancel_check_ins(treatment, but_late=but_late)


def _plan(patient: Patient, clinic: Clinic, treatment: Treatment, now: datetime) -> None:
    _add(treatment, _slots(patient, clinic, treatment, now))


def _slots(patient: Patient, clinic: Clinic, treatment: Treatment, now: datetime) -> Sequence[Slot]:
    return plan.check_ins(
        protocol_of(treatment),
        treated_at=treatment.treated_at,
        timezone=patient.timezone,
        check_in_time=clinic.check_in_time,
        entered_at=now,
        next_session_on=treatment.next_session_on,
    )


def _add(treatment: Treatment, slots: Sequence[Slot]) -> None:
    for slot in slots:
        db.session.add(
            CheckIn(
                id=new_id(),
                clinic_id=treatment.clinic_id,
                treatment_id=treatment.id,
                kind=slot.kind,
                day=slot.day,
                due_at=slot.due_at,
                expires_at=slot.expires_at,
                status=CheckInStatus.PLANNED,
            )
        )
    db.session.flush()


def _shift_days(treatment: Treatment, by: int) -> None:
    """The treatment was on another day: its reports and sent check-ins keep their dates."""
    if by == 0:
        return
    reports: Sequence[Report] = treatments.reports(treatment.id)
    if any(report.day + by < 0 for report in reports):
        raise Invalid({"treated_at": ["There are reports from before that day."]})
    for report in reports:
        report.day += by
    for check_in in treatments.check_ins(treatment.id):
        if check_in.status == CheckInStatus.PLANNED:
            db.session.delete(check_in)
    db.session.flush()
    sent = sorted(treatments.check_ins(treatment.id), key=lambda each: each.day, reverse=by > 0)
    for check_in in sent:
        check_in.day += by
        db.session.flush()
