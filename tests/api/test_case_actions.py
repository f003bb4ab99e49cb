"""Who has a case, until when it is put away, and a nurse's own text, over the API."""

from datetime import timedelta

from recovery.models.clinic import Clinic
from recovery.models.staff import Staff
from recovery.services import clock, outbox
from tests import make
from tests.api import stories
from tests.api.conftest import Caller


def test_a_case_is_given_to_oneself_a_colleague_or_nobody(api: Caller, clinic: Clinic, nurse: Staff) -> None:
    ana = make.nurse(clinic, email="ana@rosewood.example")
    path = f"flagged-cases/{stories.case(api)['id']}"

    holders = [api.post(f"{path}/assign", {"to": to}).json["assigned_to"] for to in ("me", str(ana.id), None)]

    assert holders == [str(nurse.id), str(ana.id), None]
    full = api.get(path).json
    assert full["status"] == "open"
    told = [event["detail"]["to"] for event in full["history"] if event["action"] == "assign"]
    assert told == [str(nurse.id), str(ana.id), None]


def test_a_case_is_given_to_nobody_of_another_clinic(api: Caller, stranger: Caller, clinic: Clinic) -> None:
    path = f"flagged-cases/{stories.case(api)['id']}/assign"
    theirs = make.nurse(make.clinic(name="Birch Clinic", phone="+14165550111"), "nurse@birch.example")

    for to in (str(theirs.id), str(clinic.id)):
        answer = api.post(path, {"to": to})
        assert (answer.status_code, list(answer.json["errors"])) == (422, ["to"])


def test_a_case_is_put_away_for_two_weeks_at_most(api: Caller) -> None:
    path = f"flagged-cases/{stories.case(api)['id']}/snooze"

    for wrong in (stories.later(minutes=-1), stories.later(), stories.later(days=14, minutes=1)):
        assert api.post(path, {"until": wrong}).status_code == 422, wrong
    answer = api.post(path, {"until": stories.later(days=14)})

    assert (answer.json["status"], answer.json["snoozed_until"][:16]) == ("snoozed", "2026-12-04T12:00")
    assert api.get("flagged-cases").json["items"] == []


def test_a_nurses_text_stands_in_the_thread_and_under_her_name(api: Caller, nurse: Staff) -> None:
    case = stories.case(api)

    full = api.post(f"flagged-cases/{case['id']}/messages", {"text": "How is it now? Ana, Rosewood"}).json

    text = full["thread"][-1]
    assert (text["kind"], text["body"], text["written_by"]) == (
        "nurse",
        "How is it now? Ana, Rosewood",
        str(nurse.id),
    )
    assert full["conversation_until"][:16] == "2026-11-20T16:00"
    assert (full["status"], full["history"][-1]["action"]) == ("open", "messages")
    outbox.send_due(clock.now)
    assert api.get(f"flagged-cases/{case['id']}").json["thread"][-1]["status"] == "delivered"


def test_who_cannot_be_texted_is_phoned(api: Caller) -> None:
    treatment = stories.treatment(api, stories.patient(api, phone=None, consented_at=None))
    case = stories.case(api, treatment)

    answer = api.post(f"flagged-cases/{case['id']}/messages", {"text": "Hello"})

    assert (answer.status_code, answer.json["detail"]) == (
        409,
        "There is no number to text: please phone, or see the patient.",
    )


def test_a_resolved_case_is_neither_given_put_away_nor_texted_from(api: Caller) -> None:
    path = f"flagged-cases/{stories.case(api)['id']}"
    api.post(f"{path}/resolve", {"outcome": "treated"})

    for action, body in (
        ("assign", {"to": "me"}),
        ("snooze", {"until": stories.later(hours=2)}),
        ("messages", {"text": "Hello"}),
    ):
        assert api.post(f"{path}/{action}", body).status_code == 409, action


def test_acknowledging_reads_what_was_unread_and_the_version_counts_it_once(api: Caller) -> None:
    case = stories.case(api)
    stories.wrote(case["patient"]["phone"], "is that usual?")
    path = f"flagged-cases/{case['id']}"
    seen = api.get(path).json
    assert seen["unread_messages"] == 1

    after = api.post(f"{path}/acknowledge").json

    assert (after["unread_messages"], after["version"]) == (0, seen["version"] + 1)


def test_a_case_comes_back_when_its_time_is_over(api: Caller) -> None:
    path = f"flagged-cases/{stories.case(api)['id']}"
    until = make.NOON + timedelta(hours=2)
    api.post(f"{path}/snooze", {"until": until.isoformat()})

    stories.review(until)

    back = api.get(path).json
    assert (back["status"], back["snoozed_until"], back["history"][-1]["action"]) == ("open", None, "woken")
