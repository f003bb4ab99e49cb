"""What a nurse fills in about a patient and about a treatment, and what is accepted."""

from datetime import date, datetime
from math import isfinite
from typing import Any

from flask_wtf import FlaskForm
from wtforms import (
    DateField,
    DateTimeLocalField,
    Field,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, Optional, ValidationError
from wtforms.widgets import CheckboxInput

from recovery import zones
from recovery.domain.days import local
from recovery.domain.errors import Invalid
from recovery.domain.vocabulary import LANGUAGES, Device, Indication, RiskFact, SkinType
from recovery.web.forms import LANGUAGE_NAMES, LONGEST_NOTE

AGREED, PHONED = "agreed", "phoned"
EARLIEST, LATEST = 2000, 2100  # years; outside, arithmetic with days and zones may fail

RISKS = {
    RiskFact.DIABETES: "Diabetes",
    RiskFact.IMMUNE_SUPPRESSION: "Immune suppression",
    RiskFact.POOR_WOUND_HEALING: "Poor wound healing",
    RiskFact.KELOID: "Keloid history",
    RiskFact.ISOTRETINOIN: "Isotretinoin within a year",
    RiskFact.BLOOD_THINNERS: "Blood thinners",
    RiskFact.BLEEDING_DISORDER: "Bleeding disorder",
    RiskFact.PREGNANT_OR_NURSING: "Pregnant or nursing",
    RiskFact.AUTOIMMUNE: "Autoimmune disease",
    RiskFact.COLD_SORES: "Cold sores before",
    RiskFact.ACTIVE_INFECTION: "Active infection",
    RiskFact.OPEN_WOUNDS: "Open wounds",
}
SKINS = {
    SkinType.I: "I: very fair",
    SkinType.II: "II: fair",
    SkinType.III: "III: medium",
    SkinType.IV: "IV: olive",
    SkinType.V: "V: brown",
    SkinType.VI: "VI: dark brown or black",
}
DEVICES = {Device.PEN: "Pen", Device.ROLLER: "Roller", Device.RADIO_FREQUENCY: "Radio-frequency"}
INDICATIONS = {
    Indication.ANTI_AGING: "Anti-aging",
    Indication.SCAR: "Scar",
    Indication.PIGMENT: "Pigment",
    Indication.HAIR: "Hair",
    Indication.OTHER: "Other",
}


def clean(value: str | None) -> str:
    """Without NUL, which no database takes, with one sign for the end of a line, and no blanks around."""
    return (value or "").replace("\x00", "").replace("\r\n", "\n").strip()


def mark(form: FlaskForm, wrong: Invalid, otherwise: Field) -> None:
    """What a service refused, beside the field that it is about."""
    for name, sentences in wrong.errors.items():
        field = getattr(form, name, otherwise)
        field.errors = [*field.errors, *sentences]


def _choices(named: dict[Any, str], none: str) -> list[SelectChoice]:
    return [SelectChoice("", none), *(SelectChoice(str(each), said) for each, said in named.items())]


def _words(label: str, at_most: int) -> StringField:
    return StringField(label, filters=[clean], validators=[Length(max=at_most)])


class _Moment(DateTimeLocalField):  # type: ignore[misc]
    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError("Please give a date and a time.") from None


class _Day(DateField):  # type: ignore[misc]
    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError("Please give a date.") from None


def _check_year(_: FlaskForm, field: Field) -> None:
    if isinstance(field.data, date) and not EARLIEST <= field.data.year < LATEST:
        raise ValidationError(f"Must lie between the years {EARLIEST} and {LATEST}.")


class TreatmentForm(FlaskForm):  # type: ignore[misc]
    """A treatment, on the clinic's clock. `ticket` names what this form makes, `version` what it saw."""

    ticket = HiddenField()
    version = HiddenField()
    treated_at = _Moment(
        "Treated at",
        format=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
        validators=[InputRequired("Please give a date and a time."), _check_year],
    )
    needle_depth_mm = StringField("Depth in mm", filters=[clean])
    device = SelectField("Device", choices=_choices(DEVICES, "Not noted"), default="")
    area = _words("Area", 200)
    indication = SelectField("Indication", choices=_choices(INDICATIONS, "Not noted"), default="")
    serum = _words("Serum", 200)
    next_session_on = _Day("Next session", validators=[Optional(), _check_year])
    notes = TextAreaField("Notes", filters=[clean], validators=[Length(max=LONGEST_NOTE)])

    def validate_needle_depth_mm(self, field: Field) -> None:
        if field.data and _depth(field.data) is None:
            raise ValidationError("Please give millimetres above 0 and up to 10, like 1.5.")

    def treatment(self, timezone: str) -> dict[str, Any]:
        """As the service takes it; `timezone` is the clock that `treated_at` was read from."""
        at: datetime = self.treated_at.data
        return {
            "treated_at": local(at.date(), 0, at.time(), timezone),
            "needle_depth_mm": _depth(self.needle_depth_mm.data or ""),
            "device": self.device.data or None,
            "area": self.area.data or None,
            "indication": self.indication.data or None,
            "serum": self.serum.data or None,
            "next_session_on": self.next_session_on.data,
            "notes": self.notes.data or None,
        }


class PersonForm(FlaskForm):  # type: ignore[misc]
    """A patient, and whether she is texted."""

    name = StringField(
        "Name", filters=[clean], validators=[InputRequired("Please give the name."), Length(max=200)]
    )
    phone = _words("Mobile phone", 64)
    texting = RadioField(
        "Texts",
        choices=[
            SelectChoice(AGREED, "Agrees to be texted"),
            SelectChoice(PHONED, "No texts: we phone instead"),
        ],
        validators=[InputRequired("Please choose one: without it nobody would know how to follow up.")],
    )
    language = SelectField(
        "Language of the texts", choices=[SelectChoice(each, LANGUAGE_NAMES[each]) for each in LANGUAGES]
    )
    timezone = _words("Time zone", 64)
    skin_type = SelectField("Skin type (Fitzpatrick)", choices=_choices(SKINS, "Not noted"), default="")
    risk_facts = SelectMultipleField(
        "Risk facts",
        choices=[SelectChoice(str(each), said) for each, said in RISKS.items()],
        option_widget=CheckboxInput(),
    )

    def validate_name(self, field: Field) -> None:
        if not field.data:
            raise ValidationError("Please give the name.")

    def validate_phone(self, field: Field) -> None:
        if not field.data and self.texting.data == AGREED:
            raise ValidationError("A number is needed for texts; or choose that we phone instead.")

    def validate_timezone(self, field: Field) -> None:
        if field.data not in zones.names():
            raise ValidationError("Please choose a time zone from the list, like America/Toronto.")

    def person(self) -> dict[str, Any]:
        """As the service takes it, but for when she agreed."""
        return {
            "name": self.name.data,
            "phone": self.phone.data or None,
            "language": self.language.data,
            "timezone": self.timezone.data,
            "skin_type": self.skin_type.data or None,
            "risk_facts": sorted(self.risk_facts.data),
        }


class EnrolForm(PersonForm, TreatmentForm):
    """Both at once, at the end of a treatment."""


def _depth(typed: str) -> float | None:
    """Millimetres, with a point or a comma; None for what is no depth."""
    try:
        depth = float(typed.replace(",", "."))
    except ValueError:
        return None
    return depth if isfinite(depth) and 0 < depth <= 10 else None
