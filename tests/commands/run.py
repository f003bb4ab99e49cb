"""One command, in this process on the test's database, or in a process of its own."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask

import config
from jobs import commands
from recovery.app import create_app
from recovery.db import db

ROOT = Path(config.__file__).parent


@dataclass(frozen=True, slots=True)
class Done:
    """How a command ended."""

    status: int
    out: str
    err: str

    @property
    def answer(self) -> Any:
        """What it printed, which must be JSON and nothing else."""
        return json.loads(self.out)


def run(app: Flask, *arguments: str, typed: str = "") -> Done:
    """Runs `flask --app wsgi ARGUMENTS` here; `typed` is its standard input."""
    commands.register(app)
    done = app.test_cli_runner().invoke(args=list(arguments), input=typed)
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return Done(done.exit_code, done.stdout, done.stderr)


def run_with(environ: dict[str, str], *arguments: str) -> Done:
    """The same on an app made with these settings; what only prepares a test needs no process of its own."""
    app = create_app(config.load(environ))
    done = run(app, *arguments)
    with app.app_context():
        db.engine.dispose()
    return done


def run_alone(environ: dict[str, str], *arguments: str, typed: bytes = b"") -> Done:
    """One command in a process of its own with nothing else in its environment."""
    done = subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi", *arguments],
        cwd=ROOT,
        env=alone(environ),
        input=typed,
        capture_output=True,
        check=False,
    )
    return Done(done.returncode, done.stdout.decode(), done.stderr.decode())


def alone(environ: dict[str, str]) -> dict[str, str]:
    return {name: os.environ[name] for name in ("PATH", "HOME", "TZ") if name in os.environ} | environ
