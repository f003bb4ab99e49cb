"""What every part of the API shares: pages, problems, and bodies with nothing in them."""

from typing import Any

import marshmallow as ma
from marshmallow import fields

from recovery.api.fields import Limit, Text


class Ordered(ma.Schema):
    """Unknown names are refused; marshmallow's own default, said aloud."""

    class Meta:
        unknown = ma.RAISE


class Nothing(Ordered):
    """A body that may be absent or empty."""


class Change(Ordered):
    """Some of the fields of a thing; at least one."""

    @ma.validates_schema
    def check_any(self, data: dict[str, Any], **_: Any) -> None:
        if not data:
            raise ma.ValidationError("Name at least one field to change.")


class Page(Ordered):
    """Which part of a list."""

    limit = Limit()
    cursor = Text(1000)


class Listed(Ordered):
    """One page of a list; what it lists stands in `items`."""

    next_cursor = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "Where the next page begins; null on the last."},
    )


class Problem(Ordered):
    """RFC 9457: why a request was refused."""

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(required=True)
    errors = fields.Dict(keys=fields.String(), values=fields.List(fields.String()))
