"""The audit, for the clinic's admins: who saw and changed what, newest first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from recovery.db import reading, writing
from recovery.domain import audited
from recovery.domain.days import local
from recovery.queries import audit as stored
from recovery.queries.audit import Filter, Row
from recovery.services import audit as kept
from recovery.services import clock
from recovery.web import cursors, sessions
from recovery.web.sessions import actor, signed_in
from recovery.web.shown import clock_time, day_words

audit = Blueprint("audit", __name__, url_prefix="/audit")
audit.before_request(sessions.check_admin)

A_PAGE = 50
# Where the things that rows name are looked at; the others have no page of their own.
PAGES = {
    "patient": ("patients.show", "patient_id"),
    "treatment": ("treatment.show", "treatment_id"),
    "case": ("case.show", "case_id"),
    "staff": ("staff.show_one", "staff_id"),
}
FIELDS = ("who", "what", "about", "since", "until")


@dataclass(frozen=True, slots=True)
class Line:
    """One row in words; `ids` are those of what was seen or changed, without her own."""

    at: datetime
    when: str
    who: str
    token: str | None
    done: str
    subject: str
    ids: Sequence[str]


@audit.get("")
def show() -> ResponseReturnValue:
    """One page of the rows asked for; `about` is an id, a patient's standing for the cases too."""
    typed = {name: request.args.get(name, "").replace("\x00", "").strip()[:60] for name in FIELDS}
    here, listed = signed_in(), f"audit {sorted(typed.items())}"
    after = cursors.after(listed)
    with reading():
        now = clock.now()
        wanted, wrong = _wanted(typed, here.clinic_id, here.timezone)
        people = stored.staff_of(here.clinic_id)
        rows = [] if wrong else stored.events(here.clinic_id, wanted, after, A_PAGE + 1)
        shown = rows[:A_PAGE]
        last = shown[-1] if len(rows) > A_PAGE else None
        page = render_template(
            "audit.html",
            lines=_lines(shown, people, stored.token_names(here.clinic_id), here.timezone),
            typed=typed,
            wrong=wrong,
            people=people,
            names={str(each): name for each, name in people.items()},
            actions=audited.ACTIONS,
            subjects=audited.SUBJECTS,
            pages=PAGES,
            later=cursors.cursor(listed, last.at, last.id) if last else None,
            is_first=after is None,
            asked={name: value for name, value in typed.items() if value},
            zone=here.timezone,
        )
    with writing():
        kept.record(actor(), "view", "audit", [here.clinic_id], now)
    return page, 422 if wrong else 200


def _wanted(typed: Mapping[str, str], clinic_id: UUID, zone: str) -> tuple[Filter, dict[str, str]]:
    """What was asked for, and what of it makes no sense, by field."""
    wrong: dict[str, str] = {}
    who, about = _id(typed, "who", wrong), _id(typed, "about", wrong)
    since, until = _day(typed, "since", wrong), _day(typed, "until", wrong)
    wanted = Filter(
        staff_id=who,
        action=typed["what"] or None,
        about=stored.hers(clinic_id, about) if about else (),
        since=local(since, 0, datetime.min.time(), zone) if since else None,
        until=local(until, 1, datetime.min.time(), zone) if until else None,
    )
    return wanted, wrong


def _id(typed: Mapping[str, str], name: str, wrong: dict[str, str]) -> UUID | None:
    try:
        return UUID(typed[name]) if typed[name] else None
    except ValueError:
        wrong[name] = "Please choose one of the list." if name == "who" else "Please give a whole id."
        return None


def _day(typed: Mapping[str, str], name: str, wrong: dict[str, str]) -> date | None:
    try:
        day = date.fromisoformat(typed[name]) if typed[name] else None
    except ValueError:
        day = date.max
    if day is None or 2000 <= day.year < 2100:
        return day
    wrong[name] = "Please give a day, such as 2026-11-20."
    return None


def _lines(
    rows: Sequence[Row], people: Mapping[UUID, str], tokens: Mapping[UUID, str], zone: str
) -> list[Line]:
    return [
        Line(
            at=row.at,
            when=f"{day_words(row.at.astimezone(ZoneInfo(zone)).date())}, {clock_time(row.at, zone)}",
            who=people.get(row.staff_id, "Somebody") if row.staff_id else _nobody(row.action),
            token=tokens.get(row.token_id, "a token") if row.token_id else None,
            done=audited.done(row.action, row.subject, len(row.subject_ids)),
            subject=row.subject,
            ids=[] if row.subject_ids == [str(row.staff_id)] else row.subject_ids,
        )
        for row in rows
    ]


def _nobody(action: str) -> str:
    return "Somebody at the door" if action == "sign_in_failed" else "At the server"
