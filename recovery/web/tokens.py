"""The clinic's tokens for programs, for its admins: who has which, made, revoked."""

from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from recovery.db import reading, writing
from recovery.domain.errors import Invalid, Refusal
from recovery.queries import staff as people
from recovery.queries import tokens as found
from recovery.services import audit, clock
from recovery.services import tokens as kept
from recovery.web import sessions
from recovery.web.sessions import actor, signed_in
from recovery.web.staff_forms import NewToken

tokens = Blueprint("tokens", __name__, url_prefix="/tokens")
tokens.before_request(sessions.check_admin)

SHOWN = 200


@tokens.get("")
def show() -> ResponseReturnValue:
    return _page(_form())


@tokens.post("")
def add() -> ResponseReturnValue:
    """A new one; its secret is in this one answer and nowhere else."""
    form, here = _form(), signed_in()
    if not form.validate():
        return _page(form), 422
    try:
        with writing():
            person = people.member(here.clinic_id, UUID(form.staff_id.data))
            if person is None:
                abort(404)
            token, secret = kept.add(person, form.name.data, clock.now())
            audit.record(actor(), "add", "token", [token.id], clock.now())
            return render_template("token_made.html", token=token, secret=secret, zone=here.timezone)
    except Invalid as refusal:
        form.name.errors = refusal.errors["name"]
    except Refusal as refusal:
        form.staff_id.errors = [str(refusal)]
    return _page(form), 422


@tokens.post("/<uuid:token_id>/revoke")
def revoke(token_id: UUID) -> ResponseReturnValue:
    with writing():
        token = found.token_of_clinic(signed_in().clinic_id, token_id)
        if token is None:
            abort(404)
        kept.revoke(token, clock.now())
        audit.record(actor(), "revoke", "token", [token_id], clock.now())
    flash("The token is revoked.", "done")
    return redirect(url_for("tokens.show"), 303)


def _form() -> NewToken:
    """With everybody of the clinic who may sign in to choose from."""
    form = NewToken()
    with reading():
        here = [each for each in people.members(signed_in().clinic_id) if each.disabled_at is None]
        form.staff_id.choices = [("", "Choose…"), *((str(each.id), each.name) for each in here)]
    return form


def _page(form: NewToken) -> str:
    here = signed_in()
    with reading():
        listed = found.newest(here.clinic_id, None, SHOWN)
        return render_template("tokens.html", tokens=listed, form=form, now=clock.now(), zone=here.timezone)
