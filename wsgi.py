"""The app for a web server (`wsgi:app`), and the commands of `flask --app wsgi`."""

import click

import config
from jobs import clock, commands
from recovery.app import create_app


def _settings() -> config.Config:
    try:
        return config.load()
    except config.ConfigError as error:
        raise SystemExit(str(error)) from None


def _is_serving() -> bool:
    """Whether this process serves pages, rather than running one command."""
    context = click.get_current_context(silent=True)
    return context is None or context.info_name == "run"


app = create_app(_settings())
commands.register(app)
if _is_serving() and app.extensions["recovery.config"].run_clock:
    clock.start_in_background(app)
