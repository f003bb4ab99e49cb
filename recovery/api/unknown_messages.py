"""The routes about texts from numbers of nobody."""

from datetime import datetime
from typing import Any
from uuid import UUID

from recovery.api import cursors, finding
from recovery.api.answers import Answer
from recovery.api.schemas.common import Page
from recovery.api.schemas.unknown_messages import Attachment, UnknownMessage, UnknownMessages
from recovery.api.sections import Section
from recovery.api.shapes.unknown_messages import unknown_messages as shown
from recovery.queries import patients
from recovery.services import attaching, strangers

section = Section("unknown-messages", "Texts from numbers that are no patient's.")


@section.reads("/unknown-messages", asks=Page, gives=UnknownMessages)
def list_unknown(asked: dict[str, Any], now: datetime) -> Answer:
    """Numbers of nobody that wait to be read, the latest text first."""
    clinic = finding.clinic()
    found = patients.unknown_numbers(clinic.id, cursors.after(asked), asked["limit"] + 1)
    rows, cursor = cursors.page(asked, found, lambda row: (row.last_at, row.id))
    body = {"items": shown(rows, clinic.timezone), "next_cursor": cursor}
    return Answer(body, "list", "unknown_number", [row.id for row in rows])


@section.writes(
    "POST",
    "/unknown-messages/<uuid:unknown_message_id>/dismiss",
    gives=UnknownMessage,
    finds=finding.unknown_number,
    etag=False,
)
def dismiss(unknown_message_id: UUID, now: datetime) -> Answer:
    """Say that you have read what a number wrote; its next text brings it back."""
    row = finding.unknown_number(unknown_message_id)
    strangers.dismiss(row, now)
    body = shown([row], finding.clinic().timezone)[0]
    return Answer(body, "dismiss", "unknown_number", [row.id])


@section.writes(
    "POST",
    "/unknown-messages/<uuid:unknown_message_id>/attach",
    takes=Attachment,
    gives=UnknownMessage,
    finds=finding.unknown_number,
    etag=False,
)
def attach(body: dict[str, Any], unknown_message_id: UUID, now: datetime) -> Answer:
    """Say which patient wrote this.

    Its texts are read as hers, as of when she wrote them, and triaged; nothing is answered. The number
    does not become hers: change the patient for that. 409 for a patient without a treatment, and
    when another patient has the texts already.
    """
    patient = finding.locked_patient(body["patient_id"])
    row = finding.unknown_number(unknown_message_id)
    attaching.attach(patient, row, now)
    shape = shown([row], finding.clinic().timezone)[0]
    return Answer(shape, "attach", "unknown_number", [row.id, patient.id], patient_id=patient.id)
