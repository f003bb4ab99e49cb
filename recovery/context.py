"""What the running app carries for its services: its settings and its way to send texts."""

from typing import TYPE_CHECKING, cast

from flask import current_app

from recovery.sms.gateway import Gateway

if TYPE_CHECKING:
    from config import Config


def config() -> "Config":
    return cast("Config", current_app.extensions["recovery.config"])


def gateway() -> Gateway:
    return cast(Gateway, current_app.extensions["recovery.gateway"])
