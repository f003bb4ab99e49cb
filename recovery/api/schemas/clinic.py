"""A clinic's own facts as they are shown and changed."""

from typing import Any

from marshmallow import fields

from recovery.api.fields import Clock, Day, Truth, Word
from recovery.api.schemas.common import Change, Listed, Ordered
from recovery.domain.vocabulary import LANGUAGES

_HOURS = "Monday to Sunday, each [opens, closes] as HH:MM on the clinic's clock, or null where it is closed."
_SECOND_STEP = "Whether everybody of the clinic signs in with a second step."
_TEXTING = "Whether automatic texts leave; emergency and infection texts always do."


def _hours(*, required: bool = False) -> fields.List[Any]:
    day = fields.List(fields.String(), allow_none=True)
    return fields.List(day, required=required, metadata={"description": _HOURS})


class Clinic(Ordered):
    id = fields.UUID(required=True)
    name = fields.String(required=True)
    sms_name = fields.String(required=True)
    phone = fields.String(required=True)
    region = fields.String(required=True)
    messaging_service_sid = fields.String(required=True, allow_none=True)
    timezone = fields.String(required=True)
    language = Word(LANGUAGES, required=True)
    weekly_hours = _hours(required=True)
    holidays = fields.List(fields.Date(), required=True)
    check_in_time = fields.String(required=True)
    on_call_phone = fields.String(required=True, allow_none=True)
    emergency_number = fields.String(required=True)
    crisis_number = fields.String(required=True)
    second_step_required = fields.Boolean(required=True, metadata={"description": _SECOND_STEP})
    texting_on = fields.Boolean(required=True, metadata={"description": _TEXTING})
    texting_off_at = fields.DateTime(required=True, allow_none=True)
    texting_off_by = fields.String(required=True, allow_none=True)
    version = fields.Integer(required=True)


class ClinicChange(Change):
    name = fields.String()
    sms_name = fields.String()
    messaging_service_sid = fields.String(allow_none=True)
    timezone = fields.String()
    language = fields.String()
    weekly_hours = _hours()
    holidays = fields.List(Day())
    check_in_time = Clock()
    on_call_phone = fields.String(allow_none=True)
    emergency_number = fields.String()
    crisis_number = fields.String(metadata={"description": "Empty where there is no such line."})
    second_step_required = Truth(metadata={"description": _SECOND_STEP})
    texting_on = Truth(metadata={"description": _TEXTING})


class Preview(Ordered):
    language = Word(LANGUAGES, required=True)
    text = fields.String(required=True)
    encoding = Word(("GSM-7", "UCS-2"), required=True)
    places = fields.Integer(required=True, metadata={"description": "Of 160 in GSM-7, of 70 in UCS-2."})
    segments = fields.Integer(required=True)


class Wording(Ordered):
    key = fields.String(required=True)
    group = fields.String(required=True)
    occasion = fields.String(required=True)
    previews = fields.List(fields.Nested(Preview), required=True)


class Wordings(Listed):
    items = fields.List(fields.Nested(Wording), required=True)
