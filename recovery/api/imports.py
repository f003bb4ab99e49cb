"""The routes about files of treatments."""

from datetime import datetime
from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import Response, request
from werkzeug.exceptions import RequestEntityTooLarge, UnsupportedMediaType

from recovery.api import cursors, errors, finding
from recovery.api.answers import Answer
from recovery.api.guard import actor
from recovery.api.schemas.common import Page
from recovery.api.schemas.imports import Import, Imports
from recovery.api.sections import Section
from recovery.api.shapes.values import local_to
from recovery.db import reading
from recovery.models.treatment import TreatmentImport
from recovery.queries import imports as stored
from recovery.services import clock, imports

section = Section("imports", "Files of the day's treatments.")

LARGEST = 4_000_000  # bytes
_REFUSED = "The file is refused: nothing was written."
_DOCUMENTED = {
    "operationId": "take_import",
    "requestBody": {"required": True, "content": {"text/csv": {"schema": {"type": "string"}}}},
    "responses": {
        code: {"$ref": f"#/components/responses/{HTTPStatus(code).name}"}
        for code in (400, 401, 403, 413, 415, 422)
    },
}


@section.route("/imports", methods=["POST"])  # type: ignore[untyped-decorator]
@section.response(201, Import)  # type: ignore[untyped-decorator]
@section.alt_response(202, schema=Import)  # type: ignore[untyped-decorator]
@section.doc(**_DOCUMENTED)  # type: ignore[untyped-decorator]
def take_import() -> Response:
    """Send a file of treatments (CSV, UTF-8, at most 2,000).

    Headings: name, phone, agrees_to_texts, treated_at, and if wanted language, timezone, skin_type,
    risk_facts, needle_depth_mm, device, area, indication, serum, next_session_on, notes. All of it is
    checked first; 422 names what is wrong as `line 3, phone`. The same content is the same import:
    sent again it goes on where it stopped and doubles nothing. 201 at its end; 202 while the rest is
    being written: look at it again, and send the file again if it does not go on.
    """
    import_id = imports.take(actor(), _body(), clock.now)
    with reading():
        row = finding.treatment_import(import_id)
        shape, status = shown(row, finding.clinic().timezone), imports.status(row)
    if status == "refused":
        return errors.problem(422, _REFUSED, _by_place(shape))
    code = 202 if status == "writing" else 201
    return Answer(shape, "import", "import", [import_id]).response(code)


@section.reads("/imports", asks=Page, gives=Imports)
def list_imports(asked: dict[str, Any], now: datetime) -> Answer:
    """Every file that was sent, newest first."""
    clinic = finding.clinic()
    found = stored.latest_imports(clinic.id, asked["limit"] + 1, cursors.after(asked))
    rows, cursor = cursors.page(asked, found, lambda row: (row.created_at, row.id))
    body = {"items": [shown(row, clinic.timezone) for row in rows], "next_cursor": cursor}
    return Answer(body, "list", "import", [row.id for row in rows])


@section.reads("/imports/<uuid:import_id>", gives=Import)
def show_import(import_id: UUID, now: datetime) -> Answer:
    """How far an import is, and what was wrong on which line."""
    row = finding.treatment_import(import_id)
    return Answer(shown(row, finding.clinic().timezone), "view", "import", [row.id])


def shown(row: TreatmentImport, timezone: str) -> dict[str, Any]:
    local = local_to(timezone)
    return {
        "id": str(row.id),
        "status": imports.status(row),
        "lines": row.lines,
        "written": row.written,
        "problems": [{"line": line, "column": column, "what": what} for line, column, what in row.problems],
        "created_at": local(row.created_at),
        "ended_at": local(row.ended_at),
    }


def _body() -> bytes:
    """The file. A chunked one is read up to the limit only, and so may be cut where it reached that."""
    request.max_content_length = LARGEST
    body = request.get_data(cache=False)
    if request.content_length is None and len(body) >= LARGEST:
        raise RequestEntityTooLarge
    if request.mimetype != "text/csv":
        raise UnsupportedMediaType("The body must be text/csv.")
    return body


def _by_place(shape: dict[str, Any]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for each in shape["problems"]:
        place = f"line {each['line']}" + (f", {each['column']}" if each["column"] else "")
        found.setdefault(place, []).append(each["what"])
    return found
