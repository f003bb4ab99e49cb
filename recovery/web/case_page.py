"""The page of one flagged case: why, what was said and written, what was done, and what can be done now."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self
from uuid import UUID

from flask import abort, render_template
from flask.typing import ResponseReturnValue
from wtforms.fields import SelectChoice

from recovery.db import new_id, reading, writing
from recovery.domain import gsm7, snoozes, triage
from recovery.domain.canned import Canned
from recovery.domain.days import day_of
from recovery.domain.errors import Stale
from recovery.domain.vocabulary import CaseStatus
from recovery.models.case import FlaggedCase
from recovery.models.message import Message
from recovery.queries import cases, messages, photos, staff, treatments
from recovery.services import audit, clock, conversations, gate
from recovery.services import cases as casework
from recovery.services import texts as wordings
from recovery.services.values import hours_of, protocol_of, told
from recovery.web import banners, case_forms, case_history, case_reports, freshness
from recovery.web import chart as charts
from recovery.web.case_forms import OnCase
from recovery.web.forms import LANGUAGE_NAMES, OUTCOMES
from recovery.web.freshness import Shown
from recovery.web.lines import standing_reasons
from recovery.web.sessions import actor, signed_in
from recovery.web.shown import moment

_FORMS: tuple[type[OnCase], ...] = (
    case_forms.Acknowledge,
    case_forms.Assign,
    case_forms.Snooze,
    case_forms.TextPatient,
    case_forms.PhoneReport,
    case_forms.Note,
    case_forms.Resolve,
    case_forms.Reopen,
)


@dataclass(frozen=True, slots=True)
class Seen:
    """Which state of a case a form was filled in on: two versions, and how long its history was."""

    version: int
    treatment: int
    events: int

    @classmethod
    def told(cls, given: str) -> Self | None:
        """As a form tells it; None for one that does not."""
        parts = given.split(".")
        if len(parts) != 3 or not all(each.isascii() and each.isdigit() and len(each) < 10 for each in parts):
            return None
        return cls(*map(int, parts))

    def __str__(self) -> str:
        return f"{self.version}.{self.treatment}.{self.events}"

    def check(self, form: OnCase, row: FlaggedCase) -> None:
        """Raises Stale if what the form is about was changed meanwhile; a note takes nothing from anybody."""
        if isinstance(form, case_forms.Note) or _is_again(form, row):
            return
        if isinstance(form, case_forms.PhoneReport):
            changed = self.treatment != row.treatment.version
        else:
            changed = self.version != row.version
        if changed:
            raise Stale("This case has changed since you looked at it, so nothing was done yet.")


def _is_again(form: OnCase, row: FlaggedCase) -> bool:
    """Whether the same comes a second time, because its button was pressed twice."""
    if isinstance(form, case_forms.Acknowledge):
        return row.status == CaseStatus.ACKNOWLEDGED and row.acknowledged_by_id == signed_in().id
    once = form.sending() if isinstance(form, case_forms.TextPatient) else None
    return once is not None and conversations.is_written(row, once)


@dataclass(frozen=True, slots=True)
class Returned:
    """A form that comes back with what was typed in it.

    `why`: the sentence of what refused it; without one its fields say what is wrong. `events`: how
    long the history was when its writer looked, if the case changed since.
    """

    form: OnCase
    why: str | None = None
    events: int | None = None


def state(row: FlaggedCase, events: int, count_of_texts: int) -> Shown:
    """What its page shows, told apart from what it would show after any change."""
    return freshness.shown([row.id], row.version, row.treatment.version, events, count_of_texts)


def page(case_id: UUID, returned: Returned | None = None, canned: str | None = None) -> ResponseReturnValue:
    """The page of a case of her clinic, or none; its unread texts count as read from here on."""
    with reading():
        now = clock.now()
        row = cases.case(signed_in().clinic_id, case_id)
        if row is None:
            abort(404)
        unread = row.unread_messages
        shown = _rendered(row, returned, canned, now)
    with writing():
        if unread:
            casework.read(case_id, unread)
        audit.record(actor(), "view", "case", [case_id], now)
    if returned is None:
        return shown
    return shown, 409 if returned.why else 422


def _rendered(row: FlaggedCase, returned: Returned | None, canned: str | None, now: datetime) -> str:
    treatment, patient, here = row.treatment, row.patient, signed_in()
    history = cases.history(row.id)
    thread = messages.thread(patient.id)
    colleagues = staff.colleagues(here.clinic_id)
    day = max(day_of(treatment.treated_at, now, patient.timezone), 0)
    offered = wordings.offered(patient.clinic, patient.language, day)
    names = {**_names(row, thread), **colleagues}
    told_of = case_history.lines(history, here.timezone)
    held = standing_reasons(row)
    standing, check_ins = treatments.standing_reports(treatment), treatment.check_ins
    protocol, texting = protocol_of(treatment), gate.texting(patient)
    return render_template(
        "case.html",
        case=row,
        patient=patient,
        treatment=treatment,
        texting=texting,
        obstacle=conversations.obstacle(patient, texting),
        day=day,
        expected_days=protocol.expected(treatment.needle_depth_mm, treatment.device).days,
        reasons=held,
        past_reasons=[each for each in row.flags if each not in held],
        trend=triage.trend([told(each) for each in standing]),
        chart=charts.chart(standing, check_ins, row.flags, treatment, protocol),
        rows=case_reports.rows(treatment.reports, check_ins, treatment, protocol),
        languages=LANGUAGE_NAMES,
        thread=thread,
        wrote=next((each for each in reversed(thread) if each.direction == "inbound"), None),
        unread=_unread(thread, row.unread_messages),
        photos=photos.photos_of(thread),
        history=told_of,
        meanwhile=told_of[returned.events :] if returned and returned.events is not None else (),
        names=names,
        outcomes={each.value: said for each, said in OUTCOMES.items()},
        returned=returned,
        forms=_forms(row, returned, names, list(colleagues), _canned(offered, canned), now),
        canned=offered,
        chosen=_canned(offered, canned),
        talk_hours=protocol.conversation_hours,
        alphabet=(gsm7.BASIC, gsm7.EXTENSION),
        seen=Seen(row.version, treatment.version, len(history)),
        shown=state(row, len(history), len(thread)),
        banners=banners.standing(patient.clinic, now),
        now=now,
        zone=here.timezone,
        me=here.id,
    )


def _forms(
    row: FlaggedCase,
    returned: Returned | None,
    names: dict[UUID, str],
    colleagues: list[UUID],
    canned: Canned | None,
    now: datetime,
) -> dict[str, OnCase]:
    """Every form of the page by its section, empty but for the one that comes back."""
    forms: dict[str, Any] = {each.section: each(formdata=None) for each in _FORMS}
    if returned is not None:
        forms[returned.form.section] = returned.form
    forms["assign"].to.choices = _people(row, names, colleagues)
    if forms["assign"].to.data is None:
        forms["assign"].to.data = str(row.assigned_to_id or "")
    forms["snooze"].until.choices = _moments(row, now)
    if canned is not None and not forms["message"].text.data:
        forms["message"].text.data = canned.text
    forms["message"].once.data = forms["message"].sending() or str(new_id())
    return forms


def _people(row: FlaggedCase, names: dict[UUID, str], colleagues: list[UUID]) -> list[SelectChoice]:
    """Whom the case can be given to; who has it stands among them even after leaving."""
    me, holder = signed_in().id, row.assigned_to_id
    others = [each for each in colleagues if each != me]
    if holder is not None and holder not in colleagues:
        others.append(holder)
    listed = (SelectChoice(str(each), names.get(each, "Somebody")) for each in others)
    return [SelectChoice("", "Nobody"), SelectChoice(str(me), "Me"), *listed]


def _moments(row: FlaggedCase, now: datetime) -> list[SelectChoice]:
    zone = signed_in().timezone
    said = {
        "hours": "In two hours, {}",
        "opening": "When the clinic opens next, {}",
        "week": "In a week, {}",
    }
    offered = snoozes.offered(hours_of(row.patient.clinic), now)
    listed = [SelectChoice(key, said[key].format(moment(at, zone))) for key, at in offered.items()]
    return [SelectChoice("", "Choose…"), *listed, SelectChoice("at", "At the time below")]


def _canned(offered: tuple[Canned, ...], key: str | None) -> Canned | None:
    return next((each for each in offered if each.key == key), None)


def _unread(thread: Sequence[Message], count: int) -> set[UUID]:
    """The texts that nobody has looked at: as many of the latest as are counted."""
    written = [each.id for each in thread if each.direction == "inbound"]
    return set(written[-count:]) if count else set()


def _names(row: FlaggedCase, thread: Sequence[Message]) -> dict[UUID, str]:
    """Whoever has the case or wrote in it, also those who have left."""
    involved = {row.acknowledged_by_id, row.assigned_to_id, *(each.written_by_id for each in thread)}
    return staff.names(each for each in involved if each is not None)
