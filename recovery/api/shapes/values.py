"""Single values as JSON."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo


def local_to(timezone: str) -> Callable[[datetime | None], str | None]:
    """How a moment is written for somebody in that zone: RFC 3339 with the zone's offset."""
    zone = ZoneInfo(timezone)
    return lambda at: at.astimezone(zone).isoformat() if at is not None else None


def text(identity: UUID | None) -> str | None:
    return str(identity) if identity is not None else None
