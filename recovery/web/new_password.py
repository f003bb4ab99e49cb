"""Setting a password by the one-time link that an admin handed over."""

from flask import Blueprint, Response, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from recovery.db import reading, writing
from recovery.domain.errors import Conflict
from recovery.queries import staff as found
from recovery.services import audit, clock, staff
from recovery.services.audit import Actor
from recovery.web.door_forms import NewPassword

new_password = Blueprint("new_password", __name__, url_prefix="/set-password")

_KEY = "set_password"
_LONGEST = 100


@new_password.after_request
def tell_nobody(response: Response) -> Response:
    """Nobody is told of the address that holds the secret.

    The form's own page, from whose address it is gone, tells where it came from: over https the form
    is refused without that.
    """
    if request.endpoint == "new_password.take":
        response.headers["Referrer-Policy"] = "no-referrer"
    return response


@new_password.get("/<link>")
def take(link: str) -> ResponseReturnValue:
    """Opening the link changes nothing; its secret goes from the address into the cookie."""
    session[_KEY] = link[:_LONGEST]
    return redirect(url_for("new_password.show"))


@new_password.get("")
def show() -> ResponseReturnValue:
    return _page(NewPassword(formdata=None))


@new_password.post("")
def choose() -> ResponseReturnValue:
    """The link is used up; her sessions end and a lock is lifted."""
    link, form = session.get(_KEY, ""), NewPassword()
    form.email = _whose(link) or ""
    if not form.email or not form.validate():
        return _page(form)
    try:
        with writing():
            person = staff.use_link(link, form.new_password.data, clock.machines())
            hers = Actor(person.clinic_id, person.id, person.role)
            audit.record(hers, "set_password", "staff", [person.id], clock.now())
    except Conflict:  # used in another window meanwhile
        return _page(form)
    session.pop(_KEY)
    flash("Your password is set. Sign in with it.", "done")
    return redirect(url_for("access.sign_in"), 303)


def _page(form: NewPassword) -> ResponseReturnValue:
    email = _whose(session.get(_KEY, ""))
    if email is None:
        return render_template("set_password_gone.html", why=staff.NO_LINK), 410
    page = render_template("set_password.html", form=form, email=email)
    return page, 422 if form.errors else 200


def _whose(link: str) -> str | None:
    """The e-mail of the person whose link it is; None for one that is not good."""
    with reading():
        person = found.staff_by_reset(link)
        return person.email if person and staff.is_link_good(person, clock.machines()) else None
