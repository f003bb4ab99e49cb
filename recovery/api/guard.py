"""The one guard before every route of the API: who calls, by a token or as a signed-in nurse."""

from typing import cast

from flask import Response, g, request, session
from flask_wtf.csrf import validate_csrf
from werkzeug.exceptions import Forbidden, HTTPException, NotFound, Unauthorized

from recovery.api.errors import failed
from recovery.db import reading, writing
from recovery.services import clock, sessions, tokens
from recovery.services.audit import Actor

PREFIX = "/api/v1"
_ONLY_READ = ("GET", "HEAD", "OPTIONS")


def check() -> Response | None:
    """Before every request: nothing under our prefix answers to somebody we do not know."""
    if request.path != PREFIX and not request.path.startswith(f"{PREFIX}/"):
        return None
    try:
        g.actor = _caller()
    except HTTPException as error:
        return failed(error)
    unknown = request.routing_exception
    if unknown is None:
        return None
    return failed(unknown if (unknown.code or 0) >= 400 else NotFound())


def actor() -> Actor:
    """Who calls; the guard has let them in."""
    return cast(Actor, g.actor)


def _caller() -> Actor:
    if "Authorization" in request.headers:
        return _by_token()
    found = _by_session()
    if found is None:
        raise Unauthorized
    if request.method not in _ONLY_READ:
        _check_csrf()
    return found


def _by_token() -> Actor:
    given = request.authorization
    if given is None or given.type != "bearer" or not given.token:
        raise Unauthorized
    with reading():
        now = clock.now()
        token = tokens.valid(given.token, now)
        if token is None:
            raise Unauthorized
        token_id, used = token.id, token.last_used_at
        found = Actor(token.clinic_id, token.staff_id, token.staff.role, token_id)
    if used is None or now - used >= tokens.USE_NOTED_EVERY:
        with writing():
            tokens.note_use(token_id, now)
    return found


def _by_session() -> Actor | None:
    """The nurse whose browser asks, once she has passed every step of the door."""
    now = clock.machines()
    found = sessions.recognised(session.get(sessions.KEY), now)
    if found is None or found.next_step:
        return None
    if request.method not in _ONLY_READ and now - found.seen_at >= sessions.SEEN_NOTED_EVERY:
        with writing():
            sessions.note_seen(found.session_id, now)
    return Actor(found.clinic_id, found.id, found.role)


def _check_csrf() -> None:
    try:
        validate_csrf(request.headers.get("X-CSRFToken"))
    except ValueError:
        raise Forbidden("The X-CSRFToken header is missing or wrong.") from None
