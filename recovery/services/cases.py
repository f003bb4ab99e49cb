"""What a nurse does with a case: acknowledge, assign, snooze, note, resolve, reopen."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from recovery.db import db
from recovery.domain import casework
from recovery.domain.casework import Action
from recovery.domain.errors import Conflict, Invalid
from recovery.domain.snoozes import LONGEST
from recovery.domain.vocabulary import CaseStatus, Outcome
from recovery.models.case import FlaggedCase
from recovery.models.patient import Patient
from recovery.models.treatment import Treatment
from recovery.queries import cases, staff
from recovery.services import assessing, recoveries
from recovery.services.values import hours_of, protocol_of


def acknowledge(row: FlaggedCase, staff_id: UUID, now: datetime) -> None:
    """She has seen it. Again by herself changes nothing; Conflict if it was somebody else."""
    same_person = row.acknowledged_by_id == staff_id
    status = casework.move(CaseStatus(row.status), Action.ACKNOWLEDGE, same_person=same_person)
    row.unread_messages = 0
    if row.status == CaseStatus.ACKNOWLEDGED and same_person:
        return
    row.status, row.snoozed_until = status, None
    row.acknowledged_at, row.acknowledged_by_id = now, staff_id
    row.version += 1
    assessing.log(row, Action.ACKNOWLEDGE, now, staff_id)


def read(case_id: UUID, texts: int) -> None:
    """A nurse has seen so many unread texts; one that came meanwhile stays unread."""
    fewer = FlaggedCase.unread_messages - texts
    db.session.execute(
        sa.update(FlaggedCase)
        .where(FlaggedCase.id == case_id, FlaggedCase.unread_messages >= texts)
        .values(unread_messages=fewer)
    )


def assign(row: FlaggedCase, to: UUID | None, staff_id: UUID, now: datetime) -> None:
    """Give the case to somebody of its clinic, or to nobody; whose it is already changes nothing.

    Raises Invalid for a person who does not work there (any more), Conflict for a resolved case.
    """
    if to is not None and not staff.works_at(row.clinic_id, to):
        raise Invalid({"to": ["There is no such person in this clinic."]})
    casework.move(CaseStatus(row.status), Action.ASSIGN)
    if to == row.assigned_to_id:
        return
    row.assigned_to_id = to
    row.version += 1
    assessing.log(row, Action.ASSIGN, now, staff_id, to=str(to) if to else None)


def snooze(row: FlaggedCase, until: datetime, staff_id: UUID, now: datetime) -> None:
    """Put the case away until then; a new reason, or a graver one, brings it back before.

    Raises Invalid for a moment that is over or too far ahead, Conflict for a resolved case.
    """
    if until <= now:
        raise Invalid({"until": ["Must be ahead of now."]})
    if until > now + LONGEST:
        raise Invalid({"until": [f"Must lie within {LONGEST.days} days."]})
    row.status = casework.move(CaseStatus(row.status), Action.SNOOZE)
    row.snoozed_until = until
    row.version += 1
    assessing.log(row, Action.SNOOZE, now, staff_id, until=until.isoformat())


def note(row: FlaggedCase, staff_id: UUID, text: str, now: datetime) -> None:
    """Add a note, in any state."""
    row.version += 1
    assessing.log(row, Action.NOTES, now, staff_id, note=text)


def resolve(
    patient: Patient, row: FlaggedCase, staff_id: UUID, outcome: Outcome, text: str | None, now: datetime
) -> None:
    """Close the case with what came of it; a patient whose reports are clear may thereby be recovered.

    Raises Conflict for a case that is resolved, Invalid for `cleared`, which only the system says.
    """
    if outcome == Outcome.CLEARED:
        raise Invalid({"outcome": ["A case is cleared by itself, never by a person."]})
    row.status = casework.move(CaseStatus(row.status), Action.RESOLVE)
    row.outcome, row.resolved_at, row.resolved_by_id = outcome, now, staff_id
    row.snoozed_until = None
    row.closed_seq = patient.take_seq()
    row.version += 1
    assessing.log(row, Action.RESOLVE, now, staff_id, note=text, outcome=outcome)
    db.session.flush()
    if not cases.is_any_seen_to(patient.id):
        patient.conversation_until = None  # what comes now is no longer told to a nurse
    recoveries.recover(patient, db.session.get_one(Treatment, row.treatment_id), now)


def reopen(patient: Patient, row: FlaggedCase, staff_id: UUID, reason: str, now: datetime) -> None:
    """Open a resolved case again; Conflict if the treatment has another that stands."""
    other = cases.standing_case(row.treatment) is not None
    casework.move(CaseStatus(row.status), Action.REOPEN, another_open=other)
    if patient.erased_at is not None:
        raise Conflict("This patient was erased.")
    treatment = db.session.get_one(Treatment, row.treatment_id)
    before = assessing.as_case(row)
    after = casework.reopen(protocol_of(treatment), hours_of(patient.clinic), before, now)
    row.resolved_at = row.resolved_by_id = row.outcome = row.closed_seq = None
    assessing.keep(row, before, after, now, by_person=True)
    assessing.log(row, Action.REOPEN, now, staff_id, note=reason)
