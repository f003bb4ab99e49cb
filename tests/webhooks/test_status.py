"""What Twilio tells of our texts: out of order, twice, early, of texts that are not ours."""

from itertools import permutations
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from recovery.db import db
from recovery.models.message import Message, ProviderEvent
from recovery.queries.switches import Switches
from recovery.services import clock, queued
from recovery.services.texts import compose
from tests import make
from tests.webhooks.story import TREATED, Story


def sent(story: Story, kind: str) -> Message:
    """The latest text of a kind that we sent."""
    db.session.rollback()
    found = sa.select(Message).where(Message.kind == kind).order_by(Message.created_at.desc()).limit(1)
    return db.session.scalars(found).one()


def events(story: Story) -> list[ProviderEvent]:
    db.session.rollback()
    return list(db.session.scalars(sa.select(ProviderEvent).order_by(ProviderEvent.received_at)))


def question(story: Story) -> Message:
    """The check-in of day 1, accepted by Twilio, of which nothing was told yet."""
    story.at(0, "12:01").run("send-check-ins")
    story.at(1, "10:00").run("send-check-ins")
    return sent(story, "check_in")


@pytest.mark.parametrize("order", [*permutations(("queued", "sent", "delivered"))], ids="-".join)
def test_a_status_only_rises_whatever_the_order(story: Story, order: tuple[str, ...]) -> None:
    sid = question(story).twilio_sid or ""
    assert [story.status(sid, status) // 100 for status in order * 2] == [2] * 6
    assert sent(story, "check_in").status == "delivered"
    assert story.check_in(1).status == "delivered"
    assert len(events(story)) == 6


@pytest.mark.parametrize("code", ["30005", "30006"])
def test_a_permanent_error_marks_the_check_in_and_tells_a_nurse(story: Story, code: str) -> None:
    story.status(question(story).twilio_sid or "", "undelivered", ErrorCode=code)
    assert story.check_in(1).status == "undelivered"
    assert story.flags == {("undeliverable", ""): "routine"}


def test_a_failed_welcome_is_seen_soon(story: Story) -> None:
    story.at(0, "12:01").run("send-check-ins")
    story.status(sent(story, "welcome").twilio_sid or "", "failed", ErrorCode="30005")
    assert story.flags == {("undeliverable", ""): "soon"}


def test_one_text_that_did_not_arrive_for_a_passing_reason_is_no_flag(story: Story) -> None:
    story.status(question(story).twilio_sid or "", "undelivered", ErrorCode="30007")
    assert story.check_in(1).status == "undelivered"
    assert story.flags == {}


def test_two_texts_running_that_did_not_arrive_are(story: Story) -> None:
    story.at(0, "12:01").run("send-check-ins")
    for day in (1, 2):
        story.at(day, "10:00").run("send-check-ins")
        story.status(sent(story, "check_in").twilio_sid or "", "undelivered", ErrorCode="30007")
    assert story.flags == {("undeliverable", ""): "routine"}


def test_an_opt_out_that_twilio_knows_of_counts_as_one(story: Story) -> None:
    story.status(question(story).twilio_sid or "", "failed", ErrorCode="21610")
    assert story.flags == {("opted_out", ""): "soon"}
    story.at(2, "10:00").run("send-check-ins")
    assert story.check_in(2).status == "cancelled"


def test_what_was_delivered_cannot_fail_afterwards(story: Story) -> None:
    sid = question(story).twilio_sid or ""
    story.status(sid, "delivered")
    story.status(sid, "failed", ErrorCode="30005")
    assert (story.check_in(1).status, story.flags) == ("delivered", {})


def test_a_failure_told_twice_is_one_flag(story: Story) -> None:
    sid = question(story).twilio_sid or ""
    for _ in range(2):
        story.status(sid, "failed", ErrorCode="30005")
    assert story.case is not None
    assert (len(story.case.flags), len(story.case.flags[0].sources)) == (1, 1)


@pytest.mark.parametrize("status", ["delivered", "failed", "a word of next year", "x" * 500])
def test_the_status_of_a_text_that_is_not_ours_is_kept_calmly(story: Story, status: str) -> None:
    assert story.status("SM-nobody", status, message=uuid4()) // 100 == 2
    assert [(each.message_id, each.clinic_id) for each in events(story)] == [(None, None)]


def test_an_answer_by_twiml_is_settled_by_its_callback(story: Story) -> None:
    story.at(1).text("3 1 0")
    story.twilio.deliver_callbacks()
    answer = sent(story, "answer")
    assert answer.status == "delivered"
    assert answer.twilio_sid == story.twilio.messages[-1].sid


def test_a_callback_before_our_own_record_is_taken_by_the_id_in_its_address(story: Story) -> None:
    message_id = claimed(story)
    assert story.status("SM-early", "delivered", message_id, To=story.phone) // 100 == 2
    message = sent(story, "nurse")
    assert (message.twilio_sid, message.status) == ("SM-early", "delivered")


def test_an_early_failure_keeps_its_code(story: Story) -> None:
    message_id = claimed(story)
    story.status("SM-early", "failed", message_id, To=story.phone, ErrorCode="30005")
    assert sent(story, "nurse").error_code == 30005
    assert story.flags == {("undeliverable", ""): "routine"}


def test_the_id_of_a_text_to_another_number_adopts_nothing(story: Story) -> None:
    """Another clinic's text, named by mistake in the address of a callback."""
    message_id = claimed(story)
    assert story.status("SM-other", "failed", message_id, To="+16475559999", ErrorCode="30005") // 100 == 2
    message = sent(story, "nurse")
    assert (message.twilio_sid, message.status) == (None, "sending")
    assert story.flags == {}


def test_the_id_of_a_text_that_came_in_adopts_nothing(story: Story) -> None:
    story.at(1).text("3 1 0")
    [received] = story.stored
    story.status("SM-new", "failed", received.id, To=story.phone, ErrorCode="30005")
    story.status(received.twilio_sid or "", "failed", To=story.phone, ErrorCode="30005")
    assert story.stored[0].status == "received"
    assert story.flags == {}


@pytest.mark.parametrize("junk", ["1", "../../x", "00000000", "é"])
def test_a_senseless_id_in_the_address_is_passed_over(story: Story, junk: str) -> None:
    assert story.status("SM-any", "sent", junk.replace("é", "%C3%A9")) // 100 == 2


@pytest.mark.parametrize("code", ["", "junk", "9" * 40, "-1"])
def test_a_senseless_code_is_passed_over(story: Story, code: str) -> None:
    sid = question(story).twilio_sid or ""
    assert story.status(sid, "undelivered", ErrorCode=code) // 100 == 2
    assert story.check_in(1).status == "undelivered"


@pytest.mark.parametrize("form", [{"sid": "", "status": "sent"}, {"sid": "SM1", "status": ""}])
def test_a_callback_without_a_text_or_a_status_is_refused(story: Story, form: dict[str, str]) -> None:
    assert story.status(**form) == 400
    assert events(story) == []


def claimed(story: Story) -> UUID:
    """A text of a nurse that was handed over a moment ago; Twilio's answer to that is still on its way."""
    story.at(1)
    with clock.set_to(story.now), make.writing():
        message_id = queued.add(
            kind="nurse",
            wording=None,
            body=compose("help", story.clinic_row, "en"),
            dedupe_key="nurse:1",
            clinic=story.clinic_row,
            phone=story.phone,
            now=story.now,
            due_at=story.now,
            expires_at=TREATED.replace(year=2027),
            patient=story.patient_row,
            treatment_id=story.treatment_id,
            leaves_with=Switches(held=False, last_tick=None),
        )
    assert message_id is not None
    return message_id
