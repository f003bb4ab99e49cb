"""The questions of a recovery as rows: planned at its beginning, moved when what they rest on changes."""

from collections.abc import Sequence
from datetime import date, datetime

from recovery.db import db, new_id
from recovery.domain import plan
from recovery.domain.errors import Invalid
from recovery.domain.plan import Slot
from recovery.domain.vocabulary import CheckInKind, CheckInStatus, TreatmentStatus
from recovery.models.clinic import Clinic
from recovery.models.patient import Patient
from recovery.models.treatment import CheckIn, Treatment
from recovery.queries import messages, treatments
from recovery.services.values import protocol_of


def first(patient: Patient, treatment: Treatment) -> None:
    """Plan what is still ahead of a treatment that is being entered; written with the next flush."""
    look_anew(patient, treatment)
    _add(treatment, _slots(patient, treatment))


def again(patient: Patient, treatment: Treatment, now: datetime) -> None:
    """Move what is not yet sent to the zone, hour, treatment and next session as they are now.

    What was sent, answered, expired or cancelled stays; a question whose window has meanwhile
    closed is left to expire, so that it is recorded.
    """
    look_anew(patient, treatment)
    rows = treatment.check_ins
    planned = [each for each in rows if each.status == CheckInStatus.PLANNED]
    kept = [each for each in rows if each.status != CheckInStatus.PLANNED]
    slots = [slot for slot in _slots(patient, treatment) if _is_open(slot, treatment, planned, kept)]
    for each in planned:
        db.session.delete(each)
    db.session.flush()
    db.session.expire(treatment, ["check_ins"])
    sent = messages.welcome_of(treatment.id, patient.phone_hash or b"")
    moved = plan.moved(
        protocol_of(treatment),
        slots,
        treated_at=treatment.treated_at,
        timezone=patient.timezone,
        check_in_time=_clinic(patient).check_in_time,
        asked_at=[each.sent_at for each in kept if each.sent_at is not None],
        now=now,
        welcomed_at=(sent.claimed_at or sent.due_at) if sent else None,
    )
    _add(treatment, moved)
    db.session.flush()


def look_anew(patient: Patient, treatment: Treatment, looked_at: datetime | None = None) -> None:
    """Note when the clock is to look at a recovery next, having looked at it then or never yet."""
    protocol = protocol_of(treatment)
    treatment.review_at = plan.look(protocol, treatment.treated_at, patient.timezone, looked_at=looked_at)


def shift_days(treatment: Treatment, treated_on: date) -> None:
    """The treatment was on another day: its reports and sent check-ins keep their dates.

    Raises Invalid if a report would lie before the treatment.
    """
    by = (treatment.treated_on - treated_on).days
    reports = treatment.reports
    if any(report.day + by < 0 for report in reports):
        raise Invalid({"treated_at": ["There are reports from before that day."]})
    for report in reports:
        report.day += by
    if by:
        _shift_check_ins(treatment, by)
    treatment.treated_on = treated_on


def goes_on(treatment: Treatment, timezone: str, now: datetime) -> bool:
    """Whether the last day of the daily questions is not over."""
    return now < plan.end(protocol_of(treatment), treatment.treated_at, timezone)


def revive(treatment: Treatment) -> None:
    """The recovery was ended by a wrong date only: it goes on, and what was not asked may be asked."""
    treatment.status = TreatmentStatus.RECOVERING
    treatment.ended_at = None
    for check_in in treatment.check_ins:
        if check_in.status in (CheckInStatus.CANCELLED, CheckInStatus.EXPIRED) and not check_in.sent_at:
            check_in.status = CheckInStatus.PLANNED
    db.session.flush()


def ask_again(treatment: Treatment) -> None:
    """A question whose text was withdrawn before anybody claimed it is planned once more."""
    for check_in in treatments.withdrawn_check_ins(treatment.id):
        check_in.status = CheckInStatus.PLANNED
    db.session.flush()


def _is_open(slot: Slot, treatment: Treatment, planned: Sequence[CheckIn], kept: Sequence[CheckIn]) -> bool:
    """Whether this question is still to be planned; after the daily texts only the late one, if it stands."""
    recovering = treatment.status == TreatmentStatus.RECOVERING
    if slot.kind == CheckInKind.LATE:
        stands = recovering or any(each.kind == slot.kind for each in planned)
        return stands and not any(each.kind == slot.kind for each in kept)
    return recovering and not any((each.kind, each.day) == (slot.kind, slot.day) for each in kept)


def _slots(patient: Patient, treatment: Treatment) -> Sequence[Slot]:
    """The questions as they stood ahead when the treatment was entered."""
    return plan.check_ins(
        protocol_of(treatment),
        treated_at=treatment.treated_at,
        timezone=patient.timezone,
        check_in_time=_clinic(patient).check_in_time,
        entered_at=treatment.created_at,
        next_session_on=treatment.next_session_on,
    )


def _clinic(patient: Patient) -> Clinic:
    return db.session.get_one(Clinic, patient.clinic_id)


def _add(treatment: Treatment, slots: Sequence[Slot]) -> None:
    for slot in slots:
        row = CheckIn(
            id=new_id(),
            clinic_id=treatment.clinic_id,
            treatment_id=treatment.id,
            treatment=treatment,
            kind=slot.kind,
            day=slot.day,
            due_at=slot.due_at,
            expires_at=slot.expires_at,
            status=CheckInStatus.PLANNED,
        )
        db.session.add(row)


def _shift_check_ins(treatment: Treatment, by: int) -> None:
    """One at a time, the foremost first, so that no two ever share a day."""
    for check_in in sorted(treatment.check_ins, key=lambda each: each.day, reverse=by > 0):
        check_in.day += by
        db.session.flush()
