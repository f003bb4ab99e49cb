"""The route that gives a photo which came with a text."""

from datetime import datetime
from uuid import UUID

from recovery.api import finding
from recovery.api.answers import Answer
from recovery.api.sections import Section
from recovery.pictures import CONTENT_TYPE

section = Section("photos", "Photos that came with texts; a case's thread says which there are.")


@section.reads("/photos/<uuid:photo_id>", gives=CONTENT_TYPE)
def show_photo(photo_id: UUID, now: datetime) -> Answer:
    """One photo: upright, without place or camera; 404 for one that is not here (yet, or any more)."""
    row = finding.photo(photo_id)
    return Answer(row.content, "view", "photo", [row.id], content_type=row.content_type)
