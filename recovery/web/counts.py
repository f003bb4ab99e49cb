"""How many cases each way of narrowing the list would show, the other ways kept as they are."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from recovery.queries import case_counts
from recovery.queries.case_counts import Group
from recovery.queries.cases import Filter
from recovery.web.asked import LISTS, Asked

COUNTED = ("waiting", "snoozed")  # how many were ever resolved is nobody's question
MOST_BY_RULE = 1_000  # the reasons of more cases take longer to count than the whole page to read
_LIST_OF = {str(status): name for name, statuses in LISTS.items() for status in statuses}


@dataclass(frozen=True, slots=True)
class Counts:
    """By the words of the address; what is not there is 0, and the empty word stands for all.

    None in a list that only grows, and `rule` in one of more than `MOST_BY_RULE` too.
    """

    status: Mapping[str, int]
    who: Mapping[str, int] | None = None
    priority: Mapping[str, int] | None = None
    rule: Mapping[str, int] | None = None


@dataclass(frozen=True, slots=True)
class _Group:
    status: str
    priority: str
    who: str
    count: int


def groups(clinic_id: UUID, wanted: Filter) -> Mapping[Group, int]:
    """In one query: every case that narrowing by state, holder or priority would show."""
    statuses = tuple(each for name in COUNTED for each in LISTS[name])
    loose = replace(wanted, statuses=statuses, priority=None, held_by=None, unheld=False)
    return case_counts.by_holder(clinic_id, loose)


def counts(asked: Asked, wanted: Filter, found: Mapping[Group, int], clinic_id: UUID, me: UUID) -> Counts:
    rows = [
        _Group(_LIST_OF[status], priority, _who(holder, me), count)
        for (status, priority, holder), count in found.items()
    ]

    def listed(row: _Group) -> bool:
        return row.status == asked.status

    def whose(row: _Group) -> bool:
        return asked.who in ("", row.who)

    def urgent(row: _Group) -> bool:
        return asked.priority in ("", row.priority)

    status = _sums((row for row in rows if whose(row) and urgent(row)), lambda row: row.status)
    if asked.status not in COUNTED:
        return Counts(status)
    who = _sums((row for row in rows if listed(row) and urgent(row)), lambda row: row.who)
    priority = _sums((row for row in rows if listed(row) and whose(row)), lambda row: row.priority)
    if who[asked.who] > MOST_BY_RULE:
        return Counts(status, who, priority)
    return Counts(status, who, priority, case_counts.by_rule(clinic_id, replace(wanted, rule=None)))


def _sums(rows: Iterable[_Group], word: Callable[[_Group], str]) -> Counter[str]:
    found: Counter[str] = Counter()
    for row in rows:
        found[word(row)] += row.count
        found[""] += row.count
    return found


def _who(holder: UUID | None, me: UUID) -> str:
    if holder is None:
        return "nobody"
    return "mine" if holder == me else "others"
