"""How far the database was migrated, against where our migrations end."""

from functools import cache
from pathlib import Path

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from flask import current_app

from recovery.db import db


def have_no_file() -> bool:
    """Whether it is SQLite before its first use: a look would leave an empty file behind."""
    name = db.engine.url.database or ""
    is_path = db.engine.dialect.name == "sqlite" and not name.startswith("file:")
    return is_path and not Path(name).exists()


def are_done() -> bool:
    """Whether the database stands where our migrations end."""
    return set(standing()) == set(_scripts(_directory()).get_heads())


def standing() -> tuple[str, ...]:
    """The migrations that the database stands at; none in an empty one."""
    return tuple(MigrationContext.configure(db.session.connection()).get_current_heads())


def are_all_known() -> bool:
    """Whether every migration that it stands at is one of ours; else a newer version was here."""
    scripts = _scripts(_directory())
    try:
        return all(scripts.get_revision(each) for each in standing())
    except CommandError:
        return False


def _directory() -> str:
    return str(current_app.extensions["migrate"].directory)


@cache
def _scripts(directory: str) -> ScriptDirectory:
    return ScriptDirectory(directory)
