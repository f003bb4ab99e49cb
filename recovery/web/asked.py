"""What a nurse asks the list for: which cases, whose, how urgent, why flagged, which patient."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Self
from uuid import UUID

from flask import abort, url_for

from recovery.db import keyring
from recovery.domain.vocabulary import CaseStatus, Priority, Rule
from recovery.phones import looked_for
from recovery.queries.cases import Filter
from recovery.web.forms import clean

LISTS = {
    "waiting": (CaseStatus.OPEN, CaseStatus.ACKNOWLEDGED),
    "snoozed": (CaseStatus.SNOOZED,),
    "resolved": (CaseStatus.RESOLVED,),
}
WHO = ("mine", "nobody")
_LONGEST_SEARCH = 200
_ACCEPTED = {
    "status": tuple(LISTS),
    "who": ("", *WHO),
    "priority": ("", *Priority),
    "rule": ("", *Rule),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """Every part but `status` may be empty, which asks for all."""

    status: str = "waiting"
    who: str = ""
    priority: str = ""
    rule: str = ""
    q: str = ""

    @classmethod
    def of(cls, args: Mapping[str, str]) -> Self:
        """As the address says it; 404 for a word that is none."""
        given = {name: clean(args.get(name)) for name in _ACCEPTED}
        given["status"] = given["status"] or "waiting"
        asked = cls(**given, q=clean(args.get("q"))[:_LONGEST_SEARCH])
        if any(getattr(asked, name) not in accepted for name, accepted in _ACCEPTED.items()):
            abort(404)
        return asked

    @property
    def is_narrowed(self) -> bool:
        return bool(self.who or self.priority or self.rule or self.q)

    def url(self, endpoint: str = "worklist.show", cursor: str | None = None, **changes: str) -> str:
        """The address of this list, or of one that differs in these parts."""
        asked = replace(self, **changes)
        parts = {name: getattr(asked, name) or None for name in ("who", "priority", "rule", "q")}
        status = asked.status if asked.status != "waiting" else None
        return url_for(endpoint, status=status, **parts, cursor=cursor)

    def filter(self, me: UUID, region: str) -> Filter:
        """The same for the database; `region` is the country in which a number without one is dialled."""
        phone = looked_for(self.q or None, region)
        return Filter(
            statuses=LISTS[self.status],
            priority=self.priority or None,
            rule=self.rule or None,
            held_by=me if self.who == "mine" else None,
            unheld=self.who == "nobody",
            q=self.q or None,
            phone_hash=keyring().phone_hash(phone) if phone else None,
        )
