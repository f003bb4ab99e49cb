"""The worklist over the API, and what a nurse does with a case."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from recovery.db import db, writing
from recovery.models.case import FlaggedCase
from recovery.models.clinic import Clinic
from recovery.models.staff import Staff
from recovery.services import outbox
from tests import make
from tests.api import stories
from tests.api.conftest import Caller

WRONG_ACTIONS: list[tuple[str, dict[str, object]]] = [
    ("resolve", {"outcome": "cleared"}),
    ("resolve", {}),
    ("resolve", {"outcome": "treated", "note": ""}),
    ("notes", {"text": " "}),
    ("notes", {"text": "x" * 4001}),
    ("reopen", {"reason": None}),
    ("acknowledge", {"to": "me"}),
    ("assign", {}),
    ("assign", {"to": "you"}),
    ("snooze", {"until": "2026-11-20T14:00:00"}),
    ("messages", {"text": "x" * 1601}),
    ("messages", {"text": " "}),
]


def test_a_case_says_why_it_was_flagged(api: Caller) -> None:
    patient = stories.patient(api, risk_facts=["cold_sores"])
    stories.case(api, stories.treatment(api, patient, needle_depth_mm=1.5))

    (case,) = api.get("flagged-cases").json["items"]

    assert (case["status"], case["priority"], case["trend"]) == ("open", "urgent", "unknown")
    assert (case["flagged_at"][:16], case["flagged_at"][-6:]) == ("2026-11-20T12:00", "-05:00")
    assert case["patient"]["risk_facts"] == ["cold_sores"]
    assert (case["treatment"]["day"], case["treatment"]["needle_depth_mm"]) == (0, 1.5)
    assert case["latest_report"] == {"day": 0, "scores": {"redness": 9, "swelling": 2, "itching": 1}}
    (reason,) = case["reasons"]
    assert (reason["rule"], reason["symptom"], reason["day"], reason["score"]) == ("severe", "redness", 0, 9)
    assert reason["explanation"].startswith("Redness 9/10 on day 0")
    assert (case["assigned_to"], case["acknowledged_by"], case["unread_messages"]) == (None, None, 0)


def test_the_most_urgent_comes_first_then_the_longest_waiting(api: Caller) -> None:
    soon, urgent, late = (stories.case(api) for _ in range(3))
    _set(soon["id"], priority="soon", place=2)
    _set(late["id"], flagged_at=make.NOON)

    listed = api.get("flagged-cases").json["items"]

    assert [each["id"] for each in listed] == [late["id"], urgent["id"], soon["id"]]


def test_the_list_is_filtered(api: Caller, nurse: Staff) -> None:
    one, two, three = (stories.case(api) for _ in range(3))
    api.post(f"flagged-cases/{two['id']}/acknowledge")
    api.post(f"flagged-cases/{three['id']}/resolve", {"outcome": "treated"})
    _set(one["id"], assigned_to_id=nurse.id)

    def listed(**query: object) -> set[str]:
        answer = api.get("flagged-cases", query_string=query)
        assert answer.status_code == 200, answer.text
        return {each["id"] for each in answer.json["items"]}

    assert listed() == {one["id"], two["id"]}
    assert listed(status="resolved") == {three["id"]}
    assert listed(status="open,resolved") == listed(status=["open", "resolved"]) == {one["id"], three["id"]}
    assert listed(assigned_to="me") == listed(assigned_to=str(nurse.id)) == {one["id"]}
    assert listed(assigned_to="nobody") == {two["id"]}
    assert listed(priority="soon") == listed(rule="rebound") == set()
    assert listed(rule="severe", priority="urgent") == {one["id"], two["id"]}
    assert listed(q=one["patient"]["phone"]) == {one["id"]}
    assert listed(q="mar lop") == {one["id"], two["id"]}


def test_a_filter_that_is_none_is_refused(api: Caller) -> None:
    wrong = ("status=new", "status=", "priority=high", "rule=x", "assigned_to=you", "q=%00", "sort=age")
    for query in wrong:
        assert api.get(f"flagged-cases?{query}").status_code == 422, query


def test_a_case_in_full_shows_reports_texts_and_history(api: Caller, nurse: Staff) -> None:
    case = stories.case(api)

    full = api.post(f"flagged-cases/{case['id']}/notes", {"text": "Called, no answer."}).json

    assert [each["scores"]["redness"] for each in full["reports"]] == [9]
    assert [(each["direction"], each["kind"], each["status"]) for each in full["thread"]] == [
        ("outbound", "welcome", "queued")
    ]
    assert [(each["action"], each["by"], each["note"]) for each in full["history"]] == [
        ("flagged", None, None),
        ("notes", str(nurse.id), "Called, no answer."),
    ]
    assert full == api.get(f"flagged-cases/{case['id']}").json


def test_the_thread_follows_the_times_that_it_shows(api: Caller) -> None:
    of = stories.patient(api)
    stories.treatment(api, of)
    _wrote(of, "9 2 1", make.NOON + timedelta(minutes=3, milliseconds=700))
    outbox.send_due(lambda: make.NOON + timedelta(minutes=3, milliseconds=900), ("answer", "safety"))
    outbox.send_due(lambda: make.NOON + timedelta(minutes=5))
    (case,) = api.get("flagged-cases").json["items"]

    thread = api.get(f"flagged-cases/{case['id']}").json["thread"]

    assert [(each["kind"], each["at"]) for each in thread] == [
        (None, "2026-11-20T12:03:00-05:00"),
        ("answer", "2026-11-20T12:03:00-05:00"),
        ("welcome", "2026-11-20T12:05:00-05:00"),
    ]


def test_words_alone_hide_neither_the_last_scores_nor_their_trend(api: Caller) -> None:
    of = stories.patient(api)
    stories.treatment(api, of, treated_at="2026-11-18T11:00:00-05:00")
    _wrote(of, "9 2 1", make.NOON - timedelta(days=1))
    _wrote(of, "3 1 0", make.NOON)
    _wrote(of, "there is pus", make.NOON + timedelta(minutes=1))

    (case,) = api.get("flagged-cases").json["items"]

    assert case["trend"] == "improving"
    assert case["latest_report"] == {"day": 2, "scores": {"redness": 3, "swelling": 1, "itching": 0}}
    full = api.get(f"flagged-cases/{case['id']}").json
    assert (full["trend"], full["latest_report"]) == (case["trend"], case["latest_report"])


def test_a_case_is_acknowledged_by_one_person(api: Caller, clinic: Clinic, nurse: Staff) -> None:
    path = f"flagged-cases/{stories.case(api)['id']}/acknowledge"
    colleague = Caller(api.client, make.token(make.nurse(clinic, email="ana@rosewood.example")))

    first = api.post(path)

    assert (first.status_code, first.json["status"]) == (200, "acknowledged")
    assert first.json["acknowledged_by"] == str(nurse.id)
    assert api.post(path).headers["ETag"] == first.headers["ETag"]
    assert colleague.post(path).status_code == 409
    assert colleague.post(path, headers={"If-Match": first.headers["ETag"]}).status_code == 409
    assert colleague.post(path, headers={"If-Match": '"1"'}).status_code == 412


def test_a_case_is_resolved_and_reopened(api: Caller) -> None:
    path = f"flagged-cases/{stories.case(api)['id']}"

    resolved = api.post(f"{path}/resolve", {"outcome": "advice_given", "note": "Cool compress."})

    assert (resolved.json["status"], resolved.json["outcome"]) == ("resolved", "advice_given")
    assert api.post(f"{path}/resolve", {"outcome": "treated"}).status_code == 409
    assert api.post(f"{path}/acknowledge").status_code == 409
    assert api.post(f"{path}/notes", {"text": "Fine."}).json["status"] == "resolved"
    reopened = api.post(f"{path}/reopen", {"reason": "Resolved by mistake."})
    assert (reopened.json["status"], reopened.json["outcome"]) == ("open", None)
    assert api.post(f"{path}/reopen", {"reason": "Again."}).status_code == 409


def test_an_action_with_wrong_words_is_refused(api: Caller) -> None:
    case = stories.case(api)

    for action, body in WRONG_ACTIONS:
        answer = api.post(f"flagged-cases/{case['id']}/{action}", body)
        assert answer.status_code == 422, (action, body)
    assert api.get(f"flagged-cases/{case['id']}").headers["ETag"] == f'"{case["version"]}"'


def _set(case_id: str, **values: object) -> None:
    with writing():
        db.session.execute(sa.update(FlaggedCase).where(FlaggedCase.id == UUID(case_id)).values(**values))


def _wrote(patient: dict[str, Any], text: str, at: datetime) -> None:
    stories.wrote(patient["phone"], text, at)
