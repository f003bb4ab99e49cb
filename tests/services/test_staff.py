"""Staff at the door: a lock after many wrong passwords, and nothing left after being disabled."""

from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa

from recovery.db import reading, writing
from recovery.domain.errors import Conflict, Invalid, NotFound
from recovery.models.staff import Staff
from recovery.queries import tokens as found
from recovery.services import entering, staff, tokens
from tests import make
from tests.make import NOON, PASSWORD

pytestmark = pytest.mark.usefixtures("app")

EMAIL = "nurse@rosewood.example"


def hired() -> UUID:
    office = make.clinic()
    with reading() as session:
        office = session.merge(office)
        make.nurse(office)
        return session.merge(office).id


def enters(password: str = PASSWORD, email: str = EMAIL, after: timedelta = timedelta()) -> bool:
    return entering.sign_in(email, password, NOON + after) is not None


def test_the_right_password_opens_in_any_case_of_the_address() -> None:
    hired()

    assert enters()
    assert enters(email="Nurse@Rosewood.Example ".strip())
    assert not enters("wrong")
    assert not enters(email="nobody@rosewood.example")


def test_ten_wrong_passwords_lock_her_out_for_a_quarter_of_an_hour() -> None:
    hired()
    with writing() as session:
        session.scalars(sa.select(Staff)).one().failed_sign_ins = 8
    enters("wrong")
    ninth = enters()
    with writing() as session:
        session.scalars(sa.select(Staff)).one().failed_sign_ins = 9
    enters("wrong")

    assert ninth

    assert not enters(after=timedelta(minutes=14, seconds=59))
    assert enters(after=timedelta(minutes=15))


def test_disabled_she_enters_no_more_and_her_tokens_end() -> None:
    hired()
    with writing():
        token, secret = tokens.add(staff.by_email(EMAIL), "laptop", NOON)
        token_id = token.id
        valid = tokens.valid(secret, NOON) is not None
    with writing():
        staff.disable(staff.by_email(EMAIL), NOON)

    assert valid
    assert not enters()
    with writing():
        assert tokens.valid(secret, NOON) is None
        ended = found.token(token_id)
        assert ended is not None
        tokens.revoke(ended, NOON + timedelta(hours=1))
        assert ended.revoked_at == NOON
    with pytest.raises(Conflict, match="disabled"), writing():
        tokens.add(staff.by_email(EMAIL), "another", NOON)


def test_a_token_ends_with_its_year_or_when_it_is_revoked() -> None:
    hired()
    with writing():
        token, secret = tokens.add(staff.by_email(EMAIL), "laptop", NOON)
        last = token.expires_at
        assert tokens.valid(secret, last - timedelta(seconds=1)) is not None
        assert tokens.valid(secret, last) is None
        assert tokens.valid(secret + "x", NOON) is None
        tokens.revoke(token, NOON)
        assert tokens.valid(secret, NOON) is None


@pytest.mark.parametrize(
    ("field", "value"),
    [("email", "nobody"), ("email", "a b@c.example"), ("role", "doctor"), ("password", "short")],
)
def test_a_wrong_value_is_refused(field: str, value: str) -> None:
    clinic_id = hired()
    given = {"email": "b@c.example", "role": "nurse", "password": PASSWORD, field: value}

    with pytest.raises(Invalid, match=field), writing():
        staff.add(NOON, clinic_id=clinic_id, **given)


def test_an_address_is_one_persons() -> None:
    clinic_id = hired()

    with pytest.raises(Conflict, match="already"), writing():
        staff.add(NOON, clinic_id=clinic_id, email=EMAIL.upper(), role="admin", password=PASSWORD)


def test_nobody_cannot_be_disabled() -> None:
    with pytest.raises(NotFound), writing():
        staff.disable(staff.by_email("nobody@rosewood.example"), NOON)
