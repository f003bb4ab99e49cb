"""What a nurse does from a case's page, and what happens when two of them do it at once."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask
from werkzeug.test import TestResponse

from recovery.db import db, reading, writing
from recovery.models.clinic import Clinic
from recovery.models.message import Message
from recovery.models.report import Report
from recovery.models.staff import Staff
from recovery.queries import cases, patients
from recovery.services import opt_outs
from recovery.services import patients as erasing
from tests import make
from tests.web import stories
from tests.web.visitor import Visitor, words

_SEEN = re.compile(r'name="seen" value="([^"]+)"')
_ONCE = re.compile(r'name="once" value="([^"]+)"')
_TAG = re.compile(r'data-tag="([^"]+)"')
SCRIPT = "<script>alert(1)</script>"


@pytest.fixture
def second(app: Flask, clinic: Clinic) -> Visitor:
    """Another nurse of the same clinic, signed in."""
    make.nurse(clinic, "ana@rosewood.example")
    visitor = Visitor(app.test_client())
    visitor.sign_in("ana@rosewood.example")
    return visitor


def test_she_texts_the_patient_in_her_own_words(signed_in: Visitor, clinic: Clinic) -> None:
    case_id = stories.flagged(clinic, "5 4 2 and there is pus", days=2)
    page = _open(signed_in, case_id)
    once, seen = _ONCE.findall(page.text)[0], _seen(page)
    for _ in range(2):  # she presses twice
        text = {"text": "Please call us today. " * 9, "once": once, "seen": seen}
        answer = _post(signed_in, case_id, "messages", **text)
    said = words(signed_in.get(answer.location))
    assert "The text is on its way (197 characters, sent as 2 texts)." in said
    assert "nurse, Fri 20 Nov, 12:00 queued Please call us today." in said
    assert "Automatic texts wait until Fri 20 Nov, 16:00" in said
    assert _texts_of_nurses() == ["nurse"]


def test_a_text_begins_with_one_of_six(signed_in: Visitor, clinic: Clinic) -> None:
    case_id = stories.flagged(clinic, language="es")
    page = words(signed_in.get(f"/flagged-cases/{case_id}?canned=please_call"))
    assert "Por favor" in page
    assert "In English: " in page
    assert signed_in.get(f"/flagged-cases/{case_id}?canned=nonsense").status_code == 200


def test_who_asked_for_no_more_texts_has_no_form_for_one(signed_in: Visitor, clinic: Clinic) -> None:
    case_id = stories.flagged(clinic)
    seen = _seen(_open(signed_in, case_id))
    with writing():
        patient = patients.locked_patient(stories.case(case_id).patient_id)
        assert patient is not None
        opt_outs.stop(patient, patient.phone_hash or b"", make.NOON)
    refused = signed_in.post(f"/flagged-cases/{case_id}/messages", seen=seen, text="How is it now?")
    assert refused.status_code == 409
    assert "asked for no more texts: please phone" in words(refused)
    assert "How is it now?" in words(refused), "what she typed"
    assert "messages" not in re.findall(r'action="[^"]*/([a-z]+)"', _open(signed_in, case_id).text)


def test_a_report_by_phone_is_logged_and_triaged(signed_in: Visitor, clinic: Clinic) -> None:
    case_id = stories.flagged(clinic, "2 0 0")
    then = "2026-11-20T11:30"
    _post(signed_in, case_id, "reports", redness="8", pain="4", note="worse since noon", reported_at=then)
    said = words(_open(signed_in, case_id))
    assert "4 8 – – 0 pain 4 worse since noon nurse, Fri 20 Nov, 11:30" in said
    assert stories.case(case_id).priority == "urgent"


def test_a_report_without_a_number_or_of_tomorrow_is_asked_for_again(
    signed_in: Visitor, clinic: Clinic
) -> None:
    case_id = stories.flagged(clinic)
    for wrong, sentence in (
        ({"note": "fine"}, "Please give one number at least."),
        ({"redness": "11"}, "Please give a whole number from 0 to 10."),
        ({"redness": "1", "reported_at": "2026-11-21T09:00"}, "Must not be ahead of now."),
        ({"redness": "1", "reported_at": "0001-01-01T00:00"}, "There is no such day."),
        ({"redness": "1", "reported_at": "yesterday"}, "Not a valid datetime value."),
    ):
        answer = signed_in.post(f"/flagged-cases/{case_id}/reports", **wrong)
        assert (answer.status_code, sentence in words(answer)) == (422, True), wrong
    with reading():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Report)) == 1


def test_a_case_is_given_to_a_colleague(signed_in: Visitor, second: Visitor, clinic: Clinic) -> None:
    case_id = stories.flagged(clinic)
    ana = re.search(r'value="([^"]+)">ana<', _open(signed_in, case_id).text)
    assert ana is not None
    _post(signed_in, case_id, "assign", to=ana.group(1))
    assert "ana has it." in words(_open(signed_in, case_id))
    assert "Given to ana , nurse" in words(_open(signed_in, case_id))
    for wrong in ("me", "x" * 36, "00000000-0000-7000-8000-000000000000"):
        assert signed_in.post(f"/flagged-cases/{case_id}/assign", to=wrong).status_code == 422


def test_a_case_is_put_away_until_the_clinic_opens(signed_in: Visitor, clinic: Clinic) -> None:
    case_id = stories.flagged(clinic)
    assert "When the clinic opens next, Mon 23 Nov, 09:00" in words(_open(signed_in, case_id))
    _post(signed_in, case_id, "snooze", until="opening")
    assert "Put away until Mon 23 Nov, 09:00." in words(_open(signed_in, case_id))
    _post(signed_in, case_id, "snooze", until="at", at="2026-11-24T08:15")
    assert "Put away until Tue 24 Nov, 08:15." in words(_open(signed_in, case_id))


def test_a_case_is_not_put_away_for_ever(signed_in: Visitor, clinic: Clinic) -> None:
    case_id = stories.flagged(clinic)
    for wrong in (
        {"until": ""},
        {"until": "at"},
        {"until": "at", "at": "2026-11-20T11:00"},
        {"until": "at", "at": "2026-12-05T12:00"},
        {"until": "at", "at": "9999-12-31T23:59"},
        {"until": "soon"},
    ):
        answer = signed_in.post(f"/flagged-cases/{case_id}/snooze", **wrong)
        assert (answer.status_code, "That was not done yet" in words(answer)) == (422, True), wrong
    assert stories.case(case_id).status == "open"


@pytest.mark.both_databases
def test_the_second_nurse_is_told_who_was_first_and_keeps_her_words(
    signed_in: Visitor, second: Visitor, clinic: Clinic
) -> None:
    case_id = stories.flagged(clinic)
    seen = _seen(_open(second, case_id))
    _post(signed_in, case_id, "acknowledge")
    _post(signed_in, case_id, "notes", text="Phoned: a cold compress.")

    answer = second.post(
        f"/flagged-cases/{case_id}/resolve", seen=seen, outcome="treated", note="Seen at noon."
    )

    assert answer.status_code == 409
    said = words(answer)
    assert "This case has changed since you looked at it, so nothing was done yet." in said
    assert "nurse: Acknowledged, Fri 20 Nov, 12:00" in said
    assert "nurse: Note, Fri 20 Nov, 12:00 Phoned: a cold compress." in said
    assert "Seen at noon." in said
    assert '<option selected value="treated">' in answer.text
    assert stories.case(case_id).status == "acknowledged"
    again = {"seen": _seen(answer), "outcome": "treated", "note": "Seen at noon."}
    assert second.post(f"/flagged-cases/{case_id}/resolve", **again).status_code == 303


def test_a_case_that_was_resolved_meanwhile_still_shows_what_she_wrote(
    signed_in: Visitor, second: Visitor, clinic: Clinic
) -> None:
    case_id = stories.flagged(clinic)
    seen = _seen(_open(second, case_id))
    _post(signed_in, case_id, "resolve", outcome="advice_given")
    answer = second.post(f"/flagged-cases/{case_id}/messages", seen=seen, text="Please come in at four.")
    assert answer.status_code == 409
    assert "nurse: Resolved: advice given" in words(answer)
    assert "Please come in at four." in words(answer)
    assert _texts_of_nurses() == []


def test_a_button_pressed_twice_acknowledges_once(signed_in: Visitor, clinic: Clinic) -> None:
    case_id = stories.flagged(clinic)
    seen = _seen(_open(signed_in, case_id))
    for _ in range(2):
        _post(signed_in, case_id, "acknowledge", seen=seen)
    assert words(_open(signed_in, case_id)).count("Acknowledged , nurse") == 1


def test_of_somebody_erased_the_case_stands_and_takes_nothing_more(
    signed_in: Visitor, clinic: Clinic
) -> None:
    case_id = stories.flagged(clinic, "2 0 0", name="Priya Nair")
    with writing():
        patient = patients.locked_patient(stories.case(case_id).patient_id)
        assert patient is not None
        erasing.erase(patient, make.NOON)
    said = words(_open(signed_in, case_id))
    assert "Erased patient" in said
    assert "This patient was erased." in said
    for action, form in (("messages", {"text": "Hello"}), ("reports", {"redness": "1"})):
        assert signed_in.post(f"/flagged-cases/{case_id}/{action}", **form).status_code == 409, action
    _post(signed_in, case_id, "notes", text="Closed at the patient's wish.")


def test_a_note_is_kept_whatever_happened_meanwhile(
    signed_in: Visitor, second: Visitor, clinic: Clinic
) -> None:
    case_id = stories.flagged(clinic)
    seen = _seen(_open(second, case_id))
    _post(signed_in, case_id, "resolve", outcome="treated")
    assert second.post(f"/flagged-cases/{case_id}/notes", seen=seen, text="Called back.").status_code == 303


def test_a_second_report_of_the_same_call_is_not_taken_for_a_correction(
    signed_in: Visitor, second: Visitor, clinic: Clinic
) -> None:
    case_id = stories.flagged(clinic)
    seen = _seen(_open(second, case_id))
    _post(signed_in, case_id, "reports", redness="3")
    assert second.post(f"/flagged-cases/{case_id}/reports", seen=seen, redness="1").status_code == 409


def test_opening_a_case_reads_its_texts_and_changes_nothing_else(signed_in: Visitor, clinic: Clinic) -> None:
    case_id = stories.flagged(clinic)
    before = stories.case(case_id)
    unread, version = before.unread_messages, before.version
    assert "new red 4, swelling 0" in words(_open(signed_in, case_id))
    after = stories.case(case_id)
    assert (unread, after.unread_messages, after.version) == (1, 0, version)
    assert "new red 4" not in words(_open(signed_in, case_id))


def test_a_page_that_is_open_hears_that_its_case_has_changed(
    signed_in: Visitor, stranger: Visitor, clinic: Clinic
) -> None:
    case_id = stories.flagged(clinic)
    path, page = f"/flagged-cases/{case_id}/fresh", _open(signed_in, case_id).text
    headers = {"If-None-Match": f'"{_TAG.findall(page)[0]}"'}
    assert signed_in.open("GET", path, headers=headers).status_code == 304
    stories.wrote(clinic, stories.case(case_id).patient, "thank you")
    changed = signed_in.open("GET", path, headers=headers)
    assert (changed.status_code, changed.text) == (204, "")
    assert stranger.open("GET", path, headers=headers).status_code == 404


@pytest.mark.both_databases
def test_of_two_nurses_at_the_same_moment_one_is_told(app: Flask, clinic: Clinic, nurse: Staff) -> None:
    case_id = stories.flagged(clinic)
    make.nurse(clinic, "ana@rosewood.example")
    db.session.remove()

    def resolve(email: str, ready: Barrier) -> int:
        with app.app_context():
            visitor = Visitor(app.test_client())
            visitor.sign_in(email)
            seen = _seen(_open(visitor, case_id))
            ready.wait(20)
            form = {"seen": seen, "outcome": "treated", "note": email}
            return visitor.post(f"/flagged-cases/{case_id}/resolve", **form).status_code

    barrier = Barrier(2)
    with ThreadPoolExecutor(2) as threads:
        both = [threads.submit(resolve, f"{name}@rosewood.example", barrier) for name in ("nurse", "ana")]
        assert sorted(each.result() for each in both) == [303, 409]
    with reading():
        resolved = [event for event in cases.history(case_id) if event.action == "resolve"]
    assert len(resolved) == 1


def test_nothing_that_a_person_can_type_is_markup(signed_in: Visitor, clinic: Clinic, nurse: Staff) -> None:
    with writing() as session:
        session.get_one(Staff, nurse.id).name = SCRIPT
    then = make.NOON - timedelta(days=2)
    patient = make.patient(clinic, then, name=SCRIPT)
    make.treatment(patient, then, area=SCRIPT, serum=SCRIPT, notes=SCRIPT)
    stories.wrote(clinic, patient, f"{SCRIPT} there is pus, 5 4 2")
    case_id = stories.case_of(patient)
    _post(signed_in, case_id, "notes", text=SCRIPT)
    _post(signed_in, case_id, "messages", text=SCRIPT)
    _post(signed_in, case_id, "reports", redness="9", note=SCRIPT)
    _post(signed_in, case_id, "assign", to=str(nurse.id))
    stale = signed_in.post(f"/flagged-cases/{case_id}/resolve", seen="1.1.1", outcome="treated", note=SCRIPT)
    assert stale.status_code == 409
    pages = [stale.text, _open(signed_in, case_id).text, signed_in.get("/flagged-cases").text]
    for page in pages:
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert" in page


def test_rubbish_in_the_hidden_fields_does_no_harm(signed_in: Visitor, clinic: Clinic) -> None:
    case_id = stories.flagged(clinic)
    for seen in ("", "x", "1.2", "1.2.3.4", "-1.1.1", "1" * 99, "²..1"):
        _post(signed_in, case_id, "notes", text="Called.", seen=seen)
    _post(signed_in, case_id, "messages", text="Hello", once="<script>")
    elsewhere = signed_in.post(f"/flagged-cases/{case_id}/acknowledge", back="//elsewhere.example")
    assert elsewhere.location == f"/flagged-cases/{case_id}"


def _open(visitor: Visitor, case_id: UUID) -> TestResponse:
    return visitor.get(f"/flagged-cases/{case_id}")


def _seen(page: TestResponse) -> str:
    found = _SEEN.search(page.text)
    assert found is not None
    return found.group(1)


def _post(visitor: Visitor, case_id: UUID, action: str, **form: str) -> TestResponse:
    answer = visitor.post(f"/flagged-cases/{case_id}/{action}", **form)
    assert answer.status_code == 303, words(answer)
    return answer


def _texts_of_nurses() -> list[str]:
    """Who wrote each, by name."""
    with reading():
        found = sa.select(Staff.name).join(Message, Message.written_by_id == Staff.id)
        return list(db.session.scalars(found.where(Message.kind == "nurse")))
