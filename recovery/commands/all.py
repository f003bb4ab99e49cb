"""Every command of ours, joined to the app."""

from flask import Flask


def register(app: Flask) -> None:
    """Adds the commands to `flask --app wsgi`."""
