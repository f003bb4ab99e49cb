"""A clinic whose texts go through a Twilio of our own, over real HTTP, on both databases."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

import pytest
from flask import Flask

import config
from recovery import context
from recovery.app import create_app
from recovery.db import db
from recovery.sms.twilio import TwilioGateway
from tests.conftest import empty_tables
from tests.twilio_simulator.signing import Form
from tests.twilio_simulator.simulator import Simulator
from tests.twilio_simulator.webhooks import Answer, Post

SID, TOKEN = "AC" + "5" * 32, "a token"
PUBLIC_URL = "https://clinic.example"


class Opened(Protocol):
    """Opens the app with more settings, inside its context."""

    def __call__(self, **more: str) -> Flask: ...


@pytest.fixture(scope="session")
def account() -> Iterator[Simulator]:
    """One Twilio for all tests of this room."""
    with Simulator(SID, TOKEN) as simulator:
        yield simulator


@pytest.fixture(scope="session")
def texting_app(
    migrated_app: Flask,
    settings: dict[str, str],
    account: Simulator,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Flask]:
    app = create_app(config.load(with_twilio(settings, account), tmp_path_factory.mktemp("texting")))
    yield app
    close(app)


@pytest.fixture
def twilio(account: Simulator) -> Iterator[Simulator]:
    """The same Twilio with an empty log."""
    yield account
    account.messages.clear()
    account.requests.clear()
    account.opted_out.clear()


@pytest.fixture
def online(texting_app: Flask, twilio: Simulator) -> Iterator[Flask]:
    """The app with Twilio's settings, inside its context; every table is empty again afterwards."""
    twilio.post = into(texting_app)
    with texting_app.app_context():
        yield texting_app
        empty_tables()


@pytest.fixture
def opened(online: Flask, settings: dict[str, str], twilio: Simulator, tmp_path: Path) -> Iterator[Opened]:
    """The app on the same database with whatever settings a test wants."""
    with ExitStack() as closing:

        def open_app(**more: str) -> Flask:
            app = create_app(config.load({**with_twilio(settings, twilio), **more}, tmp_path))
            closing.callback(close, app)
            closing.enter_context(app.app_context())
            twilio.post = into(app)
            return app

        yield open_app


def with_twilio(settings: dict[str, str], twilio: Simulator) -> dict[str, str]:
    ours = {"TWILIO_ACCOUNT_SID": SID, "TWILIO_AUTH_TOKEN": TOKEN, "PUBLIC_URL": PUBLIC_URL}
    return {**settings, **ours, "TWILIO_API_BASE_URL": twilio.base_url}


def into(app: Flask) -> Post:
    """Webhooks go into the app as Twilio would post them to its public address."""

    def post(url: str, form: Form, headers: dict[str, str], timeout: float) -> Answer:
        parts = urlsplit(url)
        path = f"{parts.path}?{parts.query}" if parts.query else parts.path
        fields: dict[str, list[str]] = {}
        for name, value in form:
            fields.setdefault(name, []).append(value)
        answer = app.test_client().post(path, data=fields, headers=headers)
        return Answer(answer.status_code, answer.get_data(as_text=True))

    return post


def close(app: Flask) -> None:
    with app.app_context():
        gateway = context.gateway()
        if isinstance(gateway, TwilioGateway):
            gateway.close()
        db.session.remove()
        db.engine.dispose()
