"""A clinic's numbers over the API: who answered, what was flagged, how fast, what came of it."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from recovery.db import db, writing
from recovery.domain.protocol_numbers import GROUPS
from recovery.models.case import CaseEvent, FlaggedCase
from recovery.models.treatment import CheckIn
from recovery.queries.statistics import ASKED_WITHIN
from tests import make
from tests.api import stories
from tests.api.conftest import Caller


def _check_ins(treatment_id: str, *statuses: str) -> None:
    """The treatment's check-ins went out at noon and became this, day by day."""
    with writing():
        rows = db.session.scalars(sa.select(CheckIn).order_by(CheckIn.due_at)).all()
        mine = [row for row in rows if str(row.treatment_id) == treatment_id]
        for row, status in zip(mine, statuses, strict=False):
            row.status, row.sent_at = status, None if status == "cancelled" else make.NOON


def _acknowledged(case_id: str, minutes: int) -> None:
    with writing():
        event = db.session.scalars(sa.select(CaseEvent).where(CaseEvent.action == "acknowledge")).one()
        row = db.session.get_one(FlaggedCase, event.case_id)
        assert str(row.id) == case_id
        event.at = row.created_at + timedelta(minutes=minutes)


def test_no_protocol_asks_so_late_that_the_statistics_would_not_look() -> None:
    numbers = {each.name: each for group in GROUPS for each in group.numbers}
    a_week = timedelta(days=7)
    assert timedelta(days=numbers["late_day"].high) + a_week < ASKED_WITHIN


def test_the_response_rate_counts_what_was_asked_by_day(api: Caller) -> None:
    one, two = stories.treatment(api), stories.treatment(api)
    _check_ins(one["id"], "answered", "missed", "cancelled")
    _check_ins(two["id"], "answered", "answered", "expired")

    responses = api.get("statistics").json["responses"]

    assert [(each["day"], each["asked"], each["answered"], each["rate"]) for each in responses] == [
        (1, 2, 2, 1.0),
        (2, 2, 1, 0.5),
    ]


def test_a_treatment_entered_in_error_counts_nowhere(api: Caller) -> None:
    wrong = stories.treatment(api)
    case = stories.case(api, wrong)
    _check_ins(wrong["id"], "answered")
    api.post(f"treatments/{wrong['id']}/end", {"reason": "entered_in_error"})
    api.post(f"flagged-cases/{case['id']}/resolve", {"outcome": "false_alarm"})

    told = api.get("statistics").json

    assert (told["treatments"], told["responses"]) == (0, [])
    assert {each["treatments"] for each in told["flags"]} == {0}
    assert ({each["cases"] for each in told["speed"]}, told["outcomes"]) == ({0}, [])


def test_a_case_of_a_treatment_entered_in_error_is_open_until_it_is_resolved(api: Caller) -> None:
    wrong = stories.treatment(api)
    stories.case(api, wrong)
    api.post(f"treatments/{wrong['id']}/end", {"reason": "entered_in_error"})

    assert sum(each["urgent"] for each in api.get("statistics").json["standing"]) == 1


def test_flags_are_counted_per_hundred_treatments(api: Caller) -> None:
    stories.case(api)
    for _ in range(3):
        stories.treatment(api)

    told = api.get("statistics").json

    (severe,) = [each for each in told["flags"] if each["rule"] == "severe"]
    assert (told["treatments"], severe["treatments"], severe["per_hundred_treatments"]) == (4, 1, 25.0)
    assert (told["flagged_treatments"], told["flagged_per_hundred_treatments"]) == (1, 25.0)


def test_time_to_acknowledge_and_what_came_of_cases(api: Caller) -> None:
    met, other = stories.case(api), stories.case(api)
    api.post(f"flagged-cases/{met['id']}/acknowledge")
    _acknowledged(met["id"], 30)
    api.post(f"flagged-cases/{met['id']}/resolve", {"outcome": "seen_in_clinic"})
    api.post(f"flagged-cases/{other['id']}/resolve", {"outcome": "false_alarm"})

    told = api.get("statistics").json

    (urgent,) = [each for each in told["speed"] if each["priority"] == "urgent"]
    assert (urgent["cases"], urgent["acknowledged"], urgent["acknowledged_median"]) == (2, 1, 30.0)
    assert told["outcomes"] == [
        {"outcome": "false_alarm", "cases": 1},
        {"outcome": "seen_in_clinic", "cases": 1},
    ]
    assert told["led_to_action"] == 0.5


def test_standing_cases_are_counted_by_age(api: Caller) -> None:
    old, _ = stories.case(api), stories.case(api)
    with writing():
        for row in db.session.scalars(sa.select(FlaggedCase)):
            if str(row.id) == old["id"]:
                row.created_at -= timedelta(days=8)

    standing = {each["age"]: each["urgent"] for each in api.get("statistics").json["standing"]}

    assert standing == {"under a day": 1, "1 to 2 days": 0, "3 to 6 days": 0, "a week or more": 1}


def test_nothing_at_all_has_no_rate(api: Caller) -> None:
    told = api.get("statistics").json

    assert (told["responses"], told["led_to_action"], told["treatments"]) == ([], None, 0)
    assert {each["per_hundred_treatments"] for each in told["flags"]} == {None}


def test_only_the_days_asked_for_are_counted(api: Caller) -> None:
    stories.case(api)

    before = api.get("statistics?from=2026-10-01&to=2026-11-19").json
    that_day = api.get("statistics?from=2026-11-20&to=2026-11-20").json

    assert (before["treatments"], that_day["treatments"]) == (0, 1)


def test_another_clinics_numbers_stay_there(api: Caller, stranger: Caller) -> None:
    stories.case(api)

    assert stranger.get("statistics").json["treatments"] == 0


@pytest.mark.parametrize(
    "query",
    [
        "from=2026-11-20&to=2026-11-19",
        "from=2020-01-01&to=2026-01-01",
        "from=x",
        "to=0001-01-01",
        "until=2026-01-01",
    ],
)
def test_a_range_that_is_none_is_refused(api: Caller, query: str) -> None:
    assert api.get(f"statistics?{query}").status_code == 422
