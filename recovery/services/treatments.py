"""Treatments: begun, corrected, ended; each plans the texts of its recovery."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from recovery.db import db, new_id
from recovery.domain import plan
from recovery.domain.days import date_of, day_of
from recovery.domain.errors import Conflict, Invalid
from recovery.domain.vocabulary import EndReason, TreatmentStatus
from recovery.models.clinic import Clinic
from recovery.models.patient import Patient
from recovery.models.treatment import Treatment
from recovery.queries import treatments
from recovery.services import assessing, gate, planning, queued, recoveries
from recovery.services.texts import compose
from recovery.services.values import parsed, protocol_of

_WARNED = {
    "active_infection": "An active infection is noted: needling it is contraindicated.",
    "open_wounds": "Open wounds are noted: needling them is contraindicated.",
    "isotretinoin": "Isotretinoin within a year is noted: a contraindication.",
    "keloid": "A keloid history is noted: a contraindication.",
}


def begin(
    patient: Patient,
    now: datetime,
    *,
    treated_at: datetime,
    treatment_id: UUID | None = None,
    **details: Any,
) -> Treatment:
    """Begin a recovery and plan its texts; an earlier recovery ends. The patient's row must be locked.

    Raises Invalid for a moment too far ahead or back, Conflict for a second treatment of one local
    day, one before a later treatment, or a patient who was erased.
    """
    if patient.erased_at is not None:
        raise Conflict("This patient was erased.")
    clinic = db.session.get_one(Clinic, patient.clinic_id)
    version = treatments.current_protocol(clinic.id)
    treated_on = date_of(treated_at, patient.timezone)
    _check_moment(patient, treated_at, treated_on, now)
    _check_session(details.get("next_session_on"), treated_on)
    latest = treatments.latest_treatment(patient.id)
    if latest is not None and treated_at < latest.treated_at:
        raise Conflict("A later treatment of this patient is entered already.")
    for earlier in treatments.treatments_of(patient.id):
        _end_for_newer(earlier, now)
    treatment = Treatment(
        id=treatment_id or new_id(),
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
    planning.first(patient, treatment)
    welcome(patient, clinic, treatment, now)
    return treatment


def change(patient: Patient, treatment: Treatment, now: datetime, changes: Mapping[str, Any]) -> None:
    """Correct a treatment: unsent texts are planned anew and its reports assessed again."""
    if treatment.end_reason == EndReason.ENTERED_IN_ERROR:
        raise Conflict("This treatment was entered in error and cannot be changed.")
    moved = changes.get("treated_at", treatment.treated_at) != treatment.treated_at
    treated_on = treatment.treated_on
    if moved:
        treated_on = date_of(changes["treated_at"], patient.timezone)
        _check_moment(patient, changes["treated_at"], treated_on, now, but=treatment.id)
        _check_order(patient, treatment, changes["treated_at"])
        planning.shift_days(treatment, treated_on)
    _check_session(changes.get("next_session_on"), treated_on)
    replan = moved or changes.get("next_session_on", treatment.next_session_on) != treatment.next_session_on
    for name, value in changes.items():
        setattr(treatment, name, value)
    treatment.version += 1
    db.session.flush()
    if moved and _ended_too_early(patient, treatment, now):
        planning.revive(treatment)
    if replan:
        planning.again(patient, treatment, now)
    assessing.assess(patient, treatment, now)
    recoveries.recover(patient, treatment, now)


def end(treatment: Treatment, now: datetime, reason: EndReason) -> None:
    """End a recovery at a person's word: all its unsent texts are cancelled."""
    if treatment.status == TreatmentStatus.ENDED and treatment.end_reason is not None:
        raise Conflict("This treatment has ended already.")
    _end(treatment, now, reason)
    treatment.version += 1


def welcome(patient: Patient, clinic: Clinic, treatment: Treatment, now: datetime) -> None:
    """Write down the first text to this patient's number, once for a treatment and a number."""
    if patient.phone is None or patient.phone_hash is None or patient.consented_at is None:
        return
    due_at, _ = plan.welcome(protocol_of(treatment), now, patient.timezone)
    until = treatment.treated_at + timedelta(days=protocol_of(treatment).last_day + 1)
    queued.add(
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
        late = day_of(treatment.treated_at, now, patient.timezone) >= protocol_of(treatment).not_texted_day
        when = "" if late else f" on day {protocol_of(treatment).not_texted_day}"
        found.append(f"This patient gets no texts: a nurse is reminded to phone{when}.")
    elif patient.number_doubted_at is not None:
        found.append("The number may be somebody else's: confirm it before texts go again.")
    planned = [each for each in treatment.check_ins if each.kind == "check_in"]
    if len(planned) < len(protocol_of(treatment).check_in_days):
        found.append("Entered late: only the check-ins that are still ahead are planned.")
    if gate.is_off(clinic):
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


def _check_session(next_session_on: date | None, treated_on: date) -> None:
    if next_session_on is not None and next_session_on <= treated_on:
        raise Invalid({"next_session_on": ["Must be after the day of the treatment."]})


def _check_order(patient: Patient, treatment: Treatment, treated_at: datetime) -> None:
    """A correction may not carry a treatment past another one: replies belong to the latest."""
    first, last = sorted((treatment.treated_at, treated_at))
    for other in treatments.treatments_of(patient.id):
        in_error = other.end_reason == EndReason.ENTERED_IN_ERROR
        if other.id != treatment.id and not in_error and first <= other.treated_at <= last:
            raise Conflict("Another treatment of this patient lies between the old date and the new.")


def _end(treatment: Treatment, now: datetime, reason: EndReason | None) -> None:
    treatment.status = TreatmentStatus.ENDED
    treatment.ended_at = treatment.ended_at or now
    treatment.end_reason = reason
    recoveries.cancel_check_ins(treatment, but_late=False)


def _end_for_newer(earlier: Treatment, now: datetime) -> None:
    """A newer treatment ends a recovery under way, and of one that is over asks nothing more."""
    if earlier.status == TreatmentStatus.RECOVERING:
        _end(earlier, now, None)
        earlier.version += 1
    else:
        recoveries.cancel_check_ins(earlier, but_late=False)


def _ended_too_early(patient: Patient, treatment: Treatment, now: datetime) -> bool:
    """Whether a treatment ended by its days alone has days left now that its date is corrected."""
    if treatment.status != TreatmentStatus.ENDED or treatment.end_reason is not None:
        return False
    latest = treatments.latest_treatment(patient.id)
    is_latest = latest is not None and latest.id == treatment.id
    return is_latest and planning.goes_on(treatment, patient.timezone, now)
