"""Rows of the audit as they are asked for and shown."""

from marshmallow import fields

from recovery.api.fields import Id, Moment, Word
from recovery.api.schemas.common import Listed, Ordered, Page
from recovery.domain.audited import ACTIONS, SUBJECTS


class AuditQuery(Page):
    staff_id = Id()
    action = Word(ACTIONS)
    subject = Word(SUBJECTS)
    about = Id(
        metadata={"description": "Whose: an id; a patient's stands for treatments, cases and photos too."}
    )
    since = Moment()
    until = Moment(metadata={"description": "Not included."})


class Named(Ordered):
    id = fields.UUID(required=True)
    name = fields.String(required=True, allow_none=True)


class AuditEvent(Ordered):
    id = fields.UUID(required=True)
    at = fields.DateTime(required=True)
    staff = fields.Nested(Named, required=True, allow_none=True)
    token = fields.Nested(Named, required=True, allow_none=True)
    action = fields.String(required=True)
    subject = fields.String(required=True)
    subject_ids = fields.List(fields.UUID(), required=True)
    seq = fields.Integer(
        required=True, allow_none=True, metadata={"description": "Its place in the chain; null until sealed."}
    )


class AuditEvents(Listed):
    items = fields.List(fields.Nested(AuditEvent), required=True)
