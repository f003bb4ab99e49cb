"""STOP in every wording, START, and numbers that turn out to be somebody else's."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from recovery.db import writing
from recovery.queries import patients as finding
from recovery.services import gate, patients
from tests import make
from tests.conftest import empty_tables
from tests.webhooks.story import Story, new_phone, twilio_app


@pytest.fixture
def with_twilio_keywords(settings: dict[str, str], migrated_app: Flask, tmp_path: Path) -> Iterator[Story]:
    """A clinic where Twilio itself answers STOP, START and HELP."""
    with twilio_app(settings, tmp_path, KEYWORD_REPLIES="twilio") as (app, twilio), app.app_context():
        yield Story(app, twilio).begin()
        empty_tables()


def texting(story: Story) -> str:
    return gate.texting(story.patient)


def test_stop_is_confirmed_once_and_then_all_is_silent(story: Story) -> None:
    assert story.at(1).text("STOP") == "opt_out"
    assert [story.later(hours=1).text(body) for body in ("stop", "3 1 0", "banana", "HELP", "call me")] == [
        None
    ] * 5
    assert texting(story) == "opted_out"


def test_who_stops_within_the_expected_days_is_phoned_soon(story: Story) -> None:
    story.at(3).text("please stop texting me")
    assert story.flags == {("opted_out", ""): "soon"}
    assert story.case is not None
    assert story.case.flags[0].explanation == "Cannot be texted after an opt-out (day 3); phone the patient."


def test_who_stops_after_a_mild_recovery_is_phoned_in_good_time(story: Story) -> None:
    story.at(3).text("1 0 0")
    story.at(5).text("STOP")
    assert story.flags == {("opted_out", ""): "routine"}


def test_who_stops_after_a_high_score_is_phoned_soon(story: Story) -> None:
    story.at(3).text("4 1 1")
    assert story.flags == {}
    story.at(5).text("STOP")
    assert story.flags == {("opted_out", ""): "soon"}


def test_stop_with_pus_opens_the_case_all_the_same(story: Story) -> None:
    assert story.at(2).text("STOP, it is oozing pus") == "opt_out"
    assert story.flags == {("infection_words", "pus"): "urgent", ("opted_out", ""): "soon"}


def test_what_a_stopped_patient_writes_is_still_read(story: Story) -> None:
    story.at(1).text("STOP")
    assert story.at(2).text("there is pus") is None
    assert story.flags[("infection_words", "pus")] == "urgent"


def test_stopping_ends_nothing_and_start_goes_on(story: Story) -> None:
    story.asked(1).at(1, "11:00").text("STOP")
    story.at(2, "10:00").run("send-check-ins")
    assert story.at(2, "15:00").text("START") == "opt_in"
    story.at(3, "10:00").run("send-check-ins")

    assert [story.check_in(day).status for day in (2, 3, 4)] == ["cancelled", "sent", "planned"]
    assert story.treatment.status == "recovering"


def test_stopping_again_after_start_is_told_again(story: Story) -> None:
    for body in ("STOP", "START", "STOP"):
        story.at(1).later(hours=len(body)).text(body)
    assert story.case is not None
    [flag] = story.case.flags
    assert len(flag.sources) == 2


def test_where_twilio_answers_keywords_we_only_act(with_twilio_keywords: Story) -> None:
    story = with_twilio_keywords
    assert story.at(1).text("Stop") is None
    assert story.flags == {("opted_out", ""): "soon"}
    assert story.later(hours=1).text("START") is None
    assert texting(story) == "on"
    assert story.later(hours=1).text(" help ") is None
    assert story.flags[("asks_for_contact", "")] == "soon"  # a case is open


def test_but_in_other_words_the_confirmation_is_ours(with_twilio_keywords: Story) -> None:
    assert with_twilio_keywords.at(1).text("please stop texting me") == "opt_out"


def test_what_twilio_took_as_a_keyword_counts_as_one(with_twilio_keywords: Story) -> None:
    story = with_twilio_keywords
    assert story.at(1).text("ALTO YA", OptOutType="STOP") is None
    assert texting(story) == "opted_out"


def test_yes_is_no_keyword_of_ours_and_is_asked_about(with_twilio_keywords: Story) -> None:
    assert with_twilio_keywords.at(1).text("yes") == "clarification"


def test_a_strangers_stop_is_kept_for_the_number(story: Story) -> None:
    phone = new_phone()
    assert story.text("STOP", phone) == "opt_out"
    assert story.later(hours=1).text("hello?", phone) is None

    enrolled = make.patient(story.clinic, phone=phone)

    assert gate.texting(enrolled) == "opted_out"


def test_a_stranger_who_starts_again_may_be_texted_when_enrolled(story: Story) -> None:
    phone = new_phone()
    story.text("STOP", phone)
    story.later(hours=1).text("START", phone)
    assert gate.texting(make.patient(story.clinic, phone=phone)) == "on"


def test_a_patient_without_a_treatment_can_stop_as_well(story: Story) -> None:
    waiting = make.patient(story.clinic, name="Ana Ruiz")
    phone, patient_id = waiting.phone or "", waiting.id
    assert story.text("STOP", phone) == "opt_out"
    with writing():
        found = finding.locked_patient(patient_id)
        assert found is not None
        assert gate.texting(found) == "opted_out"


def test_an_opt_out_stays_with_the_patient_under_a_new_number(story: Story) -> None:
    story.at(1).text("STOP")
    with writing():
        locked = finding.locked_patient(story.patient_id)
        assert locked is not None
        patients.change(locked, story.now, {"phone": new_phone()})
    assert texting(story) == "opted_out"


def test_a_wrong_number_gets_one_excuse_and_then_no_text(story: Story) -> None:
    assert story.at(1, "09:00").text("Wrong number") == "wrong_person"
    assert story.flags == {("wrong_person", ""): "soon"}
    assert [story.later(hours=1).text(body) for body in ("3 1 0", "START", "who is this?")] == [None] * 3
    story.at(1, "10:00").run("send-check-ins")
    assert story.check_in(1).status == "cancelled"


def test_the_scores_of_a_doubted_number_are_nobodys_but_its_dangers_count(story: Story) -> None:
    story.at(1).text("wrong number, 3 1 0")
    story.later(hours=1).text("3 1 0")
    assert story.reports == []
    story.later(hours=1).text("there is pus")
    assert story.flags[("infection_words", "pus")] == "urgent"


def test_once_a_nurse_confirmed_the_number_texts_go_on(story: Story) -> None:
    story.at(1).text("I am not Maria")
    assert story.flags == {("wrong_person", ""): "soon"}
    with writing():
        locked = finding.locked_patient(story.patient_id)
        assert locked is not None
        patients.change(locked, story.now, {"phone": story.phone})
    assert story.at(2).text("3 1 0") == "thanks_noted"  # her case is still open
    assert story.scores == [(3, 1, 0)]


def test_a_stop_soon_after_an_emergency_text_is_confirmed(story: Story) -> None:
    assert story.at(2).text("I can't breathe") == "emergency"
    assert story.later(minutes=5).text("STOP, I can't breathe") == "opt_out"
    assert {("emergency_words", "breathing"), ("opted_out", "")} <= story.flags.keys()
    assert story.later(minutes=5).text("I can't breathe") is None
