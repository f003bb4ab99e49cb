"""Every place that knows the languages of our texts knows the same ones (docs/adding-a-language.md)."""

import pytest
from flask import Flask

from recovery.domain.vocabulary import LANGUAGES
from recovery.web.forms import LANGUAGE_NAMES
from tests import make


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_clinic_and_a_patient_may_have_it(app: Flask, language: str) -> None:
    clinic = make.clinic(language=language)
    patient = make.patient(clinic)

    assert (clinic.language, patient.language) == (language, language)


def test_the_page_has_a_name_for_each() -> None:
    assert set(LANGUAGE_NAMES) == set(LANGUAGES)
