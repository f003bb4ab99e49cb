"""An admin's program and the people of her clinic: what a page can do, the API can."""

import json

import pytest

from recovery.models.staff import Staff
from tests import make
from tests.api.conftest import Caller

NEW = {"email": "new@rosewood.example", "name": "Nia New", "role": "nurse"}


def test_a_person_is_added_by_a_link_changed_and_listed(admin: Caller) -> None:
    added = admin.post("staff", NEW)
    assert added.status_code == 201
    assert "/set-password/" in added.json["reset_link"]
    one = f"staff/{added.json['id']}"
    changed = admin.patch(one, {"name": "Nia Newton", "role": "admin"})
    assert (changed.json["name"], changed.json["role"]) == ("Nia Newton", "admin")
    assert admin.get(one).json == changed.json
    listed = admin.get("staff").json["items"]
    assert [each["email"] for each in listed] == ["new@rosewood.example", "admin@rosewood.example"]
    assert "reset_link" not in json.dumps(listed)


def test_a_nurse_sees_to_whom_a_case_can_be_given(
    api: Caller, admin: Caller, stranger: Caller, nurse: Staff
) -> None:
    gone = admin.post("staff", NEW).json["id"]
    admin.patch(f"staff/{gone}", {"disabled": True})

    shown = api.get("colleagues").json
    assert [each["name"] for each in shown["items"]] == ["admin", "nurse"]
    assert shown["items"][1] == {"id": str(nurse.id), "name": "nurse"}
    assert shown["next_cursor"] is None
    assert [each["name"] for each in stranger.get("colleagues").json["items"]] == ["admin"]


def test_with_a_password_no_link_is_made(admin: Caller) -> None:
    assert admin.post("staff", {**NEW, "password": make.PASSWORD}).json["reset_link"] is None
    assert admin.post("staff", NEW).status_code == 409


@pytest.mark.parametrize(
    "extra",
    [
        {"clinic_id": "0192a000-0000-7000-8000-000000000000"},
        {"id": "0192a000-0000-7000-8000-000000000000"},
        {"password_hash": "x"},
        {"role": "owner"},
        {"disabled": "false"},
        {"email": "b@rosewood.example\x00"},
        {"password": "short"},
    ],
)
def test_nothing_is_smuggled_in(admin: Caller, nurse: Staff, extra: dict[str, str]) -> None:
    assert admin.post("staff", {**NEW, **extra}).status_code == 422
    assert admin.patch(f"staff/{nurse.id}", {"name": "Robin", **extra}).status_code == 422
    assert admin.get(f"staff/{nurse.id}").json["name"] == "nurse"


def test_a_nurse_cannot_raise_herself(api: Caller, nurse: Staff) -> None:
    assert api.patch(f"staff/{nurse.id}", {"role": "admin"}).status_code == 403
    assert api.post("tokens", {"staff_id": str(nurse.id), "name": "more"}).status_code == 403
    assert api.get("staff").status_code == 403


def test_disabling_ends_her_program_at_once(admin: Caller, api: Caller, nurse: Staff) -> None:
    assert api.get("patients").status_code == 200
    disabled = admin.patch(f"staff/{nurse.id}", {"disabled": True})
    assert disabled.json["disabled_at"] is not None
    assert api.get("patients").status_code == 401
    assert admin.post(f"staff/{nurse.id}/reset-link").status_code == 409
    assert admin.patch(f"staff/{nurse.id}", {"disabled": False}).json["disabled_at"] is None
    assert api.get("patients").status_code == 401
    assert admin.post(f"staff/{nurse.id}/reset-link").status_code == 201


def test_there_is_always_an_admin(admin: Caller) -> None:
    (herself,) = admin.get("staff").json["items"]
    one = f"staff/{herself['id']}"
    assert admin.patch(one, {"disabled": True}).status_code == 409
    assert admin.patch(one, {"name": "Ada", "role": "nurse"}).status_code == 409
    assert admin.get(one).json == herself, "nothing of what was refused is kept"
    for refused in (admin.delete(f"{one}/second-step"), admin.post(f"{one}/reset-link")):
        assert refused.status_code == 409
        assert "Your own" in refused.json["detail"]


def test_an_admin_who_was_invited_and_never_came_is_none(admin: Caller) -> None:
    (herself,) = admin.get("staff").json["items"]
    invited = admin.post("staff", {**NEW, "role": "admin"}).json
    refused = admin.patch(f"staff/{herself['id']}", {"role": "nurse"})

    assert (invited["has_password"], herself["has_password"]) == (False, True)
    assert refused.status_code == 409
    assert "chosen no password yet" in refused.json["detail"]
    admin.post("staff", {**NEW, "email": "here@rosewood.example", "role": "admin", "password": make.PASSWORD})
    assert admin.patch(f"staff/{herself['id']}", {"role": "nurse"}).status_code == 200


def test_a_token_is_made_used_and_revoked(admin: Caller, api: Caller, nurse: Staff) -> None:
    made = admin.post("tokens", {"staff_id": str(nurse.id), "name": "Front desk"})
    assert made.status_code == 201
    program = Caller(admin.client, made.json["token"])
    assert program.get("patients").status_code == 200
    first = admin.get("tokens?limit=2").json
    rest = admin.get(f"tokens?limit=2&cursor={first['next_cursor']}").json
    listed = {each["id"]: each for each in first["items"] + rest["items"]}
    assert len(listed) == 3
    assert listed[made.json["id"]]["last_used_at"] is not None
    assert "token" not in listed[made.json["id"]]
    assert admin.post(f"tokens/{made.json['id']}/revoke").json["revoked_at"] is not None
    assert program.get("patients").status_code == 401


def test_a_token_for_another_clinics_person_is_not_made(admin: Caller, stranger: Caller) -> None:
    (other,) = stranger.get("staff").json["items"]
    assert admin.post("tokens", {"staff_id": other["id"], "name": "x"}).status_code == 404
