"""What the running app carries for its services: its settings, its way to send texts, its end."""

from threading import Event
from typing import TYPE_CHECKING, cast

from flask import current_app

from recovery.sms.gateway import Gateway

if TYPE_CHECKING:
    from config import Config


def config() -> "Config":
    return cast("Config", current_app.extensions["recovery.config"])


def gateway() -> Gateway:
    return cast(Gateway, current_app.extensions["recovery.gateway"])


def stopping() -> Event:
    """Set when the process is to end: what is in flight is finished, nothing more is begun."""
    return cast(Event, current_app.extensions.setdefault("recovery.stopping", Event()))
