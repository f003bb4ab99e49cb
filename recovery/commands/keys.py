"""`keys rotate`."""

from collections import Counter

import click

from recovery.commands.group import Commands, show
from recovery.db import reading
from recovery.services import keys

ROUNDS = 5  # rows that somebody was changing are looked at again
TOLD = 20  # batches from one line of progress to the next

group = Commands("keys", help="The keys that names, numbers, texts and photos are sealed with.")


@group.command("rotate")
def rotate() -> None:
    """Seal everything anew under the first key of DATA_KEYS, while the service runs."""
    done: Counter[str] = Counter()
    left = unreadable = 0
    for _ in range(ROUNDS):
        unreadable = 0
        for batch, (table, sealed, unread) in enumerate(keys.rotate(), start=1):
            done[table] += sealed
            unreadable += unread
            if batch % TOLD == 0:
                click.echo(f"{table}: {done[table]} values sealed anew", err=True)
        with reading():
            left = keys.under_older_keys()
        if not left or unreadable:
            break
    show({"sealed_anew": dict(done), "left": left})
    if unreadable:
        raise click.ClickException(
            f"{unreadable} values open with no key in DATA_KEYS: add the key that sealed them."
        )
    if left:
        raise click.ClickException(f"{left} rows were in use all the while: run it again.")
    click.echo("Nothing is under an older key: drop it from DATA_KEYS.", err=True)
