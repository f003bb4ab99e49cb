"""A person's own page: her password, her second step, where she is signed in, her tokens."""

from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from recovery.db import reading, writing
from recovery.queries import sessions as standing
from recovery.queries import staff as found
from recovery.queries import tokens as tokens_found
from recovery.services import audit, clock, entering, tokens
from recovery.services import sessions as kept
from recovery.services import staff as people
from recovery.web import sessions
from recovery.web.door_forms import ChangePassword
from recovery.web.second_step import NOT_HERS
from recovery.web.sessions import actor, signed_in

account = Blueprint("account", __name__, url_prefix="/account")

MOST_TOKENS = 100


@account.get("")
def show() -> ResponseReturnValue:
    """All of it."""
    return _page(ChangePassword(formdata=None))


@account.post("/password")
def change_password() -> ResponseReturnValue:
    """Another password; every other browser of hers is signed out."""
    form, here = ChangePassword(), signed_in()
    with reading():
        form.email = found.one(here.id).email
    if not form.validate():
        return _page(form), 422
    if not entering.is_her_password(here.id, form.password.data, clock.machines()):
        form.password.errors = [NOT_HERS]
        return _page(form), 422
    with writing():
        person = found.locked_staff(here.id)
        people.set_password(person, form.new_password.data, clock.machines(), but=here.session_id)
        secret = kept.renew(here.session_id)
        audit.record(actor(), "change_password", "staff", [here.id], clock.now())
    sessions.begin(secret)
    flash("Your password is changed, and you are signed out everywhere else.", "done")
    return redirect(url_for("account.show"), 303)


@account.post("/sign-out-everywhere")
def sign_out_everywhere() -> ResponseReturnValue:
    """Ends every session of hers, this one too."""
    here = signed_in()
    with writing():
        kept.end_all(here.id, clock.machines())
        audit.record(actor(), "sign_out_everywhere", "staff", [here.id], clock.now())
    sessions.forget()
    flash("You are signed out everywhere.", "done")
    return redirect(url_for("access.sign_in"), 303)


@account.post("/tokens/<uuid:token_id>/revoke")
def revoke_token(token_id: UUID) -> ResponseReturnValue:
    """One of her own."""
    here = signed_in()
    with writing():
        token = tokens_found.token_of_clinic(here.clinic_id, token_id)
        if token is None or token.staff_id != here.id:
            abort(404)
        tokens.revoke(token, clock.now())
        audit.record(actor(), "revoke", "token", [token_id], clock.now())
    flash("The token is revoked.", "done")
    return redirect(url_for("account.show"), 303)


def _page(form: ChangePassword) -> str:
    here, now = signed_in(), clock.machines()
    with reading():
        person = found.one(here.id)
        return render_template(
            "account.html",
            person=person,
            form=form,
            left=found.recovery_codes_left(person.id),
            browsers=standing.standing_of(person.id, now - kept.LASTS, now - kept.IDLE),
            tokens=tokens_found.newest(here.clinic_id, None, MOST_TOKENS, person.id),
            now=clock.now(),
            zone=here.timezone,
        )
