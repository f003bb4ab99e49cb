"""A person's second step: set up with her authenticator, its recovery codes, turned off."""

import segno
from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from recovery.db import reading, writing
from recovery.domain.errors import Conflict
from recovery.queries import staff as found
from recovery.services import audit, clock, entering
from recovery.services import second_step as steps
from recovery.services import sessions as kept
from recovery.web import sessions
from recovery.web.door_forms import Code, Present
from recovery.web.sessions import actor, signed_in

second_step = Blueprint("second_step", __name__, url_prefix="/account/second-step")

NOT_HERS = "That is not your password, or too many tries have locked it for a while."
_EDGE = 4  # modules of white around the picture, without which some phones do not see it


@second_step.get("")
def show() -> ResponseReturnValue:
    """Whether it is on, and how it is set up or changed."""
    return _page()


@second_step.post("/begin")
def begin() -> ResponseReturnValue:
    """A new secret, in this one answer alone; nothing changes at the door until she gave a code."""
    form, here = Present(), signed_in()
    if not _is_confirmed_by(form):
        return _page(present=form)
    try:
        with writing():
            person = found.locked_staff(here.id)
            steps.begin(person)
            address = steps.address(person)
    except Conflict as refusal:
        flash(str(refusal), "refused")
        return redirect(url_for("second_step.show"), 303)
    return _page(address=address)


@second_step.post("/confirm")
def confirm() -> ResponseReturnValue:
    """Turns it on; the recovery codes are in this one answer and nowhere else."""
    form, here = Code(), signed_in()
    if not form.validate():
        return _page(code=form)
    try:
        with writing():
            codes = steps.confirm(found.locked_staff(here.id), form.code.data, clock.machines())
            if codes is not None:
                secret = kept.pass_second_step(here.session_id, clock.machines())
                audit.record(actor(), "second_step_on", "staff", [here.id], clock.now())
    except Conflict as refusal:
        flash(str(refusal), "refused")
        return redirect(url_for("second_step.show"), 303)
    if codes is None:
        form.code.errors = ["That code is not right. Is the clock of your phone right?"]
        return _page(code=form)
    return _codes(codes, secret)


@second_step.post("/codes")
def renew_codes() -> ResponseReturnValue:
    """Ten new recovery codes in place of the others."""
    form, here = Present(), signed_in()
    if not _is_confirmed_by(form):
        return _page(present=form)
    with writing():
        person = found.locked_staff(here.id)
        if person.totp_confirmed_at is None:
            return redirect(url_for("second_step.show"), 303)
        codes = steps.new_codes(person)
        secret = kept.renew(here.session_id)
        audit.record(actor(), "recovery_codes", "staff", [here.id], clock.now())
    return _codes(codes, secret)


@second_step.post("/remove")
def remove() -> ResponseReturnValue:
    """Turns it off; where the clinic asks for one she is led to set up another at once."""
    form, here = Present(), signed_in()
    if not _is_confirmed_by(form):
        return _page(present=form)
    with writing():
        steps.remove(found.locked_staff(here.id))
        kept.end_all(here.id, clock.machines(), but=here.session_id)
        audit.record(actor(), "second_step_off", "staff", [here.id], clock.now())
    flash("Your second step is off.", "done")
    return redirect(url_for("second_step.show"), 303)


def _is_confirmed_by(form: Present) -> bool:
    if not form.validate():
        return False
    if entering.is_her_password(signed_in().id, form.password.data, clock.machines()):
        return True
    form.password.errors = [NOT_HERS]
    return False


def _page(
    *, code: Code | None = None, present: Present | None = None, address: str | None = None
) -> ResponseReturnValue:
    """`address`: what her authenticator is to read, once she asked for it with her password."""
    with reading():
        person = found.one(signed_in().id)
        page = render_template(
            "second_step.html",
            person=person,
            is_required=person.clinic.second_step_required,
            left=found.recovery_codes_left(person.id),
            picture=_picture(address) if address else None,
            is_under_way=bool(address or code),
            code=code or Code(formdata=None),
            present=present or Present(formdata=None),
            here=signed_in(),
        )
    return page, 422 if code or present else 200


def _codes(codes: list[str], secret: str) -> ResponseReturnValue:
    sessions.begin(secret)
    sessions.recognise()
    return render_template("recovery_codes.html", codes=codes)


def _picture(address: str) -> Markup:
    """The QR code as SVG: black on white in a dark room too, without a style of its own."""
    manners = {"dark": "#000", "light": "#fff", "svgclass": None, "lineclass": None, "omitsize": True}
    return Markup(segno.make(address, micro=False, error="m").svg_inline(border=_EDGE, **manners))  # noqa: S704
