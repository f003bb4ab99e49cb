"""`replies read`: how replies would be read, one JSON line each, with no database and nothing stored."""

import json
from collections.abc import Iterable, Sequence
from itertools import pairwise

import click
from flask import Flask

from recovery.commands.group import Commands
from recovery.domain.reading.lines import read_line

group = Commands("replies", help="Patients' replies.")

# A byte that is no UTF-8 becomes half a character, which `read_line` refuses by name.
_LINES = click.File(encoding="utf-8-sig", errors="surrogateescape")


def are_asked(arguments: Sequence[str]) -> bool:
    """Whether a command line is one of `replies read`."""
    return ("replies", "read") in pairwise(arguments)


def app_alone() -> Flask:
    """An app of this command only: it works under wrong settings, and without a database or keys."""
    app = Flask("recovery")
    app.cli.add_command(group)
    return app


@group.command("read", with_appcontext=False)
@click.argument("file", type=_LINES, default="-")
@click.pass_context
def read(ctx: click.Context, file: Iterable[str]) -> None:
    """Read JSON lines from FILE, or from standard input; exit status 1 if one of them was bad."""
    wrong = 0
    for line in file:
        if not line.strip():
            continue
        answer = read_line(line)
        wrong += "error" in answer
        click.echo(json.dumps(answer))
    if wrong:
        click.echo(f"Bad lines: {wrong}.", err=True)
        ctx.exit(1)
