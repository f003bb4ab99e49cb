"""The routes about the people of a clinic, for its admins."""

from datetime import datetime
from typing import Any
from uuid import UUID

from recovery.api import cursors, finding
from recovery.api.answers import Answer
from recovery.api.guard import actor
from recovery.api.schemas.common import Page
from recovery.api.schemas.staff import AddedMember, Member, MemberChange, Members, NewMember, ResetLink
from recovery.api.sections import Section
from recovery.api.shapes.staff import member as shown
from recovery.api.shapes.values import local_to
from recovery.domain.errors import NotFound
from recovery.models.staff import Staff
from recovery.queries import staff as stored
from recovery.services import clock, colleagues, staff

section = Section("staff", "Who may sign in. For admins only.")
_ONE = "/staff/<uuid:staff_id>"


def _found(staff_id: UUID) -> Staff:
    found = stored.member(actor().clinic_id, staff_id)
    if found is None:
        raise NotFound("There is no such person.")
    return found


def _locked(staff_id: UUID) -> Staff:
    return colleagues.locked(actor().clinic_id, staff_id)


@section.reads("/staff", asks=Page, gives=Members, admin=True)
def list_staff(asked: dict[str, Any], now: datetime) -> Answer:
    """Everybody, newest first, those who are disabled too."""
    clinic = finding.clinic()
    found = stored.newest(clinic.id, cursors.after(asked), asked["limit"] + 1)
    rows, cursor = cursors.page(asked, found, lambda row: (row.created_at, row.id))
    body = {"items": [shown(row, clinic.timezone) for row in rows], "next_cursor": cursor}
    return Answer(body, "list", "staff", [row.id for row in rows])


@section.writes("POST", "/staff", takes=NewMember, gives=AddedMember, status=201, admin=True, etag=False)
def add_member(body: dict[str, Any], now: datetime) -> Answer:
    """Add a person. Without a password the answer holds a link by which she chooses one."""
    at = clock.machines()
    person = staff.add(at, clinic_id=actor().clinic_id, **{"password": None, **body})
    link = None if "password" in body else staff.offer_link(person, at)
    shape = {**_shape(person), "reset_link": link}
    return Answer(shape, "add", "staff", [person.id], once=link is not None)


@section.reads(_ONE, gives=Member, admin=True)
def show_member(staff_id: UUID, now: datetime) -> Answer:
    """One person."""
    return _one(_found(staff_id), "view")


@section.writes("PATCH", _ONE, takes=MemberChange, gives=Member, finds=_found, admin=True, etag=False)
def change_member(body: dict[str, Any], staff_id: UUID, now: datetime) -> Answer:
    """Change a name or a role, disable or enable.

    409 for disabling yourself, and for the last admin who can sign in. Disabling ends the person's
    sessions and tokens; enabling brings neither back.
    """
    person = _locked(staff_id)
    if "name" in body:
        staff.rename(person, body["name"])
    if "role" in body:
        colleagues.give_role(person, body["role"])
    if body.get("disabled") is True:
        colleagues.disable(person, actor().staff_id, clock.machines())
    elif body.get("disabled") is False:
        staff.enable(person)
    return _one(person, "change")


@section.writes(
    "POST", f"{_ONE}/reset-link", gives=ResetLink, status=201, finds=_found, admin=True, etag=False
)
def offer_reset_link(staff_id: UUID, now: datetime) -> Answer:
    """A link by which the person sets a new password; it ends an earlier one.

    409 if she is disabled, and for yourself.
    """
    person = _locked(staff_id)
    link = colleagues.offer_link(person, actor().staff_id, clock.machines())
    body = {"reset_link": link, "good_until": local_to(person.clinic.timezone)(person.reset_until)}
    return Answer(body, "offer_link", "staff", [person.id], once=True)


@section.writes("DELETE", f"{_ONE}/second-step", gives=Member, finds=_found, admin=True, etag=False)
def take_second_step(staff_id: UUID, now: datetime) -> Answer:
    """Take the second step away, for a lost phone; ends every session.

    409 if there is none, and for yourself.
    """
    person = _locked(staff_id)
    colleagues.take_second_step(person, actor().staff_id, clock.machines())
    return _one(person, "second_step_off")


def _one(person: Staff, action: str) -> Answer:
    return Answer(_shape(person), action, "staff", [person.id])


def _shape(person: Staff) -> dict[str, Any]:
    return shown(person, finding.clinic().timezone)
