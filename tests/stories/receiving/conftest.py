"""The same clinic on Twilio as for the webhooks, and one that loses some of them."""

from collections.abc import Iterator

import pytest
from flask import Flask

from tests.stories.receiving.lost import LossyStory, lossy
from tests.twilio_simulator.simulator import Simulator
from tests.webhooks.conftest import on_twilio, story

__all__ = ["lost", "on_twilio", "story"]


@pytest.fixture
def lost(on_twilio: tuple[Flask, Simulator]) -> Iterator[LossyStory]:
    with lossy(*on_twilio) as story:
        yield story
