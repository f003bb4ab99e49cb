"""When we say nothing: robots, the daily cap, a hold, a nurse who is talking; all is kept."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from recovery.db import db, writing
from recovery.models.message import Message, TextCount
from recovery.queries import patients as finding
from recovery.services import switches
from tests import make
from tests.webhooks.story import Story


def said(story: Story) -> list[str | None]:
    """The wordings of every answer so far."""
    db.session.rollback()
    rows = sa.select(Message.wording).where(Message.answers_id.is_not(None)).order_by(Message.created_at)
    return list(db.session.scalars(rows))


def test_the_third_same_text_within_ten_minutes_gets_no_answer(story: Story) -> None:
    heard = [story.at(1).later(minutes=4 * each).text("call me") for each in range(3)]
    assert heard == ["thanks_flagged", "thanks_flagged", None]
    assert len(story.stored) == 3


def test_the_same_text_spread_over_the_day_is_answered(story: Story) -> None:
    heard = [story.at(1).later(minutes=11 * each).text("call me") for each in range(3)]
    assert heard == ["thanks_flagged"] * 3


def test_twelve_texts_a_day_and_number_and_no_more(story: Story) -> None:
    story.at(1, "00:30")
    heard = [story.later(minutes=11).text(f"call me about thing {each}?") for each in range(14)]
    assert heard == ["thanks_flagged"] * 12 + [None] * 2
    assert len(story.stored) == 14
    assert story.text("there is pus") == "infection_closed"
    assert story.later(minutes=1).text("STOP") == "opt_out"


def test_the_cap_begins_anew_with_the_utc_day(story: Story) -> None:
    story.at(1, "16:00")  # 21:00 UTC
    for each in range(13):
        story.later(minutes=11).text(f"call me about thing {each}?")
    assert story.at(1, "18:50").text("call me again?") is None
    assert story.at(1, "19:01").text("call me at last?") == "thanks_flagged"


def test_the_cap_counts_over_all_clinics(story: Story) -> None:
    other = make.clinic(name="Elm Skin", phone="+14165550199")
    make.treatment(make.patient(other, phone=story.phone), story.now, story.now)
    story.at(1, "09:00")
    for each in range(12):
        story.later(minutes=11).text(f"call me about thing {each}?")
    story.clinic_phone = "+14165550199"
    assert story.later(minutes=11).text("3 1 0") is None
    assert [row.texts for row in db.session.scalars(sa.select(TextCount))] == [12]


@pytest.mark.parametrize("how", ["installation", "clinic"])
def test_while_sending_is_held_only_safety_texts_answer(story: Story, how: str) -> None:
    with writing():
        if how == "installation":
            switches.hold(story.now)
        else:
            story.clinic_row.texting_off_at = story.now
    heard = [story.at(2).text(body) for body in ("3 1 0", "call me", "there is pus", "STOP")]
    assert heard == [None, None, "infection_open", "opt_out"]
    assert story.scores[0] == (3, 1, 0)
    assert story.flags[("asks_for_contact", "")] == "soon"


# --- a nurse is in conversation -----------------------------------------------------------------


ASKED = {("asks_for_contact", ""): "soon"}


@pytest.fixture
def talking(story: Story) -> Story:
    """A nurse wrote at ten on day 2 to a patient who had asked to be called."""
    story.at(0, "12:01").run("send-check-ins")
    story.at(1).text("call me")
    with writing():
        locked = finding.locked_patient(story.patient_id)
        assert locked is not None
        locked.conversation_until = story.at(2, "10:00").now + timedelta(hours=4)
    return story


def test_in_a_conversation_nothing_automatic_is_said(talking: Story) -> None:
    heard = [talking.at(2, "10:05").text(body) for body in ("banana", "redness 3", "can I swim?", "thanks!")]
    assert heard == [None] * 4


def test_in_a_conversation_emergency_and_infection_texts_go(talking: Story) -> None:
    assert talking.at(2, "10:05").text("there is pus") == "infection_open"
    assert talking.later(minutes=1).text("I can't breathe") == "emergency"


def test_bare_numbers_in_a_conversation_are_shown_and_not_logged(talking: Story) -> None:
    talking.at(2, "10:05").text("7")
    talking.later(minutes=5).text("3 8 1")
    assert (talking.reports, talking.flags) == ([], ASKED)
    assert [each.body for each in talking.stored] == ["call me", "7", "3 8 1"]


def test_named_scores_in_a_conversation_are_logged(talking: Story) -> None:
    talking.at(2, "10:05").text("redness 3 swelling 8 itching 1")
    assert talking.flags == {**ASKED, ("severe", "swelling"): "urgent"}


def test_a_conversation_lasts_four_hours_from_its_last_text_either_way(talking: Story) -> None:
    assert talking.at(2, "13:50").text("it is a bit better") is None
    assert talking.at(2, "17:45").text("can I swim?") is None
    assert talking.at(2, "21:50").text("3 1 0") == "thanks_noted"
    assert talking.scores == [(3, 1, 0)]


def test_a_check_in_waits_for_the_end_of_a_conversation(talking: Story) -> None:
    talking.at(2, "10:00").run("send-check-ins")
    assert talking.check_in(2).status == "planned"
    talking.at(2, "14:05").run("send-check-ins")
    assert talking.check_in(2).status == "sent"


def test_a_conversation_with_nobody_is_none(story: Story) -> None:
    story.at(1).text("can I swim?")
    assert story.patient.conversation_until is None
