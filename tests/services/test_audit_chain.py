"""The audit's chain: sealed by a job, and whatever was changed, taken out or put in is found."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from recovery.crypto import Keyring
from recovery.db import db, new_id, reading, writing
from recovery.models.system import AuditEvent
from recovery.services import audit, audit_chain
from recovery.services.audit import Actor
from tests import make
from tests.commands.run import run
from tests.conftest import lift_the_audits_triggers
from tests.services.checked import only


def somebody(**clinic: str) -> Actor:
    office = make.clinic(**clinic)
    person = make.nurse(office, f"{new_id()}@rosewood.example")
    return Actor(person.clinic_id, person.id, "nurse")


@pytest.fixture
def nurse(app: Flask) -> Actor:
    return somebody()


def record(of: Actor, times: int = 1) -> None:
    with writing():
        for _ in range(times):
            audit.record(of, "view", "patient", [new_id(), new_id()], make.NOON)


def seal() -> int:
    return audit_chain.seal_all(lambda: make.NOON)


def walked(of: Actor, *heads: str) -> audit_chain.Chain:
    with reading():
        return audit_chain.verify(of.clinic_id, heads)


def by_force(statement: Any) -> None:
    """What whoever owns the database can do, without our key."""
    db.session.remove()
    with db.engine.begin() as connection:
        restored = lift_the_audits_triggers(connection)
        connection.execute(statement)
        for each in restored:
            connection.exec_driver_sql(each)


def test_rows_are_numbered_and_sealed_a_clinic_at_a_time(
    nurse: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit_chain, "A_BATCH", 2)
    elsewhere = somebody(name="Birch Clinic", phone="+14165550111")
    record(nurse, 5)
    record(elsewhere, 2)

    assert (seal(), seal()) == (7, 0)
    record(nurse)
    assert seal() == 1

    ours, theirs = walked(nurse), walked(elsewhere)
    assert (ours.rows, ours.unsealed, ours.wrong) == (6, 0, [])
    assert (theirs.rows, theirs.wrong) == (2, [])
    assert ours.head != theirs.head


def test_the_walk_is_a_step_at_a_time(nurse: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("recovery.queries.audit.A_STEP", 2)
    record(nurse, 4)
    seal()
    assert (walked(nurse).rows, walked(nurse).wrong) == (4, [])


TAMPERED: list[tuple[Any, str]] = [
    (sa.update(AuditEvent).where(AuditEvent.seq == 3).values(action="change"), "Row 3 ("),
    (sa.delete(AuditEvent).where(AuditEvent.seq == 1), "Row 1 is missing"),
    (sa.delete(AuditEvent).where(AuditEvent.seq.in_((2, 3))), "Rows 2 to 3 are missing"),
    (
        sa.update(AuditEvent).where(AuditEvent.seq == 5).values(seal=None),
        "1 rows have a place without a seal",
    ),
]


@pytest.mark.parametrize(("tampering", "found"), TAMPERED, ids=[found for _, found in TAMPERED])
def test_what_was_changed_or_taken_out_is_found(nurse: Actor, tampering: Any, found: str) -> None:
    record(nurse, 5)
    seal()
    by_force(tampering)
    assert any(each.startswith(found) for each in walked(nurse).wrong)


def test_rows_taken_from_the_end_are_found_by_a_head_kept_elsewhere(nurse: Actor, app: Flask) -> None:
    record(nurse, 3)
    seal()
    head = str(run(app, "audit", "verify").answer[0]["head"])
    record(nurse, 2)
    seal()
    done = run(app, "audit", "verify", "--clinic", str(nurse.clinic_id), "--head", head.upper())
    assert (done.status, done.answer[0]["kept_heads"], done.answer[0]["rows"]) == (0, [head], 5)

    by_force(sa.delete(AuditEvent).where(AuditEvent.seq >= 3))
    assert run(app, "audit", "verify").status == 0
    done = run(app, "audit", "verify", "--head", head)
    assert (done.status, done.answer[0]["wrong"]) == (1, [])
    assert f"The head {head} stands in no chain" in done.err


def test_a_broken_chain_is_an_error_that_says_where(nurse: Actor, app: Flask) -> None:
    record(nurse, 3)
    seal()
    by_force(sa.update(AuditEvent).where(AuditEvent.seq == 2).values(subject="case"))
    done = run(app, "audit", "verify")
    assert done.status == 1
    assert "is broken: Row 2 (" in done.err
    assert [(each["rows"], each["wrong_in_all"]) for each in done.answer] == [(3, 1)]


@pytest.mark.parametrize(("given", "status"), [(("--head", "zz"), 2), (("--clinic", str(new_id())), 1)])
def test_what_makes_no_sense_is_refused(
    nurse: Actor, app: Flask, given: tuple[str, ...], status: int
) -> None:
    assert run(app, "audit", "verify", *given).status == status


def test_a_chain_without_rows_is_whole_and_has_no_head(nurse: Actor) -> None:
    chain = walked(nurse)
    assert (chain.rows, chain.head, chain.wrong) == (0, None, [])


def test_two_workers_at_once_number_each_row_once(nurse: Actor, app: Flask) -> None:
    record(nurse, 60)

    def work() -> int:
        with app.app_context():
            return seal()

    with ThreadPoolExecutor(3) as threads:
        sealed = [each.result() for each in [threads.submit(work) for _ in range(3)]]

    assert sum(sealed) == 60
    assert (walked(nurse).rows, walked(nurse).wrong) == (60, [])


def test_rows_that_stay_unsealed_are_a_finding(nurse: Actor) -> None:
    assert only("audit").state.value == "ok"
    record(nurse)
    later = make.NOON.replace(hour=make.NOON.hour + 1)
    assert only("audit", later).state.value == "mend"
    seal()
    assert only("audit", later).state.value == "ok"


def test_another_key_opens_no_chain(nurse: Actor, app: Flask) -> None:
    record(nurse, 2)
    seal()
    before = app.extensions["recovery.keyring"]
    app.extensions["recovery.keyring"] = Keyring([bytes(range(32))], b"another key")
    try:
        assert len(walked(nurse).wrong) == 2
    finally:
        app.extensions["recovery.keyring"] = before


def test_what_is_done_at_the_server_is_an_event_of_nobody(app: Flask) -> None:
    added = run(app, "clinic", "add", "Elm", "--phone", "+14165550133", "--timezone", "America/Toronto")
    clinic = str(added.answer["id"])
    who = "boss@elm.example"
    run(
        app,
        "staff",
        "add",
        who,
        "--clinic",
        clinic,
        "--role",
        "admin",
        "--password-stdin",
        typed=make.PASSWORD,
    )
    token = run(app, "token", "add", who, "--name", "desk").answer["id"]
    run(app, "token", "revoke", token)
    run(app, "protocol", "approve", "--clinic", clinic, "--by", "Dr. Ray")
    run(app, "sending", "hold", "--clinic", clinic)
    run(app, "staff", "reset", who)
    run(app, "staff", "disable", who)
    with reading():
        rows = db.session.scalars(sa.select(AuditEvent).order_by(AuditEvent.id)).all()
        assert {(each.staff_id, str(each.clinic_id)) for each in rows} == {(None, clinic)}
        assert [(each.action, each.subject) for each in rows] == [
            ("add", "clinic"),
            ("add", "staff"),
            ("add", "token"),
            ("revoke", "token"),
            ("approve", "protocol"),
            ("change", "clinic"),
            ("offer_link", "staff"),
            ("disable", "staff"),
        ]
