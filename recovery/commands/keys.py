"""`keys rotate`."""

from collections import Counter

import click

from recovery.commands.group import Commands, show
from recovery.db import reading
from recovery.services import keys

ROUNDS = 5  # rows that somebody was changing are looked at again

group = Commands("keys", help="The keys that names, numbers, texts and photos are sealed with.")


@group.command("rotate")
def rotate() -> None:
    """Seal everything anew under the first key of DATA_KEYS, while the service runs."""
    done: Counter[str] = Counter()
    left = unreadable = 0
    for _ in range(ROUNDS):
        unreadable = 0
        for table, sealed, unread in keys.rotate():
            done[table] += sealed
            unreadable += unread
            click.echo(f"{table}: {done[table]} sealed anew", err=True)
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
