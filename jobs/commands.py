"""`jobs list`, `jobs run` and `jobs start`."""

import json
import sys
from datetime import datetime, timedelta

import click
from flask import Flask, current_app
from flask.cli import AppGroup

from jobs import clock, runs
from jobs.timetable import TIMETABLE, job
from recovery import context
from recovery.db import db
from recovery.models.system import JobRun

group = AppGroup("jobs", help="The clock's jobs.")


def register(app: Flask) -> None:
    """Adds the commands to `flask --app wsgi`."""
    app.cli.add_command(group)


@group.command("list")
def list_jobs() -> None:
    """Each job with its last run and its next."""
    click.echo(json.dumps([_described(each.name, each.seconds) for each in TIMETABLE], indent=2))


@group.command("run")
@click.argument("name")
@click.option("--at", "at", help="Run as if it were this moment (RFC 3339 with offset).")
def run_job(name: str, at: str | None) -> None:
    """Run one job once and print its counts."""
    found = job(name)
    if found is None:
        names = ", ".join(each.name for each in TIMETABLE)
        raise click.BadParameter(f"no job {name!r}; there are {names}", param_hint="NAME")
    if at is not None and context.config().is_production:
        raise click.ClickException("--at is refused in production.")
    click.echo(json.dumps(runs.run(found, _moment(at) if at is not None else None)))


@group.command("start")
def start() -> None:
    """Run the clock until it is stopped."""
    click.echo("The clock runs. Stop it with Ctrl-C.", file=sys.stderr)
    clock.run_until_stopped(current_app._get_current_object())  # type: ignore[attr-defined]


def _moment(typed: str) -> datetime:
    try:
        moment = datetime.fromisoformat(typed)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise click.BadParameter(
            f"{typed!r} is not a moment with offset, such as 2026-11-22T10:00:00-05:00", param_hint="--at"
        )
    return moment


def _described(name: str, seconds: int) -> dict[str, object]:
    row = db.session.get(JobRun, name)
    next_run = row.started_at + timedelta(seconds=seconds) if row else None
    return {
        "name": name,
        "trigger": f"every {seconds} s",
        "last_start": row.started_at.isoformat() if row else None,
        "last_end": row.ended_at.isoformat() if row and row.ended_at else None,
        "result": (row.result if row.error is None else {"error": row.error}) if row else None,
        "owner": row.owner if row else None,
        "next_run": next_run.isoformat() if next_run else None,
    }
