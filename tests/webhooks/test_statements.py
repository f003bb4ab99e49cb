"""How many statements a reply costs: the webhook's whole path, whatever it leads to."""

import pytest

from tests.statements import statements
from tests.webhooks.story import Story

pytestmark = pytest.mark.both_databases

ALLOWED = 12


def test_a_plain_reply_takes_twelve_statements_at_most(story: Story) -> None:
    assert _cost(story.asked(2), "3 2 1", "thanks_usual") <= ALLOWED


def test_a_long_thread_takes_no_more(story: Story) -> None:
    for day in (1, 2, 3):
        story.asked(day).later(minutes=5).text("3 2 1")
    assert _cost(story.asked(4), "1 1 0", "thanks_flagged_routine") <= ALLOWED + 5  # the case's rows


def test_a_text_that_says_nothing_new_takes_fewer(story: Story) -> None:
    assert _cost(story.asked(2), "hmm", "clarification") < ALLOWED


def _cost(story: Story, body: str, wording: str) -> int:
    """The statements from the webhook's call to its answer; the BEGIN of SQLite is none."""
    with statements() as seen:
        received = story.twilio.receive(
            story.phone, story.clinic_phone, body, url=f"{story.public_url}/sms/inbound"
        )
    assert story.wording(received.message.sid) == wording
    return len(seen)
