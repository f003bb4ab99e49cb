"""The log: one line an event on standard error, with ids; never a text, a name or a whole number."""

import logging
import re
import sys
import traceback
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

import structlog

ROOT = Path(__file__).resolve().parent.parent
TALKATIVE = ("alembic", "apscheduler", "sqlalchemy", "twilio")  # at INFO, twilio's tells phone numbers

Event = MutableMapping[str, Any]

_NUMBER = re.compile(r"\+\d{4,}(\d{4})")


def set_up() -> None:
    """Send our events and the packages' warnings to standard error; standard output stays a command's own."""
    structlog.configure(
        processors=[*_SHARED, structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"])],
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
        cache_logger_on_first_use=False,
    )
    root = logging.getLogger()
    if not any(isinstance(each, _Lines) for each in root.handlers):
        root.addHandler(_Lines())
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)


class _Lines(logging.Handler):
    """What a package logs, as one event of ours."""

    def emit(self, record: logging.LogRecord) -> None:
        event = {"logger": record.name, "exc_info": record.exc_info}
        structlog.get_logger().log(max(record.levelno, logging.DEBUG), record.getMessage(), **event)


def _where_it_failed(_logger: Any, _method: str, event: Event) -> Event:
    """An exception as its kind and our lines that it passed; its message may quote a patient."""
    info = event.pop("exc_info", None)
    error = sys.exc_info()[1] if info is True else info[1] if isinstance(info, tuple) else info
    if isinstance(error, BaseException):
        event["error"] = type(error).__name__
        event["where"] = " > ".join(_ours(error)) or None
    return event


def _ours(error: BaseException) -> list[str]:
    frames = traceback.extract_tb(error.__traceback__)
    return [
        f"{Path(each.filename).relative_to(ROOT)}:{each.lineno}"
        for each in frames
        if Path(each.filename).is_relative_to(ROOT) and ".venv" not in each.filename
    ]


def _shorten_numbers(_logger: Any, _method: str, event: Event) -> Event:
    """Phone numbers by their last four digits, and no line break, wherever they came from."""
    return {
        name: _NUMBER.sub(r"…\1", " ".join(value.split())) if isinstance(value, str) else value
        for name, value in event.items()
    }


_SHARED = (
    structlog.contextvars.merge_contextvars,
    structlog.processors.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    _where_it_failed,
    _shorten_numbers,
)
