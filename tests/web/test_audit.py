"""The audit's page: for admins, in words, with links; by who, what, whose and when; itself recorded."""

import re

import pytest
import sqlalchemy as sa
from flask import Flask

from recovery.db import db, reading, writing
from recovery.models.clinic import Clinic
from recovery.models.staff import Staff
from recovery.models.system import AuditEvent
from recovery.services import audit
from recovery.services.audit import Actor
from tests import make
from tests.web.visitor import Visitor, words


@pytest.fixture
def admin(app: Flask, clinic: Clinic, nurse: Staff) -> Visitor:
    make.nurse(clinic, "boss@rosewood.example", role="admin")
    visitor = Visitor(app.test_client())
    assert visitor.sign_in("boss@rosewood.example").status_code == 303
    return visitor


def rows(action: str = "", subject: str = "") -> int:
    with reading():
        found = db.session.scalars(sa.select(AuditEvent)).all()
        return sum(action in each.action and subject in each.subject for each in found)


def lines(page: str) -> list[str]:
    listed = re.findall(r"<li>\s*<time.*?</li>", page, re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", " ", each).split()) for each in listed]


def test_an_admin_reads_who_saw_what_and_goes_there(
    admin: Visitor, signed_in: Visitor, clinic: Clinic
) -> None:
    patient = make.patient(clinic)
    patient_id = str(patient.id)
    signed_in.get(f"/patients/{patient_id}")

    page = admin.get("/audit")

    assert f"nurse Looked at a patient patient …{patient_id[-6:]}" in lines(page.text)[0]
    assert f'href="/patients/{patient_id}"' in page.text
    assert "Maria" not in page.text


def test_to_look_at_it_is_recorded_each_time(admin: Visitor) -> None:
    admin.get("/audit")
    assert "boss Looked at the audit" in lines(admin.get("/audit").text)[0]
    assert rows("view", "audit") == 2


def test_it_is_the_admins_alone(signed_in: Visitor) -> None:
    assert signed_in.get("/audit").status_code == 403
    assert rows("view", "audit") == 0


def test_rows_are_found_by_who_what_whose_and_when(
    admin: Visitor, signed_in: Visitor, clinic: Clinic
) -> None:
    treatment = make.treatment(make.patient(clinic))
    treatment_id, patient_id = str(treatment.id), str(treatment.patient_id)
    with reading():
        nurse_id = db.session.scalars(
            sa.select(Staff.id).where(Staff.email == "nurse@rosewood.example")
        ).one()
    signed_in.get(f"/treatments/{treatment_id}/edit")
    admin.get("/patients")

    def found(query: str) -> list[str]:
        return [each.partition("12:00 ")[2] for each in lines(admin.get(f"/audit?{query}").text)]

    seen = f"nurse Looked at a treatment treatment …{treatment_id[-6:]}"
    listed = f"boss Listed a patient patient …{patient_id[-6:]}"
    assert seen in found(f"who={nurse_id}")
    assert listed not in found(f"who={nurse_id}")
    assert found("what=list") == [listed]
    assert found(f"about={patient_id}") == [listed, seen]
    assert found("until=2026-11-19") == []
    assert listed in found("since=2026-11-20&until=2026-11-20")
    assert found("what=nothing") == []


@pytest.mark.parametrize(
    "query", ["who=me", "about=x", "since=soon", "until=0001-01-01", "who=%00&about='--"]
)
def test_rubbish_is_told_beside_its_field(admin: Visitor, query: str) -> None:
    page = admin.get(f"/audit?{query}")
    assert page.status_code == 422
    assert "Please" in words(page)
    assert lines(page.text) == []


def test_a_long_list_goes_on_where_it_stopped(admin: Visitor, clinic: Clinic, nurse: Staff) -> None:
    with writing():
        for number in range(53):
            who = Actor(nurse.clinic_id, nurse.id, "nurse")
            audit.record(who, "view", "case", [], make.NOON.replace(minute=number))
    first = admin.get("/audit?what=view")
    following = re.search(r'href="([^"]+)">Next page', first.text)
    assert following is not None
    second = admin.get(following[1].replace("&amp;", "&"))
    assert (len(lines(first.text)), len(lines(second.text))) == (50, 4)
    assert admin.get("/audit?cursor=forged").status_code == 400


def test_nothing_of_another_clinic_is_shown(stranger: Visitor, clinic: Clinic, nurse: Staff) -> None:
    with writing():
        audit.record(Actor(nurse.clinic_id, nurse.id, "nurse"), "view", "case", [nurse.id], make.NOON)
        db.session.execute(sa.update(Staff).values(role="admin"))
    for query in ("", f"?about={nurse.id}", f"?who={nurse.id}"):
        assert "nurse Looked at a case" not in words(stranger.get(f"/audit{query}"))


def test_who_comes_in_who_fails_to_and_who_goes_is_recorded(visitor: Visitor, nurse: Staff) -> None:
    for _ in range(12):  # locked after ten
        visitor.sign_in(password="a wrong password")
    assert (rows("sign_in_failed"), rows("sign_in")) == (10, 10)
    with reading():
        failed = db.session.scalars(sa.select(AuditEvent)).first()
        assert failed is not None
        assert (failed.staff_id, failed.subject_ids) == (None, [str(nurse.id)])
    visitor.sign_in("nobody@rosewood.example")
    assert rows() == 10

    with writing():
        db.session.execute(sa.update(Staff).values(locked_until=None))
    visitor.sign_in()
    visitor.post("/sign-out")
    assert (rows("sign_in") - 10, rows("sign_out")) == (1, 1)
