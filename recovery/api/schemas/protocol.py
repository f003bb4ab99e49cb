"""The protocol's versions as they are shown, written and signed."""

from marshmallow import fields

from recovery.api.fields import Text
from recovery.api.schemas.common import Ordered

_CONTENT = "Every number of the version, by its name; what they mean stands on the page and in the source."
_CHANGES = (
    "Some fields anew, as `content` has them; the three depths and the lists as a whole. "
    "Numbers beyond their bounds, or against each other, are refused by name."
)


class Version(Ordered):
    number = fields.Integer(required=True)
    created_at = fields.DateTime(required=True)
    approved_by = fields.String(required=True, allow_none=True)
    approved_at = fields.DateTime(required=True, allow_none=True)
    treatments = fields.Integer(required=True, metadata={"description": "That began under it."})
    recovering = fields.Integer(required=True, metadata={"description": "Of them, still followed."})


class WholeVersion(Version):
    content = fields.Dict(keys=fields.String(), required=True, metadata={"description": _CONTENT})


class Protocol(Ordered):
    in_force = fields.Integer(
        required=True, metadata={"description": "The version that new treatments begin under."}
    )
    newest = fields.Nested(WholeVersion, required=True)
    versions = fields.List(fields.Nested(Version), required=True)


class NewVersion(Ordered):
    based_on = fields.Integer(
        required=True, strict=True, metadata={"description": "The newest version; 409 if it is not any more."}
    )
    changes = fields.Dict(keys=fields.String(), required=True, metadata={"description": _CHANGES})


class Signature(Ordered):
    number = fields.Integer(
        required=True, strict=True, metadata={"description": "The version that was read."}
    )
    by = Text(200, required=True, metadata={"description": "The clinician who signs."})
