"""What came with a text as JSON."""

from typing import Any

from flask import url_for

from recovery.models.message import Photo
from recovery.queries.photos import HERE


def photo(row: Photo) -> dict[str, Any]:
    """Whether it still lies at the provider as well is nobody's concern out here."""
    is_here = row.status in HERE
    return {
        "id": str(row.id),
        "status": "kept" if is_here else row.status,
        "content_type": row.content_type,
        "url": url_for("api-photos.show_photo", photo_id=row.id) if is_here else None,
        "why": row.why,
    }
