"""One bad row never stops the others: a job's loop goes on, and the log says which was left."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import structlog

from recovery import context
from recovery.db import db

Row = TypeVar("Row")

logger = structlog.get_logger()


@contextmanager
def apart(event: str, **ids: object) -> Iterator[None]:
    """Inside, a failure ends only this one; its transaction is rolled back and it is logged as `event`."""
    try:
        yield
    except Exception as error:
        db.session.rollback()
        logger.error(event, error=type(error).__name__, **{name: str(each) for name, each in ids.items()})


@contextmanager
def all_together() -> Iterator[None]:
    """Inside, several are done in one commit. A failure undoes it all: then each is done alone, `apart`."""
    try:
        yield
    except Exception as error:
        db.session.rollback()
        logger.warning("done_one_by_one", error=type(error).__name__)


def until_stopped(rows: Iterable[Row]) -> Iterator[Row]:
    """One after the other, but nothing more once the process is to end: the next start goes on."""
    for row in rows:
        if context.stopping().is_set():
            return
        yield row
