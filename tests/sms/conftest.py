"""A gateway on a Twilio of our own."""

from collections.abc import Iterator

import pytest

from recovery.sms.twilio import TwilioGateway
from tests.twilio_simulator.simulator import Simulator

SID, TOKEN = "AC" + "1" * 32, "secret"
PUBLIC_URL = "https://clinic.example/texts"
PATIENT, CLINIC = "+15550001111", "+15550002222"


@pytest.fixture
def twilio() -> Iterator[Simulator]:
    with Simulator(SID, TOKEN) as simulator:
        yield simulator


@pytest.fixture
def gateway(twilio: Simulator) -> Iterator[TwilioGateway]:
    gateway = TwilioGateway(SID, (TOKEN, "older"), PUBLIC_URL, twilio.base_url)
    yield gateway
    gateway.close()
