"""A month of every kind of patient: never too many texts, never at night, never a day asked twice."""

import random
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from recovery.db import writing
from recovery.domain.protocol import DEFAULT
from recovery.queries import patients as finding
from recovery.queries.messages import AUTOMATIC
from recovery.services import patients
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
HOURS = ("08:00", "10:00", "11:00", "13:00", "18:30")
DAYS = (*range(0, 9), 20, 28)
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


def drawn(seed: int, number: int) -> list[Kind]:
    """Patients of every kind, the same for the same seed."""
    chance = random.Random(seed)
    return [
        Kind(
            answers=tuple(chance.choice([None, *WORDS]) if chance.random() < 0.6 else None for _ in DAYS),
            depth=chance.choice([0.5, 1.5, 2.5]),
            entered_day=chance.choice([0, 0, 0, 2, 6]),
            new_number_on=chance.choice([None, None, 1, 3, 20]),
            new_zone_on=chance.choice([None, None, 2, 4]),
            zone=chance.choice(ZONES),
        )
        for _ in range(number)
    ]


def constant(answer: str | None) -> Kind:
    return Kind((answer,) * len(DAYS), 1.5, 0, None, None, ZONES[0])


ALWAYS = [constant("bad"), constant("partly")]


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize("seed", [7])
def test_no_patient_gets_too_many_texts_in_a_month(seed: int) -> None:
    lived = live([*ALWAYS, *drawn(seed, 6)])

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
    names = JOBS[:4] if hour == "18:30" else JOBS[:3]
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
def test_who_never_answers_who_answers_mildly_and_who_is_clear_get_what_the_protocol_says() -> None:
    counted = [
        Counter(kind for kind in story.kinds() if kind in AUTOMATIC)
        for story, _ in live([constant(None), constant("mild"), constant("zeros")])
    ]

    silent = {"welcome": 1, "check_in": 4, "reminder": 2, "late": 1}
    mild = {"welcome": 1, "check_in": 6, "late": 1}
    clear = {"welcome": 1, "check_in": 1, "late": 1}  # she wrote on day 0 already
    assert counted == [silent, mild, clear]


@pytest.mark.usefixtures("app")
def test_the_welcome_of_a_new_number_takes_no_question_from_the_budget() -> None:
    story = begin()
    run("send-messages", at(0, "12:00"))
    for day in DEFAULT.check_in_days:
        run("send-check-ins", at(day, "10:00"))
        run("send-reminders", at(day, "13:00"))
        story.reports(at(day, "14:00"), 1, 0, 0)
    assert Counter(story.kinds()) == {"welcome": 1, "check_in": 6, "reminder": 2}
    with writing():
        patient = finding.locked_patient(story.patient_id)
        assert patient is not None
        patients.change(patient, at(7, "14:30"), {"phone": "+1 647 555 9999"})
    run("send-messages", at(7, "14:31"))
    assert story.kinds().count("welcome") == 2

    run("send-check-ins", at(28, "10:00"))
    assert story.kinds()[-1] == "late"
