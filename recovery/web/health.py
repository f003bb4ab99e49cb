"""Whether the process lives, whether it can serve, and the figures for whoever watches it."""

import hmac
from functools import cache
from ipaddress import ip_address

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Blueprint, Response, abort, current_app, jsonify, request
from flask.typing import ResponseReturnValue
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest
from sqlalchemy.exc import SQLAlchemyError

from recovery import context
from recovery.db import db, reading
from recovery.domain.vocabulary import Priority
from recovery.models.message import STATUSES
from recovery.queries import figures
from recovery.services import clock, keys
from recovery.web import banners

health = Blueprint("health", __name__)

_FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Real-IP")


@health.get("/healthz")
def healthz() -> ResponseReturnValue:
    return jsonify(status="ok")


@health.get("/readyz")
def readyz() -> ResponseReturnValue:
    """503 only where this process cannot serve; a late clock is somebody else's trouble, and told."""
    try:
        with reading():
            if not _is_migrated():
                return jsonify(status="unavailable", detail="The database lacks our tables."), 503
            wrong = keys.wrong()
            late = banners.is_clock_late(clock.now())
    except SQLAlchemyError:
        return jsonify(status="unavailable", detail="The database cannot be reached."), 503
    if wrong:
        detail = f"The database was written with other keys: {', '.join(wrong)}."
        return jsonify(status="unavailable", detail=detail), 503
    return jsonify(status="ok", clock="late" if late else "ok")


@health.get("/metrics")
def metrics() -> ResponseReturnValue:
    """Prometheus text, for this machine or with the token."""
    if not (_is_from_this_machine() or _has_token()):
        abort(403, "From elsewhere than this machine the figures need the token (METRICS_TOKEN).")
    with reading():
        return Response(generate_latest(_figures()), content_type=CONTENT_TYPE_LATEST)


def _figures() -> CollectorRegistry:
    registry, now = CollectorRegistry(), clock.now()
    texts = Gauge("recovery_messages", "Texts by what became of them.", ["status"], registry=registry)
    counted = figures.messages_by_status()
    for status in STATUSES:
        texts.labels(status).set(counted.get(status, 0))
    astray = Gauge(
        "recovery_texts_for_no_clinic", "Texts to a number that is no clinic's.", registry=registry
    )
    astray.set(figures.texts_for_no_clinic())
    cases = Gauge("recovery_cases", "Cases that are open or acknowledged.", ["priority"], registry=registry)
    standing = figures.standing_cases_by_priority()
    for priority in Priority:
        cases.labels(priority.value).set(standing.get(priority, 0))
    due = Gauge("recovery_due_check_ins", "Check-ins whose time has come.", registry=registry)
    due.set(figures.due_check_ins(now))
    oldest = figures.oldest_waiting_text(now)
    waiting = Gauge(
        "recovery_oldest_waiting_seconds", "How long the oldest queued text has been due.", registry=registry
    )
    waiting.set((now - oldest).total_seconds() if oldest else 0)
    ticks = Gauge(
        "recovery_job_last_tick_seconds",
        "When each job last began, in Unix time.",
        ["job"],
        registry=registry,
    )
    for job, at in figures.last_ticks().items():
        ticks.labels(job).set(at.timestamp())
    return registry


def _is_migrated() -> bool:
    """Whether the database stands where our migrations end."""
    context = MigrationContext.configure(db.session.connection())
    return set(context.get_current_heads()) == _heads(str(current_app.extensions["migrate"].directory))


@cache
def _heads(directory: str) -> set[str]:
    return set(ScriptDirectory(directory).get_heads())


def _is_from_this_machine() -> bool:
    """Asked from here, and not handed on by a proxy that runs here."""
    if any(name in request.headers for name in _FORWARDED):
        return False
    try:
        return ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False


def _has_token() -> bool:
    token, given = context.config().metrics_token, request.authorization
    if token is None or given is None or given.type != "bearer" or given.token is None:
        return False
    return hmac.compare_digest(given.token.encode(), token.encode())
