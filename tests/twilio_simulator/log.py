"""Twilio's message log: what was sent and received, listed and paged as Twilio does."""

import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from urllib.parse import urlencode

FINAL = ("delivered", "undelivered", "failed", "canceled", "received")


@dataclass(slots=True)
class Media:
    sid: str
    content_type: str
    content: bytes


@dataclass(slots=True)
class Message:
    """One text at Twilio. `callback` is where its statuses go."""

    sid: str
    account_sid: str
    direction: str
    to: str
    sender: str
    body: str
    status: str
    created: datetime
    service_sid: str | None = None
    callback: str | None = None
    sent: datetime | None = None
    error_code: int | None = None
    validity_seconds: int | None = None
    media: list[Media] = field(default_factory=list)

    @property
    def is_outbound(self) -> bool:
        return self.direction != "inbound"

    @property
    def shown_sender(self) -> str | None:
        """Null until sent where a Messaging Service picks the sender."""
        return None if self.service_sid and self.is_outbound and self.sent is None else self.sender

    def advance(self, status: str, now: datetime, error_code: int | None = None) -> None:
        self.status = status
        self.error_code = error_code
        if status in ("sent", "delivered", "undelivered") and self.sent is None:
            self.sent = now

    def as_json(self) -> dict[str, object]:
        uri = f"/2010-04-01/Accounts/{self.account_sid}/Messages/{self.sid}"
        return {
            "sid": self.sid,
            "account_sid": self.account_sid,
            "api_version": "2010-04-01",
            "body": self.body,
            "date_created": _date(self.created),
            "date_sent": _date(self.sent),
            "date_updated": _date(self.sent or self.created),
            "direction": self.direction,
            "error_code": self.error_code,
            "error_message": None,
            "from": self.shown_sender,
            "messaging_service_sid": self.service_sid,
            "num_media": str(len(self.media)),
            "num_segments": "0" if self.service_sid and self.sent is None else "1",
            "price": None,
            "price_unit": "USD",
            "status": self.status,
            "subresource_uris": {"media": f"{uri}/Media.json"},
            "to": self.to,
            "uri": f"{uri}.json",
        }


def new_sid(prefix: str) -> str:
    return prefix + secrets.token_hex(16)


def page(messages: list[Message], path: str, query: dict[str, str]) -> dict[str, object]:
    """One page of the log, newest first, as Twilio answers a list request.

    The next page begins after the last message of this one, so that newer texts shift nothing.
    """
    size = max(1, min(int(query.get("PageSize", 50)), 1000))
    number = int(query.get("Page", 0))
    found = [each for each in reversed(messages) if _matches(each, query)]
    start = 0
    if after := query.get("PageToken", "").removeprefix("PA"):
        start = 1 + next((at for at, each in enumerate(found) if each.sid == after), len(found))
    shown = found[start : start + size]
    following = None
    if start + size < len(found):
        kept = query | {"PageSize": str(size), "Page": str(number + 1), "PageToken": f"PA{shown[-1].sid}"}
        following = f"{path}?{urlencode(kept)}"
    first = {name: value for name, value in query.items() if name not in ("Page", "PageToken")}
    return {
        "messages": [each.as_json() for each in shown],
        "page": number,
        "page_size": size,
        "start": number * size,
        "end": number * size + max(len(shown) - 1, 0),
        "uri": f"{path}?{urlencode(query)}",
        "first_page_uri": f"{path}?{urlencode(first | {'PageSize': str(size), 'Page': '0'})}",
        "next_page_uri": following,
        "previous_page_uri": None,
    }


def _matches(message: Message, query: dict[str, str]) -> bool:
    if "To" in query and message.to != query["To"]:
        return False
    if "From" in query and message.shown_sender != query["From"]:
        return False
    dates = {name: query[name] for name in ("DateSent", "DateSent<", "DateSent>") if name in query}
    if dates and message.sent is None:
        return False
    return all(_dated(message.sent, name[8:], value) for name, value in dates.items())


def _dated(sent: datetime | None, relation: str, value: str) -> bool:
    """A day means all of it; a moment is compared to the second. Both bounds count as inside."""
    assert sent is not None
    is_day = "T" not in value
    asked = datetime.fromisoformat(value.replace("Z", "+00:00"))
    asked = asked if asked.tzinfo else asked.replace(tzinfo=UTC)
    left, right = (sent.date(), asked.date()) if is_day else (sent.replace(microsecond=0), asked)
    if relation == "<":
        return left <= right
    if relation == ">":
        return left >= right
    return sent.date() == asked.date()


def _date(moment: datetime | None) -> str | None:
    return None if moment is None else format_datetime(moment.astimezone(UTC)).replace("GMT", "+0000")
