"""Who is signed in: a session cookie that names a person, looked up anew at every request."""

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar
from uuid import UUID

from flask import Flask
from flask_login import LoginManager, current_user

from recovery import context
from recovery.queries import sessions
from recovery.services.audit import Actor

LASTS = timedelta(hours=12)  # a long shift


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A person of a clinic as the pages know her: a value, not a row."""

    id: UUID
    clinic_id: UUID
    role: str
    name: str
    clinic_name: str
    timezone: str

    is_authenticated: ClassVar[bool] = True
    is_active: ClassVar[bool] = True
    is_anonymous: ClassVar[bool] = False

    def get_id(self) -> str:
        return str(self.id)


def set_up(app: Flask) -> None:
    """The cookie's manners, and how a person is found by it."""
    with app.app_context():
        is_https = context.config().public_url.startswith("https:")
    app.config.update(
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=is_https,
        PERMANENT_SESSION_LIFETIME=LASTS,
    )
    manager = LoginManager(app)
    manager.user_loader(person)


def person(staff_id: str) -> SignedIn | None:
    """The person of a session, if she may still enter."""
    try:
        row = sessions.may_enter(UUID(staff_id))
    except ValueError:
        return None
    return SignedIn(*row) if row is not None else None


def signed_in() -> SignedIn:
    """The person behind this request; the guard has let her in."""
    found: SignedIn = current_user._get_current_object()
    return found


def actor() -> Actor:
    """She, as the audit knows her."""
    here = signed_in()
    return Actor(here.clinic_id, here.id, here.role)
