"""Photos while the provider fails, workers die and several run at once: tried again, never lost."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from flask import Flask

from recovery import context
from recovery.db import db
from recovery.models.clinic import Clinic
from recovery.models.patient import Patient
from recovery.sms.gateway import OutOfReach
from tests.pictures import jpeg
from tests.services.photographed import NOTHING, rows, run, send, texts
from tests.shelf import Shelf


class Killed(BaseException):
    """The worker's end, at whatever it was doing."""


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
