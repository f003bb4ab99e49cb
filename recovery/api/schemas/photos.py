"""What came with a text, as a text shows it."""

from marshmallow import fields

from recovery.api.fields import Word
from recovery.api.schemas.common import Ordered

STATUSES = ("waiting", "kept", "unusable", "erased")


class Photo(Ordered):
    id = fields.UUID(required=True)
    status = Word(
        STATUSES,
        required=True,
        metadata={
            "description": "`waiting` to be fetched, `kept` here, `unusable`, `erased` with her texts."
        },
    )
    content_type = fields.String(required=True, allow_none=True)
    url = fields.String(
        required=True, allow_none=True, metadata={"description": "Where it is; null unless `kept`."}
    )
    why = fields.String(
        required=True, allow_none=True, metadata={"description": "Why it is `unusable`, in a sentence."}
    )
