"""What our own code fails on is never lost in silence: it is stored, and a nurse is asked to read it."""

import sqlalchemy as sa

from recovery.db import db, writing
from recovery.models.clinic import Clinic
from recovery.models.message import Message
from recovery.models.patient import UnknownNumber
from recovery.queries import patients
from recovery.services import unread
from recovery.services.incoming import Incoming
from tests.webhooks.story import Story, new_phone


def spoil(story: Story) -> None:
    """What is kept of her last text is no more what our code expects, so that nothing can be joined to it."""
    with writing():
        newest = sa.select(Message).where(Message.direction == "inbound").order_by(Message.id.desc())
        db.session.scalars(newest).first().reading = "[1, 2]"  # type: ignore[union-attr]


def test_a_text_that_we_fail_on_is_stored_and_opens_an_urgent_case(story: Story) -> None:
    story.asked(1).text("5")
    spoil(story)

    assert story.later(seconds=30).text("3") is None

    assert [each.body for each in story.stored] == ["5", "3"]
    case = story.case
    assert case is not None
    assert (case.priority, case.unread_messages) == ("urgent", 1)
    [flag] = case.flags
    assert flag.explanation == "The software failed on a text on day 1; please read."


def test_a_plain_stop_is_obeyed_without_being_read(story: Story) -> None:
    received = story.asked(1).text("fine, thank you") and story.stored[-1]
    assert received
    incoming = Incoming(sid="SM1", to=story.clinic_phone, sender=story.phone, body=" Stop ")
    with writing():
        patient = patients.locked_patient(story.patient_id)
        stored = db.session.get_one(Message, received.id)
        unread.leave(patient.clinic, patient, None, stored, incoming, story.now)  # type: ignore[union-attr]

    assert story.flags == {("unread_message", ""): "urgent"}
    assert story.at(2, "10:00").run("send-check-ins")["sent"] == 0


def test_a_stranger_whose_text_we_fail_on_is_listed_as_urgent(story: Story) -> None:
    story.text("hello", new_phone())
    received = story.stored[-1]
    incoming = Incoming(sid="SM1", to=story.clinic_phone, sender=received.phone or "", body="hello")
    with writing():
        stranger = db.session.scalars(sa.select(UnknownNumber)).one()
        stored = db.session.get_one(Message, received.id)
        clinic = db.session.get_one(Clinic, stranger.clinic_id)
        unread.leave(clinic, None, stranger, stored, incoming, story.now)
        assert (stranger.priority, stranger.dismissed_at) == ("urgent", None)
