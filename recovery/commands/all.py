"""Every command of ours, joined to the app."""

from flask import Flask

from recovery.commands import clinics, keys, protocols, replies, sending, staff, tokens

GROUPS = (clinics.group, staff.group, tokens.group, sending.group, replies.group, protocols.group, keys.group)


def register(app: Flask) -> None:
    """Adds the commands to `flask --app wsgi`."""
    for group in GROUPS:
        app.cli.add_command(group)
