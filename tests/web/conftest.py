"""Who visits the pages in these tests: a nurse, and one of another clinic; it is noon, a Friday."""

from collections.abc import Iterator

import pytest
from flask import Flask

from recovery.models.clinic import Clinic
from recovery.models.staff import Staff
from recovery.services import clock
from tests import make
from tests.web.visitor import Visitor


@pytest.fixture(autouse=True)
def noon() -> Iterator[None]:
    with clock.set_to(make.NOON):
        yield


@pytest.fixture
def clinic(app: Flask) -> Clinic:
    return make.clinic(on_call_phone="+14165550199")


@pytest.fixture
def nurse(clinic: Clinic) -> Staff:
    return make.nurse(clinic)


@pytest.fixture
def visitor(app: Flask) -> Visitor:
    return Visitor(app.test_client())


@pytest.fixture
def signed_in(visitor: Visitor, nurse: Staff) -> Visitor:
    assert visitor.sign_in().status_code == 303
    return visitor


@pytest.fixture
def admin(app: Flask, clinic: Clinic) -> Visitor:
    """The clinic's only admin, signed in."""
    make.nurse(clinic, "admin@rosewood.example", "admin")
    visitor = Visitor(app.test_client())
    assert visitor.sign_in("admin@rosewood.example").status_code == 303
    return visitor


@pytest.fixture
def stranger(app: Flask, clinic: Clinic) -> Visitor:
    """A nurse of another clinic, signed in: she must see nothing of ours."""
    other = make.clinic(name="Birch Clinic", phone="+14165550111")
    make.nurse(other, "nurse@birch.example")
    visitor = Visitor(app.test_client())
    assert visitor.sign_in("nurse@birch.example").status_code == 303
    return visitor
