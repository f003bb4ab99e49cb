"""The people of a clinic, for its admins: added, changed, disabled, helped back in."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from recovery.db import reading, writing
from recovery.domain.errors import Invalid, NotFound, Refusal
from recovery.models.staff import Staff
from recovery.queries import staff as found
from recovery.services import audit, clock, colleagues
from recovery.services import staff as people
from recovery.web import sessions
from recovery.web.sessions import actor, signed_in
from recovery.web.staff_forms import NewPerson, Person

staff = Blueprint("staff", __name__, url_prefix="/staff")
staff.before_request(sessions.check_admin)

Change = Callable[[Staff, datetime], None]


@staff.get("")
def show() -> ResponseReturnValue:
    return _list(NewPerson(formdata=None))


@staff.post("")
def add() -> ResponseReturnValue:
    """Somebody new; the link by which she chooses her password is in this one answer."""
    form = NewPerson()
    if not form.validate():
        return _list(form), 422
    given = {"email": form.email.data, "role": form.role.data, "name": form.name.data}
    try:
        with writing():
            now = clock.machines()
            person = people.add(now, clinic_id=signed_in().clinic_id, password=None, **given)
            link = people.offer_link(person, now)
            audit.record(actor(), "add", "staff", [person.id], clock.now())
            page = _with_link(person, link, is_new=True)
    except Invalid as refusal:
        for name, wrong in refusal.errors.items():
            form[name].errors = wrong
        return _list(form), 422
    except Refusal as refusal:
        form.email.errors = [str(refusal)]
        return _list(form), 422
    return page


@staff.get("/<uuid:staff_id>")
def show_one(staff_id: UUID) -> ResponseReturnValue:
    return _one(staff_id)


@staff.post("/<uuid:staff_id>")
def change(staff_id: UUID) -> ResponseReturnValue:
    """Her name and role."""
    form = Person()
    if not form.validate():
        return _one(staff_id, form)

    def act(person: Staff, now: datetime) -> None:
        people.rename(person, form.name.data)
        colleagues.give_role(person, form.role.data)

    return _changed(staff_id, "change", "Saved.", act)


@staff.post("/<uuid:staff_id>/disable")
def disable(staff_id: UUID) -> ResponseReturnValue:
    return _changed(
        staff_id,
        "disable",
        "Disabled: signed out everywhere, and the tokens are revoked.",
        lambda person, now: colleagues.disable(person, signed_in().id, now),
    )


@staff.post("/<uuid:staff_id>/enable")
def enable(staff_id: UUID) -> ResponseReturnValue:
    said = "May sign in again. Tokens stay revoked."
    return _changed(staff_id, "enable", said, lambda person, _: people.enable(person))


@staff.post("/<uuid:staff_id>/second-step-off")
def take_second_step(staff_id: UUID) -> ResponseReturnValue:
    said = "The second step is off, and every session ended."
    return _changed(
        staff_id,
        "second_step_off",
        said,
        lambda person, now: colleagues.take_second_step(person, signed_in().id, now),
    )


@staff.post("/<uuid:staff_id>/link")
def offer_link(staff_id: UUID) -> ResponseReturnValue:
    """A link for a new password, in this one answer."""
    try:
        with writing():
            person = colleagues.locked(signed_in().clinic_id, staff_id)
            link = colleagues.offer_link(person, signed_in().id, clock.machines())
            audit.record(actor(), "offer_link", "staff", [staff_id], clock.now())
            return _with_link(person, link, is_new=False)
    except NotFound:
        abort(404)
    except Refusal as refusal:
        flash(str(refusal), "refused")
    return redirect(url_for("staff.show_one", staff_id=staff_id), 303)


def _changed(staff_id: UUID, action: str, said: str, act: Change) -> ResponseReturnValue:
    try:
        with writing():
            act(colleagues.locked(signed_in().clinic_id, staff_id), clock.machines())
            audit.record(actor(), action, "staff", [staff_id], clock.now())
    except NotFound:
        abort(404)
    except Refusal as refusal:
        flash(str(refusal), "refused")
    else:
        flash(said, "done")
    return redirect(url_for("staff.show_one", staff_id=staff_id), 303)


def _list(form: NewPerson) -> str:
    here = signed_in()
    with reading():
        people_here = found.members(here.clinic_id)
        return render_template("staff.html", people=people_here, form=form, here=here, zone=here.timezone)


def _one(staff_id: UUID, wrong: Person | None = None) -> ResponseReturnValue:
    here = signed_in()
    with reading():
        person = found.member(here.clinic_id, staff_id)
        if person is None:
            abort(404)
        page = render_template(
            "staff_member.html",
            person=person,
            form=wrong or Person(formdata=None, obj=person),
            is_herself=person.id == here.id,
            is_locked=person.locked_until is not None and person.locked_until > clock.machines(),
            zone=here.timezone,
        )
    return page, 422 if wrong else 200


def _with_link(person: Staff, link: str, *, is_new: bool) -> str:
    zone = signed_in().timezone
    return render_template("staff_link.html", person=person, link=link, is_new=is_new, zone=zone)
