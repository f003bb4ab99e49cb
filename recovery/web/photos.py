"""Photos that patients sent: small beside their text, whole when a nurse opens one."""

from uuid import UUID

from flask import Blueprint, Response, abort

from recovery import pictures
from recovery.db import reading, writing
from recovery.queries import photos
from recovery.services import audit, clock
from recovery.web.sessions import actor, signed_in

photo = Blueprint("photo", __name__, url_prefix="/photos/<uuid:photo_id>")

SMALL = 480  # pixels of the longer side: what is shown beside a text, on a sharp screen


@photo.get("")
def show(photo_id: UUID) -> Response:
    """The whole photo."""
    return _image(_seen(photo_id))


@photo.get("/small")
def show_small(photo_id: UUID) -> Response:
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
