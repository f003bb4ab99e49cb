"""Versions and `If-Match`: nobody overwrites what she has not seen."""

from recovery.services import clock
from tests import make
from tests.api import stories
from tests.api.conftest import Caller

IF_MATCH = (
    ('"1"', 200),
    ("*", 200),
    ('"7", "1"', 200),
    ("", 200),
    ('"2"', 412),
    ('W/"1"', 412),
    ('"01"', 412),
    ('"1.0"', 412),
    ('"x", "y"', 412),
    ("nonsense", 412),
)


def test_a_change_is_made_only_to_the_version_that_was_seen(api: Caller) -> None:
    for if_match, status in IF_MATCH:
        path = f"patients/{stories.patient(api)['id']}"
        answer = api.patch(path, {"name": "Ana Lopez"}, headers={"If-Match": if_match})
        after = api.get(path)
        assert answer.status_code == status, if_match
        assert after.headers["ETag"] == ('"2"' if status == 200 else '"1"')
        assert after.json["name"] == ("Ana Lopez" if status == 200 else "Maria Lopez")


def test_a_stale_version_is_told_after_a_wrong_value_and_before_a_conflict(api: Caller) -> None:
    stale = {"If-Match": '"9"'}
    taken = stories.patient(api)["phone"]
    path = f"patients/{stories.patient(api)['id']}"

    assert api.patch(path, {"phone": "12"}, headers=stale).status_code == 422
    assert api.patch(path, {"phone": taken}, headers=stale).status_code == 412
    assert api.patch(path, {"phone": taken}).status_code == 409


def test_every_write_to_a_thing_minds_the_version(api: Caller) -> None:
    case = stories.case(api)
    treatment, patient = f"treatments/{case['treatment']['id']}", f"patients/{case['patient']['id']}"
    stale = {"If-Match": '"99"'}

    for answer in (
        api.patch(treatment, {"notes": "calm"}, headers=stale),
        api.post(f"{treatment}/end", {"reason": "other"}, headers=stale),
        api.post(f"{treatment}/reports", {"redness": 1}, headers=stale),
        api.post(f"flagged-cases/{case['id']}/acknowledge", headers=stale),
        api.post(f"flagged-cases/{case['id']}/assign", {"to": "me"}, headers=stale),
        api.post(f"flagged-cases/{case['id']}/snooze", {"until": stories.later(hours=2)}, headers=stale),
        api.post(f"flagged-cases/{case['id']}/messages", {"text": "Hello."}, headers=stale),
        api.post(f"flagged-cases/{case['id']}/notes", {"text": "Called."}, headers=stale),
        api.post(f"flagged-cases/{case['id']}/resolve", {"outcome": "treated"}, headers=stale),
        api.delete(patient, headers=stale),
    ):
        assert answer.status_code == 412
        assert answer.mimetype == "application/problem+json"
    assert api.get(f"flagged-cases/{case['id']}").headers["ETag"] == f'"{case["version"]}"'


def test_the_version_rises_with_a_person_or_a_reason_and_not_with_the_day(api: Caller) -> None:
    case = stories.case(api)
    path, treatment = f"flagged-cases/{case['id']}", f"treatments/{case['treatment']['id']}"
    seen = [api.get(path).headers["ETag"]]

    with clock.set_to(make.NOON.replace(day=22)):
        assert api.get(path).json["treatment"]["day"] == 2
        seen.append(api.get(path).headers["ETag"])
        api.post(f"{treatment}/reports", {"redness": 9, "swelling": 8, "itching": 1})
    seen.append(api.get(path).headers["ETag"])
    api.post(f"{path}/notes", {"text": "Called."})
    seen.append(api.get(path).headers["ETag"])

    assert seen[0] == seen[1] < seen[2] < seen[3]
