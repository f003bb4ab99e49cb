"""Who is signed in: a cookie with a secret, looked up anew at every request."""

from datetime import timedelta
from typing import cast

from flask import Flask, abort, g, request, session

from recovery import context
from recovery.db import writing
from recovery.services import clock, sessions
from recovery.services.audit import Actor
from recovery.services.sessions import KEY, SignedIn

# Longer than a session can last: whoever is too late still has the cookie by which her form is known as ours.
COOKIE_LASTS = sessions.LASTS + timedelta(hours=12)


def set_up(app: Flask) -> None:
    """The cookie's manners, and the person for every page."""
    with app.app_context():
        is_https = context.config().public_url.startswith("https:")
    app.config.update(
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=is_https,
        PERMANENT_SESSION_LIFETIME=COOKIE_LASTS,
    )
    app.context_processor(lambda: {"current_user": current()})


def recognise() -> SignedIn | None:
    """The person whose browser asks; for the guard, once a request."""
    g.signed_in = sessions.recognised(session.get(KEY), clock.machines())
    return current()


def current() -> SignedIn | None:
    """The person, perhaps half through the door; None for nobody."""
    return cast(SignedIn | None, g.get("signed_in"))


def signed_in() -> SignedIn:
    """The person behind this request; the guard has let her in."""
    return cast(SignedIn, g.signed_in)


def actor() -> Actor:
    """She, as the audit knows her."""
    here = signed_in()
    return Actor(here.clinic_id, here.id, here.role)


def begin(secret: str) -> None:
    """This browser is hers from now on; what it held before is forgotten, the token of its forms too."""
    session.clear()
    session.permanent = True
    session[KEY] = secret


def had_begun() -> bool:
    """Whether somebody signed in in this browser, who may be out by now."""
    return KEY in session


def forget() -> None:
    """This browser is nobody's from now on."""
    session.clear()


def note_seen() -> None:
    """That she was here, once a minute at most; what a page asks by itself does not count."""
    here, now = current(), clock.machines()
    if here is not None and not _asks_by_itself() and now - here.seen_at >= sessions.SEEN_NOTED_EVERY:
        with writing():
            sessions.note_seen(here.session_id, now)


def check_admin() -> None:
    """403 for anybody but an admin; a blueprint of admins' pages runs it before each of its requests."""
    if not signed_in().is_admin:
        abort(403)


def _asks_by_itself() -> bool:
    """A page that keeps itself fresh names what it shows; pictures and the like are told by the browser."""
    if request.method != "GET":
        return False
    return bool(request.if_none_match) or request.headers.get("Sec-Fetch-Mode", "navigate") != "navigate"
