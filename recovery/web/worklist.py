"""The flagged cases of the nurse's clinic, most urgent first: narrowed as she asks, and fresh."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, abort, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from itsdangerous import BadSignature, URLSafeSerializer

from recovery.db import reading, writing
from recovery.domain.vocabulary import Priority, Rule
from recovery.models.case import FlaggedCase
from recovery.queries import case_counts, cases, clinics
from recovery.services import audit, clock
from recovery.web import banners, freshness
from recovery.web import counts as counting
from recovery.web.asked import LISTS, Asked
from recovery.web.freshness import Shown
from recovery.web.lines import lines
from recovery.web.sessions import actor, signed_in

worklist = Blueprint("worklist", __name__)

A_PAGE = 25
After = tuple[int, datetime, UUID]


@dataclass(frozen=True, slots=True)
class Page:
    """What the list shows to one question now; `shown` tells it from any other."""

    asked: Asked
    wanted: cases.Filter
    after: After | None
    ids: Sequence[UUID]
    groups: Mapping[case_counts.Group, int]
    shown: Shown

    @property
    def visible(self) -> Sequence[UUID]:
        return self.ids[:A_PAGE]


@worklist.get("/")
def front() -> ResponseReturnValue:
    return redirect(url_for("worklist.show"))


@worklist.get("/flagged-cases")
def show() -> ResponseReturnValue:
    """One page of the list, whole."""
    with reading():
        now = clock.now()
        found = _found(now)
        text = render_template("flagged_cases.html", **_parts(found, now))
    _note(found.visible, now)
    return text


@worklist.get("/flagged-cases/lines")
def fresh() -> ResponseReturnValue:
    """The list alone, for a page that is open: 304 while it shows all that there is."""
    before = freshness.before()
    with reading():
        now = clock.now()
        found = _found(now)
        if before is not None and before.state == found.shown.state:
            answer = Response(status=304)
        else:
            answer = Response(render_template("worklist/fresh.html", **_parts(found, now)))
    if answer.status_code != 304:
        seen = before.ids if before is not None else frozenset()
        _note([each for each in found.visible if each not in seen], now)
    answer.set_etag(found.shown.tag)
    return answer


def _found(now: datetime) -> Page:
    """The ids of the page and its counts: all that is needed to tell whether anything changed."""
    here, asked = signed_in(), Asked.of(request.args)
    clinic = clinics.clinic(here.clinic_id)
    wanted = asked.filter(here.id, clinic.region if clinic else "")
    after = _after(asked)
    ids = cases.worklist_ids(here.clinic_id, wanted, after, A_PAGE + 1)
    groups = counting.groups(here.clinic_id, wanted)
    told = sorted((each[0], each[1], str(each[2]), count) for each, count in groups.items())
    shown, more = ids[:A_PAGE], len(ids) > A_PAGE
    state = freshness.shown(shown, freshness.minute(now), case_counts.signs(shown), told, more)
    return Page(asked, wanted, after, ids, groups, state)


def _parts(found: Page, now: datetime) -> dict[str, Any]:
    """What the templates need."""
    here = signed_in()
    rows = cases.worklist(here.clinic_id, found.wanted, found.after, A_PAGE)
    more = len(found.ids) > A_PAGE and rows
    return {
        "lines": lines(rows, now),
        "asked": found.asked,
        "lists": LISTS,
        "counts": counting.counts(found.asked, found.wanted, found.groups, here.clinic_id, here.id),
        "rules": list(Rule),
        "priorities": list(reversed(Priority)),
        "later": _cursor(rows[-1], found.asked) if more else None,
        "cursor": request.args.get("cursor"),
        "shown": found.shown,
        "banners": banners.standing(here.clinic_id, now),
        "now": now,
        "zone": here.timezone,
    }


def _note(case_ids: Sequence[UUID], now: datetime) -> None:
    """A row in the audit, if she was shown anything that she had not before her."""
    if case_ids:
        with writing():
            audit.record(actor(), "list", "case", case_ids, now)


def _cursor(case: FlaggedCase, asked: Asked) -> str:
    place = [case.place, case.flagged_at.isoformat(), str(case.id)]
    return str(_signer(asked).dumps(place))


def _after(asked: Asked) -> After | None:
    """The place where the page before ended."""
    cursor = request.args.get("cursor")
    if cursor is None:
        return None
    try:
        place, at, case_id = _signer(asked).loads(cursor)
    except BadSignature:
        abort(400)
    return place, datetime.fromisoformat(at), UUID(case_id)


def _signer(asked: Asked) -> URLSafeSerializer:
    secret = str(current_app.config["SECRET_KEY"])
    return URLSafeSerializer(secret, salt=f"worklist {signed_in().clinic_id} {asked}")
