"""A patient and her treatment entered at once, and the texts that follow."""

from marshmallow import fields

from recovery.api.fields import Moment, Word
from recovery.api.schemas.common import Ordered
from recovery.api.schemas.patients import NewPatient, Patient
from recovery.api.schemas.treatments import TEXTING, BegunTreatment, Details


class FirstTreatment(Details):
    treated_at = Moment(required=True)


class Enrolment(Ordered):
    patient = fields.Nested(NewPatient, required=True)
    treatment = fields.Nested(FirstTreatment, required=True)


class Enrolled(Ordered):
    patient = fields.Nested(Patient, required=True)
    treatment = fields.Nested(BegunTreatment, required=True)


class TextAhead(Ordered):
    kind = Word(("welcome", "check_in", "late"), required=True)
    day = fields.Integer(required=True)
    at = fields.DateTime(required=True)
    body = fields.String(required=True)
    english = fields.String(
        required=True, allow_none=True, metadata={"description": "What it says, if it is not English."}
    )


class Reminder(Ordered):
    body = fields.String(required=True)
    after_hours = fields.Integer(required=True)
    at_most = fields.Integer(required=True)


class EnrolmentPreview(Ordered):
    phone = fields.String(required=True, allow_none=True)
    texting = Word(TEXTING, required=True)
    warnings = fields.List(fields.String(), required=True)
    texts = fields.List(fields.Nested(TextAhead), required=True)
    reminder = fields.Nested(Reminder, required=True)
