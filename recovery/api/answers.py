"""What a view gives back: a body, what it is the version of, and whose data it showed or changed."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Response, request

from recovery.domain.errors import Conflict, Stale


@dataclass(frozen=True, slots=True)
class Answer:
    """`action`, `subject` and `ids` go to the audit; without ids nothing was seen.

    `patient_id` is whose data the body holds, so that a kept answer goes when she is erased.
    `once`: it holds a secret that is shown in this answer alone, and is not kept.
    `content_type` is what the body is, if it is bytes and no JSON.
    """

    body: Any
    action: str
    subject: str
    ids: Sequence[UUID]
    version: int | None = None
    patient_id: UUID | None = None
    content_type: str | None = None
    once: bool = False

    def response(self, status: int) -> Response:
        if status == 204:
            return Response(status=204)
        if self.content_type is not None:
            private = {"Cache-Control": "private, no-store"}
            return Response(self.body, status, private, mimetype=self.content_type)
        etag = f'"{self.version}"' if self.version is not None else None
        return sent(status, json.dumps(self.body, allow_nan=False, separators=(",", ":")), etag)


def sent(status: int, text: str, etag: str | None) -> Response:
    response = Response(text, status, mimetype="application/json")
    if etag is not None:
        response.headers["ETag"] = etag
    return response


@contextmanager
def if_match(version: int) -> Iterator[None]:
    """Around a change of a locked row that had `version`: a stale `If-Match` undoes all of it.

    A value that is wrong is told first and a conflict last, as the order of checks has it.
    """
    try:
        yield
    except Conflict:
        _check(version)
        raise
    _check(version)


def _check(version: int) -> None:
    """A weak tag never matches, `*` always, of a list any one."""
    if not request.headers.get("If-Match", "").strip():
        return
    if not request.if_match.contains(str(version)):
        raise Stale(f"Somebody else changed it meanwhile; it is at version {version} now.")
