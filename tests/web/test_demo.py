"""The demonstration's patients: real stories, whatever the hour at which it is first started."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask

from recovery.db import db, reading, writing
from recovery.models.case import FlaggedCase
from recovery.models.clinic import Clinic
from recovery.models.patient import Patient
from recovery.models.treatment import Treatment
from recovery.services import demo, entering
from tests import make

PASSWORD = "a password for the demonstration"
HOURS = {
    "a Friday at noon": make.NOON,
    "a Friday before dawn": datetime(2026, 11, 20, 9, 30, tzinfo=UTC),
    "a Saturday just after midnight": datetime(2026, 11, 21, 5, 10, tzinfo=UTC),
    "a Sunday evening": datetime(2026, 11, 23, 2, 0, tzinfo=UTC),
    "the day when the clocks change": datetime(2026, 11, 1, 16, 0, tzinfo=UTC),
}


@pytest.mark.parametrize("now", HOURS.values(), ids=HOURS)
def test_the_list_shows_one_of_each(app: Flask, now: datetime) -> None:
    demo.seed(_clinic(now), now)
    assert _flagged() == {
        ("Aisha Rahman", "urgent", "infection_words"),
        ("Priya Nair", "soon", "persisting"),
        ("Dana Whitfield", "routine", "no_answer"),
    }
    with reading():
        status = dict(
            db.session.execute(sa.select(Patient.phone_hash, Treatment.status).join(Treatment)).all()
        )
        assert sorted(status.values()) == ["recovered", *["recovering"] * 5]


def test_a_second_start_changes_nothing_but_keeps_the_password_right(app: Flask) -> None:
    first = _clinic(make.NOON)
    demo.seed(first, make.NOON)
    entering.sign_in(demo.EMAIL, "wrong", make.NOON)
    again = _clinic(make.NOON + timedelta(hours=1), "another password, for the file was lost")
    assert again == first
    with writing():
        assert demo.is_seeded(first)
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Patient)) == 6
    assert entering.sign_in(demo.EMAIL, PASSWORD, make.NOON) is None
    assert entering.sign_in(demo.EMAIL, "another password, for the file was lost", make.NOON) is not None


def test_where_texts_really_leave_nobody_made_up_is_texted(app: Flask) -> None:
    with writing():
        clinic_id = demo.set_up(make.NOON, PASSWORD, texts_stay_here=False)
    with reading():
        clinic = db.session.get_one(Clinic, clinic_id)
        assert clinic.is_demo
        assert clinic.on_call_phone is None
        assert not demo.is_seeded(clinic_id)


def test_patients_of_an_earlier_start_are_not_texted_through_twilio(app: Flask) -> None:
    clinic_id = _clinic(make.NOON)
    demo.seed(clinic_id, make.NOON)
    with writing():
        demo.set_up(make.NOON, PASSWORD, texts_stay_here=False)
    with writing():
        assert db.session.get_one(Clinic, clinic_id).texting_off_at == make.NOON
        demo.set_up(make.NOON, PASSWORD, texts_stay_here=True)
    with reading():
        assert db.session.get_one(Clinic, clinic_id).texting_off_at is None


def _clinic(now: datetime, password: str = PASSWORD) -> UUID:
    with writing():
        return demo.set_up(now, password, texts_stay_here=True)


def _flagged() -> set[tuple[str | None, str, str]]:
    with reading():
        rows = db.session.scalars(sa.select(FlaggedCase).where(FlaggedCase.status == "open"))
        return {(row.patient.name, row.priority, flag.rule) for row in rows for flag in row.flags}
