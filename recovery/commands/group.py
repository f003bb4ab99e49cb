"""A group of commands: JSON on standard output, refusals as one sentence and exit status 1."""

import json
from typing import Any
from uuid import UUID

import click
from flask.cli import AppGroup
from sqlalchemy.exc import DBAPIError, OperationalError

from recovery.crypto import Unreadable
from recovery.domain.errors import NotFound, Refusal
from recovery.models.clinic import Clinic
from recovery.queries import clinics

_NO_TABLE = ("42P01", "42703")  # PostgreSQL: undefined table, undefined column
_NO_TABLE_IN_SQLITE = ("no such table", "no such column", "has no column named")


class Commands(AppGroup):
    """Like Flask's own group, but what a service or the database refuses ends in one clear line."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (Refusal, Unreadable) as refusal:
            raise click.ClickException(str(refusal)) from None
        except DBAPIError as error:
            sentence = _trouble(error)
            if sentence is None:
                raise
            raise click.ClickException(sentence) from None


def show(answer: object) -> None:
    """Print what a command answers with, moments as RFC 3339 and ids as text."""
    click.echo(json.dumps(answer, indent=2, default=_json))


def the_clinic(clinic_id: UUID) -> Clinic:
    """The clinic that was named. Raises NotFound."""
    found = clinics.clinic(clinic_id)
    if found is None:
        raise NotFound(f"There is no clinic {clinic_id}.")
    return found


def _json(value: Any) -> str:
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _trouble(error: DBAPIError) -> str | None:
    """What stands between us and the tables; None for anything else, which deserves its trace."""
    said = str(error.orig).strip().partition("\n")[0]
    if getattr(error.orig, "sqlstate", None) in _NO_TABLE or any(
        each in said for each in _NO_TABLE_IN_SQLITE
    ):
        return "The database lacks our tables; run: flask --app wsgi db upgrade"
    if isinstance(error, OperationalError):
        return f"The database cannot be used: {said}"
    return None
