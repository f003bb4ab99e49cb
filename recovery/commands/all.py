"""Every command of ours, joined to the app."""

from flask import Flask

from recovery.commands import audit, clinics, keys, protocols, replies, sending, staff, tokens

GROUPS = (
    audit.group,
    clinics.group,
    staff.group,
    tokens.group,
    sending.group,
    replies.group,
    protocols.group,
    keys.group,
)


def register(app: Flask) -> None:
    """Adds the commands to `flask --app wsgi`."""
    for group in GROUPS:
        app.cli.add_command(group)
