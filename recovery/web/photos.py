"""Photos that patients sent: small beside their text, and whole on a page of their own."""

from uuid import UUID

from flask import Blueprint, Response, abort, render_template

from recovery import pictures
from recovery.db import reading, writing
from recovery.queries import cases, messages, photos
from recovery.services import audit, clock
from recovery.web.sessions import actor, signed_in

photo = Blueprint("photo", __name__)

SMALL = 480  # pixels of the longer side: what is shown beside a text, on a sharp screen


@photo.get("/flagged-cases/<uuid:case_id>/photos/<uuid:photo_id>")
def show(case_id: UUID, photo_id: UUID) -> str:
    """The page of one photo, with the way back to the case from which she came."""
    here = signed_in()
    with reading():
        case = cases.case(here.clinic_id, case_id)
        row = photos.photo(here.clinic_id, photo_id)
        text = messages.message(row.message_id) if row is not None else None
        if case is None or row is None or text is None or text.patient_id != case.patient_id:
            abort(404)
        page = render_template(
            "photo.html",
            case=case,
            photo=row,
            text=text,
            size=pictures.size(row.content or b""),
            zone=here.timezone,
        )
    with writing():
        audit.record(actor(), "view", "case", [case_id], clock.now())
    return page


@photo.get("/photos/<uuid:photo_id>")
def give(photo_id: UUID) -> Response:
    """The photo itself."""
    return _image(_seen(photo_id))


@photo.get("/photos/<uuid:photo_id>/small")
def give_small(photo_id: UUID) -> Response:
    return _image(pictures.small(_seen(photo_id), SMALL))


def _seen(photo_id: UUID) -> bytes:
    """The bytes of a photo of her clinic, and a row in the audit; else there is no such page."""
    with reading():
        now = clock.now()
        row = photos.photo(signed_in().clinic_id, photo_id)
        if row is None or row.content is None:
            abort(404)
        content = row.content
    with writing():
        audit.record(actor(), "view", "photo", [photo_id], now)
    return content


def _image(content: bytes) -> Response:
    headers = {"Cache-Control": "private, no-store", "Content-Disposition": "inline"}
    return Response(content, headers=headers, mimetype=pictures.CONTENT_TYPE)
