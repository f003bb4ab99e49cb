"""What a person can fill in, and what is accepted."""

from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import Field, PasswordField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import AnyOf, DataRequired, Length, Optional, ValidationError
from wtforms.widgets import CheckboxInput

from recovery.domain.vocabulary import CORE, LANGUAGES, Outcome

LONGEST_NOTE = 4_000
LONGEST_TEXT = 1_600

OUTCOMES = {
    Outcome.EXPECTED_HEALING: "Expected healing",
    Outcome.ADVICE_GIVEN: "Advice given",
    Outcome.SEEN_IN_CLINIC: "Seen in the clinic",
    Outcome.TREATED: "Treated",
    Outcome.REFERRED: "Referred",
    Outcome.EMERGENCY: "Sent to emergency care",
    Outcome.UNREACHABLE: "Could not be reached",
    Outcome.FALSE_ALARM: "False alarm",
}
LANGUAGE_NAMES = {"en": "English", "es": "Spanish", "fr": "French"}


def clean(value: str | None) -> str:
    """Without NUL, which no database takes, and without blanks around."""
    return (value or "").replace("\x00", "").strip()


def _whole(value: str | None) -> str:
    return (value or "").replace("\x00", "")


def texted(value: str | None) -> str:
    """As a phone would have sent it: browsers send two signs for the end of a line."""
    return _whole(value).replace("\r\n", "\n")


def score(label: str) -> StringField:
    """Nothing, or a whole number from 0 to 10, as it was typed."""
    scores = AnyOf([str(score) for score in range(11)], message="Please give a whole number from 0 to 10.")
    return StringField(label, filters=[clean], validators=[Optional(), scores])


class SignIn(FlaskForm):  # type: ignore[misc]
    email = StringField(
        "E-mail", filters=[clean], validators=[DataRequired("Please give your e-mail."), Length(max=254)]
    )
    password = PasswordField(
        "Password",
        filters=[_whole],
        validators=[DataRequired("Please give your password."), Length(max=1_000)],
    )


class Reply(FlaskForm):  # type: ignore[misc]
    """A text, a photo, or both."""

    text = TextAreaField("Answer as this patient", filters=[texted], validators=[Length(max=LONGEST_TEXT)])
    photo = FileField("Photo, if you like")

    def validate_text(self, field: Field) -> None:
        if not (field.data or "").strip() and self.photo.data is None:
            raise ValidationError("Please type an answer first.")


class Trial(FlaskForm):  # type: ignore[misc]
    """A text to be read, and what a patient's text is read with."""

    text = TextAreaField("The text", filters=[texted], validators=[DataRequired("Please type a text first.")])
    asked = SelectMultipleField(
        "What our last text asked for",
        choices=[SelectChoice(each, each.capitalize()) for each in CORE],
        default=CORE,
        option_widget=CheckboxInput(),
    )
    language = SelectField(
        "Patient's language (a hint: all three are read)",
        choices=[SelectChoice(each, LANGUAGE_NAMES[each]) for each in LANGUAGES],
    )
    redness, swelling, itching = (score(symptom.capitalize()) for symptom in CORE)

    def symptoms(self) -> tuple[str, ...]:
        """The symptoms that were asked for, in their order; none ticked means all."""
        return tuple(each for each in CORE if each in self.asked.data) or CORE

    def previous(self) -> dict[str, int] | None:
        """The scores of the last report, for "same as yesterday"."""
        return {each: int(self[each].data) for each in CORE if self[each].data} or None
