"""Joining the API to the app: its guard, its sections, its description."""

from http import HTTPStatus

import flask_smorest
from flask import Flask

from recovery.api import (
    audit,
    cases,
    clinic,
    colleagues,
    docs,
    enrolments,
    guard,
    imports,
    patients,
    photos,
    protocol,
    staff,
    statistics,
    tokens,
    treatments,
    unknown_messages,
)
from recovery.api.schemas.common import Problem
from recovery.api.sections import REFUSALS

SECTIONS = (
    patients.section,
    treatments.section,
    enrolments.section,
    cases.section,
    photos.section,
    imports.section,
    unknown_messages.section,
    statistics.section,
    clinic.section,
    colleagues.section,
    protocol.section,
    staff.section,
    tokens.section,
    audit.section,
)
_ABOUT = "Times are RFC 3339 with an offset. Errors are problems (RFC 9457)."


class _Api(flask_smorest.Api):  # type: ignore[misc]
    """The description of the API; its refusals are ours, not the package's."""

    ERROR_SCHEMA = Problem

    def _register_error_handlers(self) -> None:
        """Each section has its own; the package's would drop `Allow`."""

    def _register_pagination_header(self) -> None:
        """Lists carry their cursor in the body."""

    def _register_responses(self) -> None:
        for status in HTTPStatus:
            if status.value in REFUSALS:
                self.spec.components.response(status.name, _refusal(status.phrase))
        self.spec.components.response(self.DEFAULT_ERROR_RESPONSE_NAME, _refusal("Another refusal"))


def _refusal(description: str) -> dict[str, object]:
    return {"description": description, "content": {"application/problem+json": {"schema": Problem}}}


def register(app: Flask) -> None:
    """Add everything under /api/v1, /openapi.json and /docs; after whatever guards the pages."""
    app.config.update(
        API_TITLE="Recovery check-ins",
        API_VERSION="v1",
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX="/",
        API_SPEC_OPTIONS={"info": {"description": _ABOUT}, "security": [{"token": []}, {"session": []}]},
    )
    app.before_request(guard.check)
    api = _Api(app)
    api.spec.components.security_scheme("token", {"type": "http", "scheme": "bearer"})
    api.spec.components.security_scheme("session", {"type": "apiKey", "in": "cookie", "name": "session"})
    for section in SECTIONS:
        api.register_blueprint(section)
    app.extensions["recovery.openapi"] = api.spec
    app.register_blueprint(docs.blueprint)
