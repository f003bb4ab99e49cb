"""A clinic and a patient of today, and a shelf in place of the provider."""

from collections.abc import Iterator

import pytest
from flask import Flask

from recovery.models.clinic import Clinic
from recovery.models.patient import Patient
from tests import make
from tests.services.photographed import ON_CALL
from tests.shelf import Shelf, in_place


@pytest.fixture
def shelf(app: Flask) -> Iterator[Shelf]:
    with in_place(app) as shelf:
        yield shelf


@pytest.fixture
def clinic(app: Flask) -> Clinic:
    return make.clinic(on_call_phone=ON_CALL)


@pytest.fixture
def maria(clinic: Clinic) -> Patient:
    """A patient on the day of her treatment."""
    patient = make.patient(clinic)
    make.treatment(patient)
    return patient
