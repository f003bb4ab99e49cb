"""Reading a request strictly: JSON that is really JSON, and a query in which nothing is passed over."""

import json
from typing import Any

import marshmallow as ma
from flask import Request
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge, UnsupportedMediaType

from recovery.api.errors import by_field
from recovery.domain.errors import Invalid


class StrictParser(FlaskParser):
    """413 and 415 before 400 before 422; what is wrong with a value is told by its field."""

    def __init__(self) -> None:
        super().__init__(unknown=ma.RAISE)

    def load_json(self, req: Request, schema: ma.Schema) -> Any:
        body = _whole(req)
        if not body and not schema.fields:
            return {}
        if req.mimetype != "application/json":
            raise UnsupportedMediaType("The body must be application/json.")
        return parsed(body)

    def load_querystring(self, req: Request, schema: ma.Schema) -> Any:
        """A value given once as itself, one given several times as a list."""
        return {name: given[0] if len(given) == 1 else given for name, given in req.args.lists()}

    def handle_error(self, error: ma.ValidationError, *_: Any, **__: Any) -> Any:
        messages: Any = error.messages
        raise Invalid(by_field(next(iter(messages.values()))))


def parsed(body: bytes) -> Any:
    """The JSON value. Raises BadRequest for anything that is none, a name given twice included."""
    try:
        return json.loads(body.decode("utf-8"), object_pairs_hook=_without_twins)
    except (ValueError, RecursionError):
        raise BadRequest("The body is not JSON.") from None


def _whole(req: Request) -> bytes:
    """The body. A chunked one is read up to the limit only, and so may be cut where it reached that."""
    body = req.get_data(cache=True)
    limit = req.max_content_length
    if req.content_length is None and limit is not None and len(body) >= limit:
        raise RequestEntityTooLarge
    return body


def _without_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name is given twice")
    return found
