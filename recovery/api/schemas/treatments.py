"""Treatments and reports as they are entered, changed and shown."""

from typing import Any

import marshmallow as ma
from marshmallow import fields

from recovery.api.fields import Day, Id, Millimetres, Moment, Score, Text, Word
from recovery.api.schemas.common import Change, Ordered
from recovery.domain.vocabulary import (
    SYMPTOMS,
    CheckInKind,
    CheckInStatus,
    Device,
    EndReason,
    Indication,
    Priority,
    ReportSource,
    Rule,
    TreatmentStatus,
)

TEXTING = ("on", "opted_out", "declined", "no_phone")
FOLLOW_UP = "follow_up"


class Details(Ordered):
    area = Text(200, allow_none=True)
    needle_depth_mm = Millimetres(allow_none=True)
    device = Word(Device, allow_none=True)
    indication = Word(Indication, allow_none=True)
    serum = Text(200, allow_none=True)
    next_session_on = Day(allow_none=True)
    notes = Text(4000, allow_none=True)


class NewTreatment(Details):
    patient_id = Id(required=True)
    treated_at = Moment(required=True)


class TreatmentChange(Details, Change):
    treated_at = Moment()


class Ending(Ordered):
    reason = Word(EndReason, required=True)


class NewReport(Ordered):
    redness = Score()
    swelling = Score()
    itching = Score()
    burning = Score()
    bruising = Score()
    pigment = Score()
    pain = Score()
    peeling = Score()
    tightness = Score()
    reported_at = Moment()
    note = Text(4000, allow_none=True)

    @ma.validates_schema
    def check_any(self, data: dict[str, Any], **_: Any) -> None:
        if all(data.get(symptom) is None for symptom in SYMPTOMS):
            raise ma.ValidationError("One score at least is needed.")


class CheckIn(Ordered):
    kind = Word(CheckInKind, required=True)
    day = fields.Integer(required=True)
    due_at = fields.DateTime(required=True)
    status = Word(CheckInStatus, required=True)
    sent_at = fields.DateTime(required=True, allow_none=True)
    answered_at = fields.DateTime(required=True, allow_none=True)


class Report(Ordered):
    id = fields.UUID(required=True)
    day = fields.Integer(required=True)
    reported_at = fields.DateTime(required=True)
    source = Word(ReportSource, required=True)
    scores = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    approximate = fields.List(fields.String(), required=True)
    other = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    red_flags = fields.List(fields.String(), required=True)
    concerns = fields.List(fields.String(), required=True)
    note = fields.String(required=True, allow_none=True)


class AddedReport(Report):
    treatment_id = fields.UUID(required=True)
    case_id = fields.UUID(
        required=True, allow_none=True, metadata={"description": "The case that now stands, if any."}
    )


class Reason(Ordered):
    rule = Word(Rule, required=True)
    symptom = fields.String(required=True)
    priority = Word(Priority, required=True)
    day = fields.Integer(required=True)
    score = fields.Integer(required=True, allow_none=True)
    opened_at = fields.DateTime(required=True)
    ended_at = fields.DateTime(required=True, allow_none=True)
    withdrawn_at = fields.DateTime(required=True, allow_none=True)
    explanation = fields.String(required=True)


class Treatment(Ordered):
    id = fields.UUID(required=True)
    patient_id = fields.UUID(required=True)
    treated_at = fields.DateTime(required=True)
    day = fields.Integer(required=True)
    version = fields.Integer(required=True)
    status = Word((*TreatmentStatus, FOLLOW_UP), required=True)
    area = fields.String(required=True, allow_none=True)
    needle_depth_mm = fields.Float(required=True, allow_none=True)
    device = Word(Device, required=True, allow_none=True)
    indication = Word(Indication, required=True, allow_none=True)
    serum = fields.String(required=True, allow_none=True)
    next_session_on = fields.Date(required=True, allow_none=True)
    notes = fields.String(required=True, allow_none=True)
    recovered_at = fields.DateTime(required=True, allow_none=True)
    ended_at = fields.DateTime(required=True, allow_none=True)
    end_reason = Word(EndReason, required=True, allow_none=True)
    expected_days = fields.Integer(required=True)
    texting = Word(TEXTING, required=True)
    check_ins = fields.List(fields.Nested(CheckIn), required=True)
    reports = fields.List(fields.Nested(Report), required=True)
    flags = fields.List(fields.Nested(Reason), required=True)


class BegunTreatment(Treatment):
    warnings = fields.List(fields.String(), required=True)
