"""Who calls the API in these tests: a nurse's program, and one of another clinic; it is noon, a Friday."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from recovery.models.clinic import Clinic
from recovery.models.staff import Staff
from recovery.services import clock
from tests import make

PREFIX = "/api/v1"


class Caller:
    """A program that calls with its token."""

    def __init__(self, client: FlaskClient, token: str | None) -> None:
        self.client = client
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}

    def call(
        self, method: str, path: str, headers: dict[str, str] | None = None, **kwargs: Any
    ) -> TestResponse:
        path = path if path.startswith("/") else f"{PREFIX}/{path}"
        return self.client.open(path, method=method, headers={**self.headers, **(headers or {})}, **kwargs)

    def get(self, path: str, **kwargs: Any) -> TestResponse:
        return self.call("GET", path, **kwargs)

    def post(self, path: str, json: Any = None, **kwargs: Any) -> TestResponse:
        return (
            self.call("POST", path, json=json, **kwargs)
            if json is not None
            else self.call("POST", path, **kwargs)
        )

    def patch(self, path: str, json: Any, **kwargs: Any) -> TestResponse:
        return self.call("PATCH", path, json=json, **kwargs)

    def delete(self, path: str, **kwargs: Any) -> TestResponse:
        return self.call("DELETE", path, **kwargs)


@pytest.fixture(autouse=True)
def noon() -> Iterator[None]:
    with clock.set_to(make.NOON):
        yield


@pytest.fixture
def clinic(app: Flask) -> Clinic:
    return make.clinic()


@pytest.fixture
def nurse(clinic: Clinic) -> Staff:
    return make.nurse(clinic)


@pytest.fixture
def api(client: FlaskClient, nurse: Staff) -> Caller:
    return Caller(client, make.token(nurse))


@pytest.fixture
def admin(client: FlaskClient, clinic: Clinic) -> Caller:
    """An admin's program; she is the only admin of the clinic."""
    return Caller(client, make.token(make.nurse(clinic, "admin@rosewood.example", "admin")))


@pytest.fixture
def stranger(client: FlaskClient) -> Caller:
    """An admin of another clinic, who must see nothing."""
    other = make.clinic(name="Elm Street Skin", phone="+14165550199")
    return Caller(client, make.token(make.nurse(other, "admin@elm.example", "admin")))
