"""Texts from numbers of nobody on the pages: seen, dismissed, put where they belong."""

from uuid import UUID, uuid4

import sqlalchemy as sa

from recovery.db import db, reading, writing
from recovery.models.clinic import Clinic
from recovery.models.message import Message
from recovery.models.patient import UnknownNumber
from recovery.models.system import AuditEvent
from recovery.services import inbox
from recovery.services.incoming import Incoming
from tests import make
from tests.pictures import jpeg
from tests.web.visitor import Visitor, words

SISTERS, OTHERS = "+16475550777", "+16475550778"


def test_those_in_danger_come_first_with_every_text(signed_in: Visitor, clinic: Clinic) -> None:
    _wrote(clinic, SISTERS, "I can't breathe")
    _wrote(clinic, OTHERS, "hello, is this the clinic?")

    said = words(signed_in.get("/unknown-texts"))

    assert said.index("Emergency +1 647-555-0777") < said.index("+1 647-555-0778")
    assert "I can't breathe" in said
    assert "Read as: trouble breathing" in said


def test_every_page_tells_how_many_wait_and_of_a_danger(signed_in: Visitor, clinic: Clinic) -> None:
    assert "waiting" not in signed_in.get("/patients").text.partition("<main")[0]
    _wrote(clinic, SISTERS, "there is pus")
    _wrote(clinic, OTHERS, "hello")

    for path in ("/flagged-cases", "/patients", "/try-a-text"):
        page = signed_in.get(path)
        assert '<span class="count">2<span class="unseen"> waiting</span>' in page.text, path
        assert "Urgent: a number that is no patient’s wrote of a danger." in words(page), path


def test_a_dismissed_number_is_gone_until_it_writes_again(signed_in: Visitor, clinic: Clinic) -> None:
    _wrote(clinic, SISTERS, "hello")
    signed_in.get("/unknown-texts")

    done = signed_in.post(f"/unknown-texts/{_number()}/dismiss")

    assert "Dismissed." in words(signed_in.get(done.location))
    assert "Nothing waits." in words(signed_in.get("/unknown-texts"))
    _wrote(clinic, SISTERS, "hello again")
    assert "hello again" in words(signed_in.get("/unknown-texts"))


def test_a_patient_is_found_and_gets_the_texts_with_their_photos(signed_in: Visitor, clinic: Clinic) -> None:
    patient = make.patient(clinic, name="Priya Nair")
    make.treatment(patient)
    make.photo(clinic, SISTERS, jpeg())
    _wrote(clinic, SISTERS, "red 6, swelling 2, itching 1, there is pus")
    path = f"/unknown-texts/{_number()}/attach"
    asked = signed_in.get(f"{path}?q=priya")
    assert "These are Priya Nair’s" in words(asked)
    assert 'alt="Photo from this number' in asked.text

    done = signed_in.post(path, patient_id=str(patient.id))

    said = words(signed_in.get(done.location))
    assert "were read as this patient’s. Nothing was answered." in said
    assert "The patient’s number was not changed." in said
    assert "redness 6, swelling 2, itching 1" in said
    assert "Nothing waits." in words(signed_in.get("/unknown-texts"))
    with reading():
        audited = sa.select(AuditEvent.subject_ids).where(AuditEvent.action == "attach")
        (ids,) = db.session.scalars(audited).all()
    assert ids == [str(_number()), str(patient.id)]


def test_what_cannot_be_attached_is_said_in_a_sentence(signed_in: Visitor, clinic: Clinic) -> None:
    patient = make.patient(clinic)
    _wrote(clinic, SISTERS, "hello")
    path = f"/unknown-texts/{_number()}/attach"
    signed_in.get(path)

    for given, status, sentence in (
        (str(patient.id), 409, "This patient has no treatment yet."),
        (str(uuid4()), 422, "Please choose one of the clinic's patients."),
        ("x", 422, "Please choose one of the clinic's patients."),
    ):
        answer = signed_in.post(path, patient_id=given)
        assert (answer.status_code, sentence in words(answer)) == (status, True), given


def test_a_stranger_of_another_clinic_sees_and_moves_nothing(
    signed_in: Visitor, stranger: Visitor, clinic: Clinic
) -> None:
    patient = make.patient(clinic)
    make.treatment(patient)
    _wrote(clinic, SISTERS, "hello")
    number = _number()

    assert "Nothing waits." in words(stranger.get("/unknown-texts"))
    assert stranger.get(f"/unknown-texts/{number}/attach").status_code == 404
    for action in ("attach", "dismiss"):
        answer = stranger.post(f"/unknown-texts/{number}/{action}", patient_id=str(patient.id))
        assert answer.status_code == 404
    theirs = make.patient(_clinic_of(stranger), phone="+16475550123")
    signed_in.get("/unknown-texts")
    mine = signed_in.post(f"/unknown-texts/{number}/attach", patient_id=str(theirs.id))
    assert mine.status_code == 422, "nor does ours reach their patient"
    with reading():
        assert (
            db.session.scalars(sa.select(Message.patient_id).where(Message.direction == "inbound")).one()
            is None
        )


def test_a_text_that_is_a_script_is_shown_and_never_run(signed_in: Visitor, clinic: Clinic) -> None:
    _wrote(clinic, SISTERS, "<script>alert(1)</script> there is pus")

    for path in ("/unknown-texts", f"/unknown-texts/{_number()}/attach?q=<script>"):
        page = signed_in.get(path)
        assert "<script" not in page.text, path
        assert "&lt;script&gt;" in page.text, path


def _wrote(clinic: Clinic, sender: str, body: str) -> None:
    with writing():
        inbox.receive(Incoming(f"SM{uuid4().hex}", clinic.phone, sender, body, from_twiml=False), make.NOON)


def _number(phone: str = SISTERS) -> UUID:
    db.session.rollback()
    return next(each.id for each in db.session.scalars(sa.select(UnknownNumber)) if each.phone == phone)


def _clinic_of(visitor: Visitor) -> Clinic:
    db.session.rollback()
    return db.session.scalars(sa.select(Clinic).where(Clinic.name == "Birch Clinic")).one()
