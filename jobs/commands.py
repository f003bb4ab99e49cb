"""`jobs list`, `jobs run` and `jobs start`."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import click
from flask import Flask, current_app
from sqlalchemy.exc import DBAPIError

from jobs import demo, doctor, runs
from jobs.timetable import TIMETABLE, Job, job
from recovery import context
from recovery.commands.group import Commands, show
from recovery.db import db, reading
from recovery.domain.errors import Refusal
from recovery.models.system import JobRun

_YEARS = range(2000, 2200)  # far from the ends of the calendar, so that every window can be reckoned

group = Commands("jobs", help="The clock's jobs.")


def are_asked(arguments: Sequence[str]) -> bool:
    """Whether a command line is one of `jobs`, none of which lets anybody in."""
    return any(("jobs", name) in pairwise(arguments) for name in group.commands)


def register(app: Flask) -> None:
    """Adds the commands to `flask --app wsgi`."""
    app.cli.add_command(group)
    app.cli.add_command(demo.command)
    app.cli.add_command(doctor.command)


@group.command("list")
def list_jobs() -> None:
    """Each job with its last run and its next."""
    with reading():
        show([_described(each) for each in TIMETABLE])


@group.command("run")
@click.argument("name")
@click.option("--at", "at", help="Run as if it were this moment (RFC 3339 with offset); not in production.")
def run_job(name: str, at: str | None) -> None:
    """Run one job once and print its counts."""
    found = job(name)
    if found is None:
        names = ", ".join(each.name for each in TIMETABLE)
        raise click.BadParameter(f"no job {name!r}; there are {names}", param_hint="NAME")
    moment = _moment(at) if at is not None else None
    if moment is not None and context.config().is_production:
        raise click.ClickException("--at is refused in production.")
    try:
        counts = runs.run(found, moment)
    except (Refusal, DBAPIError):
        raise  # the group has a sentence for these
    except Exception as error:
        raise click.ClickException(f"{name} failed: {runs.said(error)}") from None
    click.echo(json.dumps(counts))


@group.command("start")
def start() -> None:
    """Run the clock until it is stopped."""
    from jobs import clock  # with the scheduler, which no other command needs

    with reading():
        db.session.get(JobRun, TIMETABLE[0].name)  # without its tables it would only fail at every tick
    click.echo("The clock runs. Stop it with Ctrl-C.", err=True)
    clock.run_until_stopped(current_app._get_current_object())  # type: ignore[attr-defined]


def _moment(typed: str) -> datetime:
    try:
        moment = datetime.fromisoformat(typed)
    except ValueError:
        moment = None
    if moment is not None and moment.tzinfo is not None and moment.year in _YEARS:
        return moment.astimezone(UTC)
    raise click.BadParameter(
        f"{typed!r} is not a moment with offset, such as 2026-11-22T10:00:00-05:00", param_hint="--at"
    )


def _described(job: Job) -> dict[str, object]:
    row = db.session.get(JobRun, job.name)
    described: dict[str, object] = {"name": job.name, "trigger": f"every {job.seconds} s"}
    if row is None:
        return described | dict.fromkeys(("last_start", "last_end", "result", "owner", "next_run"))
    return {
        **described,
        "last_start": row.started_at,
        "last_end": row.ended_at,
        "result": row.result if row.error is None else {"error": row.error},
        "owner": row.owner,
        "next_run": row.started_at + timedelta(seconds=job.seconds),
    }
