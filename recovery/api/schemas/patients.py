"""Patients as they are entered, changed, asked for and shown."""

from marshmallow import fields
from marshmallow.validate import Length

from recovery.api.fields import Moment, Text, Word, Zone
from recovery.api.schemas.common import Change, Listed, Ordered, Page
from recovery.api.schemas.treatments import FOLLOW_UP, TEXTING
from recovery.domain.vocabulary import LANGUAGES, CaseStatus, RiskFact, SkinType, TreatmentStatus

_SOME_FACTS = Length(0, 100)


class NewPatient(Ordered):
    name = Text(200, required=True)
    phone = Text(64, required=True, allow_none=True)
    language = Word(LANGUAGES)
    timezone = Zone()
    skin_type = Word(SkinType, allow_none=True)
    risk_facts = fields.List(Word(RiskFact), validate=_SOME_FACTS)
    consented_at = Moment(required=True, allow_none=True)


class PatientChange(Change):
    name = Text(200)
    phone = Text(64, allow_none=True)
    language = Word(LANGUAGES)
    timezone = Zone()
    skin_type = Word(SkinType, allow_none=True)
    risk_facts = fields.List(Word(RiskFact), validate=_SOME_FACTS)
    consented_at = Moment(allow_none=True)


class PatientQuery(Page):
    q = Text(200, metadata={"description": "A phone number in any form, or the beginnings of names."})


class Patient(Ordered):
    id = fields.UUID(required=True)
    name = fields.String(required=True)
    phone = fields.String(required=True, allow_none=True)
    language = Word(LANGUAGES, required=True)
    timezone = fields.String(required=True)
    skin_type = Word(SkinType, required=True, allow_none=True)
    risk_facts = fields.List(Word(RiskFact), required=True)
    consented_at = fields.DateTime(required=True, allow_none=True)
    created_at = fields.DateTime(required=True)
    version = fields.Integer(required=True)


class PatientTreatment(Ordered):
    id = fields.UUID(required=True)
    treated_at = fields.DateTime(required=True)
    status = Word((*TreatmentStatus, FOLLOW_UP), required=True)


class PatientCase(Ordered):
    id = fields.UUID(required=True)
    treatment_id = fields.UUID(required=True)
    status = Word(CaseStatus, required=True)


class PatientDetail(Patient):
    texting = Word(TEXTING, required=True)
    number_doubted_at = fields.DateTime(
        required=True,
        allow_none=True,
        metadata={"description": "Since when the number may be somebody else's: no text goes to it."},
    )
    treatments = fields.List(
        fields.Nested(PatientTreatment), required=True, metadata={"description": "Latest first."}
    )
    cases = fields.List(fields.Nested(PatientCase), required=True, metadata={"description": "Latest first."})


class Patients(Listed):
    items = fields.List(fields.Nested(Patient), required=True)
