"""What an admin fills in about the people of her clinic and their tokens."""

from flask_wtf import FlaskForm
from wtforms import SelectField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, Length

from recovery.services.staff import LONGEST_NAME

ROLE_NAMES = {"nurse": "Nurse", "admin": "Admin: also manages the clinic, its staff and tokens"}


def _clean(value: str | None) -> str:
    return (value or "").replace("\x00", "").strip()


def _name(label: str, missing: str) -> StringField:
    return StringField(label, filters=[_clean], validators=[DataRequired(missing), Length(max=LONGEST_NAME)])


def _role() -> SelectField:
    return SelectField("Role", choices=[SelectChoice(each, said) for each, said in ROLE_NAMES.items()])


class NewPerson(FlaskForm):  # type: ignore[misc]
    email = StringField(
        "E-mail", filters=[_clean], validators=[DataRequired("Please give her e-mail."), Length(max=254)]
    )
    name = _name("Name, as the others read it", "Please give her name.")
    role = _role()


class Person(FlaskForm):  # type: ignore[misc]
    name = _name("Name", "Please give her name.")
    role = _role()


class NewToken(FlaskForm):  # type: ignore[misc]
    staff_id = SelectField("In whose name it acts", validators=[DataRequired("Please choose a person.")])
    name = _name("What it is for", "Please say what it is for.")
