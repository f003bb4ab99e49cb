"""What a nurse can fill in about a case. Each form says which state of the case its writer saw."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from flask_wtf import FlaskForm
from wtforms import (
    DateTimeLocalField,
    Field,
    HiddenField,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, Length
from wtforms.validators import Optional as MayBeEmpty

from recovery.domain.days import local
from recovery.domain.errors import Invalid
from recovery.domain.vocabulary import CORE, OTHER, SYMPTOMS, Score
from recovery.services.conversations import LONGEST_TEXT
from recovery.services.reports import Said
from recovery.web.forms import LONGEST_NOTE, OUTCOMES, clean, score, texted

_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_AT = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]


class OnCase(FlaskForm):  # type: ignore[misc]
    """`section` is where the form stands on the page; `seen` the state that it was filled in on."""

    section: ClassVar[str] = ""

    seen = HiddenField(filters=[clean])

    def take(self, errors: Mapping[str, list[str]]) -> None:
        """Put what a service found wrong beside the field that it is about, or the first there is."""
        for name, wrong in errors.items():
            found = self[name] if name in self else next(iter(self))
            found.errors = [*found.errors, *wrong]


class Acknowledge(OnCase):
    section = "acknowledge"

    back = HiddenField(filters=[clean])


class Note(OnCase):
    section = "note"

    text = TextAreaField(
        "Note",
        id="note-text",
        filters=[clean],
        validators=[DataRequired("Please write something."), Length(max=LONGEST_NOTE)],
    )


class Resolve(OnCase):
    section = "resolve"

    outcome = SelectField(
        "What came of it",
        choices=[SelectChoice("", "Choose…"), *(SelectChoice(each, said) for each, said in OUTCOMES.items())],
        validators=[DataRequired("Please choose what came of it.")],
    )
    note = TextAreaField(
        "Note (not needed)", id="resolve-note", filters=[clean], validators=[Length(max=LONGEST_NOTE)]
    )


class Reopen(OnCase):
    section = "reopen"

    reason = TextAreaField(
        "Why it is opened again",
        filters=[clean],
        validators=[DataRequired("Please say why."), Length(max=LONGEST_NOTE)],
    )


class Assign(OnCase):
    section = "assign"

    to = SelectField("Who has this case", id="assign-to", validate_choice=False)

    def validate_to(self, field: Field) -> None:
        if field.data and not _ID.fullmatch(field.data):
            raise ValidationError("Please choose somebody of the list.")

    def person(self) -> UUID | None:
        """Whom it is given to; None for nobody."""
        return UUID(self.to.data) if self.to.data else None


class Snooze(OnCase):
    """Until one of a few moments that the page offers, or `at` a time on the clinic's clock."""

    section = "snooze"

    until = SelectField("Put away until", validate_choice=False)
    at = DateTimeLocalField("Another time", format=_AT, validators=[MayBeEmpty()])

    def moment(self, offered: Mapping[str, datetime], timezone: str) -> datetime:
        """Raises Invalid for a choice that is none."""
        if self.until.data in offered:
            return offered[self.until.data]
        if self.until.data == "at" and self.at.data is not None:
            return _on_the_wall(self.at.data, timezone, "at")
        name = "at" if self.until.data == "at" else "until"
        raise Invalid({name: ["Please say until when."]})


class TextPatient(OnCase):
    """`once` names this one sending, so that a form that comes twice texts once."""

    section = "message"

    text = TextAreaField(
        "Text the patient",
        id="text-text",
        filters=[texted, clean],
        validators=[DataRequired("Please write something."), Length(max=LONGEST_TEXT)],
    )
    once = HiddenField(filters=[clean])

    def sending(self) -> str | None:
        given = self.once.data or ""
        return given if _ID.fullmatch(given) else None


class PhoneReport(OnCase):
    """What a patient said by phone; without a time it was said just now."""

    section = "report"

    redness, swelling, itching = (score(each.capitalize()) for each in CORE)
    burning, bruising, pigment, pain, peeling, tightness = (score(each.capitalize()) for each in OTHER)
    reported_at = DateTimeLocalField("When, if not just now", format=_AT, validators=[MayBeEmpty()])
    note = StringField(
        "In the patient's words", id="report-note", filters=[clean], validators=[Length(max=LONGEST_NOTE)]
    )

    def validate(self, extra_validators: Mapping[str, Sequence[Any]] | None = None) -> bool:
        if not super().validate(extra_validators):
            return False
        if not any(self[each].data for each in SYMPTOMS):
            self.take({"redness": ["Please give one number at least."]})
            return False
        return True

    def has_others(self) -> bool:
        return any(self[each].data for each in OTHER)

    def said(self) -> Said:
        given = {each: Score.exact(int(self[each].data)) for each in SYMPTOMS if self[each].data}
        return Said(given, note=self.note.data or None)

    def moment(self, now: datetime, timezone: str) -> datetime:
        if self.reported_at.data is None:
            return now
        return _on_the_wall(self.reported_at.data, timezone, "reported_at")


def _on_the_wall(at: datetime, timezone: str, name: str) -> datetime:
    """The moment when the clinic's clock shows `at`."""
    if not 2000 <= at.year < 2100:
        raise Invalid({name: ["There is no such day."]})
    return local(at.date(), 0, at.time(), timezone)
