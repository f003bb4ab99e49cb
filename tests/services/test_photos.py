"""Photos: fetched once they came, kept sealed, deleted at the provider, and never lost on the way."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from datetime import datetime, timedelta
from threading import Barrier

import pytest
import sqlalchemy as sa
from flask import Flask

from recovery import context
from recovery.db import db, new_id, reading, writing
from recovery.models.clinic import Clinic
from recovery.models.message import Message, Photo
from recovery.models.patient import Patient
from recovery.queries import patients as finding
from recovery.services import inbox, patients, photos
from recovery.services.incoming import Incoming
from recovery.sms.gateway import OutOfReach
from tests import make
from tests.pictures import jpeg, opened
from tests.shelf import Shelf, in_place

NOON = make.NOON
ON_CALL = "+14165550199"
NOTHING = {"fetched": 0, "deleted": 0, "failed": 0}


class Killed(BaseException):
    """The worker's end, at whatever it was doing."""


@pytest.fixture
def shelf(app: Flask) -> Iterator[Shelf]:
    with in_place(app) as shelf:
        yield shelf


@pytest.fixture
def clinic(app: Flask) -> Clinic:
    return make.clinic(on_call_phone=ON_CALL)


@pytest.fixture
def maria(clinic: Clinic) -> Patient:
    """A patient on the day of her treatment."""
    patient = make.patient(clinic)
    make.treatment(patient)
    return patient


def send(clinic: Clinic, sender: str | None, media: tuple[str, ...], sid: str = "", to: str = "") -> None:
    """A phone sends a text with whatever lies at these addresses."""
    with writing():
        texted = Incoming(
            sid or f"MM{new_id().hex}", to or clinic.phone, sender or "", "it looks like this", media
        )
        inbox.receive(texted, NOON)


def run(after: timedelta = timedelta(0)) -> dict[str, int]:
    """The job, so long after the text came."""
    return asdict(photos.fetch_due(lambda: NOON + after))


def erase(patient: Patient, at: datetime = NOON) -> None:
    with writing():
        locked = finding.locked_patient(patient.id)
        assert locked is not None
        patients.erase(locked, at)


def rows() -> list[Photo]:
    """Every photo with its content; those of one text in turn."""
    wanted = sa.select(Photo).options(sa.orm.undefer(Photo.content))
    with reading():
        found = db.session.scalars(wanted.order_by(Photo.message_id, Photo.position)).all()
        for each in found:
            db.session.expunge(each)
    return list(found)


def texts() -> list[Message]:
    with reading():
        found = db.session.scalars(sa.select(Message).where(Message.direction == "inbound")).all()
        for each in found:
            db.session.expunge(each)
    return list(found)


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


# --- what goes wrong ---------------------------------------------------------------------------


def test_a_failed_fetch_is_tried_again_with_growing_pauses(
    shelf: Shelf, clinic: Clinic, maria: Patient
) -> None:
    send(clinic, maria.phone, shelf.put(jpeg()))
    shelf.troubles.extend([OutOfReach(), OutOfReach()])

    tried = [minutes for minutes in range(7) if run(timedelta(minutes=minutes)) != NOTHING]

    assert tried == [0, 2, 6]
    assert rows()[0].status == "done"
    assert [each.body for each in texts()] == ["it looks like this"]


def test_after_a_week_a_photo_is_given_up_and_the_case_can_say_so(
    shelf: Shelf, clinic: Clinic, maria: Patient
) -> None:
    send(clinic, maria.phone, shelf.put(jpeg()))
    shelf.troubles.extend([OutOfReach()] * 200)

    hours = 0
    while rows()[0].status == "waiting":
        run(timedelta(hours=hours))
        hours += 1

    assert 6 * 24 <= hours <= 9 * 24
    assert rows()[0].why == "The photo could not be fetched: the provider did not give it to us for a week."


def test_a_failed_deletion_is_tried_again_and_hides_nothing(
    shelf: Shelf, clinic: Clinic, maria: Patient
) -> None:
    send(clinic, maria.phone, shelf.put(jpeg()))
    shelf.troubles.extend([None, OutOfReach()])

    assert run() == {"fetched": 1, "deleted": 0, "failed": 1}
    assert rows()[0].status == "kept"
    assert run(timedelta(minutes=1)) == NOTHING
    assert run(timedelta(minutes=2)) == {"fetched": 0, "deleted": 1, "failed": 0}
    assert rows()[0].status == "done"


def test_one_that_breaks_everything_stops_no_other(shelf: Shelf, clinic: Clinic, maria: Patient) -> None:
    send(clinic, maria.phone, shelf.put(jpeg(), jpeg()))
    shelf.troubles.append(RuntimeError("never seen before"))

    assert run() == {"fetched": 1, "deleted": 1, "failed": 0}
    assert run(timedelta(minutes=2)) == {"fetched": 1, "deleted": 1, "failed": 0}


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("call", ["fetch", "delete"])
def test_a_killed_worker_loses_nothing(
    shelf: Shelf, clinic: Clinic, maria: Patient, call: str, after: bool
) -> None:
    send(clinic, maria.phone, shelf.put(jpeg()))
    shelf.after = after
    shelf.troubles.extend([Killed()] if call == "fetch" else [None, Killed()])

    with pytest.raises(Killed):
        run()
    db.session.remove()
    run(timedelta(minutes=2))

    (row,) = rows()
    assert row.status == "done"
    assert row.content is not None
    assert shelf.lying == {}


def test_a_process_that_is_to_end_begins_no_other_photo(shelf: Shelf, clinic: Clinic, maria: Patient) -> None:
    send(clinic, maria.phone, shelf.put(jpeg(), jpeg()))
    stopping = context.stopping()
    shelf.meanwhile = stopping.set
    try:
        assert run() == {"fetched": 1, "deleted": 0, "failed": 0}
    finally:
        shelf.meanwhile = lambda: None
        stopping.clear()
    assert run() == {"fetched": 1, "deleted": 2, "failed": 0}


def test_workers_at_once_fetch_each_photo_once(
    app: Flask, shelf: Shelf, clinic: Clinic, maria: Patient
) -> None:
    media = shelf.put(*[jpeg()] * 8)
    send(clinic, maria.phone, media)
    together = Barrier(4)

    def work(_number: int) -> int:
        together.wait(timeout=30)
        with app.app_context():
            return run()["fetched"]

    with ThreadPoolExecutor(4) as threads:
        fetched = list(threads.map(work, range(4)))
    run(timedelta(minutes=2))

    assert sum(fetched) == 8
    assert sorted(shelf.fetched) == sorted(media)
    assert {row.status for row in rows()} == {"done"}
    assert shelf.lying == {}


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
