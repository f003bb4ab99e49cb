"""Answers kept for a repeated POST: the same key and body get the first answer, byte for byte."""

import json
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from flask import Response, request

from recovery.api.answers import Answer, sent
from recovery.api.guard import actor
from recovery.db import add_if_new, db, keyring, new_id
from recovery.domain.errors import Conflict, Invalid
from recovery.models.system import IdempotencyKey
from recovery.queries.answers import kept_answer
from recovery.services import audit
from recovery.services.retention import REPLAYED_FOR

HEADER = "Idempotency-Key"
LONGEST = 255
_TRIES = 3


def key() -> str | None:
    """The request's key, if it is a POST that has one. Raises Invalid for a blank or overlong one."""
    given = request.headers.get(HEADER) if request.method == "POST" else None
    if given is not None and not (given.strip() and len(given) <= LONGEST):
        raise Invalid({HEADER: [f"Must have 1 to {LONGEST} characters."]})
    return given


def replayed(key: str, now: datetime) -> Response | None:
    """The answer that was given before; None if this request is the first, whose row now waits for it.

    A twin under way makes this wait until its transaction ends. Raises Invalid for another body.
    """
    for _ in range(_TRIES):
        if _add(key, now):
            return None
        row = kept_answer(actor().caller_id, request.method, request.path, key)
        if row is None:
            continue
        if row.created_at >= now - REPLAYED_FOR:
            return _again(row, now)
        db.session.execute(sa.delete(IdempotencyKey).where(IdempotencyKey.id == row.id))
    raise Conflict("The same request is under way.")


def keep(key: str, response: Response, answer: Answer) -> None:
    """Keep the answer with its effect; a refused request never comes here and leaves no row."""
    row = kept_answer(actor().caller_id, request.method, request.path, key)
    assert row is not None  # noqa: S101 (made by `replayed` in this transaction)
    row.status, row.patient_id = response.status_code, answer.patient_id
    if not answer.once:
        seen = [answer.subject, *map(str, answer.ids)]
        row.answer = json.dumps([response.get_data(as_text=True), response.headers.get("ETag"), seen])


def _add(key: str, now: datetime) -> bool:
    return add_if_new(
        IdempotencyKey,
        id=new_id(),
        clinic_id=actor().clinic_id,
        caller_id=actor().caller_id,
        method=request.method,
        path=request.path,
        key=key,
        request_hash=_request_hash(),
        created_at=now,
    )


def _again(row: IdempotencyKey, now: datetime) -> Response:
    if row.request_hash != _request_hash():
        raise Invalid({HEADER: ["This key came with another body before."]})
    if row.answer is None:
        raise Conflict("This was done already; the secret in its answer was shown once and is not kept.")
    text, etag, (subject, *ids) = json.loads(row.answer)
    if ids:
        audit.record(actor(), "view", subject, map(UUID, ids), now)
    return sent(row.status or 200, text, etag)


def _request_hash() -> bytes:
    """Keyed, because a body may be as short as a phone number."""
    return keyring().text_hash(request.get_data(cache=True).decode("utf-8", "replace"))
