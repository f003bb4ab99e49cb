"""The table of a recovery: every report by day, and each check-in that has no answer."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from recovery.domain.protocol import Protocol
from recovery.domain.vocabulary import CheckInStatus
from recovery.models.report import Report
from recovery.models.treatment import CheckIn, Treatment
from recovery.web.chart import UNANSWERED


@dataclass(frozen=True, slots=True)
class Row:
    """A report, or `said`, why there is none; `usual` is the most that is usual on its day."""

    day: int
    usual: int
    at: datetime
    report: Report | None
    said: str


def rows(
    reports: Iterable[Report], check_ins: Iterable[CheckIn], treatment: Treatment, protocol: Protocol
) -> list[Row]:
    """By day, and within a day by time."""

    def usual(day: int) -> int:
        return protocol.usual(treatment.needle_depth_mm, treatment.device, day)

    told = [Row(each.day, usual(each.day), each.reported_at, each, "") for each in reports]
    missing = [
        Row(each.day, usual(each.day), each.sent_at or each.due_at, None, said)
        for each in check_ins
        if (said := UNANSWERED.get(CheckInStatus(each.status)))
    ]
    return sorted([*told, *missing], key=lambda row: (row.day, row.at))
