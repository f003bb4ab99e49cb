"""The database itself refuses every change of the audit but one: that a row is sealed, once."""

from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import DBAPIError

from recovery.db import db, new_id, reading, writing
from recovery.models.system import AuditEvent
from recovery.services import audit
from tests import make

ROWS = sa.update(AuditEvent)
SEALED = {"seq": 1, "seal": b"s" * 32}


@pytest.fixture
def row(app: Flask) -> Iterator[AuditEvent]:
    """One row that is not sealed yet."""
    nurse = make.nurse(make.clinic())
    with writing():
        audit.record(
            audit.Actor(nurse.clinic_id, nurse.id, "nurse"), "view", "patient", [new_id()], make.NOON
        )
    with reading():
        yield db.session.scalars(sa.select(AuditEvent)).one()


def refused(statement: Any) -> bool:
    try:
        with writing() as session:
            session.execute(statement.execution_options(synchronize_session=False))
    except DBAPIError as error:
        return "append-only" in str(error.orig)
    return False


CHANGES: list[dict[str, Any]] = [
    {"action": "nothing"},
    {"subject": "case"},
    {"subject_ids": []},
    {"at": make.NOON.replace(year=2020)},
    {"staff_id": None},
    {"id": new_id()},
]


def test_a_row_is_sealed_once_and_for_all(row: AuditEvent) -> None:
    assert [refused(ROWS.values(**each)) for each in CHANGES] == [True] * len(CHANGES)
    assert [refused(ROWS.values(**SEALED, **each)) for each in CHANGES] == [True] * len(CHANGES)
    assert refused(ROWS.values(seq=1))
    assert refused(sa.delete(AuditEvent))

    assert not refused(ROWS.values(**SEALED))
    assert [refused(ROWS.values(**each)) for each in CHANGES] == [True] * len(CHANGES)
    assert refused(ROWS.values(seq=2, seal=b"t" * 32))
    assert refused(ROWS.values(seq=None, seal=None))
    assert refused(sa.delete(AuditEvent))


def test_the_audit_is_not_emptied_at_a_stroke(row: AuditEvent) -> None:
    if db.engine.dialect.name == "postgresql":
        assert refused(sa.text("TRUNCATE audit_event"))
