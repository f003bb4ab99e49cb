"""A clinic on Twilio, on both databases."""

from collections.abc import Iterator

import pytest
from flask import Flask

from tests.conftest import empty_tables
from tests.twilio_simulator.simulator import Simulator
from tests.webhooks.story import Story, twilio_app


@pytest.fixture(scope="session")
def on_twilio(
    settings: dict[str, str], migrated_app: Flask, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Flask, Simulator]]:
    with twilio_app(settings, tmp_path_factory.mktemp("instance")) as both:
        yield both


@pytest.fixture
def story(on_twilio: tuple[Flask, Simulator]) -> Iterator[Story]:
    """A clinic, its patient and her treatment; every table is empty again afterwards."""
    app, twilio = on_twilio
    twilio.messages.clear()
    with app.app_context():
        yield Story(app, twilio).begin()
        empty_tables()
