"""Treatments: begun, corrected, ended; each plans the texts of its recovery."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from recovery.db import db, new_id
from recovery.domain import plan
from recovery.domain.days import date_of, day_of
from recovery.domain.errors import Conflict, Invalid
from recovery.domain.protocol import Protocol
from recovery.domain.vocabulary import EndReason, TreatmentStatus
from recovery.models.clinic import Clinic, ProtocolVersion
from recovery.models.patient import Patient
from recovery.models.treatment import Treatment
from recovery.queries import treatments
from recovery.services import assessing, gate, planning, queued, recoveries
from recovery.services.texts import compose
from recovery.services.values import parsed, protocol_of

_SAME_DAY = "This patient has a treatment on that day already."
_WARNED = {
    "active_infection": "An active infection is noted: needling it is contraindicated.",
    "open_wounds": "Open wounds are noted: needling them is contraindicated.",
    "isotretinoin": "Isotretinoin within a year is noted: a contraindication.",
    "keloid": "A keloid history is noted: a contraindication.",
}


@dataclass(frozen=True, slots=True)
class Beginning:
    """A treatment to be begun; `details` are further fields of it, `treatment_id` if it was made before."""

    patient: Patient
    treated_at: datetime
    details: Mapping[str, Any]
    treatment_id: UUID | None = None


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
    return begin_all(patient.clinic_id, [Beginning(patient, treated_at, details, treatment_id)], now)[0]


def begin_all(clinic_id: UUID, beginnings: Sequence[Beginning], now: datetime) -> Sequence[Treatment]:
    """The same for several patients of a clinic, each here once, in about as few statements as one takes.

    Raises for the first that is refused.
    """
    clinic = db.session.get_one(Clinic, clinic_id)
    version = treatments.current_protocol(clinic_id)
    earlier = treatments.treatments_by_patient([each.patient.id for each in beginnings])
    for each in beginnings:
        _check(each, earlier[each.patient.id], parsed(version), now)
    for before in (row for rows in earlier.values() for row in rows):
        _end_for_newer(before, now)
    begun = [_begun(each, version, now) for each in beginnings]
    db.session.flush()
    for each, row in zip(beginnings, begun, strict=True):
        welcome(each.patient, clinic, row, now, anew=True)
    db.session.flush()
    return begun


def change(patient: Patient, treatment: Treatment, now: datetime, changes: Mapping[str, Any]) -> None:
    """Correct a treatment: unsent texts are planned anew and its reports assessed again."""
    if treatment.end_reason == EndReason.ENTERED_IN_ERROR:
        raise Conflict("This treatment was entered in error and cannot be changed.")
    moved = changes.get("treated_at", treatment.treated_at) != treatment.treated_at
    treated_on = treatment.treated_on
    if moved:
        treated_on = date_of(changes["treated_at"], patient.timezone)
        _check_moment(parsed(treatments.current_protocol(patient.clinic_id)), changes["treated_at"], now)
        if treatments.is_treated_on(patient.id, treated_on, treatment.id):
            raise Conflict(_SAME_DAY)
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


def welcome(
    patient: Patient, clinic: Clinic, treatment: Treatment, now: datetime, *, anew: bool = False
) -> None:
    """Write down the first text to this patient's number, once for a treatment and a number.

    With `anew` the treatment has only just begun, so that there can be none yet.
    """
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
        anew=anew,
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


def _check(beginning: Beginning, earlier: Sequence[Treatment], protocol: Protocol, now: datetime) -> None:
    """Raises Invalid or Conflict for a treatment that cannot begin beside the patient's earlier ones."""
    patient, treated_at = beginning.patient, beginning.treated_at
    if patient.erased_at is not None:
        raise Conflict("This patient was erased.")
    treated_on = date_of(treated_at, patient.timezone)
    _check_moment(protocol, treated_at, now)
    standing = [row for row in earlier if row.end_reason != EndReason.ENTERED_IN_ERROR]
    if any(row.treated_on == treated_on for row in standing):
        raise Conflict(_SAME_DAY)
    _check_session(beginning.details.get("next_session_on"), treated_on)
    if any(row.treated_at > treated_at for row in standing):
        raise Conflict("A later treatment of this patient is entered already.")


def _begun(beginning: Beginning, version: ProtocolVersion, now: datetime) -> Treatment:
    patient = beginning.patient
    treatment = Treatment(
        id=beginning.treatment_id or new_id(),
        clinic_id=patient.clinic_id,
        patient_id=patient.id,
        protocol_version=version,
        treated_at=beginning.treated_at,
        treated_on=date_of(beginning.treated_at, patient.timezone),
        status=TreatmentStatus.RECOVERING,
        version=1,
        created_at=now,
        **beginning.details,
    )
    db.session.add(treatment)
    planning.first(patient, treatment)
    return treatment


def _check_moment(protocol: Protocol, treated_at: datetime, now: datetime) -> None:
    wrong = plan.accepts_treated_at(protocol, treated_at, now)
    if wrong:
        raise Invalid({"treated_at": [wrong]})


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
