"""Patients: enrolled under any form of their number, changed, erased."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from recovery.db import db, keyring, reading, writing
from recovery.domain.errors import Conflict, Invalid
from recovery.domain.vocabulary import EndReason
from recovery.models.case import CaseEvent
from recovery.models.clinic import Clinic
from recovery.models.message import Message
from recovery.models.patient import FormerPhone, NamePrefix, OptOut, Patient
from recovery.models.report import Report
from recovery.queries import patients as finding
from recovery.services import checkins, gate, patients, treatments
from tests import make
from tests.stories.sending.story import Story, at, begin, enter, run, tick

pytestmark = pytest.mark.usefixtures("app")

NOON, ONE_O_CLOCK, DAY_2 = at(0, "12:00"), at(0, "13:00"), at(2, "12:00")
HERS, NEW = "+16475550001", "+16475550002"


def change(story: Story, moment: datetime = ONE_O_CLOCK, **changes: Any) -> None:
    with writing():
        patient = finding.locked_patient(story.patient_id)
        assert patient is not None
        patients.change(patient, moment, changes)


def erase(story: Story, moment: datetime = DAY_2) -> None:
    with writing():
        patient = finding.locked_patient(story.patient_id)
        assert patient is not None
        patients.erase(patient, moment)


def phone_of(patient: Patient) -> str | None:
    with reading():
        return db.session.merge(patient).phone


def clinic_of(patient_or_clinic: Clinic) -> Clinic:
    db.session.rollback()
    return db.session.merge(patient_or_clinic)


# --- enrolled ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed",
    [
        "6475550001",
        "(647) 555-0001",
        "647.555.0001",
        "+1 647 555 0001",
        "1-647-555-0001",
        "tel:+1-647-555-0001",
    ],
)
def test_a_number_is_taken_in_any_form_and_kept_as_e164(typed: str) -> None:
    office = clinic_of(make.clinic())

    assert phone_of(make.patient(office, phone=typed)) == HERS


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "Maria",
        "555-0001",
        "+1 647 555",
        "123",
        "+999 647 555 0001",
        "6475550001 ext 12",
        "6" * 400,
        "\x00",
    ],
)
def test_what_is_no_number_is_refused(typed: str) -> None:
    office = clinic_of(make.clinic())

    with pytest.raises(Invalid, match="phone"):
        make.patient(office, phone=typed)


@pytest.mark.parametrize("field", ["phone", "on_call_phone"])
def test_a_phone_of_the_clinic_itself_is_no_patients(field: str) -> None:
    office = clinic_of(make.clinic(on_call_phone="+14165550111"))
    ours = getattr(office, field)

    with pytest.raises(Invalid, match="of the clinic itself"):
        make.patient(office, phone=ours)


def test_a_number_of_a_patient_of_this_clinic_is_a_conflict_in_any_form() -> None:
    story = begin(patient={"phone": HERS})

    with pytest.raises(Conflict, match="already"):
        make.patient(story.clinic, phone="(647) 555 0001")


def test_the_same_number_in_another_clinic_is_fine() -> None:
    begin(patient={"phone": HERS})
    other = clinic_of(make.clinic(name="Elm Skin", phone="+14165550199"))

    assert phone_of(make.patient(other, phone=HERS)) == HERS


def test_any_number_of_patients_have_no_phone() -> None:
    story = begin(patient={"phone": None})
    other = enter(story.clinic_id, NOON, patient={"phone": None})

    assert gate.texting(story.patient) == gate.texting(other.patient) == "no_phone"


def test_consent_ahead_of_now_is_refused() -> None:
    office = clinic_of(make.clinic())

    with pytest.raises(Invalid, match="consented_at"):
        make.patient(office, NOON, consented_at=NOON + timedelta(hours=1))


# --- changed -----------------------------------------------------------------------------------


def test_a_new_number_gets_the_welcome_first_and_the_question_an_hour_later() -> None:
    story = begin(patient={"phone": HERS})
    tick(NOON)
    change(story, at(1, "09:30"), phone=NEW)

    tick(at(1, "09:31"))
    tick(at(1, "10:00"))
    early = story.kinds()
    tick(at(1, "10:32"))

    assert early == ["welcome", "welcome"]
    assert story.texts()[1:] == [("welcome", "1 09:31"), ("check_in", "1 10:32")]


def test_queued_texts_to_the_old_number_are_cancelled_and_today_is_asked_on_the_new_one() -> None:
    story = begin(patient={"phone": HERS})
    tick(NOON)
    story.set("patient", conversation_until=at(1, "10:30"))
    run("send-check-ins", at(1, "09:00"))
    story.set("patient", conversation_until=None)
    queue_only(story, at(1, "10:00"))
    change(story, at(1, "10:01"), phone=NEW)

    tick(at(1, "10:02"))
    tick(at(1, "11:03"))

    assert story.kinds("cancelled") == ["check_in"]
    assert story.asked()[1] == "delivered"
    assert story.texts()[-1] == ("check_in", "1 11:03")


def queue_only(story: Story, moment: datetime) -> None:
    """The question is queued, and the sender has not come to it."""
    with writing():
        checkins._take_due(finding.locked_by_treatment([story.treatment_id], wait=True), moment)


def test_a_welcome_that_waits_for_the_old_number_is_cancelled() -> None:
    story = begin(entered=at(0, "22:00"), patient={"phone": HERS})
    change(story, at(0, "23:00"), phone=NEW)

    tick(at(1, "08:00"))

    assert story.kinds("cancelled") == ["welcome"]
    assert story.texts() == [("welcome", "1 08:00")]


def test_the_same_number_in_another_form_changes_nothing_but_confirms_it() -> None:
    story = begin(patient={"phone": HERS})
    story.set("patient", number_doubted_at=at(0, "12:30"))

    change(story, phone="647 555 0001")

    assert story.patient.number_doubted_at is None
    assert [row.kind for row in story.rows()] == ["welcome"]


def test_the_former_number_is_kept_for_thirty_days() -> None:
    story = begin(patient={"phone": HERS})
    change(story, at(0, "13:00"), phone=NEW)
    old = keyring().phone_hash(HERS)

    def found(day: int) -> object:
        with reading():
            since = at(day, "12:00") - timedelta(days=30)
            return finding.patient_id_by_former_phone(story.clinic_id, old, since)

    assert found(30) == story.patient_id
    assert found(31) is None


def test_a_number_that_is_anothers_is_a_conflict_and_changes_nothing() -> None:
    story = begin(patient={"phone": HERS})
    enter(story.clinic_id, NOON, patient={"phone": NEW})

    with pytest.raises(Conflict):
        change(story, phone=NEW)

    assert story.patient.phone == HERS


def test_an_opt_out_stays_with_the_patient_under_a_new_number() -> None:
    story = begin(patient={"phone": HERS})
    story.says("STOP", at(0, "12:30"))

    change(story, phone=NEW)
    tick(at(0, "13:01"))

    assert gate.texting(story.patient) == "opted_out"
    assert "welcome" not in story.kinds()


def test_an_opt_out_stays_with_the_number_for_its_next_owner() -> None:
    story = begin(patient={"phone": HERS})
    story.says("STOP", at(0, "12:30"))
    change(story, phone=NEW)

    other = enter(story.clinic_id, at(0, "14:00"), patient={"phone": HERS})

    assert gate.texting(other.patient) == "opted_out"


def test_consent_given_later_begins_the_texts_with_the_welcome() -> None:
    story = begin(patient={"consented_at": None})
    tick(NOON)
    before = story.kinds()

    change(story, at(0, "13:00"), consented_at=at(0, "13:00"))
    tick(at(0, "13:00"))

    assert before == []
    assert story.kinds() == ["welcome"]


def test_consent_withdrawn_ends_the_texts() -> None:
    story = begin()
    tick(NOON)
    change(story, consented_at=None)

    tick(at(1, "10:00"))

    assert story.asked()[1] == "cancelled"


def test_a_risk_fact_that_raises_is_weighed_at_once() -> None:
    story = begin()
    story.reports(at(4, "12:00"), 2, 0, 0)
    before = story.flags()

    change(story, at(4, "13:00"), risk_facts=["diabetes"])

    assert before == {"persisting": "routine"}
    assert story.flags() == {"persisting": "soon"}


def test_each_change_raises_the_version() -> None:
    story = begin()

    change(story, name="Maria Garcia")

    assert story.patient.version == 2


# --- erased ------------------------------------------------------------------------------------


def test_erasing_takes_the_person_and_keeps_the_scores() -> None:
    story = begin(patient={"phone": HERS}, notes="left cheek", area="face")
    tick(NOON)
    story.says("3 1 0", at(0, "18:00"))
    erase(story)

    patient, treatment = story.patient, story.treatment
    assert (patient.name, patient.phone, patient.phone_hash) == (None, None, None)
    assert (treatment.notes, treatment.area) == (None, None)
    with reading():
        assert db.session.scalars(sa.select(Report.redness)).all() == [3]
        assert set(db.session.scalars(sa.select(Message.body))) == {None}
        assert db.session.scalar(sa.select(NamePrefix.patient_id)) is None
        assert db.session.scalar(sa.select(FormerPhone.id)) is None


def test_a_known_sid_survives_so_that_nothing_is_taken_in_twice() -> None:
    story = begin()
    tick(NOON)
    erase(story)

    assert [bool(row.twilio_sid) for row in story.rows()] == [True]


def test_an_erased_patient_is_texted_no_more() -> None:
    story = begin()
    erase(story, at(0, "12:00"))

    tick(at(1, "10:00"))
    tick(at(3, "10:00"))

    assert story.kinds() == []
    assert set(story.asked().values()) == {"cancelled"}
    assert story.flags() == {}


@pytest.mark.parametrize("score", [9, 10])
def test_an_urgent_case_must_be_resolved_first(score: int) -> None:
    story = begin()
    story.reports(at(1, "12:00"), score, 0, 0)

    with pytest.raises(Conflict, match="urgent case"):
        erase(story)

    assert story.patient.erased_at is None


def test_a_milder_case_is_closed_with_its_notes_forgotten() -> None:
    story = begin()
    story.reports(at(4, "12:00"), 2, 0, 0)
    erase(story, at(4, "13:00"))

    assert (story.case().status, story.case().outcome) == ("resolved", "cleared")
    with reading():
        assert set(db.session.scalars(sa.select(CaseEvent.note))) == {None}


def test_the_opt_out_outlives_the_person_and_the_number_can_be_enrolled_again() -> None:
    story = begin(patient={"phone": HERS})
    story.says("STOP", at(0, "12:30"))
    erase(story)

    again = enter(story.clinic_id, at(5, "12:00"), patient={"phone": HERS})

    assert gate.texting(again.patient) == "opted_out"
    with reading():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(OptOut)) == 1


def test_erasing_twice_changes_nothing() -> None:
    story = begin()
    erase(story)
    version = story.patient.version

    erase(story, at(3, "12:00"))

    assert story.patient.version == version


def test_an_erased_patient_is_neither_changed_nor_treated() -> None:
    story = begin()
    erase(story)

    with pytest.raises(Conflict, match="erased"):
        change(story, name="Maria")
    with pytest.raises(Conflict, match="erased"):
        make.treatment(story.patient, at(3, "12:00"))


def test_a_treatment_is_ended_once() -> None:
    story = begin()
    with writing():
        treatments.end(story.treatment, at(0, "13:00"), EndReason.PATIENT_REQUEST)

    with pytest.raises(Conflict, match="ended already"), writing():
        treatments.end(story.treatment, at(0, "13:01"), EndReason.OTHER)
