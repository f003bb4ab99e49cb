"""The simulator's faults: told for one kind of call, drawn by a seed, and what it counts meanwhile."""

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

import config
from recovery.sms.gateway import Accepted, Outgoing, OutOfReach
from recovery.sms.twilio import TwilioGateway
from tests.sms.conftest import CLINIC, PATIENT, PUBLIC_URL, SID, TOKEN
from tests.twilio_simulator import faults
from tests.twilio_simulator.faults import Fault, Moods
from tests.twilio_simulator.seen import Choice, Seen, creates, looks, pictures
from tests.twilio_simulator.simulator import Simulator

TEXT = Outgoing("7", PATIENT, CLINIC, "Hello")
ROOT = Path(config.__file__).parent
LOG = f"/2010-04-01/Accounts/{SID}/Messages"


def seen(method: str, path: str) -> Seen:
    return Seen(method, path, {}, {}, None)


@pytest.mark.parametrize(
    ("choice", "meant", "others"),
    [
        (creates, [("POST", f"{LOG}.json")], [("POST", f"{LOG}/SM1.json"), ("GET", f"{LOG}.json")]),
        (
            looks,
            [("GET", f"{LOG}.json"), ("GET", f"{LOG}/SM1.json")],
            [("POST", f"{LOG}.json"), ("GET", f"{LOG}/MM1/Media/ME1")],
        ),
        (
            pictures,
            [("GET", f"{LOG}/MM1/Media/ME1"), ("GET", "/elsewhere/ME1")],
            [("DELETE", f"{LOG}/MM1/Media/ME1"), ("GET", f"{LOG}/MM1/Media.json")],
        ),
    ],
)
def test_a_fault_can_be_meant_for_some_calls(
    choice: Choice, meant: list[tuple[str, str]], others: list[tuple[str, str]]
) -> None:
    assert [each for each in meant + others if choice(seen(*each))] == meant


def test_a_fault_waits_for_the_call_that_it_is_meant_for(gateway: TwilioGateway, twilio: Simulator) -> None:
    twilio.fail_next(faults.answer(500, accepts=True), only=creates)
    twilio.fail_next(faults.answer(503), only=looks)

    gateway.send(TEXT)
    with pytest.raises(OutOfReach, match="503"):
        gateway.texts_to(PATIENT)

    assert len(gateway.texts_to(PATIENT)) == 1
    assert twilio.faults_met == {"500 accepted": 1, "503": 1}


def draw(moods: Moods) -> list[str | None]:
    drawn = [moods.draw(seen("POST", f"{LOG}.json")) for _ in range(200)]
    return [each.name if each else None for each in drawn]


def test_the_same_seed_brings_the_same_moods() -> None:
    assert draw(Moods(7, 0.3)) == draw(Moods(7, 0.3))
    assert draw(Moods(7, 0.3)) != draw(Moods(8, 0.3))
    assert set(draw(Moods(7, 1.0))) == {each.name for each in faults.MOODS}
    assert set(draw(Moods(7, 0.0))) == {None}
    assert set(draw(Moods(7, 1.0, only=looks))) == {None}


@pytest.mark.parametrize(
    ("fault", "taken"),
    [
        (faults.answer(429), 0),
        (faults.answer(500), 0),
        (faults.answer(500, accepts=True), 1),
        (faults.drop(accepts=False), 0),
        (faults.drop(), 1),
        (faults.slow(0.01), 1),
        (faults.trickle(0.0), 1),
        (faults.rubbish(), 0),
    ],
    ids=lambda value: value.name if isinstance(value, Fault) else str(value),
)
def test_what_twilio_took_is_counted_whatever_it_answered(
    gateway: TwilioGateway, twilio: Simulator, fault: Fault, taken: int
) -> None:
    twilio.fail_next(fault)

    gateway.send(TEXT)

    assert twilio.taken["7"] == taken
    assert len(twilio.inbox(PATIENT)) == taken


def test_a_slow_answer_is_still_the_true_one(gateway: TwilioGateway, twilio: Simulator) -> None:
    twilio.fail_next(faults.slow(0.01))

    assert isinstance(gateway.send(TEXT), Accepted)


def test_a_text_that_is_handed_over_twice_is_counted_twice(gateway: TwilioGateway, twilio: Simulator) -> None:
    gateway.send(TEXT)
    gateway.send(TEXT)
    gateway.send(replace(TEXT, id="8"))

    assert twilio.taken == {"7": 2, "8": 1}


def test_the_count_holds_under_many_hands(gateway: TwilioGateway, twilio: Simulator) -> None:
    twilio.fail_at_random(Moods(7, 0.5, kinds=[each for each in faults.MOODS if each.name != "slow"]))
    texts = [replace(TEXT, id=str(number % 40)) for number in range(200)]

    with ThreadPoolExecutor(16) as hands:
        outcomes = list(hands.map(gateway.send, texts))

    assert sum(twilio.taken.values()) == len(twilio.messages) == len(twilio.inbox(PATIENT))
    accepted = [each for each in outcomes if isinstance(each, Accepted)]
    assert len(accepted) == 200 - sum(twilio.faults_met.values())
    assert {each.sid for each in accepted} <= {each.sid for each in twilio.messages}


def test_it_runs_in_a_process_of_its_own() -> None:
    told = ["--account", SID, "--token", TOKEN, "--callbacks", "3600"]
    command = [sys.executable, "-m", "tests.twilio_simulator"]
    with subprocess.Popen([*command, *told], cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        try:
            gateway = TwilioGateway(SID, (TOKEN,), PUBLIC_URL, process.stdout.readline().strip())
            outcome = gateway.send(replace(TEXT, id="9"))
            gateway.close()
        finally:
            process.terminate()
        figures = json.loads(process.stdout.read())

    assert isinstance(outcome, Accepted)
    assert figures == {"texts": 1, "taken_twice": [], "faults": {}}
