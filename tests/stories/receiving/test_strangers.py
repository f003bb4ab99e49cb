"""Numbers that are nobody's, or were a patient's once."""

import sqlalchemy as sa

from recovery.db import db, writing
from recovery.models.message import Message
from recovery.models.patient import UnknownNumber
from recovery.queries import patients as finding
from recovery.services import patients, strangers
from tests import make
from tests.webhooks.story import Story, new_phone


def listed(story: Story) -> list[UnknownNumber]:
    db.session.rollback()
    waiting = sa.select(UnknownNumber).where(UnknownNumber.dismissed_at.is_(None))
    return list(db.session.scalars(waiting))


def test_an_unknown_number_gets_one_neutral_answer_a_day_and_every_text_is_kept(story: Story) -> None:
    phone = new_phone()
    heard = [story.at(1, "09:00").text("hello", phone), story.at(1, "23:00").text("anyone?", phone)]
    heard.append(story.at(2, "00:10").text("hello again", phone))

    assert heard == ["unknown_number", None, "unknown_number"]
    assert [each.body for each in story.stored] == ["hello", "anyone?", "hello again"]
    [stranger] = listed(story)
    assert (stranger.phone, stranger.priority) == (phone, None)


def test_a_stranger_in_danger_is_sent_for_help_and_listed_by_it(story: Story) -> None:
    phone = new_phone()
    assert story.at(1, "03:00").text("I can't breathe", phone) == "emergency"
    assert story.later(minutes=1).text("there is pus too", phone) == "infection_closed"
    assert [each.priority for each in listed(story)] == ["emergency"]  # the milder text lowers nothing
    assert story.flags == {}


def test_a_dismissed_number_comes_back_with_its_next_text_and_no_old_priority(story: Story) -> None:
    phone = new_phone()
    story.text("there is pus", phone)
    with writing():
        row = finding_row(story, phone)
        strangers.dismiss(row, story.now)
    assert listed(story) == []
    story.later(days=1).text("hello", phone)
    assert [each.priority for each in listed(story)] == [None]


def test_thanks_from_a_stranger_need_no_answer(story: Story) -> None:
    assert story.text("ok thanks", new_phone()) is None


def test_a_patient_of_another_clinic_is_a_stranger_here(story: Story) -> None:
    other = make.clinic(name="Elm Skin", phone="+14165550199")
    theirs = make.patient(other)
    phone, patient_id = theirs.phone or "", theirs.id
    make.treatment(theirs, story.now, story.now)

    assert story.at(1).text("3 1 0", phone) == "unknown_number"

    db.session.rollback()
    received = db.session.scalars(sa.select(Message).where(Message.direction == "inbound")).one()
    assert (received.clinic_id, received.patient_id) == (story.clinic.id, None)
    assert patient_id != story.patient_id


def test_a_patient_without_a_treatment_waits_beside_the_strangers(story: Story) -> None:
    waiting = make.patient(story.clinic, name="Ana Ruiz")
    phone = waiting.phone or ""
    assert story.text("there is pus", phone) == "infection_open"
    assert [each.priority for each in listed(story)] == ["urgent"]


def test_a_patient_without_a_treatment_is_told_once_a_day_whom_to_call(story: Story) -> None:
    phone = make.patient(story.clinic, name="Ana Ruiz").phone or ""
    heard = [story.at(1, "09:00").text("3 1 0", phone), story.later(hours=1).text("hello?", phone)]
    heard += [story.later(hours=1).text("I can't breathe", phone), story.at(2).text("hello", phone)]
    assert heard == ["help", None, "emergency", "help"]
    assert len(listed(story)) == 1


def test_a_wrong_number_of_a_patient_without_a_treatment_is_left_in_peace(story: Story) -> None:
    phone = make.patient(story.clinic, name="Ana Ruiz").phone or ""
    assert story.text("wrong number", phone) == "wrong_person"
    assert story.later(hours=1).text("who is this?", phone) is None


def test_an_erased_patient_is_a_stranger(story: Story) -> None:
    with writing():
        patients.erase(locked(story), story.now)
    assert story.at(1).text("3 1 0") == "unknown_number"


# --- a number that was the patient's ------------------------------------------------------------


def moved(story: Story) -> str:
    """The patient has a new number since day 1; gives the old one."""
    old, story.phone = story.phone, new_phone()
    with writing():
        patients.change(locked(story), story.at(1).now, {"phone": story.phone})
    return old


def test_scores_from_an_old_number_are_shown_and_not_logged(story: Story) -> None:
    old = moved(story)
    assert story.at(2).text("3 1 0", old) is None
    assert story.reports == []
    assert story.flags == {("unread_message", ""): "soon"}
    assert story.case is not None
    assert "former number" in story.case.flags[0].explanation
    assert story.case.unread_messages == 1


def test_dangers_from_an_old_number_stand_on_the_case_and_help_whoever_wrote(story: Story) -> None:
    old = moved(story)
    assert story.at(2).text("there is pus", old) == "infection_open"
    assert story.flags[("infection_words", "pus")] == "urgent"
    assert story.check_in(2).status == "planned"  # nothing from there answers for the patient


def test_an_old_number_gets_no_daily_talk(story: Story) -> None:
    old = moved(story)
    bodies = ("ok thanks", "banana", "HELP", "START", "wrong number", "3 1 0 can I swim?")
    assert [story.at(2).later(hours=each).text(body, old) for each, body in enumerate(bodies)] == [None] * 6
    assert story.patient.number_doubted_at is None


def test_stop_from_an_old_number_stops_that_number_alone(story: Story) -> None:
    old = moved(story)
    assert story.at(2).text("STOP", old) is None
    assert ("opted_out", "") not in story.flags
    assert story.text("3 1 0") in ("thanks_usual", "thanks_noted")


def test_after_thirty_days_an_old_number_is_a_strangers(story: Story) -> None:
    old = moved(story)
    assert story.at(30).text("there is pus", old) == "infection_open"
    assert story.flags[("infection_words", "pus")] == "urgent"
    assert story.at(32).text("hello", old) == "unknown_number"


def test_the_new_number_speaks_for_the_patient_at_once(story: Story) -> None:
    moved(story)
    story.at(2).text("3 1 0")
    assert story.scores == [(3, 1, 0)]


def locked(story: Story) -> make.Patient:
    found = finding.locked_patient(story.patient_id)
    assert found is not None
    return found


def finding_row(story: Story, phone: str) -> UnknownNumber:
    return next(each for each in db.session.scalars(sa.select(UnknownNumber)) if each.phone == phone)
