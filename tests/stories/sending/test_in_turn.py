"""Whichever workers send them, no text to a patient overtakes another in its call, but for what is urgent."""

from collections.abc import Iterable
from datetime import datetime, timedelta

import pytest

from recovery.db import writing
from recovery.queries.outgoing import Due
from recovery.services import inbox, outbox, upcoming
from recovery.services.claiming import Claim
from recovery.services.queued import LEASE
from recovery.sms.gateway import Accepted
from tests.stories.sending.doubt import TEN, claimed, lists, nurse_writes, recorded
from tests.stories.sending.story import Story, at, begin, enter, run
from tests.twilio_simulator.simulator import Simulator

pytestmark = pytest.mark.both_databases

NOON = at(0, "12:00")
SOON = TEN + timedelta(seconds=2)


def called_by_another_worker(story: Story) -> Claim:
    """After her welcome a text is in a call that is not over, and a second one is queued."""
    run("send-messages", NOON)
    nurse_writes(story, "First.", TEN)
    held = claimed(story, TEN)
    nurse_writes(story, "Second.", TEN)
    return held


def bodies(twilio: Simulator, story: Story) -> list[str]:
    """What she got, but for the welcome."""
    return twilio.inbox(story.patient.phone or "")[1:]


@pytest.mark.usefixtures("online")
def test_a_text_waits_for_another_to_its_phone_in_another_workers_call(twilio: Simulator) -> None:
    story = begin()
    held = called_by_another_worker(story)

    too_soon = run("send-messages", SOON)
    recorded(held, Accepted("SM1", "queued"), SOON)
    then = run("send-messages", SOON)

    assert (too_soon["sent"], then["sent"]) == (0, 1)
    assert bodies(twilio, story) == ["Second."]


@pytest.mark.usefixtures("online")
def test_it_does_not_wait_for_a_worker_that_is_gone(twilio: Simulator) -> None:
    story = begin()
    called_by_another_worker(story)

    in_time = run("send-messages", TEN + LEASE / 2)
    too_late = run("send-messages", TEN + LEASE)

    assert (in_time["sent"], too_late["sent"]) == (0, 1)
    assert bodies(twilio, story) == ["Second."]


@pytest.mark.usefixtures("online")
def test_what_is_urgent_waits_for_nothing(twilio: Simulator) -> None:
    story = begin()
    called_by_another_worker(story)
    story.says("I can't breathe", SOON)

    run("send-messages", SOON)

    sent = [row.kind for row in story.rows() if row.status == "sent"]
    assert sent == ["welcome", "safety"]
    assert "Second." not in bodies(twilio, story)


@pytest.mark.usefixtures("online")
def test_what_is_written_meanwhile_does_not_overtake_what_waited(twilio: Simulator) -> None:
    story = begin()
    other = enter(story.clinic_id, NOON)
    calls = [called_by_another_worker(story)]
    nurse_writes(other, "For another.", TEN)

    def while_the_other_is_texted() -> datetime:
        """The clock is asked between claim and call: at that moment the other worker's call ends."""
        if calls and other.kinds("sending"):
            recorded(calls.pop(), Accepted("SM1", "queued"), SOON)
            nurse_writes(story, "Third.", SOON)
        return SOON

    counts = outbox.send_due(while_the_other_is_texted)

    assert counts.sent == 3
    assert bodies(twilio, story) == ["Second.", "Third."]


@pytest.mark.usefixtures("online")
def test_nor_does_a_later_one_of_those_that_are_tried_again_at_the_end(
    twilio: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    story = begin()
    calls = [called_by_another_worker(story)]
    nurse_writes(story, "Third.", TEN + timedelta(seconds=1))
    third = story.rows()[-1].id
    waiting = upcoming.waiting

    def the_call_ends_before_the_third(texts: Iterable[Due]) -> list[Due]:
        found = waiting(texts)
        if calls and found[0].id == third:
            recorded(calls.pop(), Accepted("SM1", "queued"), SOON)
        return found

    monkeypatch.setattr(upcoming, "BATCH", 1)
    monkeypatch.setattr(upcoming, "waiting", the_call_ends_before_the_third)
    first = run("send-messages", SOON)
    then = run("send-messages", SOON)

    assert calls == []
    assert (first["sent"], then["sent"]) == (0, 2)
    assert bodies(twilio, story) == ["Second.", "Third."]


@pytest.mark.usefixtures("online")
def test_nor_one_behind_a_text_that_another_worker_takes_at_the_end(
    twilio: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    story = begin()
    calls = [called_by_another_worker(story)]
    for number, body in enumerate(("Third.", "Fourth."), start=1):
        nurse_writes(story, body, TEN + timedelta(seconds=number))
    fourth = story.rows()[-1].id
    waiting = upcoming.waiting

    def another_takes_the_second(texts: Iterable[Due]) -> list[Due]:
        found = waiting(texts)
        if len(found) == 2:
            recorded(calls.pop(), Accepted("SM1", "queued"), SOON)
            calls.append(claimed(story, SOON))
        elif found and found[0].id == fourth:
            recorded(calls.pop(), Accepted("SM2", "queued"), SOON)
        return found

    monkeypatch.setattr(upcoming, "BATCH", 2)
    monkeypatch.setattr(upcoming, "waiting", another_takes_the_second)
    first = run("send-messages", SOON)
    then = run("send-messages", SOON)

    assert calls == []
    assert (first["sent"], then["sent"]) == (0, 2)
    assert bodies(twilio, story) == ["Third.", "Fourth."]


@pytest.mark.usefixtures("online")
def test_what_waits_for_the_end_after_a_gap_is_looked_up_as_well(
    twilio: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody has texted since the day before, so it may be a dump that knows of neither's going."""
    story = begin()
    calls = [called_by_another_worker(story)]
    nurse_writes(story, "Third.", TEN + timedelta(seconds=1))
    waiting = upcoming.waiting
    before = len(twilio.requests)

    def the_call_ends(texts: Iterable[Due]) -> list[Due]:
        if calls:
            recorded(calls.pop(), Accepted("SM1", "queued"), SOON)
        return waiting(texts)

    monkeypatch.setattr(upcoming, "BATCH", 1)
    monkeypatch.setattr(upcoming, "waiting", the_call_ends)
    run("send-messages", SOON)

    asked = [lists(seen) for seen in twilio.requests[before:]]
    assert (asked.count(True), bodies(twilio, story)) == (2, ["Second.", "Third."])


@pytest.mark.usefixtures("online")
def test_an_answer_that_leaves_with_a_webhook_holds_nothing_up(twilio: Simulator) -> None:
    story = begin()
    run("send-messages", NOON)
    phone = story.patient.phone or ""
    with writing():
        inbox.receive(inbox.Incoming("SM2", story.clinic.phone, phone, "Can I swim?", from_twiml=True), TEN)
    nurse_writes(story, "How are you?", TEN)

    run("send-messages", SOON)

    assert [row.kind for row in story.rows() if row.status == "sending"] == ["answer"]
    assert bodies(twilio, story) == ["How are you?"]
