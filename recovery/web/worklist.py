"""The flagged cases of the nurse's clinic, most urgent first: narrowed as she asks, and fresh."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, abort, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from itsdangerous import BadSignature, URLSafeSerializer

from recovery.db import db, reading, writing
from recovery.domain.vocabulary import Priority, Rule
from recovery.models.case import FlaggedCase
from recovery.models.clinic import Clinic
from recovery.queries import case_counts, cases
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
class Question:
    """Which cases of whose clinic are to be listed, and from where on."""

    clinic: Clinic
    asked: Asked
    wanted: cases.Filter
    after: After | None


@dataclass(frozen=True, slots=True)
class Page:
    """What the list shows to a question now; `shown` tells it from any other."""

    ids: Sequence[UUID]
    has_more: bool
    groups: Mapping[case_counts.Group, int]
    shown: Shown


@worklist.get("/")
def front() -> ResponseReturnValue:
    return redirect(url_for("worklist.show"))


@worklist.get("/flagged-cases")
def show() -> ResponseReturnValue:
    """One page of the list, whole."""
    with reading():
        now = clock.now()
        question = _question()
        rows = _rows(question)
        found = _page(question, [case_counts.sign(row) for row in rows], now)
        text = render_template("flagged_cases.html", **_parts(question, found, rows, now))
    _note(found.ids, now)
    return text


@worklist.get("/flagged-cases/lines")
def fresh() -> ResponseReturnValue:
    """The list alone, for a page that is open: 304 while it shows all that there is."""
    before = freshness.before()
    with reading():
        now = clock.now()
        question = _question()
        signs = case_counts.signs(question.clinic.id, question.wanted, question.after, A_PAGE + 1)
        found = _page(question, signs, now)
        if before is not None and before.state == found.shown.state:
            answer = Response(status=304)
        else:
            parts = _parts(question, found, _rows(question), now)
            answer = Response(render_template("worklist/fresh.html", **parts))
    if answer.status_code != 304:
        seen = before.ids if before is not None else frozenset()
        _note([each for each in found.ids if each not in seen], now)
    answer.set_etag(found.shown.tag)
    return answer


def _question() -> Question:
    here, asked = signed_in(), Asked.of(request.args)
    clinic = db.session.get_one(Clinic, here.clinic_id)
    return Question(clinic, asked, asked.filter(here.id, clinic.region), _after(asked))


def _rows(question: Question) -> Sequence[FlaggedCase]:
    """The cases of the page, and one more if there are more."""
    return cases.worklist(question.clinic.id, question.wanted, question.after, A_PAGE + 1)


def _page(question: Question, signs: Sequence[case_counts.Sign], now: datetime) -> Page:
    """The page by the signs of its cases, and of one more if there are more: all that tells of a change."""
    groups = counting.groups(question.clinic.id, question.wanted)
    told = sorted((each[0], each[1], str(each[2]), count) for each, count in groups.items())
    visible, more = signs[:A_PAGE], len(signs) > A_PAGE
    ids = [each.case_id for each in visible]
    return Page(ids, more, groups, freshness.shown(ids, freshness.minute(now), visible, told, more))


def _parts(question: Question, found: Page, rows: Sequence[FlaggedCase], now: datetime) -> dict[str, Any]:
    """What the templates need."""
    here, asked, clinic = signed_in(), question.asked, question.clinic
    visible = rows[:A_PAGE]
    return {
        "lines": lines(visible, now),
        "asked": asked,
        "lists": LISTS,
        "counts": counting.counts(asked, question.wanted, found.groups, clinic.id, here.id),
        "rules": list(Rule),
        "priorities": list(reversed(Priority)),
        "later": _cursor(visible[-1], asked) if found.has_more and visible else None,
        "cursor": request.args.get("cursor"),
        "shown": found.shown,
        "banners": banners.standing(clinic, now),
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
