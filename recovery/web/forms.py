"""What a person can fill in, and what is accepted."""

from flask_wtf import FlaskForm
from wtforms import PasswordField, SelectField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, Length

from recovery.domain.vocabulary import Outcome

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


def _clean(value: str | None) -> str:
    """Without NUL, which no database takes, and without blanks around."""
    return (value or "").replace("\x00", "").strip()


def _whole(value: str | None) -> str:
    return (value or "").replace("\x00", "")


class SignIn(FlaskForm):  # type: ignore[misc]
    email = StringField(
        "E-mail", filters=[_clean], validators=[DataRequired("Please give your e-mail."), Length(max=254)]
    )
    password = PasswordField(
        "Password",
        filters=[_whole],
        validators=[DataRequired("Please give your password."), Length(max=1_000)],
    )


class Note(FlaskForm):  # type: ignore[misc]
    text = TextAreaField(
        "Note",
        filters=[_clean],
        validators=[DataRequired("Please write something."), Length(max=LONGEST_NOTE)],
    )


class Resolve(FlaskForm):  # type: ignore[misc]
    outcome = SelectField(
        "What came of it",
        choices=[SelectChoice("", "Choose…"), *(SelectChoice(each, said) for each, said in OUTCOMES.items())],
        validators=[DataRequired("Please choose what came of it.")],
    )
    note = TextAreaField("Note (not needed)", filters=[_clean], validators=[Length(max=LONGEST_NOTE)])


class Reopen(FlaskForm):  # type: ignore[misc]
    reason = TextAreaField(
        "Why it is opened again",
        filters=[_clean],
        validators=[DataRequired("Please say why."), Length(max=LONGEST_NOTE)],
    )


class Reply(FlaskForm):  # type: ignore[misc]
    text = TextAreaField(
        "Answer as this patient",
        filters=[_whole],
        validators=[DataRequired("Please type an answer first."), Length(max=LONGEST_TEXT)],
    )
