"""The long storm, by hand: `make soak`, or `python -m tests.faults.soak --kills 500 --seed 7`."""

import sys
import tempfile
from pathlib import Path

import click

from tests.faults import databases
from tests.faults.storm import rage
from tests.faults.world import World


@click.command()
@click.option("--kills", default=200, show_default=True, type=click.IntRange(1), help="On each database.")
@click.option("--seed", default=1, show_default=True, help="Another seed, another storm.")
@click.option("--workers", default=4, show_default=True, type=click.IntRange(1, 16))
def main(kills: int, seed: int, workers: int) -> None:
    """Kill, restart and mislead for a long time, then compare the books of both sides."""
    broken: list[str] = []
    for name in ("sqlite", "postgresql"):
        with tempfile.TemporaryDirectory() as folder:
            database = databases.opened(name, Path(folder))
            try:
                with World(database, Path(folder), workers=workers, misled=True) as world:
                    tally = rage(world, kills=kills, seed=seed, restarts=kills // 20, said=_say)
            finally:
                database.close()
        click.echo(f"{name}: {tally}")
        broken += [f"{name}: {each}" for each in tally.broken]
    click.echo("\n".join(broken) or "Nothing was lost, and nothing went twice.")
    sys.exit(bool(broken))


def _say(progress: str) -> None:
    click.echo(progress, err=True)


if __name__ == "__main__":
    main()
