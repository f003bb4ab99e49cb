"""Where a list of the pages goes on: the last row seen, signed for one clinic and list."""

from datetime import datetime
from uuid import UUID

from flask import abort, current_app, request
from itsdangerous import BadSignature, URLSafeSerializer

from recovery.web.sessions import signed_in

After = tuple[datetime, UUID]


def after(listed: str) -> After | None:
    """The place where the page before ended; 400 for a cursor that is not ours."""
    cursor = request.args.get("cursor")
    if cursor is None:
        return None
    try:
        at, identity = _signer(listed).loads(cursor)
    except BadSignature:
        abort(400)
    return datetime.fromisoformat(at), UUID(identity)


def cursor(listed: str, at: datetime, identity: UUID) -> str:
    """The place of one row."""
    return str(_signer(listed).dumps([at.isoformat(), str(identity)]))


def _signer(listed: str) -> URLSafeSerializer:
    salt = f"list {signed_in().clinic_id} {listed}"
    return URLSafeSerializer(str(current_app.config["SECRET_KEY"]), salt=salt)
