"""What was said by phone or in an app: its scores, its words, and when it corrects the one before."""

from datetime import datetime

import pytest

from recovery.db import writing
from recovery.domain.vocabulary import Score
from recovery.queries import patients, treatments
from recovery.services import reports
from recovery.services.reports import Said
from tests.stories.sending.story import Story, at, begin

pytestmark = pytest.mark.usefixtures("app")


def note(story: Story, moment: datetime, text: str, source: str) -> None:
    clear = dict.fromkeys(("redness", "swelling", "itching"), Score.exact(0))
    with writing():
        patient = patients.locked_patient(story.patient_id)
        assert patient is not None
        reports.add(patient, story.treatment, Said(clear, note=text), moment, source, moment)


@pytest.mark.parametrize("source", ["app", "nurse"])
def test_a_danger_in_the_words_of_a_note_is_flagged_and_ends_nothing(source: str) -> None:
    story = begin()
    note(story, at(4, "12:00"), "fever 39 and yellow pus since this morning", source)
    assert story.flags() == {"infection_words": "urgent"}
    assert story.status() == "recovering"


def test_a_question_in_a_note_reaches_a_nurse_unless_it_is_her_own() -> None:
    story = begin()
    note(story, at(4, "12:00"), "asked: can I wear makeup?", "nurse")
    assert story.flags() == {}
    other = begin(clinic={"phone": "+14165550170"})
    note(other, at(4, "12:00"), "can I wear makeup?", "app")
    assert other.flags() == {"asks_for_contact": "soon"}


def test_a_denied_danger_in_a_note_is_none() -> None:
    story = begin()
    note(story, at(4, "12:00"), "no fever, no pus", "app")
    assert (story.flags(), story.status()) == ({}, "recovered")


def test_a_report_minutes_later_corrects_the_one_before() -> None:
    story = begin()
    story.reports(at(2, "12:00"), 9, 0, 0)
    story.reports(at(2, "12:03"), 3, 0, 0)
    assert story.flags() == {}


def test_an_hour_later_it_is_another_report() -> None:
    story = begin()
    story.reports(at(2, "12:00"), 9, 0, 0)
    story.reports(at(2, "13:00"), 3, 0, 0)
    assert story.flags() == {"severe": "urgent"}


def test_what_the_app_sent_is_not_corrected_by_a_nurse() -> None:
    story = begin()
    story.reports(at(2, "12:00"), 9, 0, 0, source="app")
    story.reports(at(2, "12:03"), 3, 0, 0, source="nurse")
    assert story.flags() == {"severe": "urgent"}


def test_what_a_nurse_logs_of_this_morning_stands_before_what_was_said_since() -> None:
    story = begin()
    story.reports(at(3, "15:00"), 0, 0, 0)
    with writing():
        patient = patients.locked_patient(story.patient_id)
        assert patient is not None
        red = Said({"redness": Score.exact(5)})
        reports.add(patient, story.treatment, red, at(3, "11:00"), "nurse", at(3, "15:30"))

    with writing():
        told = [report.redness for report in treatments.standing_reports(story.treatment)]
    assert told == [5, 0]
    assert story.flags() == {}
