"""Signing in and out."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from recovery.db import writing
from recovery.services import audit, clock, entering
from recovery.services import sessions as kept
from recovery.services.audit import Actor
from recovery.web import sessions
from recovery.web.door_forms import Code
from recovery.web.doors import is_ours
from recovery.web.forms import SignIn

access = Blueprint("access", __name__)

WRONG = "That e-mail and password do not go together, or too many tries have locked it for a while."

WRONG_CODE = "That code is not right, was used before, or too many tries have locked it for a while."


@access.route("/sign-in", methods=["GET", "POST"])
def sign_in() -> ResponseReturnValue:
    """The door; afterwards she is where she wanted to go, by way of her second step if there is one."""
    form = SignIn()
    if request.method == "GET" and sessions.current() is not None:
        return redirect(_after())
    if request.method == "GET":
        return render_template("sign_in.html", form=form)
    if not form.validate():
        return render_template("sign_in.html", form=form), 422
    secret = entering.sign_in(form.email.data, form.password.data, clock.machines())
    if secret is None:
        return render_template("sign_in.html", form=form, wrong=WRONG), 401
    _end_here()
    sessions.begin(secret)
    return redirect(_after(), 303)


@access.route("/sign-in/code", methods=["GET", "POST"])
def give_code() -> ResponseReturnValue:
    """The second step: a code from her authenticator, or one that she kept."""
    form, here = Code(), sessions.signed_in()
    if here.is_authenticated:
        return redirect(_after(), 303)
    if request.method == "GET":
        return render_template("sign_in_code.html", form=form)
    if not form.validate():
        return render_template("sign_in_code.html", form=form), 422
    secret = entering.give_code(here, form.code.data, clock.machines())
    if secret is None:
        return render_template("sign_in_code.html", form=form, wrong=WRONG_CODE), 401
    sessions.begin(secret)
    return redirect(_after(), 303)


@access.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    _end_here()
    sessions.forget()
    return redirect(url_for("access.sign_in"), 303)


def _end_here() -> None:
    """Whoever was signed in in this browser is so no more."""
    here = sessions.current()
    if here is not None:
        with writing():
            kept.end(here.session_id, clock.machines())
            hers = Actor(here.clinic_id, here.id, here.role)
            audit.record(hers, "sign_out", "staff", [here.id], clock.now())


def _after() -> str:
    wanted = request.args.get("next", "")
    return wanted if is_ours(wanted) else url_for("worklist.show")
