"""A month of every kind of patient: never too many texts, never at night, never a day asked twice."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recovery.db import writing
from recovery.domain.protocol import DEFAULT
from recovery.queries import patients as finding
from recovery.queries.messages import AUTOMATIC
from recovery.services import patients
from tests.conftest import empty_tables
from tests.stories.sending.story import JOBS, Story, at, begin, enter, run

WORDS = {
    "zeros": "0 0 0",
    "mild": "2 1 0",
    "bad": "8 7 6",
    "partly": "redness 3",
    "unreadable": "hmm",
    "question": "can I wear makeup?",
    "stop": "STOP",
    "start": "START",
    "none": "NONE",
}
ZONES = ("America/Toronto", "America/Vancouver", "Europe/London")
HOURS = ("08:00", "10:00", "11:00", "13:00", "17:59", "20:30")
DAYS = (*range(0, 9), 27, 28, 29)
LATE = 9  # from this day on few hours are worth a look


@dataclass(frozen=True)
class Kind:
    """What a patient does each day (nothing for None), and on which day she changes her number or zone."""

    answers: tuple[str | None, ...]
    depth: float
    entered_day: int
    new_number_on: int | None
    new_zone_on: int | None
    zone: str


def kinds() -> st.SearchStrategy[Kind]:
    answer = st.one_of(st.none(), st.none(), st.sampled_from(sorted(WORDS)))
    return st.builds(
        Kind,
        answers=st.tuples(*[answer for _ in DAYS]),
        depth=st.sampled_from([0.5, 1.5, 2.5]),
        entered_day=st.sampled_from([0, 0, 0, 2, 6]),
        new_number_on=st.sampled_from([None, None, 1, 3, 20]),
        new_zone_on=st.sampled_from([None, None, 2, 4]),
        zone=st.sampled_from(ZONES),
    )


def constant(answer: str | None) -> Kind:
    return Kind((answer,) * len(DAYS), 1.5, 0, None, None, ZONES[0])


ALWAYS = [constant(None), constant("mild"), constant("zeros"), constant("bad"), constant("partly")]


@given(st.lists(kinds(), min_size=9, max_size=9))
@settings(
    max_examples=1,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_no_patient_gets_too_many_texts_in_a_month(app: Flask, drawn: list[Kind]) -> None:
    empty_tables()
    lived = live([*ALWAYS, *drawn])

    for story, kind in lived:
        check_budget(story, kind)


def live(all_kinds: list[Kind]) -> list[tuple[Story, Kind]]:
    """A month passes for all of them in one clinic."""
    first = begin(zone=all_kinds[0].zone)
    lived = [(first, all_kinds[0])]
    waiting = list(all_kinds[1:])
    for place, day in enumerate(DAYS):
        for kind in [each for each in waiting if each.entered_day == day]:
            waiting.remove(kind)
            lived.append((entered(first, kind), kind))
        for hour in HOURS if day < LATE else HOURS[1:4]:
            pass_hour(lived, place, day, hour)
    return lived


def entered(first: Story, kind: Kind) -> Story:
    treated, now = at(0, "11:00", kind.zone), at(kind.entered_day, "12:00", kind.zone)
    return enter(first.clinic_id, treated, now, zone=kind.zone, needle_depth_mm=kind.depth)


def pass_hour(lived: list[tuple[Story, Kind]], place: int, day: int, hour: str) -> None:
    moment = at(day, hour)
    names = JOBS[:4] if hour in ("10:00", "20:30") else JOBS[:3]
    for name in names:
        run(name, moment)
    if hour != "11:00":
        return
    for number, (story, kind) in enumerate(lived):
        said = kind.answers[place]
        if said is not None and kind.entered_day <= day:
            story.says(WORDS[said], moment)
        changes: dict[str, object] = {}
        if kind.new_number_on == day:
            changes["phone"] = f"+1437555{place:02d}{number:02d}"
        if kind.new_zone_on == day:
            changes["timezone"] = ZONES[(ZONES.index(kind.zone) + 1) % len(ZONES)]
        if changes:
            alter(story, moment, changes)


def alter(story: Story, moment: datetime, changes: dict[str, object]) -> None:
    with writing():
        patient = finding.locked_patient(story.patient_id)
        assert patient is not None
        patients.change(patient, moment, changes)


def check_budget(story: Story, kind: Kind) -> None:
    sent = [row for row in story.rows() if row.status == "delivered" and row.kind in AUTOMATIC]
    assert len(sent) <= DEFAULT.automatic_per_treatment, kind

    moved = kind.new_zone_on is not None
    zone = ZoneInfo(kind.zone)
    walls = [row.claimed_at.astimezone(zone) for row in sent if row.claimed_at]
    if not moved:
        by_day = Counter(wall.date() for wall in walls)
        assert max(by_day.values(), default=0) <= DEFAULT.automatic_per_day, kind
        assert all(DEFAULT.quiet_until <= wall.time() < DEFAULT.quiet_from for wall in walls), kind

    reminders = [row for row in sent if row.kind == "reminder"]
    assert len(reminders) <= DEFAULT.reminders_at_most, kind
    questions = [row.claimed_at for row in sent if row.kind in ("check_in", "late") and row.claimed_at]
    assert len({row.check_in_id for row in sent if row.kind == "check_in"}) == sum(
        row.kind == "check_in" for row in sent
    )
    apart = timedelta(hours=DEFAULT.hours_between_check_ins)
    assert all(later - sooner >= apart for sooner, later in pairwise(questions)), kind


@pytest.mark.usefixtures("app")
def test_who_never_answers_gets_a_welcome_four_questions_two_reminders_and_the_late_one() -> None:
    ((story, _),) = live([constant(None)])

    assert Counter(story.kinds()) == {"welcome": 1, "check_in": 4, "reminder": 2, "late": 1}


@pytest.mark.usefixtures("app")
def test_who_answers_every_day_with_mild_scores_gets_eight_automatic_texts() -> None:
    ((story, _),) = live([constant("mild")])

    automatic = [kind for kind in story.kinds() if kind in AUTOMATIC]
    assert Counter(automatic) == {"welcome": 1, "check_in": 6, "late": 1}


@pytest.mark.usefixtures("app")
def test_who_is_clear_on_two_days_is_asked_no_more_until_day_28() -> None:
    ((story, _),) = live([constant("zeros")])

    automatic = [kind for kind in story.kinds() if kind in AUTOMATIC]
    assert Counter(automatic) == {"welcome": 1, "check_in": 1, "late": 1}
