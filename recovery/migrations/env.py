"""How Alembic reaches the app's database, on SQLite and PostgreSQL alike."""

from typing import Any, Literal

from alembic import context
from flask import current_app

from recovery.db import SealedBytes, SealedText, UtcTime
from recovery.models import all as _models  # noqa: F401  (tells the metadata of every table)

database = current_app.extensions["migrate"].db


def render(kind: str, item: Any, _autogen: Any) -> str | Literal[False]:
    """Our column types by what the database sees, so that a migration never imports the app."""
    if kind == "type" and isinstance(item, UtcTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, SealedText | SealedBytes):
        return "sa.LargeBinary()"
    return False


def run_migrations() -> None:
    with database.engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=database.metadata,
            render_as_batch=True,
            compare_type=True,
            render_item=render,
        )
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()


run_migrations()
