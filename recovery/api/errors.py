"""Every refusal of the API as one shape: a problem (RFC 9457), never a trace."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from flask import Response
from sqlalchemy.exc import IntegrityError
from werkzeug.exceptions import HTTPException, InternalServerError, MethodNotAllowed, Unauthorized
from werkzeug.http import HTTP_STATUS_CODES

from recovery.domain.errors import Conflict, Invalid, NotFound, Refusal, Stale

STATUSES: dict[type[Refusal], int] = {NotFound: 404, Conflict: 409, Stale: 412, Invalid: 422}
_SENTENCES = {
    400: "The request cannot be read.",
    401: "A valid token or a signed-in nurse is needed.",
    404: "There is nothing here.",
    405: "This cannot be done here.",
    413: "The body is too large.",
    422: "Some values are wrong.",
    500: "Something went wrong on our side.",
}


def problem(status: int, detail: str, errors: Mapping[str, Any] | None = None) -> Response:
    """The answer to a request that is refused; `errors` names each wrong field."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTP_STATUS_CODES.get(status, "Error"),
        "status": status,
        "detail": detail,
    }
    if errors:
        body["errors"] = errors
    return Response(json.dumps(body), status, mimetype="application/problem+json")


def refused(error: Refusal) -> Response:
    status = next((code for kind, code in STATUSES.items() if isinstance(error, kind)), 409)
    if isinstance(error, Invalid):
        return problem(status, _SENTENCES[422], error.errors)
    return problem(status, str(error) or _SENTENCES.get(status, ""))


def failed(error: HTTPException) -> Response:
    """A refusal of the web layer itself: no such route, a wrong method, a body too large."""
    status = error.code or 500
    answer = problem(status, _sentence(error, status))
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        answer.headers["Allow"] = ", ".join(sorted(error.valid_methods))
    if isinstance(error, Unauthorized):
        answer.headers["WWW-Authenticate"] = "Bearer"
    return answer


def collided(error: IntegrityError) -> Response:
    """Two callers made the same thing at the same moment; the other was first."""
    code = getattr(error.orig, "sqlstate", None) or getattr(error.orig, "sqlite_errorname", "")
    if code in ("23505", "SQLITE_CONSTRAINT_UNIQUE", "SQLITE_CONSTRAINT_PRIMARYKEY"):
        return problem(409, "Somebody else has just done the same.")
    raise error


def by_field(messages: Mapping[str, Any]) -> dict[str, Sequence[str]]:
    """marshmallow's messages as {field: [what is wrong]}; what is wrong with the whole is `body`.

    A field inside another is `outer.inner`.
    """
    found: dict[str, Sequence[str]] = {}
    for name, inner in messages.items():
        if isinstance(inner, Mapping) and all(isinstance(each, str) for each in inner):
            found.update({f"{name}.{field}": wrong for field, wrong in by_field(inner).items()})
        else:
            found["body" if name == "_schema" else name] = _leaves(inner)
    return found


def _leaves(messages: Any) -> list[str]:
    if isinstance(messages, Mapping):
        return list(dict.fromkeys(leaf for inner in messages.values() for leaf in _leaves(inner)))
    return [str(each) for each in messages]


def _sentence(error: HTTPException, status: int) -> str:
    if isinstance(error, InternalServerError):
        return _SENTENCES[500]
    own = type(error).description
    return str(error.description) if error.description != own else _SENTENCES.get(status, str(own or ""))
