"""Patients over the API: enrolled, found, changed, erased."""

from recovery.models.clinic import Clinic
from tests import make
from tests.api import stories
from tests.api.conftest import Caller


def test_a_patient_is_enrolled_with_the_clinics_defaults(api: Caller) -> None:
    answer = api.post("patients", stories.maria(phone="(647) 555-0123"))

    assert answer.status_code == 201
    assert answer.headers["ETag"] == '"1"'
    assert answer.json["phone"] == "+16475550123"
    assert (answer.json["language"], answer.json["timezone"]) == ("en", "America/Toronto")
    assert answer.json["consented_at"] == "2026-11-20T10:00:00-05:00"


def test_a_patient_may_have_no_phone_and_no_consent(api: Caller) -> None:
    enrolled = stories.patient(api, phone=None, consented_at=None)

    assert (enrolled["phone"], enrolled["consented_at"]) == (None, None)


def test_a_number_is_one_patients_only(api: Caller) -> None:
    stories.patient(api, phone="647-555-0123")

    assert api.post("patients", stories.maria(phone="+16475550123")).status_code == 409


def test_risk_facts_named_twice_are_kept_once(api: Caller) -> None:
    enrolled = stories.patient(api, risk_facts=["keloid", "diabetes", "keloid"])

    assert enrolled["risk_facts"] == ["diabetes", "keloid"]


def test_a_patient_is_found_by_number_or_by_beginnings_of_her_name(api: Caller) -> None:
    enrolled = stories.patient(api, phone="+16475550123")
    stories.patient(api, name="Anna Weiss")

    for q in ("647 555 0123", "+16475550123", "(647) 555-0123", "lo mar", "LÓPEZ", "Maria"):
        found = api.get("patients", query_string={"q": q}).json
        assert [each["id"] for each in found["items"]] == [enrolled["id"]], q


def test_a_search_that_fits_nobody_finds_nobody(api: Caller) -> None:
    stories.patient(api, phone="+16475550123")

    for q in ("647 555 0124", "opez", "maria weiss", "x", "%", "*"):
        assert api.get("patients", query_string={"q": q}).json == {"items": [], "next_cursor": None}, q


def test_the_newest_patient_comes_first(api: Caller) -> None:
    ids = [stories.patient(api)["id"] for _ in range(3)]

    assert [each["id"] for each in api.get("patients").json["items"]] == ids[::-1]


def test_a_patient_is_changed_in_part(api: Caller) -> None:
    enrolled = stories.patient(api)

    answer = api.patch(f"patients/{enrolled['id']}", {"timezone": "America/Vancouver", "skin_type": "V"})

    assert answer.status_code == 200
    assert answer.headers["ETag"] == '"2"'
    assert answer.json == api.get(f"patients/{enrolled['id']}").json
    assert answer.json["consented_at"] == "2026-11-20T07:00:00-08:00"
    assert answer.json["name"] == "Maria Lopez"


def test_a_number_that_is_another_patients_cannot_be_taken(api: Caller) -> None:
    first, second = stories.patient(api), stories.patient(api)

    assert api.patch(f"patients/{second['id']}", {"phone": first["phone"]}).status_code == 409


def test_a_change_of_nothing_is_refused(api: Caller) -> None:
    assert api.patch(f"patients/{stories.patient(api)['id']}", {}).status_code == 422


def test_a_patient_alone_shows_where_her_treatments_and_cases_are(api: Caller) -> None:
    enrolled = stories.patient(api)
    earlier = stories.treatment(api, enrolled, treated_at="2026-11-10T11:00:00-05:00")
    begun = stories.treatment(api, enrolled)
    case = stories.case(api, begun)
    stories.wrote(enrolled["phone"], "wrong number")

    shown = api.get(f"patients/{enrolled['id']}").json

    assert (enrolled["texting"], enrolled["number_doubted_at"]) == ("on", None)
    assert (enrolled["treatments"], enrolled["cases"]) == ([], [])
    assert (shown["texting"], shown["number_doubted_at"]) == ("on", "2026-11-20T12:00:00-05:00")
    assert shown["treatments"] == [
        {"id": begun["id"], "treated_at": begun["treated_at"], "status": "follow_up"},
        {"id": earlier["id"], "treated_at": earlier["treated_at"], "status": "ended"},
    ]
    assert shown["cases"] == [{"id": case["id"], "treatment_id": begun["id"], "status": "open"}]
    assert set(api.get("patients").json["items"][0]) < set(shown)


def test_an_erased_patient_is_gone_and_her_scores_stay(api: Caller) -> None:
    enrolled = stories.patient(api)
    begun = stories.treatment(api, enrolled, notes="nervous")
    api.post(f"treatments/{begun['id']}/reports", {"redness": 4, "note": "by phone"})

    assert api.delete(f"patients/{enrolled['id']}").status_code == 204

    assert api.get(f"patients/{enrolled['id']}").status_code == 404
    assert api.delete(f"patients/{enrolled['id']}").status_code == 404
    assert api.get("patients", query_string={"q": enrolled["phone"]}).json["items"] == []
    kept = api.get(f"treatments/{begun['id']}").json
    assert kept["reports"][0]["scores"] == {"redness": 4}
    assert (kept["notes"], kept["reports"][0]["note"]) == (None, None)
    assert api.post(f"treatments/{begun['id']}/reports", {"redness": 4}).status_code == 409


def test_a_patient_with_an_urgent_case_is_not_erased(api: Caller) -> None:
    case = stories.case(api)

    assert api.delete(f"patients/{case['patient']['id']}").status_code == 409


def test_what_an_unknown_number_wrote_is_attached_once(api: Caller, stranger: Caller, clinic: Clinic) -> None:
    patient = stories.patient(api)
    make.photo(clinic, "+16475550777")
    (waits,) = api.get("unknown-messages").json["items"]
    path = f"unknown-messages/{waits['id']}/attach"

    assert api.post(path, {"patient_id": patient["id"]}).status_code == 409, "no treatment yet"
    stories.treatment(api, patient)
    assert stranger.post(path, {"patient_id": patient["id"]}).status_code == 404
    theirs = stories.patient(stranger)
    assert api.post(path, {"patient_id": theirs["id"]}).status_code == 404
    answers = [api.post(path, {"patient_id": patient["id"]}) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json["attached_to"] == patient["id"]
    assert answers[0].json["messages"] == []
    assert api.get("unknown-messages").json["items"] == []
    assert api.post(path, {"patient_id": stories.treatment(api)["patient_id"]}).status_code == 409
