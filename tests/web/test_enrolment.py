"""Enrolling at the end of a treatment: filled in, shown what follows, entered once."""

import re

import sqlalchemy as sa
from werkzeug.test import TestResponse

from recovery.db import db, keyring, reading, writing
from recovery.domain.vocabulary import Intent
from recovery.models.clinic import Clinic
from recovery.models.message import Message
from recovery.models.patient import Patient
from recovery.models.system import AuditEvent
from recovery.models.treatment import CheckIn, Treatment
from recovery.services import opt_outs
from recovery.web.shown import moment
from tests import make
from tests.web.visitor import Visitor, words

MARIA = {
    "name": "Maria Lopez",
    "phone": "(647) 555-0123",
    "texting": "agreed",
    "language": "en",
    "timezone": "America/Toronto",
    "treated_at": "2026-11-20T11:30",
    "needle_depth_mm": "1,5",
    "device": "pen",
}
NEW = "/patients/new"


def test_a_patient_and_her_treatment_are_entered_at_once(signed_in: Visitor, clinic: Clinic) -> None:
    answer = _send(signed_in, "enter", risk_facts="diabetes", area="face", notes="nervous", skin_type="V")

    assert answer.status_code == 303, words(answer)
    said = words(signed_in.get(answer.location))
    assert answer.status_code == 303
    assert "Enrolled." in said
    assert "Gets texts." in said
    assert "1.5 mm, pen, face" in said
    with reading():
        patient, treatment = db.session.scalars(sa.select(Patient)).one(), _treatments()[0]
        assert (patient.phone, patient.risk_facts) == ("+16475550123", ["diabetes"])
        assert patient.consented_at is not None
        assert treatment.treated_at == make.NOON.replace(hour=16, minute=30), "the clinic's clock"
        audited = db.session.execute(sa.select(AuditEvent.action, AuditEvent.subject)).all()
    assert {("enrol", "patient"), ("begin", "treatment")} <= {tuple(row) for row in audited}


def test_the_texts_are_shown_first_and_nothing_is_stored(signed_in: Visitor, clinic: Clinic) -> None:
    said = words(_send(signed_in, "preview"))

    assert "Texts go to (647) 555-0123 (+16475550123)" in said
    assert "Welcome, Fri 20 Nov, 12:00" in said
    assert "Day 1, Sat 21 Nov, 10:00 Day 1: how are redness or colour change" in said
    assert "Last question, day 28, Fri 18 Dec, 10:00" in said
    assert _count(Patient, Treatment, Message, CheckIn) == [0, 0, 0, 0]


def test_what_is_shown_is_what_is_planned(signed_in: Visitor, clinic: Clinic) -> None:
    details = {"language": "es", "timezone": "Europe/Madrid", "next_session_on": "2026-12-12"}
    shown = re.findall(
        r"<h3>[^<]*, (\w+ \d+ \w+, \d\d:\d\d)</h3>", _send(signed_in, "preview", **details).text
    )

    _send(signed_in, "enter", **details)

    with reading():
        zone = "Europe/Madrid"
        welcome = db.session.scalars(sa.select(Message.due_at)).one()
        due = db.session.scalars(sa.select(CheckIn.due_at).order_by(CheckIn.due_at)).all()
        moments = [moment(at, zone) for at in (welcome, *due) if at]
    assert shown == moments


def test_a_text_in_another_language_has_the_english_beside_it(signed_in: Visitor, clinic: Clinic) -> None:
    page = _send(signed_in, "preview", language="fr")

    assert '<p class="bubble-like" lang="fr">Jour 1' in page.text
    assert "In English Day 1: how are" in words(page)


def test_who_declines_is_enrolled_and_phoned_instead(signed_in: Visitor, clinic: Clinic) -> None:
    assert "No texts go out: we phone." in words(_send(signed_in, "preview", texting="phoned"))

    said = words(signed_in.get(_send(signed_in, "enter", texting="phoned").location))

    assert "Has not agreed to texts: phone instead." in said
    assert "a nurse is reminded to phone on day 3" in said
    assert _count(Message) == [0]


def test_who_has_no_phone_is_enrolled_without_one(signed_in: Visitor, clinic: Clinic) -> None:
    answer = _send(signed_in, "enter", texting="phoned", phone="")

    assert "Has no phone that is texted" in words(signed_in.get(answer.location))


def test_what_is_wrong_is_said_beside_its_field_and_what_was_typed_stays(
    signed_in: Visitor, clinic: Clinic
) -> None:
    for field, value, sentence in (
        ("name", " ", "Please give the name."),
        ("phone", "12", "Not a valid phone number."),
        ("phone", "", "A number is needed for texts; or choose that we phone instead."),
        ("phone", "416 555 0100", "This is a phone of the clinic itself."),
        ("texting", "", "Please choose one"),
        ("timezone", "Toronto", "Please choose a time zone from the list"),
        ("language", "de", "Not a valid choice"),
        ("risk_facts", "tired", "not a valid choice"),
        ("needle_depth_mm", "deep", "Please give millimetres above 0 and up to 10"),
        ("needle_depth_mm", "nan", "Please give millimetres above 0 and up to 10"),
        ("treated_at", "yesterday", "Please give a date and a time."),
        ("treated_at", "0001-01-01T00:00", "Must lie between the years"),
        ("treated_at", "2026-10-01T10:00", "The treatment is more than 28 days back."),
        ("next_session_on", "2026-11-20", "Must be after the day of the treatment."),
        ("area", "x" * 201, "Field cannot be longer than 200 characters."),
    ):
        answer = _send(signed_in, "enter", **{field: value})
        assert answer.status_code == 422, (field, value)
        assert sentence in words(answer).replace(" .", "."), (field, value)
        assert '<option selected value="pen">' in answer.text, "what was typed stays"
    assert _count(Patient, Treatment) == [0, 0]


def test_a_number_that_is_a_patients_already_is_offered_as_a_new_treatment(
    signed_in: Visitor, clinic: Clinic
) -> None:
    then = make.NOON.replace(day=1)
    anna = make.patient(clinic, then, name="Anna Weiss", phone="+16475550123")
    make.treatment(anna, then)

    answer = _send(signed_in, "enter")
    assert answer.status_code == 409
    assert "This number is already Anna Weiss’s" in words(answer)
    button = re.search(r'formaction="(/patients/[^"]+)"', answer.text)
    assert button is not None

    signed_in.post(button.group(1), **{**_ticket(answer), **MARIA, "do": "enter"})
    assert len(_treatments()) == 2
    with reading():
        assert db.session.scalars(sa.select(Patient.name)).all() == ["Anna Weiss"]


def test_a_form_that_is_sent_twice_enters_once(signed_in: Visitor, clinic: Clinic) -> None:
    ticket = _ticket(signed_in.get(NEW))
    for details in ({}, {"phone": "", "texting": "phoned"}):
        sent = {**ticket, **MARIA, **details, "do": "enter"}
        answers = [signed_in.post(NEW, **sent) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [303, 303]
        assert answers[0].location == answers[1].location
    assert _count(Patient, Treatment) == [1, 1]


def test_a_ticket_that_is_not_ours_enters_nothing(
    signed_in: Visitor, stranger: Visitor, clinic: Clinic
) -> None:
    theirs = _ticket(stranger.get(NEW))
    signed_in.get(NEW)
    for ticket in ({"ticket": "forged"}, {}, theirs):
        assert signed_in.post(NEW, **{**MARIA, **ticket, "do": "enter"}).status_code == 400
    assert _count(Patient) == [0]


def test_nothing_but_the_fields_of_the_form_is_taken(signed_in: Visitor, clinic: Clinic) -> None:
    more = {"id": "x", "clinic_id": "x", "version": "9", "consented_at": "2020-01-01", "next_seq": "7"}

    _send(signed_in, "enter", **more, texting="phoned")

    with reading():
        patient = db.session.scalars(sa.select(Patient)).one()
        assert (patient.clinic_id, patient.version, patient.consented_at) == (clinic.id, 1, None)


def test_another_treatment_of_a_patient_ends_the_earlier_one(signed_in: Visitor, clinic: Clinic) -> None:
    then = make.NOON.replace(day=17)
    patient = make.patient(clinic, then)
    make.treatment(patient, then)
    path = f"/patients/{patient.id}/treatments/new"
    sent = {**_ticket(signed_in.get(path)), "treated_at": "2026-11-20T11:30", "do": "enter"}

    answers = [signed_in.post(path, **sent) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [303, 303], "a form sent twice enters once"
    assert sorted(row.status for row in _treatments()) == ["ended", "recovering"]
    again = signed_in.post(path, **{**sent, **_ticket(signed_in.get(path))})
    assert again.status_code == 409
    assert "This patient has a treatment on that day already." in words(again)


def test_who_stopped_the_texts_is_said_to_get_none(signed_in: Visitor, clinic: Clinic) -> None:
    with writing():
        opt_outs.obey_number(Intent.OPT_OUT, clinic.id, keyring().phone_hash("+16475550123"), make.NOON)

    assert "No texts go out: this number, or this patient, asked for no more texts" in words(
        _send(signed_in, "preview")
    )


def _send(visitor: Visitor, do: str, **details: str) -> TestResponse:
    """The form as a nurse would send it, with some of its fields otherwise."""
    return visitor.post(NEW, **{**_ticket(visitor.get(NEW)), **MARIA, **details, "do": do})


def _ticket(page: TestResponse) -> dict[str, str]:
    found = re.search(r'name="ticket" type="hidden" value="([^"]+)"', page.text)
    assert found is not None
    return {"ticket": found.group(1)}


def _treatments() -> list[Treatment]:
    with reading():
        return list(db.session.scalars(sa.select(Treatment)))


def _count(*models: type) -> list[int]:
    with reading():
        return [db.session.scalar(sa.select(sa.func.count()).select_from(each)) or 0 for each in models]


def test_what_was_typed_comes_back_as_text_and_is_never_run(signed_in: Visitor, clinic: Clinic) -> None:
    script = "<script>alert(1)</script>"
    fields = ("name", "phone", "timezone", "needle_depth_mm", "area", "serum", "notes")

    for do in ("preview", "enter"):
        page = _send(signed_in, do, **dict.fromkeys(fields, f'"{script}'))
        assert page.status_code == 422
        assert "<script" not in page.text
        assert page.text.count("&lt;script&gt;") == len(fields)


def test_a_form_of_two_megabytes_is_refused(signed_in: Visitor, clinic: Clinic) -> None:
    assert _send(signed_in, "enter", notes="x" * 2_000_000).status_code == 413
    assert _count(Patient) == [0]
