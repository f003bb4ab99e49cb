"""Numbers of nobody and what they wrote."""

from marshmallow import fields

from recovery.api.fields import Id, Word
from recovery.api.schemas.common import Listed, Ordered
from recovery.api.schemas.photos import Photo
from recovery.domain.vocabulary import Priority


class StrangersText(Ordered):
    id = fields.UUID(required=True)
    body = fields.String(required=True, allow_none=True)
    media_count = fields.Integer(required=True)
    photos = fields.List(fields.Nested(Photo), required=True)
    intent = fields.String(required=True, allow_none=True)
    at = fields.DateTime(required=True)


class UnknownMessage(Ordered):
    id = fields.UUID(required=True)
    phone = fields.String(required=True, allow_none=True)
    first_at = fields.DateTime(required=True)
    last_at = fields.DateTime(required=True)
    priority = Word(Priority, required=True, allow_none=True)
    dismissed_at = fields.DateTime(required=True, allow_none=True)
    attached_to = fields.UUID(
        required=True,
        allow_none=True,
        metadata={"description": "The patient to whom its earlier texts were attached."},
    )
    messages = fields.List(fields.Nested(StrangersText), required=True)


class Attachment(Ordered):
    patient_id = Id(required=True)


class UnknownMessages(Listed):
    items = fields.List(fields.Nested(UnknownMessage), required=True)
