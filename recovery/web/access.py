"""Signing in and out."""

from flask import Blueprint, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_user, logout_user

from recovery.db import writing
from recovery.services import clock, staff
from recovery.web import sessions
from recovery.web.doors import is_ours
from recovery.web.forms import SignIn

access = Blueprint("access", __name__)

WRONG = "That e-mail and password do not go together, or too many tries have locked it for a while."


@access.route("/sign-in", methods=["GET", "POST"])
def sign_in() -> ResponseReturnValue:
    """The door; afterwards she is where she wanted to go."""
    form = SignIn()
    if request.method == "GET" and current_user.is_authenticated:
        return redirect(_after())
    if request.method == "GET":
        return render_template("sign_in.html", form=form)
    if not form.validate():
        return render_template("sign_in.html", form=form), 422
    with writing():
        found = staff.sign_in(form.email.data, form.password.data, clock.now())
        staff_id = str(found.id) if found is not None else ""
    person = sessions.person(staff_id)
    if person is None:
        return render_template("sign_in.html", form=form, wrong=WRONG), 401
    session.clear()
    session.permanent = True
    login_user(person)
    return redirect(_after(), 303)


@access.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    logout_user()
    session.clear()
    return redirect(url_for("access.sign_in"), 303)


def _after() -> str:
    wanted = request.args.get("next", "")
    return wanted if is_ours(wanted) else url_for("worklist.show")
