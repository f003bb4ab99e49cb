"""The phone page: a patient is played, and the clock skipped ahead."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from io import BytesIO
from uuid import UUID

import pytest
from flask import Flask
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from recovery.db import writing
from recovery.models.clinic import Clinic
from recovery.services import clock
from recovery.services.patients import enrol
from tests import make
from tests.pictures import jpeg
from tests.web.visitor import Visitor, words


@pytest.fixture(autouse=True)
def noon() -> Iterator[None]:
    """Here the clock is the machine's, because it is moved."""
    return iter([None])


@pytest.fixture
def maria(clinic: Clinic) -> UUID:
    """Treated just now."""
    patient = make.patient(clinic, clock.now() - timedelta(hours=1), name="Maria Lopez")
    make.treatment(patient, clock.now() - timedelta(hours=1), clock.now())
    return patient.id


def test_skipping_leads_to_day_4_and_an_answer_to_a_case(signed_in: Visitor, maria: UUID) -> None:
    said = _skip_to(signed_in, maria, "Day 4:")
    assert said.count("Day 4:") == 1
    answered = signed_in.post(f"/phone/{maria}/answers", text="3 0 0")
    assert answered.status_code == 303
    page = words(signed_in.get(f"/phone/{maria}"))
    assert "Thank you. Some skin takes a little longer." in page
    assert "This patient is flagged Routine" in page
    assert "Redness 3/10 on day 4" in words(signed_in.get("/flagged-cases"))


def test_the_clock_only_moves_forward(signed_in: Visitor, maria: UUID) -> None:
    seen = [clock.now()]
    for _ in range(6):
        signed_in.post(f"/phone/{maria}/skip")
        seen.append(clock.now())
    assert seen == sorted(seen)
    assert seen[-1] - seen[0] > timedelta(days=2)


def test_with_nothing_planned_a_day_passes(signed_in: Visitor, clinic: Clinic) -> None:
    patient = make.patient(clinic, clock.now())
    before = clock.now()
    answer = signed_in.post(f"/phone/{patient.id}/skip")
    assert "no text was due" in words(signed_in.get(answer.location))
    assert _hours(before, clock.now()) in range(1, 36)


def test_an_empty_answer_is_not_sent(signed_in: Visitor, maria: UUID) -> None:
    assert signed_in.post(f"/phone/{maria}/answers", text="").status_code == 422


@pytest.mark.parametrize("text", ["🙂", "x" * 1_600, "3 1 0\x00", "<b>3</b> 1 0", "STOP, it is oozing pus"])
def test_any_answer_is_taken(signed_in: Visitor, maria: UUID, text: str) -> None:
    assert signed_in.post(f"/phone/{maria}/answers", text=text).status_code == 303
    assert signed_in.get(f"/phone/{maria}").status_code == 200


def test_a_photo_is_sent_with_or_without_a_word(signed_in: Visitor, maria: UUID) -> None:
    for text in ("3 1 0", ""):
        answer = _send(signed_in, maria, jpeg(), text)
        assert answer.status_code == 303
    shown = signed_in.get(f"/phone/{maria}").text
    assert shown.count('alt="Photo that Maria Lopez sent"') == 2
    assert "A nurse will see it by" in shown


def test_a_photo_may_be_as_large_as_those_of_a_provider(signed_in: Visitor, maria: UUID) -> None:
    assert _send(signed_in, maria, jpeg() + bytes(9_000_000)).status_code == 303
    assert 'alt="Photo that' in signed_in.get(f"/phone/{maria}").text
    assert _send(signed_in, maria, jpeg() + bytes(11_000_000)).status_code == 413


def test_what_is_no_photo_is_told_and_not_sent(signed_in: Visitor, maria: UUID) -> None:
    answer = _send(signed_in, maria, b"%PDF-1.7", "3 1 0")
    said = words(signed_in.get(answer.location))
    assert "A PDF came with this text; only photos are kept." in said
    assert "3 1 0" not in said.partition("Answer as this patient")[0].partition("Texts")[2]


def test_a_patient_without_a_phone_cannot_answer(signed_in: Visitor, clinic: Clinic) -> None:
    with writing():
        patient = enrol(clinic, clock.now(), name="Nora Phoneless", phone=None)
        patient_id = patient.id
    assert "no phone number" in words(signed_in.get(f"/phone/{patient_id}"))
    answer = signed_in.post(f"/phone/{patient_id}/answers", text="3 1 0")
    assert "has no phone number" in words(signed_in.get(answer.location))


def test_a_clinic_without_patients_says_so(signed_in: Visitor) -> None:
    assert "no patient with a phone number" in words(signed_in.get("/phone"))


def test_another_clinics_patient_is_not_found(stranger: Visitor, maria: UUID) -> None:
    assert stranger.get(f"/phone/{maria}").status_code == 404
    assert stranger.post(f"/phone/{maria}/answers", text="3 1 0").status_code == 404
    assert stranger.post(f"/phone/{maria}/skip").status_code == 404


def test_there_is_no_phone_page_where_texts_really_leave(
    signed_in: Visitor, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Elsewhere:
        name = "twilio"

    monkeypatch.setitem(app.extensions, "recovery.gateway", Elsewhere())
    assert signed_in.get("/phone").status_code == 404
    assert "/phone" not in signed_in.get("/flagged-cases").text


def _send(visitor: Visitor, patient_id: UUID, photo: bytes, text: str = "") -> TestResponse:
    file = FileStorage(BytesIO(photo), "a photo.jpg", "photo")
    boundary, form = encode_multipart({"csrf_token": visitor.token, "text": text, "photo": file})
    kind = f"multipart/form-data; boundary={boundary}"
    return visitor.open("POST", f"/phone/{patient_id}/answers", data=form, content_type=kind)


def _skip_to(visitor: Visitor, patient_id: UUID, text: str) -> str:
    """Skip until her phone shows the text."""
    for _ in range(12):
        answer = visitor.post(f"/phone/{patient_id}/skip")
        said = words(visitor.get(answer.location))
        if text in said:
            return said
    raise AssertionError(f"{text} never came")


def _hours(start: datetime, end: datetime) -> int:
    return int((end - start).total_seconds() // 3600)
