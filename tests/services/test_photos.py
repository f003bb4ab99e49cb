"""Photos: fetched once they came, kept sealed, deleted at the provider, erased with their patient."""

from dataclasses import asdict
from datetime import timedelta
from importlib import import_module

import sqlalchemy as sa
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext

from recovery.db import db, reading, writing
from recovery.models.clinic import Clinic
from recovery.models.message import Photo
from recovery.models.patient import Patient
from recovery.services import clock, photos
from recovery.sms.gateway import OutOfReach
from tests import make
from tests.pictures import jpeg, opened
from tests.services.photographed import NOTHING, ON_CALL, erase, rows, run, send, texts
from tests.shelf import Shelf

# --- the usual way -----------------------------------------------------------------------------


def test_a_photo_is_fetched_kept_and_deleted_at_the_provider(
    shelf: Shelf, clinic: Clinic, maria: Patient
) -> None:
    send(clinic, maria.phone, shelf.put(jpeg()))
    assert [row.status for row in rows()] == ["waiting"]

    assert run() == {"fetched": 1, "deleted": 1, "failed": 0}
    (row,) = rows()
    assert (row.status, row.content_type, row.patient_id, row.due_at) == (
        "done",
        "image/jpeg",
        maria.id,
        None,
    )
    assert row.content is not None
    assert opened(row.content).size == (60, 40)
    assert shelf.lying == {}
    assert run(timedelta(days=60)) == NOTHING


def test_it_lies_sealed_in_the_database(shelf: Shelf, clinic: Clinic, maria: Patient) -> None:
    send(clinic, maria.phone, shelf.put(jpeg()))
    run()

    with reading():
        stored = bytes(db.session.execute(sa.text("SELECT content FROM photo")).scalar_one())
    assert b"JFIF" not in stored


def test_each_of_several_photos_is_kept(shelf: Shelf, clinic: Clinic, maria: Patient) -> None:
    send(clinic, maria.phone, shelf.put(jpeg(), jpeg(), jpeg()))

    assert run() == {"fetched": 3, "deleted": 3, "failed": 0}
    assert [row.position for row in rows()] == [0, 1, 2]


def test_a_text_that_comes_twice_brings_its_photo_once(shelf: Shelf, clinic: Clinic, maria: Patient) -> None:
    media = shelf.put(jpeg())
    send(clinic, maria.phone, media, sid="MM1")
    send(clinic, maria.phone, media, sid="MM1")

    assert len(rows()) == 1


def test_a_strangers_photo_is_kept_as_well(shelf: Shelf, clinic: Clinic) -> None:
    send(clinic, "+16475550999", shelf.put(jpeg()))

    assert run()["fetched"] == 1
    assert rows()[0].patient_id is None


def test_the_on_call_phone_and_a_number_of_no_clinic_send_us_no_photos(shelf: Shelf, clinic: Clinic) -> None:
    send(clinic, ON_CALL, shelf.put(jpeg()))
    send(clinic, "+16475550999", shelf.put(jpeg()), to="+14165550188")

    assert rows() == []
    assert len(texts()) == 2


def test_what_came_before_photos_were_fetched_is_fetched_as_well(
    shelf: Shelf, clinic: Clinic, maria: Patient
) -> None:
    send(clinic, maria.phone, shelf.put(jpeg(), jpeg()))
    send(clinic, maria.phone, shelf.put(jpeg()))
    first = texts()[0].id
    with writing() as session:
        session.execute(sa.delete(Photo).where(Photo.message_id == first))
    migration = import_module("recovery.migrations.versions.0004_photos_of_earlier_texts")
    for _ in range(2):
        with db.engine.begin() as connection, Operations.context(MigrationContext.configure(connection)):
            migration.upgrade()

    assert len(rows()) == 3
    assert asdict(photos.fetch_due(clock.now)) == {"fetched": 3, "deleted": 3, "failed": 0}


# --- what cannot be kept -----------------------------------------------------------------------


def test_what_is_no_photo_is_said_and_stays_there_for_a_month(
    shelf: Shelf, clinic: Clinic, maria: Patient
) -> None:
    send(clinic, maria.phone, shelf.put(b"BEGIN:VCARD\r\nFN:Maria", jpeg()))

    assert run() == {"fetched": 1, "deleted": 1, "failed": 1}
    card, photo = rows()
    assert (card.status, card.content) == ("unusable", None)
    assert card.why == "A contact card came with this text; only photos are kept."
    assert photo.status == "done"
    assert run(timedelta(days=29)) == NOTHING
    assert len(shelf.lying) == 1, "nobody here has seen it: it is the only copy"
    assert run(timedelta(days=30, minutes=1))["deleted"] == 1
    assert shelf.lying == {}
    assert rows()[0].due_at is None


def test_a_photo_that_is_too_large_is_said(shelf: Shelf, clinic: Clinic, maria: Patient) -> None:
    send(clinic, maria.phone, shelf.put(jpeg() + bytes(10_000_000)))

    assert run()["failed"] == 1
    assert rows()[0].why == "The photo is larger than 10 MB, so it was not kept."


def test_what_is_gone_there_is_looked_for_a_few_times(shelf: Shelf, clinic: Clinic, maria: Patient) -> None:
    send(clinic, maria.phone, ("https://shelf.example/nothing",))

    for minutes in (0, 2, 6):
        assert run(timedelta(minutes=minutes))["failed"] == 1
        assert rows()[0].status == "waiting"
    run(timedelta(minutes=14))
    (row,) = rows()
    assert (row.status, row.due_at) == ("unusable", None)
    assert row.why == "The photo could not be fetched: the provider no longer has it."


# --- erased ------------------------------------------------------------------------------------


def test_with_the_patient_her_photos_are_erased(shelf: Shelf, clinic: Clinic, maria: Patient) -> None:
    send(clinic, maria.phone, shelf.put(jpeg()))
    run()
    erase(maria)

    (row,) = rows()
    assert (row.status, row.content, row.content_type, row.due_at) == ("erased", None, None, None)
    assert texts()[0].media is None


def test_what_still_lies_at_the_provider_is_deleted_there(
    shelf: Shelf, clinic: Clinic, maria: Patient
) -> None:
    send(clinic, maria.phone, shelf.put(jpeg(), b"%PDF-"))
    shelf.troubles.extend([None, None, OutOfReach()])
    run()  # the photo is kept but not yet deleted there, the PDF stays there
    send(clinic, maria.phone, shelf.put(jpeg()))
    erase(maria)
    assert [row.content for row in rows()] == [None, None, None]

    assert run(timedelta(minutes=2)) == {"fetched": 0, "deleted": 3, "failed": 0}
    assert shelf.lying == {}
    assert {row.status for row in rows()} == {"erased"}
    assert [each.media for each in texts()] == [None, None]


def test_the_address_is_kept_until_it_is_deleted_there(shelf: Shelf, clinic: Clinic, maria: Patient) -> None:
    send(clinic, maria.phone, shelf.put(jpeg()))
    erase(maria)
    shelf.troubles.append(OutOfReach())

    assert run() == {"fetched": 0, "deleted": 0, "failed": 1}
    assert texts()[0].media is not None
    assert run(timedelta(minutes=2))["deleted"] == 1
    assert texts()[0].media is None
    assert shelf.lying == {}


def test_a_photo_that_arrives_after_its_patient_was_erased_is_not_kept(
    shelf: Shelf, clinic: Clinic, maria: Patient
) -> None:
    send(clinic, maria.phone, shelf.put(jpeg()))
    shelf.meanwhile = lambda: erase(maria)

    assert run() == {"fetched": 0, "deleted": 1, "failed": 0}
    assert (rows()[0].status, rows()[0].content) == ("erased", None)
    assert shelf.lying == {}


def test_another_patients_photos_stay(shelf: Shelf, clinic: Clinic, maria: Patient) -> None:
    ana = make.patient(clinic, name="Ana Ruiz")
    make.treatment(ana)
    send(clinic, maria.phone, shelf.put(jpeg()))
    send(clinic, ana.phone, shelf.put(jpeg()))
    run()
    erase(maria)

    assert {row.patient_id: row.status for row in rows()} == {maria.id: "erased", ana.id: "done"}
