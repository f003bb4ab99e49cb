"""The kinds of value that the API accepts, each strict: nothing is guessed, nothing converted."""

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID

import marshmallow as ma
from marshmallow import validate

from recovery import zones

_MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?([Zz]|[+-][0-9]{2}:[0-9]{2})"
)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_CLOCK = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
_ID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
EARLIEST, LATEST = 2000, 2100  # years; outside, arithmetic with days and zones may fail


class Text(ma.fields.String):
    """Text of at most so many characters, not blank, without NUL or half a character."""

    def __init__(self, at_most: int, **kwargs: Any) -> None:
        super().__init__(validate=validate.Length(1, at_most), **kwargs)

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        if "\x00" in text or any("\ud800" <= character <= "\udfff" for character in text):
            raise ma.ValidationError("Holds a character that is no text.")
        if not text.strip():
            raise ma.ValidationError("Must not be blank.")
        return text


class Word(ma.fields.String):
    """One of a few words."""

    def __init__(self, accepted: Iterable[str], **kwargs: Any) -> None:
        words = tuple(str(each) for each in accepted)
        super().__init__(validate=validate.OneOf(words, error=f"Accepted: {', '.join(words)}."), **kwargs)


class Words(ma.fields.List[Any]):
    """Several of a few words, in a query repeated or with commas between them."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> list[Any]:
        given = [value] if isinstance(value, str) else value
        parts = [part for each in given for part in (each.split(",") if isinstance(each, str) else [each])]
        return super()._deserialize(parts, attr, data, **kwargs)


class Zone(ma.fields.String):
    """The name of a time zone, such as America/Toronto."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:
        name = super()._deserialize(value, attr, data, **kwargs)
        if name not in zones.names():
            raise ma.ValidationError("Not a time zone; accepted: names such as America/Toronto.")
        return name


class Moment(ma.fields.DateTime):
    """RFC 3339 with its offset, in the years of this product; loaded as UTC."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> datetime:
        if not isinstance(value, str) or not _MOMENT.fullmatch(value):
            raise ma.ValidationError("Must be RFC 3339 with an offset, like 2026-11-20T15:00:00-05:00.")
        try:
            moment = datetime.fromisoformat(value.upper()).astimezone(UTC)
        except (ValueError, OverflowError):
            raise ma.ValidationError("There is no such moment.") from None
        if not EARLIEST <= moment.year < LATEST:
            raise ma.ValidationError(f"Must lie between the years {EARLIEST} and {LATEST}.")
        return moment


class Day(ma.fields.Date):
    """A calendar date, in the years of this product."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> date:
        if not isinstance(value, str) or not _DATE.fullmatch(value):
            raise ma.ValidationError("Must be a date like 2026-11-20.")
        try:
            day = date.fromisoformat(value)
        except ValueError:
            raise ma.ValidationError("There is no such day.") from None
        if not EARLIEST <= day.year < LATEST:
            raise ma.ValidationError(f"Must lie between the years {EARLIEST} and {LATEST}.")
        return day


class Clock(ma.fields.String):
    """A time of day, HH:MM; loaded as one."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        if not isinstance(value, str) or not _CLOCK.fullmatch(value):
            raise ma.ValidationError("Must be a time of day like 09:30.")
        return time.fromisoformat(value)


class Truth(ma.fields.Boolean):
    """true or false; "yes" and 1 are neither."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return value


class Score(ma.fields.Integer):
    """A whole number from 0 (none) to 10 (worst), or null; 3.0, "3" and true are none."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(strict=True, allow_none=True, validate=validate.Range(0, 10), **kwargs)


class Millimetres(ma.fields.Float):
    """A depth above 0 and up to 10."""

    def __init__(self, **kwargs: Any) -> None:
        depth = validate.Range(0, 10, min_inclusive=False, error="Must be above 0 and at most 10.")
        super().__init__(validate=depth, metadata={"description": "Above 0, in millimetres."}, **kwargs)

    def _validated(self, value: Any) -> float:
        if not isinstance(value, int | float):
            raise self.make_error("invalid", input=value)
        return super()._validated(value)


class Id(ma.fields.UUID):
    """A UUID in its usual form."""

    def _validated(self, value: Any) -> UUID:
        if not isinstance(value, str) or not _ID.fullmatch(value):
            raise self.make_error("invalid_uuid")
        return UUID(value)


class Who(ma.fields.String):
    """`me`, or another word that is accepted, or a person's id; loaded as the word or as a UUID."""

    def __init__(self, *words: str, **kwargs: Any) -> None:
        self.words = ("me", *words)
        super().__init__(**kwargs)

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        text = super()._deserialize(value, attr, data, **kwargs)
        if text in self.words:
            return text
        if not _ID.fullmatch(text):
            accepted = ", ".join(f"`{each}`" for each in self.words)
            raise ma.ValidationError(f"Must be {accepted} or an id.")
        return UUID(text)


class Limit(ma.fields.Integer):
    """How many items a page may have."""

    def __init__(self) -> None:
        super().__init__(load_default=50, validate=validate.Range(1, 200))

    def _validated(self, value: Any) -> int:
        if not isinstance(value, str) or not re.fullmatch(r"[0-9]{1,4}", value):
            raise self.make_error("invalid", input=value)
        return int(value)
