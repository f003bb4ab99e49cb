"""Asking Twilio how it is set up: the account, a number, a Messaging Service."""

import pytest

from recovery.sms.gateway import AccountSetUp, Gone, NumberSetUp, OutOfReach, ServiceSetUp
from recovery.sms.twilio import TwilioGateway
from tests.sms.conftest import CLINIC
from tests.twilio_simulator import faults
from tests.twilio_simulator.owned import Number, Service
from tests.twilio_simulator.simulator import Simulator

INBOUND = "https://clinic.example/texts/sms/inbound"


def test_the_account_tells_how_it_stands(gateway: TwilioGateway, twilio: Simulator) -> None:
    assert gateway.account_set_up() == AccountSetUp("active")

    twilio.account.status, twilio.account.is_trial = "suspended", True

    assert gateway.account_set_up() == AccountSetUp("suspended", is_trial=True)


def test_a_number_tells_where_its_texts_go(gateway: TwilioGateway, twilio: Simulator) -> None:
    twilio.own(Number(CLINIC, INBOUND, "POST", f"{INBOUND}/again"))

    assert gateway.number_set_up(CLINIC) == NumberSetUp(INBOUND, "POST", f"{INBOUND}/again")


def test_a_number_that_is_not_set_up_names_nothing(gateway: TwilioGateway, twilio: Simulator) -> None:
    twilio.own(Number(CLINIC))

    assert gateway.number_set_up(CLINIC) == NumberSetUp("", "POST", "")


def test_an_application_stands_before_the_number_s_own_addresses(
    gateway: TwilioGateway, twilio: Simulator
) -> None:
    twilio.own(Number(CLINIC, INBOUND, application="https://elsewhere.example/"))

    assert gateway.number_set_up(CLINIC).inbound_url == "https://elsewhere.example/"


def test_a_number_within_another_is_not_taken_for_it(gateway: TwilioGateway, twilio: Simulator) -> None:
    twilio.own(Number(f"{CLINIC}9", "https://elsewhere.example/"))

    with pytest.raises(Gone):
        gateway.number_set_up(CLINIC)

    twilio.own(Number(CLINIC, INBOUND))
    assert gateway.number_set_up(CLINIC).inbound_url == INBOUND


def test_a_number_tells_which_service_has_it(gateway: TwilioGateway, twilio: Simulator) -> None:
    twilio.own(Number(CLINIC), Service("MG1"), Service("MG2", senders=(CLINIC,)))

    assert gateway.number_set_up(CLINIC).messaging_service_sid == "MG2"


def test_a_service_that_cannot_be_asked_leaves_nothing_claimed(
    gateway: TwilioGateway, twilio: Simulator
) -> None:
    twilio.own(Number(CLINIC, INBOUND), Service("MG1", senders=(CLINIC,)))
    twilio.fail_next(faults.answer(500), only=lambda seen: seen.path.startswith("/v1/Services"))

    with pytest.raises(OutOfReach):
        gateway.number_set_up(CLINIC)


@pytest.mark.parametrize(
    "service",
    [
        Service("MG1", INBOUND),
        Service("MG1", None, uses_number_webhook=True),
        Service("MG1", None, status_url="https://elsewhere.example/"),
    ],
)
def test_a_service_tells_where_its_texts_go(
    gateway: TwilioGateway, twilio: Simulator, service: Service
) -> None:
    twilio.own(service)

    assert gateway.service_set_up("MG1") == ServiceSetUp(
        service.inbound_url, service.uses_number_webhook, service.status_url
    )
