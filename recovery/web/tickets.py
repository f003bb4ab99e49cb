"""A ticket in a form names the one thing that it makes, so that a form sent twice makes it once."""

from uuid import UUID

from flask import abort, current_app
from itsdangerous import BadSignature, URLSafeSerializer

from recovery.db import new_id
from recovery.web.sessions import signed_in


def new() -> str:
    """An id that nothing has yet, signed for this clinic."""
    return str(_signer().dumps(str(new_id())))


def named(ticket: str | None) -> UUID:
    """The id that a form brought back; 400 for one that is not ours."""
    try:
        return UUID(_signer().loads(ticket or ""))
    except BadSignature:
        abort(400)


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.config["SECRET_KEY"]), salt=f"form {signed_in().clinic_id}")
