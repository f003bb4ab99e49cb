"""A file of treatments is checked whole and written in batches; killed and sent again, it ends right."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa

from recovery.db import db, reading, writing
from recovery.models.clinic import Clinic
from recovery.models.patient import Patient
from recovery.models.system import AuditEvent
from recovery.models.treatment import CheckIn, Treatment, TreatmentImport
from recovery.queries import imports as stored
from recovery.services import import_checks, imports, patients, planning
from recovery.services.audit import Actor
from tests import make

pytestmark = pytest.mark.usefixtures("app")

HEADER = "name,phone,agrees_to_texts,treated_at,risk_facts"


@pytest.fixture
def clinic() -> Clinic:
    return make.clinic()


@pytest.fixture
def actor(clinic: Clinic) -> Actor:
    return Actor(clinic.id, make.nurse(clinic).id, "nurse")


def content(*rows: str) -> bytes:
    return "\n".join([HEADER, *rows]).encode()


def row(number: int, **cells: str) -> str:
    given = {
        "name": f"Maria {number}",
        "phone": f"+1647555{7000 + number}",
        "agrees": "yes",
        "treated_at": "2026-11-20 11:30",
        "risk_facts": "",
        **cells,
    }
    return ",".join(given.values())


SEVEN = content(*(row(number) for number in range(7)))


def take(actor: Actor, file: bytes) -> TreatmentImport:
    return found(actor, imports.take(actor, file, lambda: make.NOON, batch=3))


def found(actor: Actor, import_id: UUID) -> TreatmentImport:
    db.session.rollback()
    row = stored.treatment_import(actor.clinic_id, import_id)
    assert row is not None
    return row


def test_every_line_becomes_a_patient_a_treatment_and_its_texts(actor: Actor) -> None:
    row = take(actor, SEVEN)

    assert (imports.status(row), row.written, row.lines, row.problems) == ("done", 7, 7, [])
    assert count(Patient, Treatment, CheckIn) == [7, 7, 49]
    with reading():
        lines = sa.select(Treatment.import_line).order_by(Treatment.import_line)
        assert db.session.scalars(lines).all() == [2, 3, 4, 5, 6, 7, 8]
        written = sa.select(AuditEvent.subject_ids).where(AuditEvent.subject == "treatment")
        audited = db.session.scalars(written).all()
        assert sorted(map(len, audited)) == [1, 3, 3], "one row a batch"


def test_the_same_file_again_doubles_nothing(actor: Actor) -> None:
    first, again = take(actor, SEVEN), take(actor, SEVEN)

    assert (again.id, imports.status(again)) == (first.id, "done")
    assert count(Patient, Treatment) == [7, 7]


def test_killed_in_the_middle_and_sent_again_it_ends_right(
    actor: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, planned = planning.first, iter(range(100))

    def plan_until_killed(patient: Patient, treatment: Treatment) -> None:
        if next(planned) == 4:  # inside the second batch
            raise KeyboardInterrupt
        first(patient, treatment)

    monkeypatch.setattr(planning, "first", plan_until_killed)
    with pytest.raises(KeyboardInterrupt):
        take(actor, SEVEN)
    assert count(Patient, Treatment) == [3, 3], "the first batch, and nothing of the second"
    with reading():
        half = db.session.scalars(sa.select(TreatmentImport)).one()
        assert (imports.status(half), half.written) == ("writing", 3)

    row = take(actor, SEVEN)

    assert (imports.status(row), row.written) == ("done", 7)
    assert count(Patient, Treatment, TreatmentImport) == [7, 7, 1]


def test_one_wrong_line_refuses_the_file_whole(actor: Actor) -> None:
    wrong = take(actor, content(row(1), row(2, treated_at="2026-10-01 10:00"), row(3, phone="12")))

    assert imports.status(wrong) == "refused"
    assert wrong.problems == [[4, "phone", "Not a valid phone number."]]
    assert count(Patient) == [0]


def test_a_refused_file_stands_in_the_audit_for_it_tells_who_is_known(actor: Actor, clinic: Clinic) -> None:
    make.patient(clinic, name="Ana Ruiz", phone="+16475557001")

    refused = take(actor, content(row(1)))

    with reading():
        found = sa.select(AuditEvent.action, AuditEvent.subject_ids).where(AuditEvent.subject == "import")
        assert db.session.execute(found).all() == [("import", [str(refused.id)])]


def test_what_stands_already_is_told_before_anything_is_written(actor: Actor, clinic: Clinic) -> None:
    make.treatment(make.patient(clinic, name="Ana Ruiz", phone="+16475557001"))
    later = make.NOON + timedelta(minutes=1)
    make.treatment(make.patient(clinic, name="Eve Weiss", phone="+16475557002"), later)
    make.treatment(make.patient(clinic, name="Nobody Phones", phone=None, consented_at=None))
    file = content(
        row(1, name="Somebody Else"),
        row(2, name="Eve Weiss", treated_at="2026-11-19 10:00"),
        row(3, name="Nobody Phones", phone="", agrees="no"),
        row(4, treated_at="2026-10-01 10:00"),
        row(5),
        row(6, phone="+16475557005"),
        row(7, name="Ana Ruiz", phone="647-555-7001"),
    )

    told = take(actor, file).problems

    assert [(line, column) for line, column, _ in told] == [
        (2, "phone"),
        (3, "treated_at"),
        (4, "name"),
        (5, "treated_at"),
        (7, "phone"),
        (8, "phone"),
        (8, "treated_at"),
    ]
    assert "who has another name" in told[0][2]
    assert told[1][2] == "A later treatment of this patient is entered already."
    assert told[4][2] == "The same patient stands on line 6."
    assert told[6][2] == "This patient has a treatment on that day already."
    assert count(Treatment) == [3]


def test_a_number_that_is_a_patients_begins_her_next_treatment(actor: Actor, clinic: Clinic) -> None:
    then = make.NOON - timedelta(days=14)
    known = make.patient(clinic, then, name="Maria Lopez", phone="+16475557001", risk_facts=["keloid"])
    make.treatment(known, then)

    take(actor, content(row(1, name="Maria Lopez-Ruiz", agrees="no", risk_facts="diabetes")))

    with reading():
        patient = db.session.scalars(sa.select(Patient)).one()
        assert (patient.name, patient.consented_at) == ("Maria Lopez", None), "she declined this time"
        assert patient.risk_facts == ["diabetes", "keloid"], "none is lost"
        assert sorted(db.session.scalars(sa.select(Treatment.status))) == ["ended", "recovering"]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Maria Lopez", "maria LÓPEZ", True),
        ("Maria Lopez", "Lopez-Ruiz, Maria", True),
        ("Maria Elena Lopez", "Maria Lopez", True),
        ("Maria Lopez", "Ana Lopez", False),  # mother and daughter
        ("Maria Lopez", "Maria Ruiz", False),
        ("Maria Lopez", "Ana Maria Ruiz Garcia", False),
        ("Maria Lopez", "?", False),
        ("?", "?", True),
    ],
)
def test_a_name_may_be_written_more_or_less_fully(one: str, other: str, *, same: bool) -> None:
    assert import_checks.same_person(one, other) is same
    assert import_checks.same_person(other, one) is same


def test_a_daughter_with_her_mothers_phone_is_not_taken_for_her(actor: Actor, clinic: Clinic) -> None:
    then = make.NOON - timedelta(days=14)
    make.treatment(make.patient(clinic, then, name="Maria Lopez", phone="+16475557001"), then)

    row_ = take(actor, content(row(1, name="Ana Lopez")))

    assert imports.status(row_) == "refused"
    assert row_.problems == [[2, "phone", import_checks.ANOTHERS]]
    assert count(Treatment) == [1]


def test_a_refused_file_is_checked_anew_when_it_is_sent_again(actor: Actor, clinic: Clinic) -> None:
    there = make.patient(clinic, name="Ana Ruiz", phone="+16475557001")
    assert imports.status(take(actor, content(row(1)))) == "refused"
    with writing():
        patients.change(db.session.get_one(Patient, there.id), make.NOON, {"phone": "+16475557999"})

    assert imports.status(take(actor, content(row(1)))) == "done"


def test_what_somebody_entered_meanwhile_is_told_and_the_others_are_written(
    actor: Actor, clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    check = imports.import_checks.problems

    def checked_then_overtaken(*args: object) -> object:
        found = check(*args)  # type: ignore[arg-type]
        db.session.rollback()
        make.treatment(make.patient(clinic, name="Maria 1", phone="+16475557001"))
        return found

    monkeypatch.setattr(imports.import_checks, "problems", checked_then_overtaken)

    row_ = take(actor, content(row(0), row(1), row(2)))

    assert (imports.status(row_), row_.written) == ("stopped", 2)
    assert row_.problems == [[3, "", "This patient has a treatment on that day already."]]
    assert count(Patient, Treatment) == [3, 3]


def test_what_is_left_when_it_is_time_to_answer_is_written_behind_it(actor: Actor) -> None:
    import_id = imports.take(actor, SEVEN, lambda: make.NOON, answers_within=timedelta(seconds=-1))

    for each in list(_of_imports()):
        each.join()

    row = found(actor, import_id)
    assert (imports.status(row), row.written) == ("done", 7)


def test_the_same_content_is_another_clinics_own(actor: Actor) -> None:
    other = make.clinic(name="Elm Skin", phone="+14165550199")
    theirs = Actor(other.id, make.nurse(other, "nurse@elm.example").id, "nurse")

    assert take(actor, SEVEN).id != take(theirs, SEVEN).id
    assert count(Patient) == [14]


def _of_imports() -> Iterator[threading.Thread]:
    return (each for each in threading.enumerate() if each.name.startswith("import "))


def count(*models: type) -> list[int]:
    with reading():
        return [db.session.scalar(sa.select(sa.func.count()).select_from(each)) or 0 for each in models]
