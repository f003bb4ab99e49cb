"""`keys rotate`: everything sealed anew under the newest key, while the service runs."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from flask import Flask

from recovery.crypto import Keyring, key_id
from recovery.db import db, reading, writing
from recovery.models.message import Message, Photo
from recovery.models.patient import Patient
from recovery.services import clock, inbox, keys
from tests import make
from tests.commands.run import run
from tests.conftest import KEYS

pytestmark = pytest.mark.both_databases

LOOKUP = KEYS["LOOKUP_KEY"].encode()
OLD, NEW, LOST = bytes(range(32)), bytes(range(32, 64)), bytes(range(64, 96))


@pytest.fixture(autouse=True)
def own_keys(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    before = app.extensions["recovery.keyring"]
    monkeypatch.setattr(keys, "PAUSE", 0)
    yield
    app.extensions["recovery.keyring"] = before


def hold(app: Flask, *data_keys: bytes) -> None:
    """The processes are started again with these DATA_KEYS."""
    db.session.remove()
    app.extensions["recovery.keyring"] = Keyring(data_keys, LOOKUP)


def a_photo_and_a_text() -> None:
    patient = make.patient(make.clinic(), name="Nora Ames")
    with writing():
        inbox.receive(inbox.Incoming("SM1", patient.clinic.phone, patient.phone or "", "3 1 0"), clock.now())
        text = db.session.scalars(sa.select(Message).where(Message.direction == "inbound")).one()
        photo = Photo(message_id=text.id, clinic_id=patient.clinic_id, position=0, status="kept")
        photo.content, photo.created_at = b"\xff\xd8 a photo", clock.now()
        db.session.add(photo)


def test_after_a_rotation_the_old_key_is_needed_no_more(app: Flask) -> None:
    a_photo_and_a_text()
    hold(app, NEW, OLD)

    done = run(app, "keys", "rotate")
    hold(app, NEW)

    assert (done.status, done.answer["left"]) == (0, 0)
    assert {"patient", "message", "photo", "known_word"} <= set(done.answer["sealed_anew"])
    with reading():
        assert keys.wrong() == []
        assert db.session.scalars(sa.select(Patient.name)).all() == ["Nora Ames"]
        assert db.session.scalars(sa.select(Photo.content)).all() == [b"\xff\xd8 a photo"]


def test_a_second_rotation_finds_nothing_to_do(app: Flask) -> None:
    a_photo_and_a_text()
    hold(app, NEW, OLD)
    run(app, "keys", "rotate")

    assert run(app, "keys", "rotate").answer == {"sealed_anew": {}, "left": 0}


def test_more_rows_than_one_batch_are_all_sealed_anew(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    clinic = make.clinic()
    for number in range(5):
        make.patient(clinic, phone=f"+1416555020{number}")
    monkeypatch.setattr(keys, "_BATCH", 2)
    hold(app, NEW, OLD)

    assert run(app, "keys", "rotate").answer["sealed_anew"]["patient"] == 10  # a name and a number each


def test_killed_between_two_batches_it_goes_on_where_it_was(app: Flask) -> None:
    a_photo_and_a_text()
    hold(app, NEW, OLD)
    next(keys.rotate())

    assert run(app, "keys", "rotate").status == 0
    with reading():
        assert keys.under_older_keys() == 0


def test_a_value_of_a_key_that_is_missing_is_told_and_left(app: Flask) -> None:
    hold(app, LOST)
    a_photo_and_a_text()
    hold(app, NEW, OLD)

    done = run(app, "keys", "rotate")

    assert done.status == 1
    assert "add the key that sealed them" in done.err
    with reading():
        sealed = db.session.scalars(sa.select(sa.type_coerce(Patient.name, sa.LargeBinary))).one()
    assert sealed[1:5] == key_id(LOST)


def test_what_somebody_changed_while_it_was_sealed_anew_stays_changed(app: Flask) -> None:
    patient_id = make.patient(make.clinic(), name="Nora Ames").id
    hold(app, NEW, OLD)
    table = db.metadata.tables["patient"]
    looked_at = keys._under_older_keys(table, table.c.id, None)
    hold(app, OLD, NEW)  # a process that was not started again yet
    with writing() as session:
        session.get_one(Patient, patient_id).name = "Nora Bell"
    hold(app, NEW, OLD)

    put = keys._put(table, table.c.id, keys._sealed_anew(table, table.c.id, looked_at)[0])

    assert put == 1  # her number
    with reading() as session:
        assert session.get_one(Patient, patient_id).name == "Nora Bell"


def test_it_waits_for_no_row_that_somebody_is_changing(app: Flask) -> None:
    """On SQLite it would wait for the whole transaction, at most as long as every writer does."""
    if db.engine.dialect.name == "sqlite":
        return
    clinic = make.clinic()
    busy = make.patient(clinic, name="Nora Ames").id
    make.patient(clinic, name="Cleo Diaz")
    hold(app, NEW, OLD)
    row = sa.select(Patient.id).where(Patient.id == busy).with_for_update()

    with db.engine.connect() as webhook:
        webhook.execute(row)
        waited = run(app, "keys", "rotate")
    again = run(app, "keys", "rotate")

    assert (waited.status, waited.answer["left"]) == (1, 1)
    assert "run it again" in waited.err
    assert (again.status, again.answer) == (0, {"sealed_anew": {"patient": 2}, "left": 0})


def test_of_photos_one_is_held_in_memory_at_a_time() -> None:
    batches = {table.name: keys._batch(table) for table in keys._sealed_tables()}
    assert (batches["photo"], batches["message"]) == (1, 50)
