"""Twenty kills on each database, Twilio in every mood, one worker's clock an hour slow."""

from pathlib import Path

import pytest

from tests.faults import databases
from tests.faults.storm import rage
from tests.faults.world import World

KILLS = 20


@pytest.mark.parametrize("name", ["sqlite", "postgresql"])
def test_twenty_kills_lose_nothing_and_send_nothing_twice(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    database = databases.opened(name, tmp_path)
    try:
        with World(database, tmp_path, misled=True) as world:
            tally = rage(world, kills=KILLS, seed=2026, restarts=2)
    finally:
        database.close()

    with capsys.disabled():
        print(f"\n{name}: {tally}")
    assert tally.broken == []
    assert tally.kills == KILLS
