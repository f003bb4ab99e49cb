"""The route about colleagues: to whom a case can be given, for everybody of the clinic."""

from datetime import datetime

from recovery.api.answers import Answer
from recovery.api.guard import actor
from recovery.api.schemas.staff import Colleagues
from recovery.api.sections import Section
from recovery.queries import staff as stored

section = Section("colleagues", "To whom a case can be assigned.")


@section.reads("/colleagues", gives=Colleagues)
def list_colleagues(now: datetime) -> Answer:
    """Everybody of the clinic who may sign in, the caller too, by name; all of them on one page."""
    found = stored.colleagues(actor().clinic_id)
    items = [{"id": str(staff_id), "name": name} for staff_id, name in found.items()]
    return Answer({"items": items, "next_cursor": None}, "list", "staff", list(found))
