"""A clinic's numbers."""

from marshmallow import fields

from recovery.api.fields import Day, Word
from recovery.api.schemas.common import Ordered
from recovery.domain.vocabulary import CheckInKind, Priority

_SHARE = "0 to 1; null where there is nothing to share."
_MINUTES = "Minutes from the first flag; null where there are none."


class StatisticsQuery(Ordered):
    """Days in the clinic's zone, both included; by default the last thirty."""

    from_ = Day(data_key="from")
    to = Day()


class DayResponses(Ordered):
    kind = Word(CheckInKind, required=True)
    day = fields.Integer(required=True)
    asked = fields.Integer(required=True)
    answered = fields.Integer(required=True)
    rate = fields.Float(required=True, allow_none=True, metadata={"description": _SHARE})


class RuleFlags(Ordered):
    rule = fields.String(required=True)
    treatments = fields.Integer(required=True)
    per_hundred_treatments = fields.Float(required=True, allow_none=True)


class CaseSpeed(Ordered):
    priority = Word(Priority, required=True)
    cases = fields.Integer(required=True)
    acknowledged = fields.Integer(required=True)
    acknowledged_median = fields.Float(required=True, allow_none=True, metadata={"description": _MINUTES})
    acknowledged_slowest_tenth = fields.Float(required=True, allow_none=True)
    resolved = fields.Integer(required=True)
    resolved_median = fields.Float(required=True, allow_none=True, metadata={"description": _MINUTES})
    resolved_slowest_tenth = fields.Float(required=True, allow_none=True)


class OutcomeCases(Ordered):
    outcome = fields.String(required=True)
    cases = fields.Integer(required=True)


class StandingAge(Ordered):
    age = fields.String(required=True)
    emergency = fields.Integer(required=True)
    urgent = fields.Integer(required=True)
    soon = fields.Integer(required=True)
    routine = fields.Integer(required=True)


class Statistics(Ordered):
    from_ = fields.Date(data_key="from", required=True)
    to = fields.Date(required=True)
    treatments = fields.Integer(required=True)
    flagged_treatments = fields.Integer(required=True, metadata={"description": "By any rule."})
    flagged_per_hundred_treatments = fields.Float(required=True, allow_none=True)
    responses = fields.List(fields.Nested(DayResponses), required=True)
    flags = fields.List(fields.Nested(RuleFlags), required=True)
    speed = fields.List(fields.Nested(CaseSpeed), required=True)
    outcomes = fields.List(fields.Nested(OutcomeCases), required=True)
    led_to_action = fields.Float(required=True, allow_none=True, metadata={"description": _SHARE})
    standing = fields.List(fields.Nested(StandingAge), required=True)
