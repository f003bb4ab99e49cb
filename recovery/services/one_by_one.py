"""One bad row never stops the others: a job's loop goes on, and the log says which was left."""

from collections.abc import Iterator
from contextlib import contextmanager

import structlog

from recovery.db import db

logger = structlog.get_logger()


@contextmanager
def apart(event: str, **ids: object) -> Iterator[None]:
    """Inside, a failure ends only this one; its transaction is rolled back and it is logged as `event`."""
    try:
        yield
    except Exception as error:
        db.session.rollback()
        logger.error(event, error=type(error).__name__, **{name: str(each) for name, each in ids.items()})
