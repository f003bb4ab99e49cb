"""The self-check as the tests read it: at noon, the findings of one name."""

from collections.abc import Sequence
from datetime import datetime

from recovery.services import checkup
from recovery.services.findings import Finding
from tests import make

PERIODS = {"send-messages": 2, "send-reminders": 60, "purge-expired": 3600}


def found(name: str, now: datetime = make.NOON) -> list[Finding]:
    return [each for each in checkup.findings(PERIODS, lambda: now) if each.name == name]


def only(name: str, now: datetime = make.NOON) -> Finding:
    (finding,) = found(name, now)
    return finding


def states(findings: Sequence[Finding]) -> list[str]:
    return [each.state.value for each in findings]
