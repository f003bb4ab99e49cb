"""What an admin fills in about her clinic, and how it reads as the facts that the service takes."""

from collections.abc import Mapping, Sequence
from datetime import date, time
from typing import Any

from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    Field,
    FieldList,
    Form,
    FormField,
    HiddenField,
    SelectField,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length

from recovery.domain.errors import Invalid
from recovery.domain.vocabulary import LANGUAGES
from recovery.models.clinic import Clinic
from recovery.services.clinic_facts import DAYS, check
from recovery.web.enrolment_forms import clean
from recovery.web.forms import LANGUAGE_NAMES

LONGEST_LIST = 6_000  # characters of all holidays


def _line(label: str, longest: int = 200) -> StringField:
    return StringField(label, filters=[clean], validators=[Length(max=longest)])


class DayForm(Form):  # type: ignore[misc]
    """One day of the week; both times, or none while it is closed."""

    opens = StringField("Opens", filters=[clean], validators=[Length(max=8)])
    closes = StringField("Closes", filters=[clean], validators=[Length(max=8)])


class ClinicForm(FlaskForm):  # type: ignore[misc]
    """Every fact that can be changed; `version` is that of the page on which she began."""

    version = HiddenField()
    name = _line("Name of the clinic", 400)
    sms_name = _line("Short name in texts")
    timezone = _line("Time zone of the clinic")
    language = SelectField(
        "Language of new patients", choices=[SelectChoice(each, LANGUAGE_NAMES[each]) for each in LANGUAGES]
    )
    week = FieldList(FormField(DayForm), min_entries=len(DAYS), max_entries=len(DAYS))
    holidays = TextAreaField("Days closed besides", filters=[clean], validators=[Length(max=LONGEST_LIST)])
    check_in_time = TimeField(
        "Check-in time", validators=[InputRequired("Please give a time, such as 10:00.")]
    )
    on_call_phone = _line("Phone on call")
    emergency_number = _line("Emergency number")
    crisis_number = _line("Crisis line")
    messaging_service_sid = _line("Twilio Messaging Service")
    second_step_required = BooleanField("Everybody signs in with a second step")

    def facts(self) -> dict[str, Any]:
        """As the service takes them. Raises Invalid with all that is wrong, holidays that are no days too."""
        facts = {**{name: self[name].data for name in _PLAIN}, "weekly_hours": self._hours()}
        wrong: dict[str, list[str]] = {}
        try:
            facts["holidays"] = _days(self.holidays.data)
        except Invalid as refused:
            wrong |= refused.errors
        try:
            check(facts)
        except Invalid as refused:
            wrong |= refused.errors
        if wrong:
            raise Invalid(wrong)
        return facts

    def mark(self, wrong: Invalid) -> None:
        """What the service refused, beside the field that it is about."""
        for name, sentences in wrong.errors.items():
            field: Field = self["week" if name == "weekly_hours" else name]
            field.errors = [*field.errors, *sentences]

    def _hours(self) -> list[list[str] | None]:
        typed = [(day.form.opens.data, day.form.closes.data) for day in self.week]
        return [[opens[:5], closes[:5]] if opens or closes else None for opens, closes in typed]


# Fields that are taken as they stand.
_PLAIN = (
    "name",
    "sms_name",
    "timezone",
    "language",
    "check_in_time",
    "on_call_phone",
    "emergency_number",
    "crisis_number",
    "messaging_service_sid",
    "second_step_required",
)


def as_it_stands(clinic: Clinic) -> ClinicForm:
    """The form filled with the clinic's facts."""
    hours = [day or ["", ""] for day in clinic.weekly_hours]
    return ClinicForm(
        formdata=None,
        data={
            **{name: getattr(clinic, name) for name in _PLAIN},
            "version": clinic.version,
            "week": [{"opens": opens, "closes": closes} for opens, closes in hours],
            "holidays": "\n".join(clinic.holidays),
        },
    )


def different(clinic: Clinic, typed: Mapping[str, Any]) -> list[str]:
    """The facts that stand otherwise than they were typed, by their names."""
    now: dict[str, Any] = {name: getattr(clinic, name) for name in _PLAIN}
    now |= {"weekly_hours": clinic.weekly_hours, "holidays": sorted(clinic.holiday_dates)}
    return [name for name, value in now.items() if (value or None) != (typed[name] or None)]


def hours_in_words(weekly_hours: Sequence[Sequence[str] | None]) -> list[str]:
    """A line for each stretch of days alike: "Monday to Friday 09:00 to 17:00"."""
    lines: list[str] = []
    start = 0
    for day, hours in enumerate(weekly_hours):
        if day + 1 < len(weekly_hours) and weekly_hours[day + 1] == hours:
            continue
        days = DAYS[start] if start == day else f"{DAYS[start]} to {DAYS[day]}"
        lines.append(f"{days} {hours[0]} to {hours[1]}" if hours else f"{days} closed")
        start = day + 1
    return lines


def _days(typed: str) -> list[date]:
    """One day a line, commas allowed."""
    found, wrong = [], []
    for each in typed.replace(",", "\n").split():
        try:
            found.append(date.fromisoformat(each))
        except ValueError:
            wrong.append(each[:20])
    if wrong:
        raise Invalid({"holidays": [f"Not a day: {', '.join(wrong[:5])}. Write each as 2026-12-25."]})
    return sorted(set(found))


def clock(at: time) -> str:
    return f"{at:%H:%M}"
