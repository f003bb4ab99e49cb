"""How a route of the API is made, so that every request is checked in one order.

401 by the guard, then 404, 413 and 415, 422, replay, 412, 409; then the audit, in the same commit
as the effect. A view is left with the one thing that is its own.
"""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from http import HTTPStatus
from typing import Any

import flask_smorest
import marshmallow as ma
from flask import Response
from sqlalchemy.exc import IntegrityError
from werkzeug.exceptions import Forbidden, HTTPException

from recovery.api import errors, idempotency
from recovery.api.answers import Answer
from recovery.api.guard import PREFIX, actor
from recovery.api.parser import StrictParser
from recovery.api.schemas.common import Nothing
from recovery.db import reading, writing
from recovery.domain.errors import Refusal
from recovery.services import audit, clock

View = Callable[..., Answer]
SchemaType = type[ma.Schema]

_IF_MATCH = {
    "name": "If-Match",
    "in": "header",
    "schema": {"type": "string"},
    "description": 'The version that the caller saw, like "3"; 412 if somebody changed it since.',
}
_KEY = {
    "name": idempotency.HEADER,
    "in": "header",
    "schema": {"type": "string", "minLength": 1, "maxLength": idempotency.LONGEST},
    "description": "Makes a repeated request safe: for 24 hours it gets the first answer again, "
    "or 409 if that held a secret that is shown once.",
}
REFUSALS = (400, 401, 403, 404, 409, 412, 413, 415, 422)
_BYTES = {"type": "string", "format": "binary"}
_ETAG = {"ETag": {"schema": {"type": "string"}, "description": "The version, in quotation marks."}}


class Section(flask_smorest.Blueprint):  # type: ignore[misc]
    """The routes about one kind of thing."""

    ARGUMENTS_PARSER = StrictParser()

    def __init__(self, name: str, description: str) -> None:
        super().__init__(f"api-{name}", __name__, url_prefix=PREFIX, description=description)
        self.register_error_handler(Refusal, errors.refused)
        self.register_error_handler(IntegrityError, errors.collided)
        self.register_error_handler(HTTPException, errors.failed)

    def reads(
        self,
        rule: str,
        *,
        gives: SchemaType | str,
        asks: SchemaType | None = None,
        etag: bool = False,
        admin: bool = False,
    ) -> Callable[[View], View]:
        """A GET. The view gets the query that `asks` loads, the ids of the path, and `now`.

        `gives` is a schema, or the content type of bytes. `admin`: 403 for anybody else.
        """

        def decorate(view: View) -> View:
            @wraps(view)
            def door(*args: Any, **ids: Any) -> Response:
                with reading():
                    now = clock.now()
                    answer = view(*args, **ids, now=now)
                    is_new = bool(answer.ids) and not _is_repeated(answer, now)
                if is_new:
                    with writing():
                        audit.record(actor(), answer.action, answer.subject, answer.ids, now)
                return answer.response(200)

            given: dict[str, Any] = {"schema": gives}
            if isinstance(gives, str):
                given = {"schema": _BYTES, "content_type": gives}
            documented = self.response(200, **given, headers=_ETAG if etag else None)(door)
            if asks is not None:
                documented = self.arguments(asks, location="query")(documented)
            documented = self.doc(**_described(view, "GET", rule, admin, etag))(documented)
            self.route(rule, methods=["GET"])(_allowed_first(admin, documented))
            return view

        return decorate

    def writes(
        self,
        method: str,
        rule: str,
        *,
        takes: SchemaType = Nothing,
        gives: SchemaType | None,
        status: int = 200,
        finds: Callable[..., object] | None = None,
        etag: bool = True,
        admin: bool = False,
    ) -> Callable[[View], View]:
        """A change. `finds` raises NotFound for ids of the path that are nothing of this clinic's.

        `admin`: 403 for anybody else.
        The view gets the body that `takes` loads, the ids and `now`, inside the one transaction.
        """

        def decorate(view: View) -> View:
            @wraps(view)
            def door(*args: Any, **ids: Any) -> Response:
                key = idempotency.key()
                with writing():
                    now = clock.now()
                    before = idempotency.replayed(key, now) if key else None
                    if before is not None:
                        return before
                    answer = view(*args, **ids, now=now)
                    if answer.ids:
                        audit.record(actor(), answer.action, answer.subject, answer.ids, now)
                    response = answer.response(status)
                    if key:
                        idempotency.keep(key, response, answer)
                return response

            documented = self.response(status, gives, headers=_ETAG if etag and gives else None)(door)
            if takes is Nothing:
                documented = _without_body(documented)
            if method != "DELETE":
                documented = self.arguments(takes, required=takes is not Nothing)(documented)
            documented = self.doc(**_described(view, method, rule, admin, etag))(documented)
            self.route(rule, methods=[method])(_allowed_first(admin, _found_first(finds, documented)))
            return view

        return decorate


def _is_repeated(answer: Answer, now: datetime) -> bool:
    """Whether it is the list that the caller saw a moment ago."""
    return answer.action == "list" and audit.is_repeated(actor(), answer.subject, answer.ids, now)


def _allowed_first(admin: bool, view: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(view)
    def door(**ids: Any) -> Any:
        if admin and actor().role != "admin":
            raise Forbidden("Only an admin may do this.")
        return view(**ids)

    return door


def _found_first(finds: Callable[..., object] | None, view: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(view)
    def door(**ids: Any) -> Any:
        if finds is not None:
            with reading():
                finds(**ids)
        return view(**ids)

    return door


def _without_body(view: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(view)
    def door(*_: Any, **ids: Any) -> Any:
        return view(**ids)

    return door


def _described(view: View, method: str, rule: str, admin: bool, etag: bool) -> dict[str, Any]:
    """What the description says of a route besides its schemas."""
    named, changes = "<" in rule, method != "GET"
    refusals = {
        401,
        *({403} if admin else ()),
        *({404} if named else ()),
        *({400, 403, 409, 413, 415, 422} if changes else ()),
    }
    headers = ([_KEY] if method == "POST" else []) + (
        [_IF_MATCH] if etag and changes and (named or method == "PATCH") else []
    )
    refusals |= {412} if _IF_MATCH in headers else set()
    responses = {
        code: {"$ref": f"#/components/responses/{HTTPStatus(code).name}"} for code in sorted(refusals)
    }
    described: dict[str, Any] = {"operationId": view.__name__, "responses": responses}
    return {**described, "parameters": headers} if headers else described
