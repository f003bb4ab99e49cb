"""The nurse's list: whom to look at first, and why."""

import re
from datetime import timedelta

import pytest
from flask import Flask

from recovery.db import db, writing
from recovery.models.clinic import Clinic
from recovery.models.message import Message
from recovery.services import clinics, queued, switches
from tests import make
from tests.services.checked import only
from tests.statements import statements
from tests.web import stories
from tests.web.visitor import Visitor, words


def test_the_front_leads_to_the_list(signed_in: Visitor) -> None:
    assert signed_in.get("/").location == "/flagged-cases"


def test_an_empty_list_says_so(signed_in: Visitor) -> None:
    assert "No case is waiting." in words(signed_in.get("/flagged-cases"))


def test_a_case_tells_why_and_what_she_wrote(signed_in: Visitor, clinic: Clinic) -> None:
    stories.flagged(clinic, "red 4, no swelling, no itching", name="Priya Nair")
    said = words(signed_in.get("/flagged-cases"))
    assert "Soon Priya Nair Day 4 1 new text Target in" in said
    assert "Redness 4/10 on day 4; expected to be gone after day 3." in said
    assert "Scores on day 4, too early to say Redness 4 Swelling 0 Itching 0" in said
    assert "red 4, no swelling, no itching" in said


def test_the_most_urgent_comes_first(signed_in: Visitor, clinic: Clinic) -> None:
    stories.flagged(clinic, "2 0 0", name="Rita Routine")
    stories.flagged(clinic, "there is pus", days=2, name="Ursula Urgent")
    stories.flagged(clinic, "4 0 0", name="Sonja Soon")
    said = words(signed_in.get("/flagged-cases"))
    assert said.index("Ursula") < said.index("Sonja") < said.index("Rita")


def test_usual_redness_on_day_2_is_on_nobodys_list(signed_in: Visitor, clinic: Clinic) -> None:
    then = make.NOON - timedelta(days=2)
    patient = make.patient(clinic, then)
    make.treatment(patient, then)
    stories.wrote(clinic, patient, "3 1 0")
    assert "No case is waiting." in words(signed_in.get("/flagged-cases"))


def test_another_clinics_nurse_sees_none_of_it(stranger: Visitor, clinic: Clinic) -> None:
    case_id = stories.flagged(clinic, name="Priya Nair")
    assert "Priya" not in stranger.get("/flagged-cases").text
    assert stranger.get(f"/flagged-cases/{case_id}").status_code == 404
    assert stranger.post(f"/flagged-cases/{case_id}/acknowledge").status_code == 404
    assert stories.case(case_id).status == "open"


@pytest.mark.both_databases
def test_a_longer_list_takes_no_more_statements(signed_in: Visitor, clinic: Clinic) -> None:
    for _ in range(2):
        stories.flagged(clinic)
    with statements() as few:
        assert signed_in.get("/flagged-cases").text.count("<h2>") == 2
    for _ in range(22):
        stories.flagged(clinic)
    with statements() as many:
        assert signed_in.get("/flagged-cases").text.count("<h2>") == 24
    assert len(many) == len(few), many
    assert len(many) <= 16, many


@pytest.mark.both_databases
def test_a_page_that_asks_whether_it_is_fresh_costs_four_statements(
    signed_in: Visitor, clinic: Clinic
) -> None:
    stories.flagged(clinic)
    tag = re.findall(r'data-tag="([^"]+)"', signed_in.get("/flagged-cases").text)[0]
    with statements() as asked:
        answer = signed_in.open("GET", "/flagged-cases/lines", headers={"If-None-Match": f'"{tag}"'})
    assert answer.status_code == 304
    assert len(asked) <= 4, asked


def test_a_long_list_goes_on_page_by_page(signed_in: Visitor, clinic: Clinic) -> None:
    for number in range(27):
        stories.flagged(clinic, name=f"Patient Number{number:02d}")
    first = signed_in.get("/flagged-cases")
    later = first.text.partition("cursor=")[2].partition('"')[0]
    second = signed_in.get(f"/flagged-cases?cursor={later}")
    listed = [_names(first.text), _names(second.text)]
    assert [len(each) for each in listed] == [25, 2]
    assert len(set(listed[0] + listed[1])) == 27


def test_an_odd_cursor_is_refused_calmly(signed_in: Visitor) -> None:
    assert signed_in.get("/flagged-cases?cursor=forged").status_code == 400
    assert signed_in.get("/flagged-cases?status=nothing").status_code == 404


def test_what_a_patient_wrote_is_never_markup(signed_in: Visitor, clinic: Clinic) -> None:
    case_id = stories.flagged(clinic, "<script>alert(1)</script> there is pus", days=2)
    for path in ("/flagged-cases", f"/flagged-cases/{case_id}"):
        assert "<script>" not in signed_in.get(path).text


def test_a_banner_says_that_patients_are_not_watched(signed_in: Visitor, app: Flask) -> None:
    with writing():
        switches.hold(make.NOON)
    said = words(signed_in.get("/flagged-cases"))
    assert "Sending is held since Fri 20 Nov, 12:00" in said
    assert "The clock is late" in said


def test_a_clinic_without_an_on_call_phone_is_told(stranger: Visitor) -> None:
    assert "There is no on-call phone" in words(stranger.get("/flagged-cases"))


def test_an_alert_that_did_not_arrive_is_told_until_one_does(signed_in: Visitor, clinic: Clinic) -> None:
    with writing():
        row = db.session.get_one(Clinic, clinic.id)
        for number, status in ((1, "delivered"), (2, "refused")):
            message_id = queued.add(
                kind="on_call",
                wording="on_call",
                body="1 emergency case is waiting.",
                dedupe_key=f"on_call:emergency:{number}",
                clinic=row,
                phone=row.on_call_phone or "",
                now=make.NOON + timedelta(seconds=number),
                due_at=make.NOON,
                expires_at=make.NOON,
            )
            db.session.get_one(Message, message_id).status = status
    said = words(signed_in.get("/flagged-cases"))
    assert "The on-call phone could not be reached: the alert of Fri 20 Nov, 12:00 did not arrive" in said
    assert "could not be reached" in only("on_call").sentence

    with writing():
        clinics.change(db.session.get_one(Clinic, clinic.id), {"on_call_phone": "+14165550188"}, make.NOON)
    assert "could not be reached" not in words(signed_in.get("/flagged-cases"))


def _names(text: str) -> list[str]:
    return re.findall(r'data-part="open">Patient ([^<]*)<', text)
