"""Whether the process lives, whether it can serve, and the figures for whoever watches it."""

import hmac
from collections.abc import Mapping
from datetime import datetime
from ipaddress import ip_address

from flask import Blueprint, Response, abort, jsonify, request
from flask.typing import ResponseReturnValue
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest
from sqlalchemy.exc import SQLAlchemyError

from recovery import context
from recovery.db import reading
from recovery.domain.vocabulary import Priority
from recovery.models.message import STATUSES
from recovery.queries import figures, migrations
from recovery.services import clock, keys, switches
from recovery.web import banners

health = Blueprint("health", __name__)

_FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Real-IP")


@health.get("/healthz")
def healthz() -> ResponseReturnValue:
    return jsonify(status="ok")


@health.get("/readyz")
def readyz() -> ResponseReturnValue:
    """503 only where this process cannot serve; a late clock is somebody else's trouble, and told.

    So are the tables of a newer version: a migration adds, and the old process serves until its restart.
    """
    try:
        with reading():
            is_newer = not migrations.are_all_known()
            if not (is_newer or migrations.are_done()):
                return jsonify(status="unavailable", detail="The database lacks our tables."), 503
            wrong = keys.wrong()
            told = _told(clock.now())
    except SQLAlchemyError:
        return jsonify(status="unavailable", detail="The database cannot be reached."), 503
    if wrong:
        detail = f"The database was written with other keys: {', '.join(wrong)}."
        return jsonify(status="unavailable", detail=detail), 503
    return jsonify(status="ok", tables="newer" if is_newer else "ok", **told)


@health.get("/metrics")
def metrics() -> ResponseReturnValue:
    """Prometheus text, for this machine or with the token."""
    if not (_is_from_this_machine() or _has_token()):
        abort(403, "From elsewhere than this machine the figures need the token (METRICS_TOKEN).")
    with reading():
        return Response(generate_latest(_figures()), content_type=CONTENT_TYPE_LATEST)


def _told(now: datetime) -> dict[str, object]:
    """The figures of /readyz: what is due and late counts check-ins and texts together."""
    standing = figures.standing(now)
    return {
        "clock": "late" if banners.is_clock_late(now) else "ok",
        "due": standing.due_check_ins + standing.due_texts,
        "late": standing.late_check_ins + standing.late_texts,
        "in_doubt": standing.in_doubt,
        "failed": standing.failed,
        "oldest_waiting_seconds": round(standing.oldest_waiting_seconds),
        "last_ticks": {job: at.isoformat() for job, at in figures.last_ticks().items()},
    }


def _figures() -> CollectorRegistry:
    registry, now = CollectorRegistry(), clock.now()
    counted, cases = figures.messages_by_status(now, clock.machines()), figures.standing_cases_by_priority()
    runs = figures.job_runs()
    by_status = {status: counted.get(status, 0) for status in STATUSES}
    _by_label(
        registry,
        "messages",
        "Texts that wait, and what became of those of the last day.",
        "status",
        by_status,
    )
    by_priority = {each.value: cases.get(each, 0) for each in Priority}
    _by_label(registry, "cases", "Cases that are open or acknowledged.", "priority", by_priority)
    ticks = {each.name: each.started_at.timestamp() for each in runs}
    _by_label(registry, "job_last_tick_seconds", "When each job last began, in Unix time.", "job", ticks)
    failed = {each.name: each.error is not None for each in runs}
    _by_label(registry, "job_failed", "Whether the last run of a job failed.", "job", failed)
    for name, (meaning, value) in _single(now).items():
        Gauge(f"recovery_{name}", meaning, registry=registry).set(value)
    return registry


def _by_label(
    registry: CollectorRegistry, name: str, meaning: str, label: str, values: Mapping[str, float]
) -> None:
    gauge = Gauge(f"recovery_{name}", meaning, [label], registry=registry)
    for value, number in values.items():
        gauge.labels(value).set(number)


def _single(now: datetime) -> dict[str, tuple[str, float]]:
    """The gauges without a label, each with its meaning."""
    here = figures.standing(now)
    return {
        "due_check_ins": ("Check-ins whose time has come.", here.due_check_ins),
        "due_messages": ("Texts whose time to be sent has come.", here.due_texts),
        "late_check_ins": ("Check-ins that have been due for over 10 minutes.", here.late_check_ins),
        "late_messages": ("Texts that have been due for over 10 minutes.", here.late_texts),
        "in_doubt_messages": ("Texts of which nobody knows whether they were sent.", here.in_doubt),
        "failed_messages": ("Texts refused or undelivered in the last day.", here.failed),
        "oldest_waiting_seconds": (
            "How long the oldest queued text has been due.",
            here.oldest_waiting_seconds,
        ),
        "texts_for_no_clinic": ("Texts to a number that is no clinic's.", figures.texts_for_no_clinic()),
        "photos_waiting": ("Photos that are not fetched yet.", figures.photos_waiting_since(now)),
        "clock_late": ("Whether no job has run in the last minutes.", banners.is_clock_late(now)),
        "sending_held": ("Whether sending is held for all.", switches.is_held()),
        "clinics_off": ("Clinics whose texts are switched off.", figures.clinics_off()),
    }


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
