"""Treatments and reports over the API."""

from typing import Any

from recovery.services import clock
from tests import make
from tests.api import stories
from tests.api.conftest import Caller

WRONG_REPORTS: list[dict[str, Any]] = [
    {"redness": None, "swelling": None, "itching": None},
    {},
    {"redness": 11},
    {"redness": -1},
    {"redness": 3, "reported_at": stories.later(hours=1)},
    {"redness": 3, "reported_at": "2026-11-20T10:59:00-05:00"},
]


def test_a_treatment_begins_a_recovery_and_plans_its_texts(api: Caller) -> None:
    patient = stories.patient(api)

    answer = api.post(
        "treatments", {"patient_id": patient["id"], "treated_at": stories.TREATED_AT, "needle_depth_mm": 1.5}
    )

    assert (answer.status_code, answer.headers["ETag"]) == (201, '"1"')
    begun = answer.json
    assert begun["treated_at"] == stories.TREATED_AT
    assert (begun["day"], begun["status"], begun["expected_days"]) == (0, "recovering", 3)
    assert (begun["texting"], begun["warnings"]) == ("on", [])
    assert [each["day"] for each in begun["check_ins"]] == [1, 2, 3, 4, 5, 7, 28]
    assert begun["check_ins"][0] == {
        "kind": "check_in",
        "day": 1,
        "due_at": "2026-11-21T10:00:00-05:00",
        "status": "planned",
        "sent_at": None,
        "answered_at": None,
    }


def test_whoever_enters_a_treatment_hears_what_stands_against_it(api: Caller) -> None:
    patient = stories.patient(api, phone=None, risk_facts=["open_wounds"])

    begun = stories.treatment(api, patient)

    assert begun["texting"] == "no_phone"
    assert len(begun["warnings"]) == 2


def test_a_second_treatment_of_one_day_is_a_conflict(api: Caller) -> None:
    patient = stories.patient(api)
    stories.treatment(api, patient)

    again = api.post("treatments", {"patient_id": patient["id"], "treated_at": "2026-11-20T09:00:00-05:00"})

    assert again.status_code == 409


def test_a_treatment_lies_within_12_hours_ahead_and_28_days_back(api: Caller) -> None:
    for hours, status in ((11.9, 201), (12.1, 422), (-27 * 24, 201), (-29 * 24, 422)):
        body = {"patient_id": stories.patient(api)["id"], "treated_at": stories.later(hours=hours)}
        assert api.post("treatments", body).status_code == status, hours


def test_the_day_is_the_calendar_day_in_the_patients_zone(api: Caller) -> None:
    begun = stories.treatment(api)

    with clock.set_to(make.NOON.replace(day=22, hour=4, minute=59)):
        assert api.get(f"treatments/{begun['id']}").json["day"] == 1
    with clock.set_to(make.NOON.replace(day=22, hour=5)):
        assert api.get(f"treatments/{begun['id']}").json["day"] == 2


def test_a_treatment_ahead_is_at_day_0(api: Caller) -> None:
    with clock.set_to(make.NOON.replace(hour=18)):
        assert stories.treatment(api, treated_at="2026-11-21T00:30:00-05:00")["day"] == 0


def test_a_treatment_is_corrected_and_its_texts_move(api: Caller) -> None:
    begun = stories.treatment(api)

    answer = api.patch(
        f"treatments/{begun['id']}", {"treated_at": "2026-11-19T11:00:00-05:00", "needle_depth_mm": 2}
    )

    assert (answer.status_code, answer.headers["ETag"]) == (200, '"2"')
    assert (answer.json["day"], answer.json["expected_days"]) == (1, 4)
    assert answer.json["check_ins"][-1]["due_at"] == "2026-12-17T10:00:00-05:00"


def test_a_treatment_is_ended_once(api: Caller) -> None:
    path = f"treatments/{stories.treatment(api)['id']}/end"

    ended = api.post(path, {"reason": "patient_request"})

    assert (ended.json["status"], ended.json["end_reason"]) == ("ended", "patient_request")
    assert {each["status"] for each in ended.json["check_ins"]} == {"cancelled"}
    assert api.post(path, {"reason": "other"}).status_code == 409
    assert api.post(path, {"reason": "boredom"}).status_code == 422


def test_a_treatment_entered_in_error_takes_no_reports(api: Caller) -> None:
    path = f"treatments/{stories.treatment(api)['id']}"
    api.post(f"{path}/end", {"reason": "entered_in_error"})

    assert api.post(f"{path}/reports", {"redness": 9}).status_code == 409
    assert api.patch(path, {"notes": "calm"}).status_code == 409
    assert api.get("flagged-cases").json["items"] == []


def test_a_report_is_logged_and_flagged_at_once(api: Caller) -> None:
    begun = stories.treatment(api)

    answer = api.post(
        f"treatments/{begun['id']}/reports",
        {
            "redness": 9,
            "swelling": 3,
            "itching": None,
            "burning": 2,
            "reported_at": stories.later(minutes=-5),
        },
    )

    assert answer.status_code == 201
    assert answer.json["scores"] == {"redness": 9, "swelling": 3}
    assert answer.json["other"] == {"burning": 2}
    assert (answer.json["day"], answer.json["source"]) == (0, "app")
    shown = api.get(f"treatments/{begun['id']}").json
    assert shown["status"] == "follow_up"
    assert [(flag["rule"], flag["symptom"], flag["score"]) for flag in shown["flags"]] == [
        ("severe", "redness", 9)
    ]
    assert [each["id"] for each in shown["reports"]] == [answer.json["id"]]


def test_a_report_needs_a_score_and_a_moment_since_the_treatment(api: Caller) -> None:
    begun = stories.treatment(api)

    for body in WRONG_REPORTS:
        assert api.post(f"treatments/{begun['id']}/reports", body).status_code == 422, body
    assert api.get(f"treatments/{begun['id']}").json["reports"] == []
