"""Importing a file of the day's treatments, and what came of each that was sent."""

from contextlib import closing
from uuid import UUID

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from flask_wtf.file import FileField

from recovery.db import reading, writing
from recovery.queries import clinics, staff
from recovery.queries import imports as stored
from recovery.services import audit, clock
from recovery.services import imports as importing
from recovery.services.import_file import COLUMNS, LINES_AT_MOST, NEEDED, PROBLEMS_AT_MOST
from recovery.web.sessions import actor, signed_in

imports = Blueprint("imports", __name__, url_prefix="/imports")

LARGEST = 4_000_000  # bytes: what 2,000 treatments with long notes need
LISTED = 10
MEANINGS = {
    "name": "The patient’s name.",
    "phone": "As dialled here, or with + and the country. Empty for a patient without one.",
    "agrees_to_texts": "yes or no. With no the patient is enrolled all the same, and phoned instead.",
    "treated_at": "Like 2026-11-20 15:30, on the clinic’s clock.",
    "language": "en, es or fr. Empty: the clinic’s.",
    "timezone": "Like America/Toronto. Empty: the clinic’s.",
    "skin_type": "I to VI (Fitzpatrick). Empty: not noted.",
    "risk_facts": "Such as diabetes keloid, with blanks between.",
    "needle_depth_mm": "Like 1.5.",
    "device": "pen, roller or radio_frequency.",
    "area": "Such as face.",
    "indication": "anti_aging, scar, pigment, hair or other.",
    "serum": "",
    "next_session_on": "Like 2026-12-18.",
    "notes": "",
}


class ImportForm(FlaskForm):  # type: ignore[misc]
    file = FileField("The file (CSV)")


@imports.url_value_preprocessor
def allow_more(*_: object) -> None:
    """A file is larger than any form; told before the guard reads the form, which looks for its token."""
    request.max_content_length = LARGEST


@imports.get("")
def show() -> ResponseReturnValue:
    return _page()


@imports.post("")
def take() -> ResponseReturnValue:
    """Check the file whole, write it, and show what came of it."""
    content = _content()
    if not content:
        return _page("Please choose a file first."), 422
    import_id = importing.take(actor(), content, clock.now)
    return redirect(url_for("imports.show_one", import_id=import_id), 303)


@imports.get("/<uuid:import_id>")
def show_one(import_id: UUID) -> ResponseReturnValue:
    """What came of one file: how far it is, and what was wrong on which line."""
    here = signed_in()
    with reading():
        row = stored.treatment_import(here.clinic_id, import_id)
        if row is None:
            abort(404)
        now = clock.now()
        page = render_template(
            "import.html",
            row=row,
            status=importing.status(row),
            who=staff.names([row.staff_id]).get(row.staff_id, "somebody"),
            problems_at_most=PROBLEMS_AT_MOST,
            zone=here.timezone,
        )
    with writing():
        audit.record(actor(), "view", "import", [import_id], now)
    return page


@imports.get("/template.csv")
def give_template() -> Response:
    """An empty file with every heading; the mark at its beginning tells a spreadsheet that it is UTF-8."""
    headers = {"Content-Disposition": "attachment; filename=treatments.csv"}
    return Response("\ufeff" + ",".join(COLUMNS) + "\r\n", headers=headers, mimetype="text/csv")


def _content() -> bytes:
    """What was sent; a large file lies on the disk meanwhile."""
    sent = ImportForm().file.data
    if sent is None:
        return b""
    with closing(sent):
        return bytes(sent.read())


def _page(wrong: str | None = None) -> str:
    here = signed_in()
    with reading():
        rows = stored.latest_imports(here.clinic_id, LISTED)
        clinic = clinics.clinic(here.clinic_id)
        return render_template(
            "imports.html",
            form=ImportForm(formdata=None),
            wrong=wrong,
            columns=[(name, name in NEEDED, MEANINGS[name]) for name in COLUMNS],
            lines_at_most=LINES_AT_MOST,
            rows=[(row, importing.status(row)) for row in rows],
            clinic=clinic,
            zone=here.timezone,
        )
