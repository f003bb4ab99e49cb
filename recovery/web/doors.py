"""The guard before every page: nothing is seen without signing in but what one list names."""

from urllib.parse import urlsplit

from flask import Flask, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError, CSRFProtect

from recovery.services.sessions import SignedIn
from recovery.web import sessions

# Open to everybody. A path that ends with a slash stands for all below it.
OPEN = (
    "/sign-in",
    "/set-password",
    "/set-password/",
    "/static/",
    "/healthz",
    "/readyz",
    "/openapi.json",
    "/docs",
    "/docs/",
)

# These ask for something else by themselves: a token or a session, a signature, this machine or a token.
GUARDED_BY_THEMSELVES = ("/api/v1/", "/sms/", "/metrics")

# What somebody half through the door may open, by what is asked of her next; she is led to the first.
HALF_WAY = {
    "code": ("access.give_code", "access.sign_out"),
    "set_up": ("second_step.show", "second_step.begin", "second_step.confirm", "access.sign_out"),
}

# Hidden fields of forms; nobody typed them.
PUT_THERE_BY_PAGES = ("csrf_token", "version", "seen", "back", "once", "ticket")

csrf = CSRFProtect()


def set_up(app: Flask) -> None:
    """Puts the guard before every request of the app."""
    app.config.update(WTF_CSRF_CHECK_DEFAULT=False, WTF_CSRF_TIME_LIMIT=None)
    csrf.init_app(app)
    app.before_request(check)


def is_open(path: str) -> bool:
    return _is_among(path, OPEN)


def guards_itself(path: str) -> bool:
    return _is_among(path, GUARDED_BY_THEMSELVES)


def check() -> ResponseReturnValue | None:
    """Sends whoever is not signed in to the door; refuses a form that did not come from our page."""
    if guards_itself(request.path) or request.path.startswith("/static/"):
        return None
    here = sessions.recognise()
    if request.routing_exception is not None:
        return None
    if not is_open(request.path):
        before = _door(here)
        if before is not None:
            return _what_she_typed() or redirect(url_for(before, next=_place()), 303)
        sessions.note_seen()
    csrf.protect()
    return None


def is_ours(target: str) -> bool:
    """Whether an address leads to a page of this very site, and nowhere else."""
    plain = target.startswith("/") and target.isprintable() and "\\" not in target
    return plain and not target.startswith("//")


def _door(here: SignedIn | None) -> str | None:
    """Where somebody is led who may not open this yet; None if she may."""
    if here is None:
        return "access.sign_in"
    if here.is_authenticated or request.endpoint in HALF_WAY[here.next_step]:
        return None
    return HALF_WAY[here.next_step][0]


def _what_she_typed() -> ResponseReturnValue | None:
    """A page with what she typed while her session ended, to be copied; for a form of our own only.

    Her browser still has the cookie that the form was made with, and what is shown goes back to where
    it came from.
    """
    if request.method != "POST" or not sessions.had_begun():
        return None
    given = request.form.items(multi=True)
    if any("password" in name or "code" in name for name in request.form):
        return None  # a form with a secret in it is not shown again at all
    typed = [(name, value) for name, value in given if value.strip() and _is_typed(name)]
    try:
        csrf.protect()
    except CSRFError:
        return None
    if not typed:
        return None
    came_from = urlsplit(request.referrer or "").path
    return render_template(
        "signed_out.html", typed=typed, next=came_from if is_ours(came_from) else None
    ), 401


def _is_typed(name: str) -> bool:
    """Whether a field holds what she typed, and nothing that a page put there."""
    return not (name in PUT_THERE_BY_PAGES or name.endswith("_id"))


def _place() -> str | None:
    """Where she wanted to go; the list is where everybody goes anyway."""
    if request.method != "GET" or (request.path in ("/", "/flagged-cases") and not request.query_string):
        return None
    return request.full_path.removesuffix("?")


def _is_among(path: str, listed: tuple[str, ...]) -> bool:
    return any(path.startswith(each) if each.endswith("/") else path == each for each in listed)
