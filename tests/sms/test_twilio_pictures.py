"""Fetching what came with a text, and deleting it at Twilio: the token stays with Twilio."""

import logging
from collections.abc import Iterator

import pytest

from recovery.sms.gateway import Fetched, Gone, NotLetIn, OutOfReach, TooLarge
from recovery.sms.twilio import TwilioGateway
from tests.sms.conftest import CLINIC, PATIENT, PUBLIC_URL, SID, TOKEN
from tests.twilio_simulator import faults
from tests.twilio_simulator.faults import Fault
from tests.twilio_simulator.simulator import Simulator

PHOTO = b"\xff\xd8" + bytes(range(256)) * 400
PLENTY = 5_000_000


@pytest.fixture
def photo(twilio: Simulator) -> str:
    """Where Twilio says that the patient's photo is."""
    message = twilio.receive(PATIENT, CLINIC, "", url=None, media=[("image/jpeg", PHOTO)]).message
    path = f"/2010-04-01/Accounts/{SID}/Messages/{message.sid}/Media/{message.media[0].sid}"
    return twilio.base_url + path


@pytest.fixture
def stranger() -> Iterator[Simulator]:
    """Another server of this machine, which writes down what it is asked."""
    with Simulator(SID, TOKEN) as simulator:
        yield simulator


def test_a_photo_is_fetched(gateway: TwilioGateway, photo: str) -> None:
    assert gateway.fetch(photo, PLENTY) == Fetched(PHOTO, "image/jpeg")


def test_a_photo_that_lies_elsewhere_is_fetched_there_without_the_token(
    gateway: TwilioGateway, twilio: Simulator, photo: str
) -> None:
    twilio.move_media()

    assert gateway.fetch(photo, PLENTY) == Fetched(PHOTO, "image/jpeg")
    first, second = twilio.requests
    assert (first.host.partition(":")[0], bool(first.authorization)) == ("127.0.0.1", True)
    assert (second.host.partition(":")[0], second.authorization) == ("localhost", None)


def test_no_login_of_the_environment_goes_elsewhere_either(
    twilio: Simulator, photo: str, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    kept = tmp_path_factory.mktemp("home") / "netrc"
    kept.write_text("machine localhost login somebody password else\n")
    monkeypatch.setenv("NETRC", str(kept))
    gateway = TwilioGateway(SID, (TOKEN,), PUBLIC_URL, twilio.base_url)
    gateway._client().http_client._session.trust_env = True  # as it is before Twilio itself
    monkeypatch.setenv("NO_PROXY", "*")
    twilio.move_media()

    assert gateway.fetch(photo, PLENTY).content == PHOTO
    assert twilio.requests[1].authorization is None
    gateway.close()


def test_a_stranger_s_address_is_never_called(gateway: TwilioGateway, stranger: Simulator) -> None:
    with pytest.raises(Gone):
        gateway.fetch(f"{stranger.base_url}/photo.jpg", PLENTY)
    gateway.delete(f"{stranger.base_url}/photo.jpg")

    assert stranger.requests == []


def test_a_redirect_to_another_port_drops_the_token(
    gateway: TwilioGateway, twilio: Simulator, stranger: Simulator, photo: str
) -> None:
    twilio.fail_next(faults.redirect(f"{stranger.base_url}/photo.jpg"))

    with pytest.raises(OutOfReach, match="HTTP 401"):
        gateway.fetch(photo, PLENTY)

    assert [each.authorization for each in stranger.requests] == [None]


def test_a_redirect_that_two_readers_take_for_two_hosts_is_not_followed(
    gateway: TwilioGateway, twilio: Simulator, stranger: Simulator, photo: str
) -> None:
    own = twilio.base_url.removeprefix("http://")
    twilio.fail_next(faults.redirect(f"{stranger.base_url}\\@{own}/photo.jpg"))

    with pytest.raises(OutOfReach, match="where we do not go"):
        gateway.fetch(photo, PLENTY)

    assert stranger.requests == []


def test_a_redirect_back_to_twilio_carries_the_token_again(
    gateway: TwilioGateway, twilio: Simulator, photo: str
) -> None:
    there_and_back = f"http://localhost:{twilio.base_url.rpartition(':')[2]}/there"
    twilio.fail_next(faults.redirect(there_and_back), faults.redirect(photo))

    assert gateway.fetch(photo, PLENTY).content == PHOTO
    assert [bool(each.authorization) for each in twilio.requests] == [True, False, True]


def test_redirects_in_a_circle_end(gateway: TwilioGateway, twilio: Simulator, photo: str) -> None:
    twilio.fail_next(*[faults.redirect(photo)] * 50)

    with pytest.raises(OutOfReach, match="too often"):
        gateway.fetch(photo, PLENTY)

    assert len(twilio.requests) == 5


def test_a_photo_may_be_as_large_as_allowed_and_no_larger(gateway: TwilioGateway, photo: str) -> None:
    assert gateway.fetch(photo, len(PHOTO)).content == PHOTO
    with pytest.raises(TooLarge):
        gateway.fetch(photo, len(PHOTO) - 1)


def test_a_photo_that_hides_its_size_is_counted(
    gateway: TwilioGateway, twilio: Simulator, photo: str
) -> None:
    twilio.fail_next(faults.rubbish(PHOTO, length=None))

    with pytest.raises(TooLarge):
        gateway.fetch(photo, 1000)


def test_half_a_photo_is_none(gateway: TwilioGateway, twilio: Simulator, photo: str) -> None:
    twilio.fail_next(faults.rubbish(PHOTO, length=len(PHOTO) + 1))

    with pytest.raises(OutOfReach):
        gateway.fetch(photo, PLENTY)


def test_a_deleted_photo_is_gone(gateway: TwilioGateway, twilio: Simulator, photo: str) -> None:
    gateway.delete(photo)

    assert twilio.messages[0].media == []
    with pytest.raises(Gone):
        gateway.fetch(photo, PLENTY)


def test_deleting_twice_is_no_fault(gateway: TwilioGateway, photo: str) -> None:
    gateway.delete(photo)
    gateway.delete(photo)


@pytest.mark.parametrize(
    "fault",
    [faults.answer(429), faults.answer(500), faults.answer(503), faults.drop(accepts=False)],
    ids=lambda fault: str(fault.name),
)
def test_twilio_in_a_bad_mood_is_out_of_reach(
    gateway: TwilioGateway, twilio: Simulator, photo: str, fault: Fault
) -> None:
    twilio.fail_next(fault, fault)

    with pytest.raises(OutOfReach):
        gateway.fetch(photo, PLENTY)
    with pytest.raises(OutOfReach):
        gateway.delete(photo)

    assert len(twilio.messages[0].media) == 1


def test_no_answer_in_time_is_out_of_reach(twilio: Simulator, photo: str) -> None:
    gateway = TwilioGateway(SID, (TOKEN,), PUBLIC_URL, twilio.base_url, timeout=0.1)
    twilio.fail_next(faults.hang(accepts=False), faults.hang(accepts=False))

    with pytest.raises(OutOfReach):
        gateway.fetch(photo, PLENTY)
    with pytest.raises(OutOfReach):
        gateway.delete(photo)
    gateway.close()


def test_a_wrong_token_is_told_from_silence(twilio: Simulator, photo: str) -> None:
    gateway = TwilioGateway(SID, ("wrong",), PUBLIC_URL, twilio.base_url)

    with pytest.raises(NotLetIn):
        gateway.fetch(photo, PLENTY)
    with pytest.raises(NotLetIn):
        gateway.delete(photo)
    gateway.close()


def test_what_a_webhook_named_at_twilio_is_fetched_from_the_stand_in(
    gateway: TwilioGateway, twilio: Simulator, photo: str
) -> None:
    named = photo.replace(twilio.base_url, "https://api.twilio.com")

    assert gateway.fetch(named, PLENTY).content == PHOTO
    gateway.delete(named)
    assert twilio.messages[0].media == []


def test_no_log_line_holds_the_token(
    gateway: TwilioGateway, twilio: Simulator, photo: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    twilio.fail_next(faults.drop())

    with pytest.raises(OutOfReach):
        gateway.fetch(photo, PLENTY)
    gateway.fetch(photo, PLENTY)

    assert twilio.requests[0].authorization is not None
    assert twilio.requests[0].authorization.split()[1] not in caplog.text
    assert TOKEN not in caplog.text


@pytest.mark.parametrize("head_too", [False, True])
def test_a_photo_that_trickles_in_is_not_waited_for(twilio: Simulator, photo: str, head_too: bool) -> None:
    gateway = TwilioGateway(SID, (TOKEN,), PUBLIC_URL, twilio.base_url, timeout=0.1)
    twilio.fail_next(faults.trickle(0.05, head_too=head_too))

    with pytest.raises(OutOfReach):
        gateway.fetch(photo, PLENTY)
    gateway.close()
