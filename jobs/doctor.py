"""`doctor`: the self-check, in JSON for programs and in sentences for whoever mends."""

from collections.abc import Mapping
from dataclasses import asdict

import click
from flask.cli import with_appcontext

from jobs.timetable import TIMETABLE
from recovery.commands.group import show
from recovery.services import checkup, clock
from recovery.services.findings import Finding, State

_COLOURS: Mapping[State, str] = {State.OK: "green", State.WARN: "yellow", State.MEND: "red"}


@click.command("doctor")
@with_appcontext
def command() -> None:
    """Say what is wrong with the set-up; exit 1 if anything must be mended."""
    found = []
    for finding in checkup.findings({each.name: each.seconds for each in TIMETABLE}, clock.now):
        _say(finding)
        found.append(finding)
    show([asdict(each) for each in found])
    count = {state: sum(each.state is state for each in found) for state in State}
    click.echo(f"{count[State.MEND]} to mend, {count[State.WARN]} to know, {count[State.OK]} well.", err=True)
    if count[State.MEND]:
        raise SystemExit(1)


def _say(finding: Finding) -> None:
    state = click.style(f"{finding.state.value:<5}", fg=_COLOURS[finding.state])
    click.echo(f"{state} {finding.sentence}", err=True)
    for language, texts in (finding.paste or {}).items():
        for key, text in texts.items():
            click.echo(f"        {language} {key}: {text}", err=True)
