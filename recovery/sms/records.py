"""Twilio's records as ours. Whatever lacks what makes it a record raises ValueError."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from recovery.sms.gateway import AccountSetUp, Listed, NumberSetUp, ServiceSetUp


def listed(record: Any) -> Listed:
    """A text of the log. While a Messaging Service still picks the sender, `from_` is null."""
    return Listed(
        sid=word(record.sid),
        direction=word(record.direction),
        status=word(record.status),
        code=record.error_code if isinstance(record.error_code, int) else None,
        to=record.to or "",
        sender=record.from_ or None,
        body=record.body or "",
        created_at=_moment(record.date_created),
        sent_at=_moment(record.date_sent),
        media=int(record.num_media or 0),
    )


def arrived(found: Iterable[Listed], since: datetime | None) -> tuple[Listed, ...]:
    """The inbound ones since then, oldest first; Twilio may have taken a moment for its whole day."""
    dated = [(each.sent_at, each.sid, each) for each in found if each.direction == "inbound" and each.sent_at]
    return tuple(each for moment, _, each in sorted(dated) if since is None or moment >= since)


def path(record: Any) -> str:
    """The path of a picture as a webhook names it: the bytes, not the JSON about them."""
    return word(record.uri).removesuffix(".json")


def account(record: Any) -> AccountSetUp:
    """How an account stands; Twilio's types are Trial and Full."""
    return AccountSetUp(word(record.status), is_trial=record.type == "Trial")


def number(source: Any, service_sid: str | None) -> NumberSetUp:
    """Where the texts of a number go; `source` is the number, or the application that it names."""
    return NumberSetUp(
        inbound_url=source.sms_url or "",
        inbound_method=source.sms_method or "",
        fallback_url=source.sms_fallback_url or "",
        messaging_service_sid=service_sid,
    )


def service(record: Any) -> ServiceSetUp:
    """A Messaging Service's addresses."""
    word(record.sid)
    return ServiceSetUp(
        inbound_url=record.inbound_request_url or None,
        uses_number_webhook=record.use_inbound_webhook_on_number is True,
        status_url=record.status_callback or None,
        inbound_method=record.inbound_method or "POST",
        fallback_url=record.fallback_url or "",
    )


def word(value: object) -> str:
    """A value that must be there."""
    if not isinstance(value, str) or not value:
        raise ValueError("a record without its words")
    return value


def _moment(value: object) -> datetime | None:
    return value.astimezone(UTC) if isinstance(value, datetime) else None
