"""Files of treatments as they are shown."""

from marshmallow import fields

from recovery.api.fields import Word
from recovery.api.schemas.common import Listed, Ordered

STATUSES = ("refused", "stopped", "writing", "done")


class ImportProblem(Ordered):
    line = fields.Integer(required=True, metadata={"description": "Of the file; 1 is the header."})
    column = fields.String(required=True, metadata={"description": "Empty for the line as a whole."})
    what = fields.String(required=True)


class Import(Ordered):
    id = fields.UUID(required=True)
    status = Word(STATUSES, required=True)
    lines = fields.Integer(required=True)
    written = fields.Integer(required=True)
    problems = fields.List(fields.Nested(ImportProblem), required=True)
    created_at = fields.DateTime(required=True)
    ended_at = fields.DateTime(required=True, allow_none=True)


class Imports(Listed):
    items = fields.List(fields.Nested(Import), required=True)
