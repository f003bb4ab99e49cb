"""The patients of a clinic on the pages: found, shown, changed, ended, erased."""

import re

import sqlalchemy as sa
from werkzeug.test import TestResponse

from recovery.db import db, reading, writing
from recovery.domain.vocabulary import Intent
from recovery.models.clinic import Clinic
from recovery.models.message import Message
from recovery.models.patient import Patient
from recovery.models.system import AuditEvent
from recovery.models.treatment import Treatment
from recovery.services import opt_outs
from tests import make
from tests.web import stories
from tests.web.visitor import Visitor, words

SCRIPT = "<script>alert(1)</script>"


def test_a_patient_is_found_by_the_beginnings_of_her_name_or_her_number(
    signed_in: Visitor, clinic: Clinic
) -> None:
    make.patient(clinic, name="Priya Nair", phone="+16475550123")
    make.patient(clinic, name="Anna Weiss")

    for q in ("pri", "nair p", "(647) 555-0123", "+16475550123"):
        said = words(signed_in.get("/patients", query_string=f"q={q.replace('+', '%2B')}"))
        assert "Priya Nair" in said, q
        assert "Anna" not in said, q
    assert "No patients found." in words(signed_in.get("/patients?q=zzz"))
    with reading():
        listed = db.session.scalars(
            sa.select(AuditEvent.subject_ids).where(AuditEvent.action == "list")
        ).all()
    assert len(listed) == 4, "each list that showed somebody is one row"


def test_the_list_goes_on_page_by_page(signed_in: Visitor, clinic: Clinic) -> None:
    for number in range(27):
        make.patient(clinic, name=f"Patient {number:02d}")

    first = signed_in.get("/patients")
    later = re.search(r'href="(/patients\?cursor=[^"]+)">Next page', first.text)
    assert later is not None
    assert "Patient 26" in first.text
    assert "Patient 01" in words(signed_in.get(later.group(1)))
    assert signed_in.get("/patients?cursor=forged").status_code == 400


def test_her_page_tells_whether_she_is_texted_and_what_was_asked_and_said(
    signed_in: Visitor, clinic: Clinic
) -> None:
    case_id = stories.flagged(clinic, days=4, name="Maria Lopez", risk_facts=["diabetes"])
    patient = stories.case(case_id).patient

    said = words(signed_in.get(f"/patients/{patient.id}"))

    assert "Gets texts." in said
    assert "Risk facts Diabetes" in said
    assert "Day 4 redness 4, swelling 0, itching 0 text" in said
    assert "Day 7 Planned Mon 23 Nov, 10:00" in said
    assert f"/flagged-cases/{case_id}" in signed_in.get(f"/patients/{patient.id}").text


def test_an_opt_out_is_told_in_words(signed_in: Visitor, clinic: Clinic) -> None:
    patient = make.patient(clinic)
    make.treatment(patient)
    stories.wrote(clinic, patient, "STOP")

    said = words(signed_in.get(f"/patients/{patient.id}"))

    assert (
        "Not texted. The patient asked for no more texts on Fri 20 Nov. Only the patient’s own START" in said
    )


def test_a_number_that_somebody_else_stopped_is_told_as_such(signed_in: Visitor, clinic: Clinic) -> None:
    patient = make.patient(clinic)
    with writing():
        opt_outs.obey_number(Intent.OPT_OUT, clinic.id, patient.phone_hash or b"", make.NOON)

    assert "This number asked for no more texts" in words(signed_in.get(f"/patients/{patient.id}"))


def test_a_change_touches_only_what_was_changed(signed_in: Visitor, clinic: Clinic) -> None:
    patient = make.patient(clinic, skin_type="II", language="es")
    make.treatment(patient)

    said = _saved(signed_in, _edit(signed_in, patient, name="Maria Ruiz", risk_facts="keloid"))

    assert "Saved." in said
    with reading():
        row = db.session.get_one(Patient, patient.id)
        assert (row.name, row.risk_facts, row.language, row.skin_type) == (
            "Maria Ruiz",
            ["keloid"],
            "es",
            "II",
        )
        assert (row.consented_at, row.version) == (patient.consented_at, 2)
    assert "Nothing was changed." in _saved(signed_in, _edit(signed_in, patient))


def test_a_new_number_gets_the_welcome_first(signed_in: Visitor, clinic: Clinic) -> None:
    patient = make.patient(clinic)
    make.treatment(patient)

    said = _saved(signed_in, _edit(signed_in, patient, phone="647 555 0199"))

    assert "The new number gets the welcome first" in said
    with reading():
        welcomes = sa.select(Message.phone).where(Message.kind == "welcome", Message.status == "queued")
        assert db.session.scalars(welcomes).all() == ["+16475550199"]


def test_a_doubted_number_is_confirmed_only_when_she_says_so(signed_in: Visitor, clinic: Clinic) -> None:
    patient = make.patient(clinic)
    make.treatment(patient)
    stories.wrote(clinic, patient, "wrong number")
    assert "Somebody answered on Fri 20 Nov that this is not the patient’s number" in words(
        signed_in.get(f"/patients/{patient.id}")
    )

    _saved(signed_in, _edit(signed_in, patient, name="Maria Ruiz"))
    assert _row(patient).number_doubted_at is not None
    _saved(signed_in, _edit(signed_in, patient, confirmed="y"))
    assert _row(patient).number_doubted_at is None


def test_withdrawn_consent_ends_the_texts(signed_in: Visitor, clinic: Clinic) -> None:
    patient = make.patient(clinic)

    assert "Has not agreed to texts" in _saved(signed_in, _edit(signed_in, patient, texting="phoned"))
    assert _row(patient).consented_at is None


def test_the_second_of_two_is_told_and_overwrites_nothing(signed_in: Visitor, clinic: Clinic) -> None:
    patient = make.patient(clinic)
    treatment = make.treatment(patient)
    person, treated = f"/patients/{patient.id}/edit", f"/treatments/{treatment.id}/edit"
    stale = {path: _filled(signed_in.get(path)) for path in (person, treated)}
    for path, change in ((person, {"name": "Maria Ruiz"}), (treated, {"area": "neck"})):
        assert signed_in.post(path, **{**stale[path], **change}).status_code == 303

    for path in (person, treated):
        second = signed_in.post(path, **{**stale[path], "notes": "mine", "name": "Somebody Else"})
        assert second.status_code == 409
        assert "Somebody else changed this while you had it open." in words(second)
    end = signed_in.post(f"/treatments/{treatment.id}/end", reason="other", version="1")
    erase = signed_in.post(f"/patients/{patient.id}/erase", version="1")
    assert (end.status_code, erase.status_code) == (409, 409)
    assert _row(patient).name == "Maria Ruiz"
    with reading():
        row = db.session.get_one(Treatment, treatment.id)
        assert (row.area, row.notes, row.status) == ("neck", None, "recovering")


def test_a_number_of_another_patient_is_refused_in_a_sentence(signed_in: Visitor, clinic: Clinic) -> None:
    make.patient(clinic, name="Anna Weiss", phone="+16475550123")

    answer = _edit(signed_in, make.patient(clinic), phone="647-555-0123")

    assert answer.status_code == 409
    assert "This number is already a patient's of this clinic." in words(answer)


def test_a_treatment_is_corrected_and_ended(signed_in: Visitor, clinic: Clinic) -> None:
    treatment = make.treatment(make.patient(clinic), needle_depth_mm=1.5)
    path = f"/treatments/{treatment.id}/edit"
    given = _filled(signed_in.get(path))
    assert given["needle_depth_mm"] == "1.5"

    assert "Saved" in _saved(signed_in, signed_in.post(path, **{**given, "needle_depth_mm": "0.5"}))
    given = _filled(signed_in.get(path))
    wrong = signed_in.post(f"/treatments/{treatment.id}/end", version=given["version"], reason="")
    assert (wrong.status_code, "Please choose why." in words(wrong)) == (422, True)
    ended = signed_in.post(f"/treatments/{treatment.id}/end", version=given["version"], reason="other")
    assert "Ended. No more texts go for this treatment." in _saved(signed_in, ended)
    with reading():
        row = db.session.get_one(Treatment, treatment.id)
        assert (row.needle_depth_mm, row.treated_at, row.status) == (0.5, treatment.treated_at, "ended")


def test_erasing_asks_first_and_waits_for_an_urgent_case(signed_in: Visitor, clinic: Clinic) -> None:
    case_id = stories.flagged(clinic, "5 4 2 and there is pus", days=2, name="Priya Nair")
    patient = stories.case(case_id).patient
    path = f"/patients/{patient.id}/erase"

    asked = signed_in.get(path)
    assert "Not now: an urgent case is open." in words(asked)
    refused = signed_in.post(path, version=str(_row(patient).version))
    assert refused.status_code == 409
    assert "An urgent case of this patient is open; resolve it first." in words(refused)

    signed_in.get(f"/flagged-cases/{case_id}")
    signed_in.post(f"/flagged-cases/{case_id}/resolve", outcome="treated")
    erased = signed_in.post(path, **_filled(signed_in.get(path)))
    assert "Erased. The scores stay, without a name." in _saved(signed_in, erased)
    assert signed_in.get(f"/patients/{patient.id}").status_code == 404
    assert "Priya" not in signed_in.get("/patients").text


def test_what_was_typed_is_shown_as_text_and_never_run(signed_in: Visitor, clinic: Clinic) -> None:
    patient = make.patient(clinic, name=f"Eve {SCRIPT}")
    treatment = make.treatment(patient, area=SCRIPT, serum=SCRIPT, notes=SCRIPT)

    for path in (
        "/patients",
        f"/patients?q={SCRIPT}",
        f"/patients/{patient.id}",
        f"/patients/{patient.id}/edit",
        f"/patients/{patient.id}/erase",
        f"/patients/{patient.id}/treatments/new",
        f"/treatments/{treatment.id}/edit",
    ):
        page = signed_in.get(path)
        assert page.status_code == 200
        assert "<script" not in page.text, path


def test_another_clinics_patient_is_not_found_on_any_page(
    signed_in: Visitor, stranger: Visitor, clinic: Clinic
) -> None:
    patient = make.patient(clinic, phone="+16475550123")
    treatment = make.treatment(patient)
    pages = [f"/patients/{patient.id}{end}" for end in ("", "/edit", "/erase", "/treatments/new")]
    pages += [f"/treatments/{treatment.id}/{end}" for end in ("edit", "end")]

    stranger.get("/patients")
    for path in pages:
        if not path.endswith("/end"):
            assert stranger.get(path).status_code == 404, path
        if path != pages[0]:
            sent = stranger.post(path, version="1", name="X", reason="other", treated_at="2026-11-20T11:00")
            assert sent.status_code == 404, path
    assert "No patients found" in words(stranger.get("/patients?q=6475550123"))
    assert _row(patient).version == 1


def _filled(page: TestResponse) -> dict[str, str]:
    """What a browser would send back of a page's first form, as it stands."""
    form = page.text.partition("<main")[2].partition("<form")[2].partition("</form>")[0]
    given: dict[str, str] = {}
    for tag in re.findall(r"<input [^>]+>", form):
        name, value = (re.search(rf'{each}="([^"]*)"', tag) for each in ("name", "value"))
        is_left_out = re.search(r'type="(checkbox|radio)"', tag) and "checked" not in tag
        if name and name.group(1) != "csrf_token" and not is_left_out:
            given[name.group(1)] = value.group(1) if value else ""
    for name, options in re.findall(r'<select [^>]*name="([^"]+)"[^>]*>(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'<option selected value="([^"]*)"', options)
        given[name] = chosen.group(1) if chosen else ""
    return given


def _edit(visitor: Visitor, patient: Patient, **changes: str) -> TestResponse:
    path = f"/patients/{patient.id}/edit"
    return visitor.post(path, **{**_filled(visitor.get(path)), **changes})


def _saved(visitor: Visitor, answer: TestResponse) -> str:
    assert answer.status_code == 303, words(answer)
    return words(visitor.get(answer.location))


def _row(patient: Patient) -> Patient:
    db.session.rollback()
    return db.session.get_one(Patient, patient.id, populate_existing=True)
