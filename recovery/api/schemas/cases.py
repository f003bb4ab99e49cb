"""Flagged cases as they are asked for, acted on and shown."""

from marshmallow import fields, validate

from recovery.api.fields import Moment, Text, Who, Word, Words
from recovery.api.schemas.common import Listed, Ordered, Page
from recovery.api.schemas.photos import Photo
from recovery.api.schemas.treatments import TEXTING, Reason, Report
from recovery.domain.vocabulary import CaseStatus, Outcome, Priority, RiskFact, Rule, Trend
from recovery.models.message import DIRECTIONS, KINDS, STATUSES
from recovery.services.conversations import LONGEST_TEXT

STILL_WAITING = (CaseStatus.OPEN, CaseStatus.ACKNOWLEDGED)


class CaseQuery(Page):
    status = Words(Word(CaseStatus), load_default=STILL_WAITING, validate=validate.Length(1, 20))
    priority = Word(Priority)
    rule = Word(Rule)
    assigned_to = Who("nobody", metadata={"description": "`me`, `nobody` or an id"})
    q = Text(200, metadata={"description": "A phone number in any form, or the beginnings of names."})


class Assignment(Ordered):
    to = Who(required=True, allow_none=True, metadata={"description": "`me`, a colleague's id, or null"})


class Snooze(Ordered):
    until = Moment(required=True)


class NewText(Ordered):
    text = Text(LONGEST_TEXT, required=True)


class NewNote(Ordered):
    text = Text(4000, required=True)


class Resolution(Ordered):
    outcome = Word((each for each in Outcome if each != Outcome.CLEARED), required=True)
    note = Text(4000, allow_none=True)


class Reopening(Ordered):
    reason = Text(4000, required=True)


class CasePatient(Ordered):
    id = fields.UUID(required=True)
    name = fields.String(required=True, allow_none=True)
    phone = fields.String(required=True, allow_none=True)
    language = fields.String(required=True)
    risk_facts = fields.List(Word(RiskFact), required=True)


class CaseTreatment(Ordered):
    id = fields.UUID(required=True)
    treated_at = fields.DateTime(required=True)
    day = fields.Integer(required=True)
    needle_depth_mm = fields.Float(required=True, allow_none=True)


class LatestReport(Ordered):
    day = fields.Integer(required=True)
    scores = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)


class Case(Ordered):
    id = fields.UUID(required=True)
    status = Word(CaseStatus, required=True)
    priority = Word(Priority, required=True)
    flagged_at = fields.DateTime(required=True)
    due_at = fields.DateTime(required=True)
    version = fields.Integer(required=True)
    patient = fields.Nested(CasePatient, required=True)
    treatment = fields.Nested(CaseTreatment, required=True)
    reasons = fields.List(fields.Nested(Reason), required=True)
    latest_report = fields.Nested(LatestReport, required=True, allow_none=True)
    trend = Word(Trend, required=True)
    assigned_to = fields.UUID(required=True, allow_none=True)
    acknowledged_by = fields.UUID(required=True, allow_none=True)
    acknowledged_at = fields.DateTime(required=True, allow_none=True)
    snoozed_until = fields.DateTime(required=True, allow_none=True)
    resolved_at = fields.DateTime(required=True, allow_none=True)
    outcome = Word(Outcome, required=True, allow_none=True)
    unread_messages = fields.Integer(required=True)


class ThreadMessage(Ordered):
    id = fields.UUID(required=True)
    direction = Word(DIRECTIONS, required=True)
    body = fields.String(required=True, allow_none=True)
    media_count = fields.Integer(required=True)
    photos = fields.List(fields.Nested(Photo), required=True)
    at = fields.DateTime(required=True)
    status = Word(STATUSES, required=True)
    kind = Word(KINDS, required=True, allow_none=True)
    written_by = fields.UUID(required=True, allow_none=True)
    intent = fields.String(required=True, allow_none=True)
    reading = fields.Dict(required=True, allow_none=True)


class Event(Ordered):
    at = fields.DateTime(required=True)
    action = fields.String(required=True)
    by = fields.UUID(required=True, allow_none=True)
    by_name = fields.String(required=True, allow_none=True)
    note = fields.String(required=True, allow_none=True)
    detail = fields.Dict(required=True)


class CaseDetail(Case):
    texting = Word(TEXTING, required=True)
    conversation_until = fields.DateTime(required=True, allow_none=True)
    reports = fields.List(fields.Nested(Report), required=True)
    thread = fields.List(fields.Nested(ThreadMessage), required=True)
    history = fields.List(fields.Nested(Event), required=True)


class Cases(Listed):
    items = fields.List(fields.Nested(Case), required=True)
