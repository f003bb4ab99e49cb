"""What a person fills in about her own sign-in."""

from flask_wtf import FlaskForm
from wtforms import Field, PasswordField, StringField
from wtforms.validators import DataRequired, EqualTo, Length, ValidationError

from recovery.services import passwords


def _without_nul(value: str | None) -> str:
    return (value or "").replace("\x00", "")


def _password(label: str, missing: str) -> PasswordField:
    validators = [DataRequired(missing), Length(max=passwords.AT_MOST)]
    return PasswordField(label, filters=[_without_nul], validators=validators)


class Code(FlaskForm):  # type: ignore[misc]
    code = StringField(
        "Code", filters=[_without_nul], validators=[DataRequired("Please give the code."), Length(max=40)]
    )


class Present(FlaskForm):  # type: ignore[misc]
    """Her password, asked again before something that a passer-by must not do."""

    password = _password("Your password", "Please give your password.")


class NewPassword(FlaskForm):  # type: ignore[misc]
    """A new password, typed twice; what the service says is wrong with it is put at its field."""

    new_password = _password("New password", "Please choose a password.")
    again = PasswordField(
        "New password again",
        filters=[_without_nul],
        validators=[EqualTo("new_password", "The two are not the same.")],
    )
    email = ""

    def validate_new_password(self, field: Field) -> None:
        wrong = passwords.wrong_with(field.data, self.email)
        if wrong:
            raise ValidationError(" ".join(wrong))


class ChangePassword(NewPassword):
    password = _password("Present password", "Please give your present password.")
