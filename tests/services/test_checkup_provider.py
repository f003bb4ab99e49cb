"""The self-check at Twilio: account, numbers, webhooks, and who answers STOP and HELP."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from recovery import context
from recovery.domain.vocabulary import LANGUAGES
from recovery.models.clinic import Clinic
from recovery.services.findings import State
from recovery.sms.twilio import TwilioGateway
from tests import make
from tests.services.checked import found, only
from tests.twilio_simulator.faults import answer, drop
from tests.twilio_simulator.owned import Number, Service
from tests.twilio_simulator.simulator import Simulator

ACCOUNT, TOKEN = "AC" + "3" * 32, "a token"
OURS = "https://recovery.example"
INBOUND = f"{OURS}/sms/inbound"
PHONE, SERVICE = "+14165550100", "MG" + "1" * 32

Set = Callable[..., None]


@pytest.fixture
def twilio(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Simulator]:
    """Twilio behind the app, with our settings, and nothing set up there."""
    with Simulator(ACCOUNT, TOKEN) as simulator:
        gateway = TwilioGateway(ACCOUNT, (TOKEN,), OURS, simulator.base_url)
        monkeypatch.setitem(app.extensions, "recovery.gateway", gateway)
        yield simulator
        gateway.close()


@pytest.fixture
def change(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Set:
    """Changes settings; to begin with those of Twilio."""

    def put(**changed: Any) -> None:
        monkeypatch.setitem(app.extensions, "recovery.config", replace(context.config(), **changed))

    put(sms_gateway="twilio", public_url=OURS, keyword_replies="twilio", environment="production")
    return put


@pytest.fixture
def clinic(twilio: Simulator, change: Set) -> Clinic:
    return make.clinic(phone=PHONE)


# The account


def test_without_twilio_it_is_left_out_with_a_word(app: Flask) -> None:
    make.clinic()
    assert only("twilio").state is State.OK
    assert "Twilio was not asked" in only("twilio").sentence
    assert [*found("number"), *found("keywords"), *found("public_url")] == []


def test_an_account_that_lets_us_in_is_told(clinic: Clinic) -> None:
    assert only("twilio").sentence == "Twilio accepts our account and token."


def test_a_wrong_token_is_told_as_such_and_no_number_is_asked_about(
    app: Flask, clinic: Clinic, twilio: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    gateway = TwilioGateway(ACCOUNT, ("another",), OURS, twilio.base_url)
    monkeypatch.setitem(app.extensions, "recovery.gateway", gateway)
    assert only("twilio").state is State.MEND
    assert only("twilio").sentence.startswith("Twilio refuses our account and token")
    assert found("number") == []
    gateway.close()


@pytest.mark.parametrize("fault", [answer(500), drop()])
def test_out_of_reach_is_told_as_not_asked(clinic: Clinic, twilio: Simulator, fault: Any) -> None:
    twilio.fail_next(fault)
    finding = only("twilio")
    assert finding.state is State.WARN
    assert finding.sentence.startswith("Twilio could not be asked (")


def test_a_suspended_account(clinic: Clinic, twilio: Simulator) -> None:
    twilio.account.status = "suspended"
    assert only("twilio").state is State.MEND
    assert "is suspended: no text leaves" in only("twilio").sentence


@pytest.mark.parametrize(("environment", "state"), [("production", "mend"), ("development", "warn")])
def test_a_trial_account(
    clinic: Clinic, twilio: Simulator, change: Set, environment: str, state: str
) -> None:
    change(environment=environment)
    twilio.account.is_trial = True
    assert only("twilio").state.value == state
    assert "texts verified numbers only" in only("twilio").sentence


# The number


def test_a_number_that_calls_us_is_well(clinic: Clinic, twilio: Simulator) -> None:
    twilio.own(Number(PHONE, sms_url=INBOUND))
    finding = only("number")
    assert (finding.state, finding.clinic_id) == (State.OK, clinic.id)
    assert finding.sentence == (f"Rosewood Skin: the number {PHONE} hands what patients write to {INBOUND}.")


def test_a_number_that_is_not_the_accounts(clinic: Clinic, twilio: Simulator) -> None:
    twilio.own(Number("+14165550111", sms_url=INBOUND))
    assert only("number").state is State.MEND
    assert f"has no number {PHONE}" in only("number").sentence


WRONG = [
    ("", "calls nobody when a patient writes"),
    (
        "https://demo.twilio.com/welcome/sms/reply",
        "to https://demo.twilio.com/welcome/sms/reply, which is not us",
    ),
    ("http://recovery.example/sms/inbound", "to http://recovery.example/sms/inbound, which is not us"),
    (f"{INBOUND}/", f"to {INBOUND}/, which is not us"),
    ("https://recovery.example:8443/sms/inbound", ":8443/sms/inbound, which is not us"),
    (f"{OURS}/clinic/sms/inbound", "which is not us"),
    ("nonsense", "which is not us"),
    ("https://[::1", "to an address that is none, which is not us"),
]


@pytest.mark.parametrize(("url", "said"), WRONG)
def test_a_number_that_calls_another(clinic: Clinic, twilio: Simulator, url: str, said: str) -> None:
    twilio.own(Number(PHONE, sms_url=url))
    assert only("number").state is State.MEND
    assert said in only("number").sentence
    assert only("number").sentence.endswith(f"to POST {INBOUND}.")


@pytest.mark.parametrize(
    "url",
    ["HTTPS://Recovery.Example/sms/inbound", "https://recovery.example:443/sms/inbound", f"{INBOUND}#rc=2"],
)
def test_the_same_address_written_otherwise_is_well(clinic: Clinic, twilio: Simulator, url: str) -> None:
    twilio.own(Number(PHONE, sms_url=url))
    assert only("number").state is State.OK


def test_a_password_in_an_address_is_not_told(clinic: Clinic, twilio: Simulator) -> None:
    twilio.own(Number(PHONE, sms_url="https://user:s3cret@old.example/sms?key=s3cret"))
    assert "https://old.example/sms," in only("number").sentence
    assert "s3cret" not in only("number").sentence


def test_an_address_under_a_prefix_is_ours_too(clinic: Clinic, twilio: Simulator, change: Set) -> None:
    change(public_url=f"{OURS}/skin")
    twilio.own(Number(PHONE, sms_url=f"{OURS}/skin/sms/inbound"))
    assert only("number").state is State.OK


def test_a_number_that_calls_with_get(clinic: Clinic, twilio: Simulator) -> None:
    twilio.own(Number(PHONE, sms_url=INBOUND, sms_method="GET"))
    assert only("number").state is State.MEND
    assert "calls us with GET, which we refuse" in only("number").sentence


def test_a_fallback_to_somebody_else(clinic: Clinic, twilio: Simulator) -> None:
    twilio.own(Number(PHONE, sms_url=INBOUND, sms_fallback_url="https://old.example/sms"))
    assert only("number").state is State.WARN
    assert "https://old.example/sms" in only("number").sentence


def test_a_fallback_to_us_is_well(clinic: Clinic, twilio: Simulator) -> None:
    twilio.own(Number(PHONE, sms_url=INBOUND, sms_fallback_url=INBOUND))
    assert only("number").state is State.OK


def test_a_number_that_could_not_be_asked_about(clinic: Clinic, twilio: Simulator) -> None:
    twilio.fail_next(answer(503), only=lambda seen: "IncomingPhoneNumbers" in seen.path)
    finding = only("number")
    assert finding.state is State.WARN
    assert f"Twilio could not be asked about {PHONE}" in finding.sentence


def test_each_clinic_has_its_own_finding(clinic: Clinic, twilio: Simulator) -> None:
    other = make.clinic(name="Birch Clinic", phone="+14165550111")
    twilio.own(Number(PHONE, sms_url=INBOUND), Number("+14165550111"))
    assert {each.clinic_id: each.state.value for each in found("number")} == {
        clinic.id: "ok",
        other.id: "mend",
    }


# Through a Messaging Service


def through(twilio: Simulator, **details: Any) -> None:
    """The number is among the senders of a service, and itself calls somebody else."""
    twilio.own(
        Number(PHONE, sms_url="https://old.example/sms"), Service(SERVICE, senders=(PHONE,), **details)
    )


def test_a_services_address_counts_before_the_numbers(clinic: Clinic, twilio: Simulator) -> None:
    through(twilio, inbound_url=INBOUND)
    assert only("number").state is State.OK
    assert (
        f"the Messaging Service {SERVICE} hands what patients write to {INBOUND}" in only("number").sentence
    )


def test_a_service_without_an_address_loses_what_patients_write(clinic: Clinic, twilio: Simulator) -> None:
    through(twilio, inbound_url=None)
    assert only("number").state is State.MEND
    assert "drops what patients write" in only("number").sentence
    assert "lost for good" in only("number").sentence


def test_a_service_that_leaves_it_to_the_number(clinic: Clinic, twilio: Simulator) -> None:
    through(twilio, inbound_url=None, uses_number_webhook=True)
    assert only("number").state is State.MEND
    assert "https://old.example/sms, which is not us" in only("number").sentence


@pytest.mark.parametrize(
    ("details", "state", "said"),
    [
        ({"inbound_url": "https://old.example/sms"}, "mend", "which is not us"),
        ({"inbound_url": INBOUND, "inbound_method": "GET"}, "mend", "calls us with GET"),
        ({"inbound_url": INBOUND, "fallback_url": "https://old.example/sms"}, "warn", "Remove that fallback"),
    ],
)
def test_a_services_address_is_looked_at_like_a_numbers(
    clinic: Clinic, twilio: Simulator, details: dict[str, Any], state: str, said: str
) -> None:
    through(twilio, **details)
    assert only("number").state.value == state
    assert f"the Messaging Service {SERVICE}" in only("number").sentence
    assert said in only("number").sentence


@pytest.mark.parametrize("senders", [(), ("+14165550111",)])
def test_a_service_of_ours_that_lacks_our_number(
    clinic: Clinic, twilio: Simulator, change: Set, senders: tuple[str, ...]
) -> None:
    change(twilio_messaging_service_sid=SERVICE)
    twilio.own(Number(PHONE, sms_url=INBOUND), Number("+14165550111"))
    twilio.own(Service(SERVICE, inbound_url=INBOUND, senders=senders))
    assert only("number").state is State.MEND
    assert f"does not have {PHONE} among its senders" in only("number").sentence


def test_a_clinics_own_service_counts_before_everyones(twilio: Simulator, change: Set) -> None:
    change(twilio_messaging_service_sid="MG" + "9" * 32)
    make.clinic(phone=PHONE, messaging_service_sid=SERVICE)
    through(twilio, inbound_url=INBOUND)
    assert only("number").state is State.OK


# STOP, START and HELP


def test_the_words_to_paste_come_in_every_language(twilio: Simulator, change: Set) -> None:
    make.clinic(phone=PHONE, language="fr", messaging_service_sid=SERVICE)
    finding = only("keywords")
    assert finding.state is State.OK
    assert finding.paste is not None
    assert list(finding.paste) == ["fr", *(each for each in LANGUAGES if each != "fr")]
    assert all(set(texts) == {"opt_out", "opt_in", "help"} for texts in finding.paste.values())
    assert finding.paste["en"]["opt_out"].startswith("You will get no more texts from Rosewood Skin")
    assert "(416) 555-0100" in finding.paste["fr"]["help"]


def test_without_a_service_twilios_own_words_cannot_be_changed(clinic: Clinic) -> None:
    assert only("keywords").state is State.WARN
    assert "put the number into a Messaging Service" in only("keywords").sentence


def test_a_clinic_that_answers_itself_has_nothing_to_paste(clinic: Clinic, change: Set) -> None:
    change(keyword_replies="clinic")
    assert (only("keywords").state, only("keywords").paste) == (State.OK, None)
    assert "we answer STOP, START and HELP" in only("keywords").sentence


# The settings that only matter with Twilio


@pytest.mark.parametrize(
    ("url", "state"),
    [
        ("https://recovery.example", "ok"),
        ("http://recovery.example", "mend"),
        ("https://127.0.0.1:8000", "mend"),
        ("http://localhost:8000", "mend"),
    ],
)
def test_our_public_address(clinic: Clinic, change: Set, url: str, state: str) -> None:
    change(public_url=url)
    assert only("public_url").state.value == state
    assert url in only("public_url").sentence


def test_two_tokens_remind_of_the_change(clinic: Clinic, change: Set) -> None:
    assert found("twilio_token") == []
    change(twilio_auth_tokens=("new", "old"))
    assert only("twilio_token").state is State.WARN
    assert "leave only that one" in only("twilio_token").sentence


def test_real_texts_out_of_development_are_told(clinic: Clinic, change: Set) -> None:
    assert found("environment") == []
    change(environment="development")
    assert only("environment").state is State.WARN


@pytest.mark.parametrize(
    ("base", "told"),
    [
        (None, False),
        ("https://api.dublin.ie1.twilio.com", False),
        ("http://127.0.0.1:9", True),
        ("https://twilio.com.example", True),
    ],
)
def test_a_stand_in_for_twilio_is_told(clinic: Clinic, change: Set, base: str | None, told: bool) -> None:
    change(twilio_api_base_url=base)
    assert [each.state for each in found("twilio_address")] == [State.WARN] * told


@pytest.mark.parametrize(("redacts", "said"), [(True, "are emptied"), (False, "TWILIO_REDACT_BODIES=1")])
def test_what_stays_in_twilios_log_is_told(clinic: Clinic, change: Set, redacts: bool, said: str) -> None:
    change(twilio_redact_bodies=redacts)
    assert only("privacy").state is State.OK
    assert said in only("privacy").sentence


def test_made_up_patients_beside_real_texts(twilio: Simulator, change: Set) -> None:
    make.clinic(is_demo=True)
    assert only("demonstration").state is State.MEND


def test_made_up_patients_who_are_not_texted_are_no_finding(app: Flask) -> None:
    make.clinic(is_demo=True)
    assert found("demonstration") == []
