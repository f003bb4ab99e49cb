"""The routes about the caller's own clinic."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from recovery.api import finding
from recovery.api.answers import Answer, if_match
from recovery.api.guard import actor
from recovery.api.schemas.clinic import Clinic, ClinicChange, Wordings
from recovery.api.sections import Section
from recovery.api.shapes.clinic import clinic as shown
from recovery.queries import clinics as stored
from recovery.queries import staff
from recovery.services import clinics, previews

section = Section(
    "clinic", "The clinic's hours, numbers and names. Every nurse reads them, admins change them."
)


@section.reads("/clinic", gives=Clinic, etag=True)
def show_clinic(now: datetime) -> Answer:
    """Show the clinic."""
    row = finding.clinic()
    return Answer(shown(row), "view", "clinic", [], row.version)


@section.writes("PATCH", "/clinic", takes=ClinicChange, gives=Clinic, admin=True)
def change_clinic(body: dict[str, Any], now: datetime) -> Answer:
    """Change the clinic.

    Hours, holidays and zone count for cases that are flagged from now on: an open case keeps the
    target that its patient was promised. Patients keep their own time zones. A new check-in time moves
    every question that is not yet sent, within a minute. `phone` cannot be changed.
    """
    row = stored.locked_clinic(actor().clinic_id)
    by = staff.names([actor().staff_id]).get(actor().staff_id)
    with if_match(row.version):
        clinics.change(row, body, now, by)
    return Answer(shown(row), "change", "clinic", [row.id], row.version)


@section.reads("/clinic/wording", gives=Wordings)
def show_wording(now: datetime) -> Answer:
    """Show every text that may leave, filled with the clinic's own facts and a made-up patient's.

    With the alphabet that each needs and the segments that it is charged as. It cannot be changed here.
    """
    texts = [asdict(each) for each in previews.all_texts(finding.clinic(), now)]
    return Answer({"items": texts, "next_cursor": None}, "view", "clinic", [])
