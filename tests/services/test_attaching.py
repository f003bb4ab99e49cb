"""What a number of nobody wrote is attached to a patient: read as hers, in order, once, unanswered."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from recovery.db import db, keyring, reading, writing
from recovery.domain.errors import Conflict
from recovery.models.case import Flag, FlaggedCase
from recovery.models.clinic import Clinic
from recovery.models.message import Message, Photo
from recovery.models.patient import OptOut, Patient, UnknownNumber
from recovery.models.report import Report
from recovery.models.treatment import Treatment
from recovery.queries import patients as finding
from recovery.queries import strangers
from recovery.services import attaching, gate, inbox, opt_outs, patients
from recovery.services.incoming import Incoming
from tests import make
from tests.pictures import jpeg

pytestmark = pytest.mark.usefixtures("app")

SISTERS = "+16475550777"
DAY_2 = make.NOON + timedelta(days=2)
DAY_4 = make.NOON + timedelta(days=4)


def wrote(clinic: Clinic, body: str, at: datetime = DAY_2) -> None:
    with writing():
        sid = f"SM{uuid4().hex}"
        inbox.receive(Incoming(sid, clinic.phone, SISTERS, body, from_twiml=False), at)


def attach(patient: Patient, now: datetime = DAY_4) -> int:
    with writing():
        locked = finding.locked_patient(patient.id)
        row = strangers.unknown_number(patient.clinic_id, number().id)
        assert locked is not None
        assert row is not None
        return attaching.attach(locked, row, now)


def number() -> UnknownNumber:
    db.session.rollback()
    return db.session.scalars(sa.select(UnknownNumber)).one()


def treated(clinic: Clinic) -> Patient:
    patient = make.patient(clinic)
    make.treatment(patient, make.NOON, make.NOON)
    return patient


def test_they_are_read_as_hers_as_of_when_she_wrote_them() -> None:
    clinic = make.clinic()
    patient = treated(clinic)
    for body, at in (("red 5 swelling 2 itching 1", DAY_2), ("4 1 0", DAY_2 + timedelta(days=1))):
        wrote(clinic, body, at)

    assert attach(patient) == 2

    with reading():
        reports = db.session.scalars(sa.select(Report).order_by(Report.seq)).all()
        told = [(row.day, row.redness, row.reported_at.date().day) for row in reports]
        assert told == [(2, 5, 22), (3, 4, 23)]
        texts = db.session.scalars(sa.select(Message).where(Message.direction == "inbound")).all()
        assert {text.patient_id for text in texts} == {patient.id}
        assert len({text.seq for text in texts}) == 2


def test_what_was_written_before_the_treatment_is_no_score_of_it_but_its_words_are_seen() -> None:
    clinic = make.clinic()
    patient = treated(clinic)
    wrote(clinic, "6 4 3", make.NOON - timedelta(days=1))
    wrote(clinic, "8 8 8 and there is pus", make.NOON - timedelta(hours=5))

    assert attach(patient) == 2

    assert _rows(Report) == [0]
    with reading():
        flags = db.session.execute(sa.select(Flag.rule, Flag.symptom)).all()
        assert flags == [("infection_words", "pus")]


def test_a_danger_among_them_opens_a_case_and_nothing_is_answered() -> None:
    clinic = make.clinic()
    patient = treated(clinic)
    wrote(clinic, "there is pus")
    before = _outbound()

    attach(patient)

    with reading():
        case = db.session.scalars(sa.select(FlaggedCase)).one()
        flag = db.session.scalars(sa.select(Flag)).one()
        assert (case.patient_id, case.priority, case.unread_messages) == (patient.id, "urgent", 1)
        assert (flag.rule, flag.symptom, flag.day) == ("infection_words", "pus", 2)
    assert _outbound() == before


def test_what_came_within_the_hour_is_not_answered_either() -> None:
    clinic = make.clinic()
    patient = treated(clinic)
    wrote(clinic, "3 1 0")
    before = _outbound()

    attach(patient, DAY_2 + timedelta(minutes=5))

    assert _outbound() == before


def test_doing_it_again_changes_nothing_and_nobody_else_gets_them() -> None:
    clinic = make.clinic()
    patient, other = treated(clinic), treated(clinic)
    wrote(clinic, "5 4 2 and it burns")
    attach(patient)
    before = _rows(Report, Flag, FlaggedCase)

    assert attach(patient) == 0
    with pytest.raises(Conflict, match="somebody else has seen to it"):
        attach(other)
    assert _rows(Report, Flag, FlaggedCase) == before


def test_the_number_does_not_become_hers_and_its_next_text_waits_again() -> None:
    clinic = make.clinic()
    patient = treated(clinic)
    wrote(clinic, "3 1 0")
    attach(patient)
    assert _waiting(clinic) == []
    with reading():
        row = db.session.get_one(Patient, patient.id)
        assert row.phone_hash != keyring().phone_hash(SISTERS)

    wrote(clinic, "there is pus", DAY_4)

    (row,) = _waiting(clinic)
    assert (row.priority, row.patient_id) == ("urgent", patient.id)
    with reading():
        assert [text.body for text in strangers.texts_of([row.id])] == ["there is pus"]
    attach(patient)
    assert _rows(FlaggedCase) == [1]


def test_photos_go_with_their_texts_and_are_erased_with_her() -> None:
    clinic = make.clinic()
    patient = treated(clinic)
    make.photo(clinic, SISTERS, jpeg(), DAY_2)
    attach(patient)
    with reading():
        assert db.session.scalars(sa.select(Photo.patient_id)).one() == patient.id
        assert db.session.scalars(sa.select(Flag.rule)).one() == "unread_message"

    with writing():
        locked = finding.locked_patient(patient.id)
        assert locked is not None
        patients.erase(locked, DAY_4)
    with reading():
        assert db.session.scalars(sa.select(Photo.status)).one() == "erased"
        assert db.session.scalars(sa.select(Message.body)).all().count(None) >= 1
    assert number().phone is None


def test_a_stop_from_another_phone_is_that_phones_and_a_nurse_asks() -> None:
    clinic = make.clinic()
    patient = treated(clinic)
    wrote(clinic, "STOP")

    attach(patient)

    with reading():
        stopped = db.session.scalars(sa.select(OptOut)).one()
        assert (stopped.patient_id, stopped.phone_hash) == (None, keyring().phone_hash(SISTERS))
        assert gate.texting(db.session.get_one(Patient, patient.id)) == "on"
        flag = db.session.scalars(sa.select(Flag)).one()
        assert (flag.rule, "from another phone" in flag.explanation) == ("opted_out", True)


def test_a_start_from_another_phone_does_not_take_back_her_own_stop() -> None:
    clinic = make.clinic()
    patient = treated(clinic)
    with writing():
        opt_outs.stop(patient, patient.phone_hash or b"", DAY_2 - timedelta(hours=1))
    wrote(clinic, "START")

    attach(patient)

    with reading():
        assert gate.texting(db.session.get_one(Patient, patient.id)) == "opted_out"


def test_her_own_stop_from_before_her_treatment_stays_hers() -> None:
    clinic = make.clinic()
    patient = make.patient(clinic, phone=SISTERS)
    wrote(clinic, "STOP")
    make.treatment(patient, make.NOON, DAY_4)

    attach(patient)

    with reading():
        assert db.session.scalars(sa.select(OptOut.patient_id)).one() == patient.id


def test_a_wrong_number_among_them_says_nothing_about_her_own() -> None:
    clinic = make.clinic()
    patient = treated(clinic)
    wrote(clinic, "wrong number")

    attach(patient)

    assert db.session.get_one(Patient, patient.id).number_doubted_at is None


def test_scores_count_though_her_own_number_is_doubted() -> None:
    clinic = make.clinic()
    patient = treated(clinic)
    with writing():
        locked = finding.locked_patient(patient.id)
        assert locked is not None
        locked.number_doubted_at = DAY_2
    wrote(clinic, "3 1 0")

    attach(patient)

    assert _rows(Report) == [1]


def test_a_patient_without_a_treatment_is_refused_until_she_has_one() -> None:
    clinic = make.clinic()
    patient = make.patient(clinic)
    wrote(clinic, "3 1 0")

    with pytest.raises(Conflict, match="no treatment yet"):
        attach(patient)
    make.treatment(patient, make.NOON, DAY_4)
    assert attach(patient) == 1
    with reading():
        assert db.session.scalars(
            sa.select(Message.treatment_id).where(Message.direction == "inbound")
        ).one() == (db.session.scalars(sa.select(Treatment.id)).one())


def test_her_own_texts_from_before_her_treatment_was_entered_are_attached_too() -> None:
    clinic = make.clinic()
    patient = make.patient(clinic, phone=SISTERS)
    wrote(clinic, "3 1 0")
    make.treatment(patient, make.NOON, DAY_4)

    assert attach(patient) == 1
    assert _rows(Report) == [1]


def _waiting(clinic: Clinic) -> list[UnknownNumber]:
    db.session.rollback()
    return list(strangers.waiting(clinic.id, 10))


def _outbound() -> list[tuple[UUID, str]]:
    with reading():
        found = sa.select(Message.id, Message.status).where(Message.direction == "outbound")
        return sorted((row[0], row[1]) for row in db.session.execute(found))


def _rows(*models: type) -> list[int]:
    with reading():
        return [db.session.scalar(sa.select(sa.func.count()).select_from(each)) or 0 for each in models]
