"""`demo`: a clinic to try the service with, served from this machine, the clock beside it."""

import os
import secrets
import signal
import socket
from contextlib import suppress
from pathlib import Path
from types import FrameType
from uuid import UUID

import click
from flask import Flask, current_app
from flask_migrate import upgrade
from sqlalchemy.exc import OperationalError

from recovery import context
from recovery.db import reading, writing
from recovery.services import clock, demo

LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is mistaken for another
THREADS = 8


@click.command("demo")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen at.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
def command(host: str, port: int) -> None:
    """Try the service: sets up a demonstration clinic and serves it, the clock beside it."""
    if context.config().is_production:
        raise click.ClickException("The demonstration is refused in production.")
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    listening = _listen(host, port)
    _migrate()
    password = _password(context.config().instance)
    seeded = _set_up(password)
    _serve(app, listening, _welcome(f"http://{_shown(host)}:{port}", password, seeded))


def _listen(host: str, port: int) -> socket.socket:
    """The door, opened before anything else is done, so that a port in use is told at once."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    door = socket.socket(family, socket.SOCK_STREAM)
    if os.name == "posix":
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        door.bind((host, port))
        door.listen(128)
    except OSError as error:
        door.close()
        reason = error.strerror or str(error)
        raise click.ClickException(
            f"Cannot listen at {host}:{port}: {reason}."
            " Choose another with make run PORT=8001 or --port 8001."
        ) from None
    return door


def _migrate() -> None:
    try:
        upgrade()
    except OperationalError as error:
        said = str(error.orig).strip().partition("\n")[0]
        raise click.ClickException(f"The database cannot be used: {said}") from None


def _set_up(password: str) -> bool:
    """Clinic, nurse and patients; whether made-up patients may be played."""
    stays_here = context.gateway().name == "console"
    with writing():
        clinic_id = demo.set_up(clock.now(), password, texts_stay_here=stays_here)
    if stays_here and not _is_seeded(clinic_id):
        demo.seed(clinic_id, clock.now())
    return stays_here


def _is_seeded(clinic_id: UUID) -> bool:
    with reading():
        return demo.is_seeded(clinic_id)


def _password(folder: Path) -> str:
    """The nurse's password, made at the first start and kept for its owner only."""
    path = folder / "demo_password"
    try:
        kept = path.read_text().strip()
    except FileNotFoundError:
        kept = ""
    if kept:
        return kept
    made = "-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(4))
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(f"{made}\n")
    path.chmod(0o600)
    return made


def _welcome(address: str, password: str, plays: bool) -> str:
    lines = [
        "",
        "Recovery check-ins, a demonstration",
        "",
        f"  Address    {address}",
        f"  E-mail     {demo.EMAIL}",
        f"  Password   {password}",
    ]
    if plays:
        lines += [
            f"  Phone      {address}/phone",
            "",
            "Nobody is texted: texts stay in the database and appear on the phone page.",
        ]
    else:
        lines += [
            "",
            "Texts go out through Twilio, so no made-up patients were added, and there is no phone page.",
        ]
    if not context.config().run_clock:
        lines += ["The clock does not run here (RUN_CLOCK=0): start it with: flask --app wsgi jobs start"]
    return "\n".join([*lines, "Stop with Ctrl-C.", ""])


def _serve(app: Flask, door: socket.socket, welcome: str) -> None:
    """Serve until Ctrl-C or SIGTERM, then let what is running finish."""
    from waitress.server import create_server  # a server and a scheduler, which no other command needs

    from jobs import clock as job_clock

    for each in (signal.SIGINT, signal.SIGTERM):  # a shell may start us with SIGINT ignored
        signal.signal(each, _stop)
    server = create_server(app, sockets=[door], threads=THREADS, ident=None)
    ticking = job_clock.start_in_background(app) if context.config().run_clock else None
    with suppress(KeyboardInterrupt):
        click.echo(welcome)
        server.run()
    if ticking is not None:
        job_clock.stop_ticking(app, ticking)
    server.close()
    click.echo("Stopped.", err=True)


def _stop(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _shown(host: str) -> str:
    return f"[{host}]" if ":" in host else host
