"""What is shown on the way is recorded too: names beside a text, refused forms, a form sent again."""

import re

import sqlalchemy as sa

from recovery.db import db, reading, writing
from recovery.models.clinic import Clinic
from recovery.models.staff import Staff
from recovery.models.system import AuditEvent
from recovery.services import inbox
from recovery.services.incoming import Incoming
from tests import make
from tests.web.visitor import Visitor

PHONE = "+16475550123"


def recorded(action: str, subject: str) -> list[list[str]]:
    """Of whom, a row each, oldest first."""
    with reading():
        found = sa.select(AuditEvent.subject_ids).where(
            AuditEvent.action == action, AuditEvent.subject == subject
        )
        return list(db.session.scalars(found.order_by(AuditEvent.id)))


def test_whose_names_stand_beside_unknown_texts(signed_in: Visitor, clinic: Clinic) -> None:
    with writing():
        inbox.receive(Incoming("SM1", clinic.phone, PHONE, "hello", from_twiml=False), make.NOON)
    patient_id = str(make.patient(clinic, name="Priya Nair", phone=PHONE).id)

    page = signed_in.get("/unknown-texts")

    assert "Priya Nair" in page.text
    assert recorded("list", "patient") == [[patient_id]]


def test_a_wrong_password_that_is_asked_for_inside(signed_in: Visitor, nurse: Staff) -> None:
    signed_in.get("/account")
    wrong = {"password": "not hers at all", "new_password": "another long one", "again": "another long one"}

    assert signed_in.post("/account/password", **wrong).status_code == 422

    assert recorded("sign_in_failed", "staff") == [[str(nurse.id)]]


def test_a_treatment_that_a_refused_form_shows_again(signed_in: Visitor, clinic: Clinic) -> None:
    treatment_id = str(make.treatment(make.patient(clinic), notes="sensitive skin").id)
    signed_in.get(f"/treatments/{treatment_id}/edit")

    refused = signed_in.post(f"/treatments/{treatment_id}/end", reason="")

    assert (refused.status_code, "sensitive skin" in refused.text) == (422, True)
    assert recorded("view", "treatment") == [[treatment_id]] * 2


def test_a_patient_whom_a_form_entered_before(signed_in: Visitor, clinic: Clinic) -> None:
    ticket = re.search(r'name="ticket" type="hidden" value="([^"]+)"', signed_in.get("/patients/new").text)
    assert ticket is not None
    form = {
        "ticket": ticket.group(1),
        "name": "Maria Lopez",
        "phone": PHONE,
        "texting": "agreed",
        "language": "en",
        "timezone": "America/Toronto",
        "treated_at": "2026-11-20T11:30",
        "device": "pen",
    }
    signed_in.post("/patients/new", **form, do="enter")

    again = signed_in.post("/patients/new", **{**form, "phone": "647-555-0199"}, do="preview")

    assert "555-0123" in again.text
    (patient_id,) = recorded("enrol", "patient")[0]
    assert recorded("view", "patient") == [[patient_id]]
