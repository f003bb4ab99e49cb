"""The word of a call comes late, or from a clock that went back: nothing is overwritten, nothing twice."""

import pytest
import sqlalchemy as sa

from recovery.db import db, reading, writing
from recovery.models.message import Message, ProviderEvent
from recovery.services import claiming, gaps
from recovery.sms.gateway import Accepted, RefusalKind, Refused, Sent, Unknown
from tests.stories.sending.doubt import NOTHING, TEN, claimed, look, nurse_writes, recorded, row
from tests.stories.sending.story import at, begin, run
from tests.twilio_simulator.simulator import Simulator

pytestmark = pytest.mark.usefixtures("online")


def test_a_word_that_comes_after_the_lease_ran_out_settles_the_doubt(twilio: Simulator) -> None:
    story = begin()
    held = claimed(story, at(0, "12:00"))
    run("reconcile-messages", at(0, "12:03"))
    in_doubt = row(held).status

    recorded(held, Accepted("SM1", "queued"), at(0, "12:04"))

    assert (in_doubt, row(held).status, row(held).twilio_sid) == ("in_doubt", "sent", "SM1")


def test_a_word_that_comes_after_a_look_found_the_text_changes_nothing(twilio: Simulator) -> None:
    story = begin()
    held = claimed(story, at(0, "12:00"))
    text = held.outgoing
    sid = twilio.account.accept(to=text.to, sender=text.sender, body=text.body).sid
    run("reconcile-messages", at(0, "12:03"))

    recorded(held, Accepted(sid, "queued"), at(0, "12:04"))

    assert (row(held).status, row(held).twilio_sid) == ("sent", sid)


@pytest.mark.parametrize(
    "late", [Unknown("ReadTimeout"), Refused(21211, RefusalKind.PERMANENT, ""), Accepted("SM1", "queued")]
)
def test_a_word_about_an_attempt_that_was_given_up_overwrites_nothing(twilio: Simulator, late: Sent) -> None:
    story = begin()
    first = claimed(story, at(0, "12:00"))
    for wall in ("12:03", "12:06", "12:16"):
        run("reconcile-messages", at(0, wall))
    second = row(first)

    recorded(first, late, at(0, "12:20"))

    assert second.status == "sent"
    assert (row(first).status, row(first).twilio_sid, row(first).attempts) == ("sent", second.twilio_sid, 2)
    with reading():
        kept = db.session.scalars(sa.select(ProviderEvent.twilio_sid)).all()
    assert kept == (["SM1"] if isinstance(late, Accepted) else [])


@pytest.mark.parametrize(
    "late",
    [
        Unknown("ReadTimeout"),
        Refused(21211, RefusalKind.PERMANENT, ""),
        Refused(20429, RefusalKind.LATER, ""),
        Accepted("SM1", "queued"),
    ],
)
def test_a_word_about_an_earlier_attempt_leaves_the_one_in_flight_alone(late: Sent) -> None:
    story = begin()
    first = claimed(story, at(0, "12:00"))
    with writing():
        db.session.get_one(Message, first.message_id).status = "queued"
    claimed(story, at(0, "12:20"))

    recorded(first, late, at(0, "12:20"))

    assert (row(first).status, row(first).twilio_sid, row(first).attempts) == ("sending", None, 2)


def test_a_text_accepted_while_it_waits_again_is_not_sent_once_more(twilio: Simulator) -> None:
    story = begin()
    held = claimed(story, at(0, "12:00"))
    with writing():
        waiting = db.session.get_one(Message, held.message_id)
        waiting.status = "queued"

    recorded(held, Accepted("SM1", "queued"), at(0, "12:20"))
    run("send-messages", at(0, "12:21"))

    assert (row(held).status, row(held).twilio_sid) == ("sent", "SM1")
    assert twilio.messages == []


def test_two_twins_that_took_each_others_sid_are_both_sent_once(twilio: Simulator) -> None:
    story = begin()
    run("send-messages", at(0, "12:00"))
    nurse_writes(story, "Please call us.", TEN)
    first = claimed(story, TEN)
    recorded(first, Unknown("ReadTimeout"), TEN)
    nurse_writes(story, "Please call us.", TEN)
    second = claimed(story, TEN)
    recorded(second, Unknown("ReadTimeout"), TEN)
    sid = twilio.account.accept(to=first.outgoing.to, sender="+14165550100", body="Please call us.").sid
    look("10:01")  # the first takes what was the second's

    became = recorded(second, Accepted(sid, "queued"), at(1, "10:02"))

    assert became == "in_doubt"
    assert (row(first).twilio_sid, row(second).status) == (sid, "in_doubt")


def test_a_lease_of_a_clock_that_is_behind_does_not_look_old_to_the_others(twilio: Simulator) -> None:
    story = begin()
    with writing():
        gaps.note(at(0, "13:00"))
    claimed(story, at(0, "12:00"))

    assert run("reconcile-messages", at(0, "13:01")) == NOTHING
    assert story.kinds("sending") == ["welcome"]


def test_a_clock_that_is_behind_texts_nobody_in_quiet_hours(twilio: Simulator) -> None:
    story = begin(entered=at(0, "20:30"))
    with writing():
        gaps.note(at(0, "21:30"))
    (waiting,) = story.rows()

    assert claiming.claim(waiting.id, at(0, "20:30"), wait=True) == "waits"


def test_a_tick_from_far_ahead_is_not_believed(twilio: Simulator) -> None:
    with writing():
        gaps.note(at(400, "12:00"))
        assert gaps.later(at(0, "12:00")) == at(0, "12:00")
        gaps.note(at(0, "12:00"))
        assert gaps.later(at(0, "11:00")) == at(0, "12:00")
