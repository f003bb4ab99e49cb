"""Texts as Twilio hands them over: twice, at once, odd, wrong, to nobody and from nobody."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from xml.etree import ElementTree

import pytest
import sqlalchemy as sa

from recovery.db import db, writing
from recovery.models.clinic import Clinic
from recovery.models.message import Message
from recovery.models.patient import UnknownNumber
from recovery.services import inbox
from recovery.services.incoming import Incoming
from tests.twilio_simulator.webhooks import Answer
from tests.webhooks.story import Story, inbound_form, new_phone

NOTHING = '<?xml version="1.0" encoding="UTF-8"?><Response/>'


def knock(story: Story, form: list[tuple[str, str]]) -> Answer:
    return story.twilio.call(f"{story.public_url}/sms/inbound", form)


def outbound(story: Story) -> list[Message]:
    db.session.rollback()
    return list(db.session.scalars(sa.select(Message).where(Message.answers_id.is_not(None))))


def test_the_answer_is_twiml_with_a_status_callback_to_its_own_row(story: Story) -> None:
    answer = knock(story.at(1), inbound_form("3 1 0", story.phone, story.clinic_phone))

    message = ElementTree.fromstring(answer.text)[0]  # noqa: S314 (our own answer)
    [row] = outbound(story)
    assert message.tag == "Message"
    assert message.text == row.body
    assert message.get("statusCallback") == f"{story.public_url}/sms/status?message={row.id}"
    assert (row.status, row.wording) == ("sending", "thanks_usual")


def test_a_repeat_within_half_a_minute_gets_the_same_bytes_and_later_nothing(story: Story) -> None:
    form = inbound_form("3 1 0", story.phone, story.clinic_phone)

    first = knock(story.at(1), form)
    soon = knock(story.later(seconds=29), form)
    late = knock(story.later(seconds=30), form)

    assert (soon.status, soon.text) == (200, first.text)
    assert (late.status, late.text) == (200, NOTHING)
    assert len(story.stored) == len(story.reports) == len(outbound(story)) == 1


def test_a_repeat_of_a_text_without_an_answer_stays_without(story: Story) -> None:
    form = inbound_form("ok thanks", story.phone, story.clinic_phone)
    assert [knock(story, form).text for _ in range(3)] == [NOTHING] * 3


@pytest.mark.parametrize("known", [True, False], ids=["patient", "stranger"])
@pytest.mark.both_databases
def test_the_same_text_twice_at_once_is_one_row_and_one_answer(story: Story, known: bool) -> None:
    story.at(1)
    form = inbound_form("3 1 0", story.phone if known else new_phone(), story.clinic_phone)
    together = Barrier(4)

    def deliver(_: int) -> str:
        together.wait()
        return knock(story, form).text

    with ThreadPoolExecutor(4) as threads:
        answers = set(threads.map(deliver, range(4)))

    assert len(answers) == 1
    assert NOTHING not in answers
    assert len(story.stored) == len(outbound(story)) == 1
    assert len(story.reports) == (1 if known else 0)


@pytest.mark.both_databases
def test_different_texts_of_one_patient_at_once_are_all_taken(story: Story) -> None:
    story.at(1)
    forms = [inbound_form(f"{redness} 1 0", story.phone, story.clinic_phone) for redness in range(6)]

    with ThreadPoolExecutor(6) as threads:
        statuses = [answer.status for answer in threads.map(lambda form: knock(story, form), forms)]

    assert statuses == [200] * 6
    assert len(story.stored) == 6
    assert len({message.seq for message in story.stored}) == 6
    assert len(story.reports) == 1  # each within minutes corrects the one before


@pytest.mark.both_databases
def test_a_danger_and_a_report_at_once_are_each_answered(story: Story) -> None:
    story.at(1)
    bodies = ("3 1 0", "there is pus", "can I wear makeup?")
    forms = [inbound_form(body, story.phone, story.clinic_phone) for body in bodies]

    with ThreadPoolExecutor(3) as threads:
        answers = [answer.text for answer in threads.map(lambda form: knock(story, form), forms)]

    assert NOTHING not in answers
    said = {each.answers_id: each.wording or "" for each in outbound(story)}
    wordings = {text.body: said[text.id] for text in story.stored}
    assert wordings["there is pus"] == "infection_open"
    assert wordings["3 1 0"].startswith("thanks_")
    assert wordings["can I wear makeup?"] == "thanks_flagged"
    assert story.scores.count((3, 1, 0)) == 1


def test_a_text_to_no_clinic_is_stored_and_gets_no_answer(story: Story) -> None:
    form = inbound_form("I cannot breathe", story.phone, "+14165559999")

    assert knock(story, form).text == NOTHING
    assert knock(story, form).text == NOTHING
    assert [(each.clinic_id, each.body) for each in story.stored] == [(None, "I cannot breathe")]


def test_a_phone_on_call_is_never_read_as_a_patient(story: Story) -> None:
    with writing():
        clinic = db.session.get_one(Clinic, story.clinic.id)
        clinic.on_call_phone = story.phone
        clinic.on_call_phone_hash = story.patient.phone_hash

    assert story.at(2).text("there is pus") == "on_call_other"
    assert (story.reports, story.flags) == ([], {})
    assert story.stored[0].body == "there is pus"


@pytest.mark.parametrize(
    "missing", [("MessageSid",), ("From",), ("MessageSid", "From", "To", "Body")], ids=lambda each: each[0]
)
def test_a_call_without_what_names_a_text_is_a_clear_refusal(story: Story, missing: tuple[str, ...]) -> None:
    form = [each for each in inbound_form("3 1 0", story.phone, story.clinic_phone) if each[0] not in missing]
    answer = knock(story, form)
    said = ", ".join(f"{name} is missing" for name in missing if name in ("MessageSid", "From"))
    assert (answer.status, answer.text) == (400, f"{said}.\n")
    assert story.stored == []


def test_an_impossibly_long_sid_is_refused(story: Story) -> None:
    form = inbound_form("3 1 0", story.phone, story.clinic_phone, sid="S" * 400)
    answer = knock(story, form)
    assert (answer.status, answer.text) == (400, "MessageSid is longer than 64 characters.\n")


def test_the_deprecated_twin_of_the_sid_is_understood(story: Story) -> None:
    form = [
        ("SmsSid", "SM9") if name == "MessageSid" else (name, value)
        for name, value in inbound_form("3 1 0", story.phone, story.clinic_phone)
    ]
    assert knock(story.at(1), form).status == 200
    assert story.stored[0].twilio_sid == "SM9"


@pytest.mark.parametrize(
    ("body", "wording"),
    [
        ("", "clarification"),
        ("   \r\n ", "clarification"),
        ("\x00", "clarification"),
        ("\U0001f600\U0001f525\U0001f4af", None),
        ("x" * 5000, "clarification"),
        ("3 1 0" + " " * 5000, "thanks_usual"),
        ("3\x001\x000", "thanks_usual"),
        ("3 1 0\x00", "thanks_usual"),
        ("\ufffd\u202e\u0301\u0301" * 400, "clarification"),
        ("<Response><Message>&amp;\"'</Message></Response>", "clarification"),
        ("9" * 1600, "clarification"),
        ("3 1 12", "clarification"),
        ("-3 1 0", "clarification"),
    ],
    ids=[
        "empty",
        "blank",
        "nul",
        "emoji",
        "5000",
        "padded",
        "nul-between",
        "nul-after",
        "marks",
        "xml",
        "digits",
        "above-ten",
        "below-zero",
    ],
)
def test_an_odd_text_is_survived_kept_and_answered(story: Story, body: str, wording: str | None) -> None:
    assert story.at(1).text(body) == wording
    assert story.stored[0].body == body.replace("\x00", "")


def test_a_lone_surrogate_is_survived_where_a_page_hands_it_over(story: Story) -> None:
    incoming = Incoming("SM-odd", story.clinic_phone, story.phone, "3 1 0 \ud83d")
    with writing():
        assert inbox.receive(incoming, story.at(1).now) is not None
    assert story.stored[0].body == "3 1 0 \ud83d"


@pytest.mark.parametrize("junk", ["", "-1", "two", "1e3", "²", "9" * 5000, "99", "\x00"])
def test_a_senseless_count_of_photos_is_no_photo(story: Story, junk: str) -> None:
    assert story.at(1).text("3 1 0", NumMedia=junk) == "thanks_usual"
    assert story.stored[0].media_count == 0


def test_what_xml_would_trip_over_arrives_as_it_was_meant(story: Story) -> None:
    with writing():
        db.session.get_one(Clinic, story.clinic.id).sms_name = 'R&B <Skin> "O\'"'
    story.text("HELP")
    assert story.heard is not None
    assert story.heard.startswith('R&B <Skin> "O\'" skin check-ins')


def test_a_sender_that_is_no_phone_number_is_kept_as_unknown(story: Story) -> None:
    for sender in ("12345", "ROGERS", "whatsapp:+16475550123", "+1 (647) 555-0123", "x" * 300):
        assert knock(story, inbound_form("hello", sender, story.clinic_phone)).status == 200
    db.session.rollback()
    assert len(db.session.scalars(sa.select(UnknownNumber)).all()) == 5


def test_an_answer_that_went_by_a_call_of_ours_is_not_given_again_with_the_webhook(story: Story) -> None:
    """A text that was found in Twilio's log, whose webhook then comes after all."""
    story.at(1)
    with writing():
        incoming = Incoming("SM-late", story.clinic_phone, story.phone, "3 1 0", from_twiml=False)
        assert inbox.receive(incoming, story.now) is None

    answer = knock(story, inbound_form("3 1 0", story.phone, story.clinic_phone, sid="SM-late"))

    assert answer.text == NOTHING
    assert [each.status for each in outbound(story)] == ["queued"]
