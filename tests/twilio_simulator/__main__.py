"""A Twilio to try things by hand against: `python -m tests.twilio_simulator --faults 0.2 --seed 7`.

It prints its address, reports the statuses of what it is handed, and ends with a line of figures.
"""

import argparse
import json
import signal
from threading import Event

from tests.twilio_simulator.faults import Moods
from tests.twilio_simulator.simulator import Simulator


def main() -> None:
    asked = _arguments()
    ended = Event()
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, lambda *_: ended.set())
    with Simulator(asked.account, asked.token, port=asked.port) as twilio:
        twilio.fail_at_random(Moods(asked.seed, asked.faults))
        print(twilio.base_url, flush=True)
        while not ended.wait(asked.callbacks):
            twilio.deliver_callbacks()
        print(json.dumps(_figures(twilio)), flush=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m tests.twilio_simulator", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="of loopback; any free one by default")
    parser.add_argument("--account", default="AC" + "1" * 32, help="the account's SID")
    parser.add_argument("--token", default="secret", help="the account's auth token")
    parser.add_argument("--seed", type=int, default=1, help="of the faults")
    parser.add_argument(
        "--faults", type=float, default=0.0, help="the share of requests that meet one, 0 to 1"
    )
    parser.add_argument("--callbacks", type=float, default=1.0, help="seconds between rounds of statuses")
    return parser.parse_args()


def _figures(twilio: Simulator) -> dict[str, object]:
    taken = twilio.taken
    return {
        "texts": len(twilio.messages),
        "taken_twice": sorted(each for each, times in taken.items() if times > 1),
        "faults": dict(twilio.faults_met),
    }


if __name__ == "__main__":
    main()
