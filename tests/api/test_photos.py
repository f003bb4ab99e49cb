"""Photos by the API: named in the case's thread, given as bytes, to their own clinic only."""

import sqlalchemy as sa

from recovery.db import db, reading
from recovery.models.clinic import Clinic
from recovery.models.system import AuditEvent
from tests import make
from tests.api import stories
from tests.api.conftest import Caller
from tests.pictures import jpeg, opened


def test_the_thread_of_a_case_names_its_photos(api: Caller, clinic: Clinic) -> None:
    case = stories.case(api)
    photo_id = str(make.photo(clinic, case["patient"]["phone"], jpeg()))

    thread = api.get(f"flagged-cases/{case['id']}").json["thread"]
    with_photos = [text["photos"] for text in thread if text["photos"]]
    assert with_photos == [
        [
            {
                "id": photo_id,
                "status": "kept",
                "content_type": "image/jpeg",
                "url": f"/api/v1/photos/{photo_id}",
                "why": None,
            }
        ]
    ]


def test_a_photo_is_given_as_it_is_and_nowhere_stored(api: Caller, clinic: Clinic) -> None:
    case = stories.case(api)
    photo_id = make.photo(clinic, case["patient"]["phone"], jpeg())

    answer = api.get(f"photos/{photo_id}")

    assert (answer.status_code, answer.content_type) == (200, "image/jpeg")
    assert opened(answer.data).size == (60, 40)
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_who_saw_a_photo_is_recorded(api: Caller, clinic: Clinic) -> None:
    photo_id = make.photo(clinic, stories.case(api)["patient"]["phone"], jpeg())
    api.get(f"photos/{photo_id}")

    with reading():
        seen = db.session.scalars(sa.select(AuditEvent).where(AuditEvent.subject == "photo")).one()
        assert (seen.action, seen.subject_ids) == ("view", [str(photo_id)])


def test_a_photo_that_is_not_here_has_no_address(api: Caller, clinic: Clinic) -> None:
    case = stories.case(api)
    photo_id = make.photo(clinic, case["patient"]["phone"])

    assert api.get(f"photos/{photo_id}").status_code == 404
    thread = api.get(f"flagged-cases/{case['id']}").json["thread"]
    (waiting,) = [photo for text in thread for photo in text["photos"]]
    assert (waiting["status"], waiting["url"]) == ("waiting", None)


def test_an_erased_photo_is_not_found(api: Caller, clinic: Clinic) -> None:
    patient = stories.patient(api)
    photo_id = make.photo(clinic, patient["phone"], jpeg())
    assert api.get(f"photos/{photo_id}").status_code == 200

    assert api.delete(f"patients/{patient['id']}").status_code == 204
    assert api.get(f"photos/{photo_id}").status_code == 404


def test_a_strangers_text_names_its_photo(api: Caller, clinic: Clinic) -> None:
    photo_id = make.photo(clinic, "+16475550777", jpeg())

    (number,) = api.get("unknown-messages").json["items"]
    (text,) = number["messages"]
    assert [each["url"] for each in text["photos"]] == [f"/api/v1/photos/{photo_id}"]
    assert api.get(f"photos/{photo_id}").status_code == 200
