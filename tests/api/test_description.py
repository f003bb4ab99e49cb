"""The description of the API is true: drawn from the routes, and held against what they answer."""

from typing import Any

import pytest
import schemathesis
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests import make
from tests.api import stories
from tests.api.conftest import PREFIX, Caller
from tests.api.routes import routes
from tests.pictures import jpeg

CHECKS = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
)


@schemathesis.serializer("text/csv")
def _csv(_: Any, value: Any) -> bytes:
    """A body that is no JSON goes as it is."""
    return str(value).encode("utf-8", "replace")


def test_every_route_is_described(app: Flask, client: FlaskClient) -> None:
    described = client.get("/openapi.json").json

    assert described["openapi"] == "3.1.0"
    for method, rule in routes(app):
        path = rule.rule.replace("<uuid:", "{").replace("<int:", "{").replace(">", "}")
        call = described["paths"][path][method.lower()]
        assert call["summary"], path
        assert "401" in call["responses"], path
        assert ("404" in call["responses"]) == bool(rule.arguments), path


def test_the_documentation_is_one_page_with_nothing_from_elsewhere(app: Flask, client: FlaskClient) -> None:
    page = client.get("/docs")

    assert page.status_code == 200
    assert f"POST {PREFIX}/treatments/{{treatment_id}}/reports" in page.text
    for forbidden in ("<script", "<style", " style=", "http://", "https://", "//"):
        assert forbidden not in page.text.replace("<!doctype html>", "")
    with client.get("/docs/static/docs.css") as style:
        assert style.status_code == 200


@pytest.mark.parametrize("method", ["GET", "POST", "PATCH", "DELETE"])
def test_whatever_is_sent_the_answer_is_one_that_is_described(
    app: Flask, admin: Caller, clinic: Any, method: str
) -> None:
    ids = _ids(admin, clinic)
    schema = schemathesis.openapi.from_wsgi("/openapi.json", app)
    operations = [found.ok() for found in schema.get_all_operations()]

    for operation in (each for each in operations if each.method.upper() == method):

        @given(case=operation.as_strategy(), known=st.booleans(), conditional=st.booleans())
        @settings(
            max_examples=12,
            derandomize=True,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        def holds(case: Any, known: bool, conditional: bool) -> None:
            if known:
                case.path_parameters = {name: ids[name] for name in case.path_parameters or {}}
            if known and isinstance(case.body, dict) and "patient_id" in case.body:
                case.body["patient_id"] = ids["patient_id"]
            if not conditional:
                case.headers = None
            case.call_and_validate(headers=admin.headers, checks=list(CHECKS))

        holds()


def _ids(api: Caller, clinic: Any) -> dict[str, str]:
    case = stories.case(api)
    photo_id = make.photo(clinic, case["patient"]["phone"], jpeg())
    return {
        "patient_id": case["patient"]["id"],
        "treatment_id": case["treatment"]["id"],
        "case_id": case["id"],
        "photo_id": str(photo_id),
        "unknown_message_id": stories.unknown_number(clinic),
        "import_id": stories.treatment_import(api),
        "number": stories.protocol_version(api),
        **stories.colleague(clinic),
    }
