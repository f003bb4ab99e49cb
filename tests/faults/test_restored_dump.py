"""A dump of last night restored at noon: what was sent since is found at Twilio, and sent to nobody again."""

from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from recovery.db import db, reading
from recovery.services import clock
from tests.faults import databases
from tests.faults.people import CLINIC_PHONE, People
from tests.faults.world import World, noon


@pytest.mark.parametrize("name", ["sqlite", "postgresql"])
def test_a_dump_restored_at_noon_texts_nobody_twice(name: str, tmp_path: Path) -> None:
    database = databases.opened(name, tmp_path)
    try:
        with World(database, tmp_path, workers=0) as world:
            people = People(world, seed=1)
            phones = [people.chatterbox, *(people.enrol(noon()) for _ in range(4))]
            world.run("send-messages")
            _restore_after(world, phones)
            inboxes = {phone: Counter(world.twilio.inbox(phone)) for phone in phones}
    finally:
        database.close()

    for inbox in inboxes.values():
        assert set(inbox.values()) == {1}
        assert len(inbox) == 3  # the welcome, the question, the answer to her reply


def _restore_after(world: World, phones: list[str]) -> None:
    """The night's dump, a morning of questions and replies, and then the night again."""
    world.kill("web", count=False)
    with world.app.app_context():
        db.engine.dispose()
    world.database.dump()
    world.start("web")
    world.wait_for("web")
    _pass_until(world, "10:05")
    assert world.run("send-check-ins")["sent"] == len(phones)
    for phone in phones:
        received = world.twilio.receive(phone, CLINIC_PHONE, "3 1 0", url=world.inbound_url)
        assert len(received.replies) == 1

    world.kill("web", count=False)
    with world.app.app_context():
        db.session.remove()
        db.engine.dispose()
    world.database.restore()
    _pass_until(world, "10:35")
    sent = world.run("send-check-ins")
    found = world.run("reconcile-messages")
    world.run("send-messages")

    assert (sent["sent"], found["received"]) == (0, len(phones))


def _pass_until(world: World, wall: str) -> None:
    """To that time of tomorrow, on the patients' clocks."""
    with world.app.app_context(), reading():
        now = clock.now()
    hour, minute = map(int, wall.split(":"))
    zone = ZoneInfo(noon())
    tomorrow = datetime.now(zone) + timedelta(days=1)
    world.pass_time(tomorrow.replace(hour=hour, minute=minute, second=0) - now)
