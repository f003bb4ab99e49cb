"""The same Twilio as for the other texts, and a clinic with a phone on call."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from tests.stories.on_call.duty import Duty, on_duty
from tests.stories.sending.conftest import account, online, opened, texting_app, twilio
from tests.twilio_simulator.simulator import Simulator

__all__ = ["account", "online", "opened", "texting_app", "twilio"]


@pytest.fixture
def begin(online: Flask, twilio: Simulator) -> Callable[..., Duty]:
    """Begins a story; `clinic` are details of the clinic."""

    def begin(**clinic: Any) -> Duty:
        return on_duty(twilio, **clinic)

    return begin
