"""Nobody knows whether a text went: Twilio's log is looked at, and it is adopted, sent again or let go."""

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from recovery.db import db, new_id, reading, writing
from recovery.models.message import TextCount
from recovery.queries import patients as finding
from recovery.services import opt_outs, patients, queued
from recovery.services.inbox import Incoming, receive
from recovery.sms.gateway import Accepted
from tests.stories.sending.doubt import NOTHING, TEN, claimed, doubted, lists, look, nurse_writes, recorded
from tests.stories.sending.story import Story, at, begin, now_is, run, tick
from tests.twilio_simulator import faults
from tests.twilio_simulator.seen import creates
from tests.twilio_simulator.simulator import Simulator

pytestmark = pytest.mark.usefixtures("online")


def texts_counted() -> int:
    with reading():
        return db.session.scalar(sa.select(sa.func.sum(TextCount.texts))) or 0


def test_a_text_that_went_is_adopted_a_minute_later_as_if_its_answer_had_come(twilio: Simulator) -> None:
    story = doubted(twilio, accepted=True)

    early = look("10:00:59")
    counts = look("10:01")

    question = story.rows()[-1]
    assert (early, counts) == (NOTHING, {**NOTHING, "adopted": 1})
    assert (question.status, question.twilio_sid) == ("sent", twilio.messages[-1].sid)
    assert story.asked()[1] == "sent"
    assert story.wall(story.question(1).sent_at) == "1 10:00"
    assert story.wall(story.question(1).reminder_at) == "1 13:00"


@pytest.mark.parametrize("wall", ["10:05", "10:15"])
def test_a_text_that_comes_into_the_log_late_is_adopted_at_a_later_look(twilio: Simulator, wall: str) -> None:
    story = doubted(twilio, accepted=True)
    late = twilio.messages.pop()
    for minute in ("10:01", "10:05"):
        if minute < wall:
            assert look(minute) == NOTHING
    twilio.messages.append(late)

    assert look(wall)["adopted"] == 1
    assert story.kinds("sent") == ["welcome", "check_in"]


def test_between_the_looks_twilio_is_not_asked(twilio: Simulator) -> None:
    doubted(twilio, accepted=False)
    for minute in range(17):
        look(f"10:{minute:02}")

    assert len([seen for seen in twilio.requests if lists(seen)]) == 3


def test_a_text_that_never_went_is_sent_after_a_quarter_of_an_hour(twilio: Simulator) -> None:
    story = doubted(twilio, accepted=False)
    counted = texts_counted()
    before = [look(wall) for wall in ("10:01", "10:05", "10:14:59")]

    counts = look("10:15")

    assert before == [NOTHING] * 3
    assert counts == {**NOTHING, "released": 1}
    assert story.texts("sent") == [("welcome", "0 12:00"), ("check_in", "1 10:15")]
    assert story.asked()[1] == "sent"
    assert texts_counted() == counted == 2


def test_one_look_is_enough_if_it_comes_a_quarter_of_an_hour_later(twilio: Simulator) -> None:
    story = doubted(twilio, accepted=False)

    assert look("10:30")["released"] == 1
    assert story.kinds("sent") == ["welcome", "check_in"]


def test_a_text_whose_window_has_closed_expires_and_never_counts_as_unanswered(twilio: Simulator) -> None:
    story = begin()
    run("send-messages", at(0, "12:00"))
    for day in (1, 2):
        twilio.fail_next(faults.drop(accepts=False), only=creates)
        run("send-check-ins", at(day, "17:50"))
        assert run("reconcile-messages", at(day, "18:05"))["expired"] == 1
        run("review-recoveries", at(day, "23:00"))

    tick(at(3, "02:00"))

    assert (story.asked()[1], story.asked()[2]) == ("expired", "expired")
    assert story.flags() == {}
    assert len(twilio.inbox(story.patient.phone or "")) == 1


def test_while_twilio_cannot_be_asked_nothing_is_decided(twilio: Simulator) -> None:
    story = doubted(twilio, accepted=True)
    twilio.fail_next(faults.answer(500), faults.answer(500), only=lists)

    assert (look("10:20"), look("10:21")) == (NOTHING, NOTHING)
    assert look("10:22")["adopted"] == 1
    assert len(twilio.inbox(story.patient.phone or "")) == 2


def test_a_callback_settles_it_before_any_look(twilio: Simulator) -> None:
    story = doubted(twilio, accepted=True)
    with now_is(at(1, "10:00:30")):
        twilio.deliver_callbacks()

    assert look("10:15") == NOTHING
    assert story.asked()[1] == "delivered"


def test_a_text_that_failed_at_twilio_is_adopted_with_its_failure(twilio: Simulator) -> None:
    story = doubted(twilio, accepted=True)
    twilio.messages[-1].advance("undelivered", TEN, 30005)

    look("10:01")

    assert (story.rows()[-1].status, story.rows()[-1].error_code) == ("undelivered", 30005)
    assert "undeliverable" in story.flags()


@pytest.mark.parametrize("made_of_it", ["  {} \r\n", "Sent from your Twilio trial account - {}", ""])
def test_what_twilio_does_to_a_text_hides_it_from_no_look(twilio: Simulator, made_of_it: str) -> None:
    doubted(twilio, accepted=True)
    twilio.messages[-1].body = made_of_it.format(twilio.messages[-1].body)

    assert look("10:01")["adopted"] == 1


def test_a_text_with_other_words_is_none_of_ours(twilio: Simulator) -> None:
    doubted(twilio, accepted=True)
    twilio.messages[-1].body = "Your parcel arrives tomorrow."

    assert look("10:01")["adopted"] == 0


def test_two_texts_with_the_same_words_take_two_of_twilios_the_older_the_older(twilio: Simulator) -> None:
    story = begin()
    run("send-messages", at(0, "12:00"))
    for second in (0, 5):
        twilio.fail_next(faults.drop(), only=creates)
        nurse_writes(story, "Please call us.", TEN + timedelta(seconds=second))
        run("send-messages", TEN + timedelta(seconds=second))

    assert look("10:02")["adopted"] == 2
    assert [row.twilio_sid for row in story.rows()] == [each.sid for each in twilio.messages]


def test_of_two_texts_with_the_same_words_of_which_one_went_one_is_sent_again(twilio: Simulator) -> None:
    story = begin()
    run("send-messages", at(0, "12:00"))
    for second, accepted in ((0, True), (5, False)):
        twilio.fail_next(faults.drop(accepts=accepted), only=creates)
        nurse_writes(story, "Please call us.", TEN + timedelta(seconds=second))
        run("send-messages", TEN + timedelta(seconds=second))

    for wall in ("10:01", "10:06", "10:16"):
        look(wall)

    assert twilio.inbox(story.patient.phone or "")[1:] == ["Please call us."] * 2
    assert {row.status for row in story.rows()} == {"sent"}


def test_a_text_that_another_worker_is_just_sending_is_not_taken_for_the_one_in_doubt(
    twilio: Simulator,
) -> None:
    story = begin()
    run("send-messages", at(0, "12:00"))
    twilio.fail_next(faults.drop(accepts=False), only=creates)
    nurse_writes(story, "Please call us.", TEN)
    run("send-messages", TEN)
    nurse_writes(story, "Please call us.", TEN + timedelta(seconds=30))
    second = claimed(story, TEN + timedelta(seconds=30))
    twilio.account.accept(to=second.outgoing.to, sender="+14165550100", body="Please call us.")

    assert look("10:01")["adopted"] == 0
    recorded(second, Accepted(twilio.messages[-1].sid, "queued"), at(1, "10:01"))
    assert look("10:15:30")["released"] == 1
    assert twilio.inbox(story.patient.phone or "")[1:] == ["Please call us."] * 2


def test_a_stop_that_came_meanwhile_lets_nothing_be_sent_again(twilio: Simulator) -> None:
    story = doubted(twilio, accepted=False)
    with writing():
        patient = finding.locked_patient(story.patient_id)
        assert patient is not None
        opt_outs.stop(patient, patient.phone_hash or b"", at(1, "10:10"))

    look("10:15")

    assert story.asked()[1] == "cancelled"
    assert len(twilio.inbox(story.patient.phone or "")) == 1


def test_a_question_answered_meanwhile_is_not_asked_again(twilio: Simulator) -> None:
    story = doubted(twilio, accepted=False)
    story.reports(at(1, "10:10"), 3, 1, 0)

    look("10:15")

    assert story.asked()[1] == "answered"
    assert story.kinds("cancelled") == ["check_in"]
    assert len(twilio.inbox(story.patient.phone or "")) == 1


def test_an_answer_released_in_the_night_waits_for_the_morning(twilio: Simulator) -> None:
    story = begin()
    run("send-messages", at(0, "12:00"))
    run("send-check-ins", TEN)
    twilio.fail_next(faults.drop(accepts=False), only=creates)
    story.says("3 1 0", at(2, "04:00"))
    run("send-messages", at(2, "04:00"))

    run("reconcile-messages", at(2, "04:15"))
    run("send-messages", at(2, "07:59"))
    at_night = story.kinds("sent")
    run("send-messages", at(2, "08:00"))

    assert at_night == ["welcome", "check_in"]
    assert story.texts("sent")[-1] == ("answer", "2 08:00")


def test_a_safety_text_released_in_the_night_waits_for_nothing(twilio: Simulator) -> None:
    story = begin()
    run("send-messages", at(0, "12:00"))
    twilio.fail_next(faults.drop(accepts=False), only=creates)
    story.says("I have trouble breathing", at(1, "03:00"))
    run("send-messages", at(1, "03:00"))

    run("reconcile-messages", at(1, "03:15"))

    assert story.texts("sent")[-1] == ("safety", "1 03:15")


def test_a_text_to_an_erased_patient_is_let_go(twilio: Simulator) -> None:
    story = doubted(twilio, accepted=False)
    with writing():
        patient = finding.locked_patient(story.patient_id)
        assert patient is not None
        patients.erase(patient, at(1, "10:10"))

    assert look("10:15")["expired"] == 1
    assert look("10:16") == NOTHING
    assert len(twilio.messages) == 1


def test_the_texts_of_an_erased_patient_stay_known(twilio: Simulator) -> None:
    story = begin(patient={"phone": "+16475550001"})
    run("send-messages", at(0, "12:00"))
    nurse_writes(story, "Please call us.", at(0, "13:00"))
    run("send-messages", at(0, "13:00"))
    with writing():
        patient = finding.locked_patient(story.patient_id)
        assert patient is not None
        patients.erase(patient, at(0, "14:00"))
    twilio.fail_next(faults.drop(accepts=False), only=creates)
    to_stranger(story, "+16475550001", "Please call us.", TEN)
    run("send-messages", TEN)

    assert look("10:01") == NOTHING


def to_stranger(story: Story, phone: str, body: str, moment: datetime) -> None:
    with writing():
        queued.add(
            kind="answer",
            wording="opt_in",
            body=body,
            dedupe_key=f"answer:{new_id()}",
            clinic=story.clinic,
            phone=phone,
            now=moment,
            due_at=moment,
            expires_at=moment + timedelta(hours=6),
        )


def webhook(story: Story, twilio: Simulator, moment: datetime) -> None:
    """She texts, and the answer goes back with the webhook, but no callback comes."""
    with now_is(moment):
        twilio.receive(
            story.patient.phone or "", "+14165550100", "3 1 0", url="https://clinic.example/sms/inbound"
        )


def test_an_answer_that_went_back_with_the_webhook_is_found_two_minutes_later(twilio: Simulator) -> None:
    story = begin()
    run("send-messages", at(0, "12:00"))
    run("send-check-ins", TEN)
    webhook(story, twilio, at(1, "10:20"))

    early = look("10:21:59")
    counts = look("10:22:01")

    assert (early, counts) == (NOTHING, {**NOTHING, "adopted": 1, "updated": 1})
    assert story.kinds("sent")[-1] == "answer"
    assert len(twilio.inbox(story.patient.phone or "")) == 3


def test_an_answer_that_twilio_never_got_is_sent_by_a_call(twilio: Simulator) -> None:
    story = begin()
    run("send-messages", at(0, "12:00"))
    run("send-check-ins", TEN)
    with now_is(at(1, "10:20")), writing():
        lost = Incoming("SM" + "7" * 32, "+14165550100", story.patient.phone or "", "3 1 0")
        receive(lost, at(1, "10:20"))

    for wall in ("10:22:01", "10:25", "10:35"):
        look(wall)

    assert story.texts("sent")[-1] == ("answer", "1 10:35")
    assert len(twilio.inbox(story.patient.phone or "")) == 3


@pytest.mark.parametrize(
    ("walls", "asked"),
    [
        (("10:14",), 0),
        (("10:15",), 1),
        (("10:15", "10:30", "11:00", "12:00", "14:00", "15:00"), 3),
    ],
)
def test_a_text_whose_end_nobody_told_is_asked_about_ever_more_seldom(
    twilio: Simulator, walls: tuple[str, ...], asked: int
) -> None:
    story = begin()
    run("send-messages", at(0, "12:00"))
    twilio.messages[-1].advance("delivered", TEN)
    run("reconcile-messages", at(0, "12:15"))
    run("send-check-ins", TEN)

    for wall in walls:
        assert look(wall)["updated"] == 0

    sid = story.rows()[-1].twilio_sid or ""
    assert len([seen for seen in twilio.requests if seen.method == "GET" and sid in seen.path]) == asked
    assert story.asked()[1] == "sent"


@pytest.mark.parametrize(("told", "becomes"), [("delivered", "delivered"), ("failed", "undelivered")])
def test_what_twilio_says_when_asked_counts_like_a_callback(
    twilio: Simulator, told: str, becomes: str
) -> None:
    story = begin()
    run("send-messages", at(0, "12:00"))
    run("send-check-ins", TEN)
    twilio.messages[-1].advance(told, TEN, 30005 if told == "failed" else None)

    counts = look("10:15")
    again = run("reconcile-messages", at(3, "10:00"))

    assert (counts["updated"], story.asked()[1]) == (1, becomes)
    assert again["updated"] == 0


def test_a_part_that_fails_stops_no_other(twilio: Simulator, online: Flask) -> None:
    """The log cannot be listed, yet one text can be asked about."""
    story = doubted(twilio, accepted=True)
    twilio.messages[0].advance("delivered", TEN)
    twilio.fail_next(faults.drop(), only=lists)

    counts = look("10:01")

    assert counts == {**NOTHING, "updated": 1}
    assert story.rows()[0].status == "delivered"
