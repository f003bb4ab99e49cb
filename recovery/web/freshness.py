"""How a page that asks again every few seconds hears that nothing changed: by a tag of what it shows.

The tag is signed and holds the ids that were shown, so that only what is new to its reader is a view.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask import current_app, request
from itsdangerous import BadSignature, URLSafeTimedSerializer

from recovery.services.audit import REPEATS_FOR
from recovery.web.sessions import signed_in

TICK = 60  # seconds: how far a target is, is told in minutes


@dataclass(frozen=True, slots=True)
class Shown:
    """What a reader has before her: a digest of its state, and whose data it is."""

    state: str
    ids: frozenset[UUID]

    @property
    def tag(self) -> str:
        return str(_signer().dumps([self.state, sorted(each.hex for each in self.ids)]))


def minute(now: datetime) -> int:
    """Part of the state of whatever tells how far a target is."""
    return int(now.timestamp()) // TICK


def shown(ids: Sequence[UUID], *state: object) -> Shown:
    """These cases in this order and in this state."""
    digest = hashlib.sha256(repr((list(ids), state)).encode()).hexdigest()
    return Shown(digest[:20], frozenset(ids))


def before() -> Shown | None:
    """What the caller says that she has; None for what is no tag of ours for her, or too old a one."""
    for tag in request.if_none_match.as_set(include_weak=True):
        try:
            state, ids = _signer().loads(tag or "", max_age=int(REPEATS_FOR.total_seconds()))
        except BadSignature:
            continue
        return Shown(state, frozenset(UUID(each) for each in ids))
    return None


def _signer() -> URLSafeTimedSerializer:
    """Good for one session and one kind of page: a case's tag says nothing of a list that she saw."""
    secret = str(current_app.config["SECRET_KEY"])
    return URLSafeTimedSerializer(secret, salt=f"shown {request.blueprint} {signed_in().session_id}")
