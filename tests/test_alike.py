"""Rows that changed alike are written with one statement, each with its own values."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy.exc import DBAPIError

from recovery import alike
from recovery.db import db, writing
from recovery.models.clinic import Clinic
from recovery.models.patient import Patient
from recovery.queries import patients as finding
from tests import make
from tests.make import NOON
from tests.statements import statements

pytestmark = pytest.mark.both_databases

NAMES = ("Ana", "Maria", "Noor", "Zoe")


@pytest.fixture
def clinic(app: Flask) -> Clinic:
    return make.clinic()


@pytest.fixture
def four(clinic: Clinic) -> list[Patient]:
    return [make.patient(clinic, name=name) for name in NAMES]


def as_they_are(of: list[Patient]) -> list[Patient]:
    db.session.rollback()
    return [db.session.get_one(Patient, each.id, populate_existing=True) for each in of]


def test_many_rows_that_changed_alike_are_written_at_once_each_with_its_own_values(
    four: list[Patient],
) -> None:
    with statements() as sent, writing():
        for number, row in enumerate(as_they_are(four)):
            row.name, row.next_seq = f"Dr. {row.name}", number + 7
            row.conversation_until = NOON + timedelta(days=number)
        alike.write()

    now = as_they_are(four)
    assert [row.name for row in now] == [f"Dr. {name}" for name in NAMES]
    assert [row.next_seq for row in now] == [7, 8, 9, 10]
    assert [row.conversation_until for row in now] == [NOON + timedelta(days=day) for day in range(4)]
    updates = [each for each in sent if each.startswith("UPDATE patient")]
    assert len(updates) == 1
    assert ("unnest" in updates[0]) == (db.engine.name == "postgresql")


def test_a_row_that_changed_otherwise_keeps_what_nobody_changed(four: list[Patient]) -> None:
    before = [row.next_seq for row in four]

    with writing():
        first, second, *_ = as_they_are(four)
        first.name, second.next_seq = "Anna", 20
        alike.write()

    now = as_they_are(four)
    assert [row.name for row in now] == ["Anna", *NAMES[1:]]
    assert [row.next_seq for row in now] == [before[0], 20, *before[2:]]


def test_what_is_new_is_written_with_the_rest(four: list[Patient], clinic: Clinic) -> None:
    with writing() as session:
        (first, *_) = as_they_are(four)
        first.next_seq = 30
        new = Patient(
            clinic_id=clinic.id, name="Lin", created_at=NOON, timezone="America/Toronto", language="en"
        )
        session.add(new)
        alike.write()

    assert as_they_are(four)[0].next_seq == 30
    assert finding.patient(clinic.id, new.id) is not None


def test_what_is_not_committed_is_not_written(four: list[Patient]) -> None:
    def fail_after_writing() -> None:
        with writing():
            as_they_are(four)[0].name = "Nobody"
            alike.write()
            raise ConnectionError

    with pytest.raises(ConnectionError):
        fail_after_writing()

    assert as_they_are(four)[0].name == "Ana"


def test_lists_and_what_is_left_empty_are_kept_as_they_are(four: list[Patient]) -> None:
    facts = [["diabetes", "keloid"], [], ["autoimmune"], ["keloid", "diabetes", "cold_sores"]]
    with writing():
        for row, held in zip(as_they_are(four), facts, strict=True):
            row.risk_facts, row.phone, row.phone_hash = held, None, None
        alike.write()

    now = as_they_are(four)
    assert [row.risk_facts for row in now] == facts
    assert [row.phone for row in now] == [None] * 4


def test_a_text_that_is_too_long_is_refused_and_not_cut(four: list[Patient]) -> None:
    def write_too_much() -> None:
        with writing():
            as_they_are(four)[0].language = "english, and a little more than fits"
            alike.write()

    with pytest.raises(DBAPIError):
        write_too_much()

    assert as_they_are(four)[0].language == "en"
