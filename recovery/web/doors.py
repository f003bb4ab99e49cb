"""The guard before every page: nothing is seen without signing in but what one list names."""

from flask import Flask, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_wtf.csrf import CSRFProtect

# Open to everybody. A path that ends with a slash stands for all below it.
OPEN = ("/sign-in", "/static/", "/healthz", "/readyz", "/openapi.json", "/docs", "/docs/")

# These ask for something else by themselves: a token or a session, a signature, this machine or a token.
GUARDED_BY_THEMSELVES = ("/api/v1/", "/sms/", "/metrics")

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
    if guards_itself(request.path) or request.routing_exception is not None:
        return None
    if not is_open(request.path) and not current_user.is_authenticated:
        return redirect(url_for("access.sign_in", next=_place()), 303)
    csrf.protect()
    return None


def is_ours(target: str) -> bool:
    """Whether an address leads to a page of this very site, and nowhere else."""
    plain = target.startswith("/") and target.isprintable() and "\\" not in target
    return plain and not target.startswith("//")


def _place() -> str | None:
    """Where she wanted to go; the list is where everybody goes anyway."""
    if request.method != "GET" or (request.path in ("/", "/flagged-cases") and not request.query_string):
        return None
    return request.full_path.removesuffix("?")


def _is_among(path: str, listed: tuple[str, ...]) -> bool:
    return any(path.startswith(each) if each.endswith("/") else path == each for each in listed)
