"""A nurse's own words to a patient; while they talk nothing automatic goes between them."""

from datetime import datetime, timedelta
from uuid import UUID

from recovery.db import db, new_id
from recovery.domain import casework
from recovery.domain.casework import Action
from recovery.domain.errors import Conflict
from recovery.domain.vocabulary import CaseStatus
from recovery.models.case import FlaggedCase
from recovery.models.clinic import Clinic
from recovery.models.message import Message
from recovery.models.patient import Patient
from recovery.models.treatment import Treatment
from recovery.queries import cases, messages
from recovery.services import assessing, gate, queued
from recovery.services.values import hours_of, protocol_of

LONGEST_TEXT = 1_600  # characters: the most that the provider takes

_OBSTACLES = {
    "no_phone": "There is no number to text: please phone, or see the patient.",
    "declined": "The patient did not agree to texts: please phone.",
    "opted_out": "The patient asked for no more texts: please phone.",
}
_DOUBTED = "The number may be somebody else's: please confirm or change it before a text goes there."
_ERASED = "This patient was erased."


def obstacle(patient: Patient, texting: str | None = None) -> str | None:
    """Why a nurse cannot text this patient now, as a sentence; None if she can.

    `texting`: what `gate.texting` says of her, if that is known.
    """
    if patient.erased_at is not None:
        return _ERASED
    texting = texting or gate.texting(patient)
    if texting != "on":
        return _OBSTACLES[texting]
    return _DOUBTED if patient.number_doubted_at is not None else None


def is_written(row: FlaggedCase, once: str) -> bool:
    """Whether this very sending has come before."""
    return messages.message_by_key(_key(row, once)) is not None


def text(
    patient: Patient, row: FlaggedCase, body: str, staff_id: UUID, now: datetime, once: str | None = None
) -> None:
    """Write a nurse's text down, to be sent at once; automatic texts wait until their talk is over.

    `once` names this one sending, so that a form that comes twice texts once. The patient's row must
    be locked. Raises Conflict for a resolved case and for somebody who cannot be texted.
    """
    casework.move(CaseStatus(row.status), Action.MESSAGES)
    if once is not None and is_written(row, once):
        return
    why_not = obstacle(patient)
    if why_not is not None or patient.phone is None:
        raise Conflict(why_not or _OBSTACLES["no_phone"])
    talk = timedelta(hours=protocol_of(db.session.get_one(Treatment, row.treatment_id)).conversation_hours)
    written = queued.add(
        kind="nurse",
        wording=None,
        body=body,
        dedupe_key=_key(row, once or str(new_id())),
        clinic=db.session.get_one(Clinic, patient.clinic_id),
        phone=patient.phone,
        now=now,
        due_at=now,
        expires_at=now + talk,
        patient=patient,
        treatment_id=row.treatment_id,
        written_by_id=staff_id,
    )
    patient.conversation_until = max(patient.conversation_until or now, now + talk)
    row.unread_messages = 0
    row.version += 1
    assessing.log(row, Action.MESSAGES, now, staff_id, message=str(written))


def not_arrived(message: Message, patient: Patient, treatment: Treatment, now: datetime) -> None:
    """A nurse's text did not arrive: a case that she took or put away in that belief is open again.

    The patient's row must be locked. A case that nobody has seen waits as it did.
    """
    cases.lock_cases(treatment)
    row = cases.standing_case(treatment)
    if row is None:
        return
    before = assessing.as_case(row)
    if not before.unseen:
        after = casework.reopen(protocol_of(treatment), hours_of(patient.clinic), before, now)
        assessing.keep(row, before, after, now, by_person=True)
    assessing.log(row, "not_arrived", now, message=str(message.id))


def _key(row: FlaggedCase, once: str) -> str:
    return f"nurse:{row.id}:{once}"
