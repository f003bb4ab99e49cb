"""Corrections of a treatment that cannot be, and what the person who enters one is told."""

from datetime import date

import pytest

from recovery.db import writing
from recovery.domain.errors import Conflict, Invalid
from recovery.queries import patients
from recovery.queries import treatments as finding
from recovery.services import treatments
from tests import make
from tests.stories.sending.story import Story, at, begin

pytestmark = pytest.mark.usefixtures("app")


def change(story: Story, **changes: object) -> None:
    with writing():
        patient = patients.locked_patient(story.patient_id)
        assert patient is not None
        treatments.change(patient, story.treatment, at(4, "12:00"), changes)


def again(story: Story) -> Story:
    """The same patient, treated once more on day 3."""
    with writing():
        patient = patients.locked_patient(story.patient_id)
        assert patient is not None
        second = treatments.begin(patient, at(3, "12:00"), treated_at=at(3, "12:00"))
        return Story(story.clinic_id, story.patient_id, second.id)


def test_a_correction_carries_no_treatment_past_another() -> None:
    first = begin()
    second = again(first)
    with pytest.raises(Conflict, match="lies between"):
        change(second, treated_at=at(-2, "12:00"))
    with pytest.raises(Conflict, match="lies between"):
        change(first, treated_at=at(4, "11:00"))
    change(second, treated_at=at(2, "12:00"))


def test_the_next_session_lies_after_the_treatment() -> None:
    with pytest.raises(Invalid, match="after the day"):
        begin(next_session_on=date(2001, 1, 1))
    story = begin(clinic={"phone": "+14165550170"})
    with pytest.raises(Invalid, match="after the day"):
        change(story, next_session_on=story.treatment.treated_on)


@pytest.mark.parametrize(("entered", "told"), [(0, "phone on day 3."), (5, "reminded to phone.")])
def test_who_gets_no_texts_is_said_with_the_day_that_is_left(entered: int, told: str) -> None:
    office = make.clinic()
    with writing():
        person = make.patient(office, phone=None)
    with writing():
        patient = patients.locked_patient(person.id)
        assert patient is not None
        now = at(entered, "12:00")
        entry = treatments.begin(patient, now, treated_at=at(0, "12:00"))
        warned = treatments.warnings(patient, entry, now)
        assert finding.latest_treatment(patient.id) is entry
    assert any(sentence.endswith(told) for sentence in warned)
