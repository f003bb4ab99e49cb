"""Photos on the case: beside the text they came with, or a sentence on why they are not."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from recovery.db import db, reading
from recovery.models.clinic import Clinic
from recovery.models.patient import Patient
from recovery.models.system import AuditEvent
from recovery.services import photos
from tests import make
from tests.pictures import encoded, image, jpeg, opened
from tests.shelf import in_place
from tests.web import stories
from tests.web.visitor import Visitor, words


@pytest.fixture
def maria(clinic: Clinic) -> Patient:
    """A patient on day 4; a photo that she sends opens a case."""
    patient = make.patient(clinic, make.NOON - timedelta(days=4))
    make.treatment(patient, make.NOON - timedelta(days=4))
    return patient


def test_a_photo_stands_beside_its_text(signed_in: Visitor, clinic: Clinic, maria: Patient) -> None:
    photo_id = make.photo(clinic, maria.phone or "", jpeg())

    case = f"/flagged-cases/{stories.case_of(maria)}"
    page = signed_in.get(case).text

    link = f'<a class="photo" href="{case}/photos/{photo_id}">'
    small = f'<img src="/photos/{photo_id}/small" width="160" height="160"'
    assert f'{link}{small} alt="Photo from the patient, received Fri 20 Nov, 12:00"></a>' in page


@pytest.mark.parametrize(("size", "path"), [((1200, 800), ""), ((480, 320), "/small")])
def test_a_nurse_opens_it_small_and_whole(
    signed_in: Visitor, clinic: Clinic, maria: Patient, size: tuple[int, int], path: str
) -> None:
    photo_id = make.photo(clinic, maria.phone or "", encoded(image((1200, 800))))

    answer = signed_in.get(f"/photos/{photo_id}{path}")

    assert (answer.status_code, answer.content_type) == (200, "image/jpeg")
    assert opened(answer.data).size == size
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
    with reading():
        seen = db.session.scalars(sa.select(AuditEvent).where(AuditEvent.subject == "photo")).one()
        assert (seen.action, seen.subject_ids) == ("view", [str(photo_id)])


def test_its_page_says_when_it_came_and_with_what(signed_in: Visitor, clinic: Clinic, maria: Patient) -> None:
    photo_id = make.photo(clinic, maria.phone or "", jpeg())

    page = signed_in.get(f"/flagged-cases/{stories.case_of(maria)}/photos/{photo_id}")

    assert "Photo from Maria Lopez Received Fri 20 Nov, 12:00, with the text: “how it looks”." in words(page)
    assert f'src="/photos/{photo_id}" width="60" height="40"' in page.text


def test_a_photo_has_no_page_under_another_patients_case(
    signed_in: Visitor, clinic: Clinic, maria: Patient
) -> None:
    photo_id = make.photo(clinic, maria.phone or "", jpeg())
    others = stories.flagged(clinic, name="Ana Ruiz")

    assert signed_in.get(f"/flagged-cases/{others}/photos/{photo_id}").status_code == 404


def test_nobody_else_sees_it(stranger: Visitor, visitor: Visitor, clinic: Clinic, maria: Patient) -> None:
    photo_id = make.photo(clinic, maria.phone or "", jpeg())

    page = f"/flagged-cases/{stories.case_of(maria)}/photos/{photo_id}"
    for path in (page, f"/photos/{photo_id}", f"/photos/{photo_id}/small"):
        assert stranger.get(path).status_code == 404
        assert visitor.get(path).location.startswith("/sign-in")


def test_a_photo_that_is_not_here_yet_is_said(
    app: Flask, signed_in: Visitor, clinic: Clinic, maria: Patient
) -> None:
    photo_id = make.photo(clinic, maria.phone or "")
    case = f"/flagged-cases/{stories.case_of(maria)}"
    assert "A photo came. It is being fetched." in words(signed_in.get(case))
    assert signed_in.get(f"/photos/{photo_id}").status_code == 404

    with in_place(app):
        for minutes in (0, 2):
            photos.fetch_due(lambda: make.NOON + timedelta(minutes=minutes))  # noqa: B023
    said = "A photo came. It could not be fetched so far; the next try is Fri 20 Nov, 12:06."
    assert said in words(signed_in.get(case))


def test_what_could_not_be_kept_is_said_in_a_sentence(
    app: Flask, signed_in: Visitor, clinic: Clinic, maria: Patient
) -> None:
    make.photo(clinic, maria.phone or "")
    with in_place(app) as shelf:
        shelf.lying["https://api.twilio.example/media/0"] = b"BEGIN:VCARD"
        photos.fetch_due(lambda: make.NOON)

    said = words(signed_in.get(f"/flagged-cases/{stories.case_of(maria)}"))
    assert "A contact card came with this text; only photos are kept." in said
    assert "It can be seen at the SMS provider until Sun 20 Dec." in said
