"""The self-check of what is ours: database, keys, clock, texts that are stuck, a clinic's facts."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from recovery import context
from recovery.crypto import Keyring
from recovery.db import db, new_id, writing
from recovery.models.clinic import Clinic
from recovery.models.message import Message, Photo
from recovery.models.system import JobRun
from recovery.services import checkup_installation, clock, protocols, queued, switches
from recovery.services.checkup_running import ALARMS
from recovery.services.findings import State
from recovery.sms import codes
from recovery.sms.gateway import RefusalKind
from tests import make
from tests.services.checked import PERIODS, found, only, states

NOW = make.NOON


@pytest.fixture
def clinic(app: Flask) -> Clinic:
    return make.clinic()


def ran(name: str, ago: timedelta = timedelta(seconds=1), error: str | None = None) -> None:
    with writing() as session:
        session.add(JobRun(name=name, started_at=NOW - ago, ended_at=NOW, owner="here:1", error=error))


@pytest.fixture
def ticking(app: Flask) -> None:
    for name in PERIODS:
        ran(name)


def text(
    clinic: Clinic, status: str, *, kind: str = "nurse", ago: timedelta, code: int | None = None
) -> None:
    """A text that was due, and claimed if it was, so long ago."""
    with writing() as session:
        message_id = queued.add(
            kind=kind,
            wording=None,
            body="How is it today?",
            dedupe_key=str(new_id()),
            clinic=clinic,
            phone="+16475550123",
            now=NOW - ago,
            due_at=NOW - ago,
            expires_at=NOW + timedelta(hours=1),
        )
        row = session.get_one(Message, message_id)
        row.status, row.claimed_at, row.error_code = status, NOW - ago, code


# The database and its keys


def test_a_database_in_order_is_told(app: Flask) -> None:
    assert only("database").state is State.OK
    assert only("keys").state is State.OK


@pytest.fixture
def version(app: Flask) -> Iterator[Any]:
    """Puts other marks where the migrations note how far they came; the right one returns."""
    with db.engine.begin() as connection:
        head = connection.scalar(sa.text("SELECT version_num FROM alembic_version"))

    def put(value: str | None) -> None:
        with db.engine.begin() as connection:
            connection.execute(sa.text("DELETE FROM alembic_version"))
            if value is not None:
                connection.execute(sa.text("INSERT INTO alembic_version VALUES (:v)"), {"v": value})

    yield put
    put(head)


@pytest.mark.parametrize(
    ("stands_at", "said"),
    [
        (None, "lacks our tables; run: flask --app wsgi db upgrade"),
        ("0001", "tables of an older version; run: flask --app wsgi db upgrade"),
        ("9999", "tables of a newer version than this program"),
    ],
)
def test_other_tables_are_told_and_nothing_else_is_asked_of_them(
    version: Any, stands_at: str | None, said: str
) -> None:
    version(stands_at)
    assert only("database").state is State.MEND
    assert said in only("database").sentence
    assert found("clock") == []


@pytest.mark.parametrize(
    ("keyring", "name"),
    [
        (
            Keyring((bytes(range(100, 132)),), b"a look-up key for the tests, and for nothing else"),
            "DATA_KEYS",
        ),
        (Keyring((bytes(range(32)),), b"another look-up key"), "LOOKUP_KEY"),
    ],
)
def test_other_keys_are_told(
    app: Flask, clinic: Clinic, monkeypatch: pytest.MonkeyPatch, keyring: Keyring, name: str
) -> None:
    monkeypatch.setitem(app.extensions, "recovery.keyring", keyring)
    assert only("keys").state is State.MEND
    assert only("keys").sentence.startswith(f"{name} is not the key")


def test_what_is_under_an_older_key_is_counted(
    app: Flask, clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    make.patient(clinic)
    newer = Keyring(
        (bytes(range(32, 64)), bytes(range(32))), b"a look-up key for the tests, and for nothing else"
    )
    monkeypatch.setitem(app.extensions, "recovery.keyring", newer)
    assert only("keys").state is State.WARN
    assert "2 rows are still sealed under an older one" in only("keys").sentence
    assert "keys rotate" in only("keys").sentence


def test_a_key_that_some_rows_still_need_is_missed(
    app: Flask, clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The known word was sealed anew, a clinic's phone was not, and the older key was dropped."""
    old = Keyring((bytes(range(100, 132)),), b"")
    sealed = old.seal("+14165550199", "clinic.on_call_phone")
    with writing() as session:
        raw = sa.type_coerce(sa.literal(sealed, sa.LargeBinary), sa.LargeBinary)
        session.execute(sa.update(Clinic.__table__).values(on_call_phone=raw))
    assert [each.state for each in found("keys")][-1] is State.MEND
    assert "opens with no key in DATA_KEYS" in found("keys")[-1].sentence


@pytest.mark.parametrize(("free", "state"), [(100_000_000, "mend"), (1_000_000_000, "warn"), (9e9, "ok")])
def test_room_on_the_disk(app: Flask, monkeypatch: pytest.MonkeyPatch, free: int, state: str) -> None:
    usage = type("Usage", (), {"free": free})
    monkeypatch.setattr(checkup_installation.shutil, "disk_usage", lambda _folder: usage)
    embedded = db.engine.dialect.name == "sqlite"
    assert states(found("disk")) == ([state] if embedded else [])


# The clock


def test_a_clock_that_never_ran_is_told(app: Flask) -> None:
    assert only("clock").state is State.MEND
    assert only("clock").sentence.startswith("The clock has never run")


def test_a_clock_in_time_is_well(ticking: None) -> None:
    assert states(found("clock")) == ["ok"]


@pytest.mark.parametrize(
    ("name", "minutes", "state"),
    [
        ("send-messages", 5, "ok"),
        ("send-messages", 6, "mend"),
        ("send-reminders", 7, "ok"),
        ("send-reminders", 9, "mend"),
        ("purge-expired", 180, "ok"),
        ("purge-expired", 190, "mend"),
    ],
)
def test_a_job_is_late_after_three_missed_runs_and_a_little(
    app: Flask, name: str, minutes: int, state: str
) -> None:
    for other in PERIODS.keys() - {name}:
        ran(other)
    ran(name, timedelta(minutes=minutes))
    assert only("clock").state.value == state
    assert (name in only("clock").sentence) == (state == "mend")


def test_a_clock_that_stands_still_says_since_when(app: Flask) -> None:
    for name in PERIODS:
        ran(name, timedelta(days=2))
    assert only("clock").sentence.startswith(
        "The clock stands still: the last job began at 2026-11-18 17:00 UTC"
    )


def test_a_job_that_never_ran_means_a_clock_of_another_version(app: Flask) -> None:
    ran("send-messages")
    assert states(found("clock")) == ["mend"]
    assert "does not know send-reminders, purge-expired" in only("clock").sentence


def test_a_job_that_failed_is_told_with_its_error(app: Flask) -> None:
    for name in PERIODS.keys() - {"send-messages"}:
        ran(name)
    ran("send-messages", error="RuntimeError: it broke")
    assert only("clock").state is State.MEND
    assert "send-messages failed at its last run" in only("clock").sentence
    assert "RuntimeError: it broke" in only("clock").sentence


def test_a_run_ahead_of_our_clock_is_told(app: Flask) -> None:
    for name in PERIODS:
        ran(name, -timedelta(hours=1))
    assert "the clocks of the machines differ" in found("clock")[0].sentence


def test_a_skip_of_the_development_clock_makes_no_job_late(ticking: None) -> None:
    tomorrow = NOW + timedelta(days=1)
    with writing():
        clock.skip_to(tomorrow, NOW)
    assert only("clock", tomorrow + timedelta(seconds=30)).state is State.OK


# Texts and photos that should have moved on


def test_nothing_stuck_is_told_too(app: Flask) -> None:
    assert only("texts").state is State.OK


@pytest.mark.parametrize(("minutes", "told"), [(20, ["mend"]), (19, [])])
def test_texts_long_in_doubt(clinic: Clinic, minutes: int, told: list[str]) -> None:
    text(clinic, "in_doubt", ago=timedelta(minutes=minutes))
    assert states(found("in_doubt")) == told


@pytest.mark.parametrize(("minutes", "told"), [(10, ["mend"]), (9, [])])
def test_texts_that_wait_too_long(clinic: Clinic, minutes: int, told: list[str]) -> None:
    text(clinic, "queued", ago=timedelta(minutes=minutes))
    assert states(found("late")) == told


def test_what_a_switch_holds_is_not_late(clinic: Clinic) -> None:
    other = make.clinic(name="Birch Clinic", phone="+14165550111")
    text(clinic, "queued", kind="reminder", ago=timedelta(hours=1))
    assert states(found("late")) == ["mend"]
    with writing() as session:
        session.get_one(Clinic, clinic.id).texting_off_at = NOW
    assert found("late") == []
    text(other, "queued", kind="reminder", ago=timedelta(hours=1))
    assert states(found("late")) == ["mend"]
    with writing():
        switches.hold(NOW)
    assert found("late") == []
    text(clinic, "queued", kind="safety", ago=timedelta(hours=1))
    assert "1 text waits" in only("late").sentence


def test_codes_of_the_last_day_say_what_to_mend(clinic: Clinic) -> None:
    text(clinic, "queued", ago=timedelta(hours=1), code=30034)
    text(clinic, "undelivered", ago=timedelta(hours=23), code=30034)
    text(clinic, "refused", ago=timedelta(hours=25), code=30007)
    finding = only("refused")
    assert finding.state is State.MEND
    assert finding.sentence.startswith("2 texts met Twilio's code 30034 in the last day: the number is not")


def test_a_code_that_nobody_knows_is_told_with_where_to_look(clinic: Clinic) -> None:
    text(clinic, "refused", ago=timedelta(hours=1), code=39999)
    assert only("refused").state is State.WARN
    assert "docs/api/errors/39999" in only("refused").sentence


def test_a_patients_own_number_is_no_fault_of_the_set_up(clinic: Clinic) -> None:
    text(clinic, "refused", ago=timedelta(hours=1), code=21614)
    assert found("refused") == []


def test_every_code_that_raises_an_alarm_has_its_sentence() -> None:
    raises = {code for code in range(20_000, 64_000) if codes.kind(code) is RefusalKind.ALARM}
    assert raises == ALARMS.keys()


@pytest.mark.parametrize(
    ("status", "minutes", "told"),
    [
        ("waiting", 29, []),
        ("waiting", 30, ["mend"]),
        ("kept", 60, []),
        ("unusable", 60, ["warn"]),
        ("unusable", 25 * 60, []),
    ],
)
def test_photos_that_could_not_be_fetched(clinic: Clinic, status: str, minutes: int, told: list[str]) -> None:
    with writing() as session:
        at = NOW - timedelta(minutes=minutes)
        message = Message(
            id=new_id(),
            clinic_id=clinic.id,
            direction="inbound",
            dedupe_key="in:MM1",
            status="received",
            created_at=at,
        )
        session.add(message)
        session.flush()
        session.add(
            Photo(clinic_id=clinic.id, message_id=message.id, position=0, status=status, created_at=at)
        )
    assert states(found("photos")) == told


# What is switched off, and a clinic's facts


def test_held_sending_says_since_when(app: Flask) -> None:
    assert found("sending") == []
    with writing():
        switches.hold(NOW - timedelta(hours=3))
    assert only("sending").state is State.WARN
    assert "since 2026-11-20 14:00 UTC" in only("sending").sentence


def test_a_clinics_own_switch_says_since_when(clinic: Clinic) -> None:
    assert found("texting") == []
    with writing() as session:
        session.get_one(Clinic, clinic.id).texting_off_at = NOW - timedelta(hours=3)
    finding = only("texting")
    assert (finding.state, finding.clinic_id) == (State.WARN, clinic.id)
    assert "Rosewood Skin: texts are off since 2026-11-20 14:00 UTC" in finding.sentence


def test_without_an_on_call_phone_the_promise_that_breaks_is_named(clinic: Clinic) -> None:
    make.clinic(name="Birch Clinic", phone="+14165550111", on_call_phone="+14165550199")
    assert states(found("on_call")) == ["warn", "ok"]
    assert "within 12 hours does not hold" in found("on_call")[0].sentence


@pytest.mark.parametrize(("environment", "state"), [("production", "mend"), ("development", "warn")])
def test_an_unsigned_protocol(
    app: Flask, clinic: Clinic, monkeypatch: pytest.MonkeyPatch, environment: str, state: str
) -> None:
    changed = replace(context.config(), environment=environment)
    monkeypatch.setitem(app.extensions, "recovery.config", changed)
    assert only("protocol").state.value == state
    assert f"protocol approve --clinic {clinic.id}" in only("protocol").sentence
    with writing() as session:
        protocols.approve(session.get_one(Clinic, clinic.id), "Dr Ada", NOW)
    assert only("protocol").state is State.OK


def test_a_zone_that_this_machine_does_not_know(clinic: Clinic) -> None:
    assert only("time_zone").state is State.OK
    with writing() as session:
        session.get_one(Clinic, clinic.id).timezone = "Mars/Olympus"
    assert only("time_zone").state is State.MEND
    assert "tzdata" in only("time_zone").sentence


def test_an_installation_without_a_clinic_says_how_to_add_one(app: Flask) -> None:
    assert only("clinics").state is State.WARN
    make.clinic()
    assert found("clinics") == []


def test_times_are_told_in_utc(app: Flask) -> None:
    with writing():
        switches.hold(datetime.fromisoformat("2026-11-20T12:00:00-05:00"))
    assert "2026-11-20 17:00 UTC" in only("sending").sentence
