"""After a gap, perhaps a restored dump, what fell due meanwhile is looked up before it is sent."""

from typing import Any

import pytest
import sqlalchemy as sa

from recovery.db import db, writing
from tests.conftest import delete_everything
from tests.stories.sending.doubt import lists
from tests.stories.sending.story import Story, at, begin, run
from tests.twilio_simulator import faults
from tests.twilio_simulator.seen import creates
from tests.twilio_simulator.simulator import Simulator

pytestmark = pytest.mark.usefixtures("online")

NIGHT = at(1, "02:00")
Dump = dict[str, list[dict[str, Any]]]


def dump() -> Dump:
    """Every row of every table."""
    db.session.remove()
    with db.engine.connect().execution_options(reading=True) as connection:
        return {
            table.name: [dict(row) for row in connection.execute(sa.select(table)).mappings()]
            for table in db.metadata.sorted_tables
        }


def restore(taken: Dump) -> None:
    db.session.remove()
    with db.engine.begin() as connection:
        delete_everything(connection)
        for table in db.metadata.sorted_tables:
            for row in sorted(taken[table.name], key=lambda row: str(row.get("created_at"))):
                connection.execute(sa.insert(table).values(row))


def welcomed() -> Story:
    story = begin()
    run("send-messages", at(0, "12:00"))
    run("send-messages", NIGHT)
    return story


def texts(twilio: Simulator, story: Story) -> int:
    return len(twilio.inbox(story.patient.phone or ""))


def test_a_restored_dump_sends_no_check_in_and_no_reminder_twice(twilio: Simulator) -> None:
    story = welcomed()
    taken = dump()
    run("send-check-ins", at(1, "10:00:10"))
    run("send-reminders", at(1, "13:00:10"))
    restore(taken)

    counts = run("send-check-ins", at(1, "13:30"))
    run("send-reminders", at(1, "13:30"))

    assert counts["sent"] == 0
    assert texts(twilio, story) == 3
    assert story.texts("sent") == [("welcome", "0 12:00"), ("check_in", "1 10:00"), ("reminder", "1 13:00")]
    assert story.asked()[1] == "sent"
    assert [row.twilio_sid for row in story.rows()] == [each.sid for each in twilio.messages]


def test_a_restored_dump_answers_nobody_twice(twilio: Simulator) -> None:
    story = welcomed()
    run("send-check-ins", at(1, "10:00"))
    story.says("3 1 0", at(1, "10:01"))
    taken = dump()
    run("send-messages", at(1, "10:01"))
    restore(taken)

    run("send-messages", at(1, "10:30"))

    assert texts(twilio, story) == 3
    assert story.kinds("sent") == ["welcome", "check_in", "answer"]


def test_what_a_machine_missed_that_was_off_is_looked_up_and_sent_in_the_same_run(twilio: Simulator) -> None:
    story = welcomed()
    before = len(twilio.requests)

    counts = run("send-check-ins", at(1, "11:00"))

    assert [lists(seen) for seen in twilio.requests[before:]] == [True, False]
    assert counts["sent"] == 1
    assert story.texts("sent")[-1] == ("check_in", "1 11:00")


def test_what_cannot_be_looked_up_after_a_gap_waits_for_the_next_run(twilio: Simulator) -> None:
    story = welcomed()
    twilio.fail_next(faults.answer(500), only=lists)

    counts = run("send-check-ins", at(1, "11:00"))
    again = run("send-check-ins", at(1, "11:01"))

    assert (counts["sent"], again["sent"]) == (0, 1)
    assert story.kinds("sent") == ["welcome", "check_in"]


def test_what_falls_due_after_the_gap_is_sent_without_a_look(twilio: Simulator) -> None:
    welcomed()
    run("send-messages", at(1, "09:00"))
    run("send-messages", at(1, "09:58"))
    before = len(twilio.requests)

    run("send-check-ins", at(1, "10:00:15"))

    assert [creates(seen) for seen in twilio.requests[before:]] == [True]


def test_what_was_looked_up_once_after_a_gap_is_not_looked_up_again(twilio: Simulator) -> None:
    welcomed()
    twilio.fail_next(faults.answer(429), only=creates)
    run("send-check-ins", at(1, "11:00"))
    before = len(twilio.requests)

    run("send-check-ins", at(1, "11:02"))

    assert [creates(seen) for seen in twilio.requests[before:]] == [True]


def test_what_was_looked_up_before_the_dump_is_looked_up_again_after_it(twilio: Simulator) -> None:
    """Released at 11:16 and sent a moment later, which the dump does not know."""
    story = welcomed()
    twilio.fail_next(faults.drop(accepts=False), only=creates)
    run("send-check-ins", at(1, "11:00"))
    with writing():
        db.session.execute(sa.text("UPDATE message SET status = 'queued' WHERE status = 'in_doubt'"))
    taken = dump()
    run("send-check-ins", at(1, "11:16"))
    restore(taken)

    run("send-check-ins", at(1, "11:40"))

    assert texts(twilio, story) == 2
    assert story.kinds("sent") == ["welcome", "check_in"]


def test_a_new_installation_looks_nothing_up(twilio: Simulator) -> None:
    begin()

    run("send-messages", at(0, "12:30"))

    assert [creates(seen) for seen in twilio.requests] == [True]
