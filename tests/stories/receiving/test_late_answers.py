"""What is said to a text that was found late: only while it is fresh, not at night, nothing twice over."""

import pytest

from recovery.db import writing
from tests.stories.receiving.lost import LossyStory


def test_for_an_hour_it_is_answered(lost: LossyStory) -> None:
    lost.at(1).lose("3 1 0")
    lost.later(minutes=59, seconds=50).find()
    assert lost.answers == [("thanks_usual", "sent")]


def test_after_an_hour_it_is_only_logged(lost: LossyStory) -> None:
    lost.at(1).lose("3 1 0")
    lost.later(minutes=61).find()
    assert (lost.scores, lost.answers) == ([(3, 1, 0)], [])


def test_a_danger_counts_however_late_it_is_found(lost: LossyStory) -> None:
    lost.at(1).lose("I cannot breathe")
    lost.later(hours=5).find()
    assert lost.flags == {("emergency_words", "breathing"): "emergency"}
    assert lost.answers == []


def test_when_something_later_was_answered_it_gets_no_answer(lost: LossyStory) -> None:
    lost.at(1).lose("3 1 0")
    lost.later(minutes=1).text("can I wear makeup?")
    lost.later(minutes=1).find()
    assert lost.answers == [("thanks_flagged", "sending")]


def test_a_later_text_without_an_answer_takes_nothing_from_it(lost: LossyStory) -> None:
    lost.at(1).lose("3 1 0")
    lost.later(minutes=1).text("ok thanks")
    lost.later(minutes=1).find()
    assert lost.answers == [("thanks_usual", "sent")]


def test_what_someone_in_danger_must_hear_is_said_all_the_same(lost: LossyStory) -> None:
    lost.at(1).lose("there is pus")
    lost.later(minutes=1).text("hello?")
    lost.later(minutes=1).find()
    assert [wording for wording, _ in lost.answers] == ["clarification", "infection_open"]


def test_what_she_heard_of_her_danger_is_not_said_again(lost: LossyStory) -> None:
    lost.at(1).lose("there is pus")
    lost.later(minutes=2).text("it is still pus")
    lost.later(minutes=2).find()
    assert [wording for wording, _ in lost.answers] == ["infection_open"]


def test_at_night_its_answer_waits_for_eight(lost: LossyStory) -> None:
    lost.at(1, "02:30").lose("5 3 1")
    lost.later(minutes=20).find()
    assert lost.answers == [("thanks_noted", "queued")]

    lost.at(1, "07:59").run("send-messages")
    assert lost.answers == [("thanks_noted", "queued")]
    lost.at(1, "08:00").run("send-messages")
    assert lost.answers == [("thanks_noted", "sent")]


def test_six_hours_after_it_was_sent_its_answer_is_dropped(lost: LossyStory) -> None:
    lost.at(1, "01:30").lose("5 3 1")
    lost.later(minutes=20).find()
    lost.at(1, "08:00").run("send-messages")
    assert lost.answers == [("thanks_noted", "expired")]


@pytest.mark.parametrize(
    ("body", "wording"),
    [("I cannot breathe", "emergency"), ("there is pus", "infection_closed"), ("STOP", "opt_out")],
)
def test_a_safety_text_never_waits(lost: LossyStory, body: str, wording: str) -> None:
    lost.at(1, "02:30").lose(body)
    lost.later(minutes=20).find()
    assert lost.answers == [(wording, "sent")]


def test_the_night_is_that_of_the_patient(lost: LossyStory) -> None:
    with writing():
        lost.patient_row.timezone = "America/Vancouver"
    lost.at(1, "09:30").lose("5 3 1")  # half past six there
    lost.later(minutes=20).find()
    assert [status for _, status in lost.answers] == ["queued"]
    lost.at(1, "11:00").run("send-messages")
    assert [status for _, status in lost.answers] == ["sent"]


def test_the_answer_to_a_newer_text_takes_the_place_of_one_that_waits(lost: LossyStory) -> None:
    lost.at(1, "02:30").lose("5 3 1")
    lost.later(minutes=20).find()
    assert lost.at(1, "07:00").text("can I wear makeup?") == "thanks_flagged"
    lost.at(1, "08:00").run("send-messages")
    assert lost.answers == [("thanks_noted", "cancelled"), ("thanks_flagged", "sending")]


def test_texts_found_together_are_answered_by_the_last(lost: LossyStory) -> None:
    lost.at(1).lose("5 3 1")
    lost.later(minutes=2).lose("can I wear makeup?")
    lost.later(minutes=2).find()
    assert lost.answers == [("thanks_usual", "cancelled"), ("thanks_flagged", "sent")]
