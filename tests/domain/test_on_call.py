"""When the phone on call is texted about a case, by tables: first, again, together, and no more."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from recovery.domain.flag_case import Case, Reason
from recovery.domain.on_call import (
    Alerts,
    follow,
    handed_over,
    joined,
    may_ring,
    missed,
    silenced,
    takes,
    told,
)
from recovery.domain.protocol import DEFAULT, from_json, to_json
from recovery.domain.targets import ClinicHours
from recovery.domain.vocabulary import CaseStatus, Priority, Rule

TORONTO = ZoneInfo("America/Toronto")
HOURS = ClinicHours("America/Toronto", ((time(9), time(17)),) * 5 + (None, None), frozenset(), on_call=True)
NONE = Alerts()
EMERGENCY, URGENT, SOON = Priority.EMERGENCY, Priority.URGENT, Priority.SOON


def at(text: str) -> datetime:
    """A moment like "16 10:00": that day of November 2026 (the 16th is a Monday), on the clinic's clock."""
    day, wall = text.split()
    return datetime.combine(date(2026, 11, int(day)), time.fromisoformat(wall), TORONTO).astimezone(UTC)


def case(priority: Priority, flagged: str = "16 10:00", **details: object) -> Case:
    moment = at(flagged)
    return replace(Case(CaseStatus.OPEN, priority, moment, moment, ()), **details)


def after(before: Case | None, now_it_is: Case, alerts: Alerts = NONE, now: str = "16 10:00") -> Alerts:
    return follow(DEFAULT, HOURS, before, now_it_is, alerts, at(now))


OPENED = [
    (EMERGENCY, "21 03:00", "21 03:00"),
    (URGENT, "16 18:00", "16 18:00"),
    (URGENT, "16 23:00", "17 07:00"),
    (URGENT, "16 10:00", "16 12:00"),
    (SOON, "16 10:00", None),
]


@pytest.mark.parametrize(("priority", "flagged", "expected"), OPENED)
def test_a_new_case_is_told_of_by_its_priority(
    priority: Priority, flagged: str, expected: str | None
) -> None:
    alerts = after(None, case(priority, flagged), now=flagged)
    assert alerts == Alerts(expected and at(expected))


def test_it_is_planned_as_if_there_were_a_phone_so_that_one_named_later_hears_of_it() -> None:
    without = replace(HOURS, on_call=False)
    assert follow(DEFAULT, without, None, case(EMERGENCY), Alerts(), at("16 10:00")).at == at("16 10:00")


TOLD = Alerts(at("16 10:15"), 1)
SEEN = {"status": CaseStatus.ACKNOWLEDGED, "acknowledged": True}
CHANGED = [
    ("no news", case(EMERGENCY), case(EMERGENCY), TOLD),
    ("acknowledged", case(EMERGENCY), case(EMERGENCY, **SEEN), Alerts()),
    ("snoozed", case(EMERGENCY), case(EMERGENCY, status=CaseStatus.SNOOZED), Alerts()),
    ("resolved", case(EMERGENCY), case(EMERGENCY, status=CaseStatus.RESOLVED), Alerts()),
    ("no longer urgent", case(EMERGENCY), case(SOON), Alerts()),
    ("an urgent case after all, and told of", case(EMERGENCY), case(URGENT), Alerts(None, 1)),
    ("risen", case(URGENT), case(EMERGENCY, "16 11:00"), Alerts(at("16 11:00"))),
    ("risen by waiting", case(SOON), case(URGENT), Alerts(at("16 13:00"))),
    ("risen from urgent where it stood", case(URGENT), case(EMERGENCY), Alerts(at("16 11:00"))),
    ("flagged anew", case(EMERGENCY, **SEEN), case(EMERGENCY, "16 11:00"), Alerts(at("16 11:00"))),
]


@pytest.mark.parametrize(
    ("before", "now_it_is", "expected"), [each[1:] for each in CHANGED], ids=[each[0] for each in CHANGED]
)
def test_what_becomes_of_the_alerts_when_a_case_changes(
    before: Case, now_it_is: Case, expected: Alerts
) -> None:
    assert after(before, now_it_is, TOLD, now="16 11:00") == expected


def reason(symptom: str, priority: Priority, last: str, *sources: str, **details: object) -> Reason:
    moment = at(last)
    rule = Rule.EMERGENCY_WORDS if priority == EMERGENCY else Rule.INFECTION_WORDS
    plain = Reason(rule, symptom, priority, 1, None, "", "words", moment, moment, moment, sources)
    return replace(plain, **details)


FAINTED = reason("fainted", EMERGENCY, "17 03:00", "a")
BREATH = reason("breathing", EMERGENCY, "17 09:00", "b")
PUS, FEVER = reason("pus", URGENT, "21 09:00", "a"), reason("fever", URGENT, "21 15:00", "b")
ITCH = reason("itching", SOON, "21 15:00", "b")
WAITED = replace(ITCH, priority=URGENT, escalated=True)
SPENT, ONCE = Alerts(None, 4), Alerts(None, 1)
NEWS = [
    ("a new danger after the last text", [FAINTED], [FAINTED, BREATH], SPENT, "17 09:00", "17 09:00", 0),
    ("the same again", [FAINTED], [replace(FAINTED, sources=("a", "b"))], SPENT, "17 09:00", "17 09:00", 0),
    ("urgent news of an emergency", [FAINTED], [FAINTED, PUS], SPENT, "17 09:00", "17 09:00", 0),
    ("as TAKE left it", [FAINTED], [FAINTED, BREATH], Alerts(at("17 03:40"), 3), "17 03:20", "17 03:40", 1),
    ("not told of yet", [PUS], [PUS, FEVER], Alerts(at("22 07:00")), "21 23:30", "22 07:00", 0),
    ("on a closed day", [PUS], [PUS, FEVER], ONCE, "21 15:00", "21 15:00", 1),
    ("at night", [PUS], [PUS, FEVER], ONCE, "21 23:00", "22 07:00", 1),
    ("in pieces", [PUS], [PUS, FEVER], ONCE, "21 09:01", "21 09:15", 1),
    ("nothing new", [FAINTED], [FAINTED], SPENT, "17 09:00", None, 4),
    ("only a milder reason", [PUS], [PUS, ITCH], ONCE, "21 15:00", None, 1),
    ("one that rose by waiting", [PUS, ITCH], [PUS, WAITED], ONCE, "21 15:00", None, 1),
    (
        "one withdrawn",
        [PUS, FEVER],
        [PUS, replace(FEVER, withdrawn_at=at("21 16:00"))],
        ONCE,
        "21 16:00",
        None,
        1,
    ),
]


@pytest.mark.parametrize(
    ("before", "now_it_is", "alerts", "now", "expected", "texts"),
    [each[1:] for each in NEWS],
    ids=[each[0] for each in NEWS],
)
def test_urgent_news_of_what_nobody_has_seen_is_told_anew(
    before: list[Reason], now_it_is: list[Reason], alerts: Alerts, now: str, expected: str | None, texts: int
) -> None:
    was, has_become = (
        case(EMERGENCY if FAINTED in before else URGENT, "16 20:00", reasons=tuple(each))
        for each in (before, now_it_is)
    )
    assert after(was, has_become, alerts, now) == Alerts(expected and at(expected), texts)


def test_an_emergency_that_turns_out_urgent_before_it_was_told_of_keeps_the_urgent_time() -> None:
    assert after(case(EMERGENCY), case(URGENT), Alerts(at("16 10:00"))) == Alerts(at("16 12:00"))


def test_an_emergency_is_told_of_four_times_and_an_urgent_case_once() -> None:
    alerts, moments = Alerts(at("16 10:00")), []
    while alerts.at is not None:
        moments.append(alerts.at)
        alerts = told(DEFAULT, EMERGENCY, alerts, alerts.at)
    assert moments == [at("16 10:00") + timedelta(minutes=15 * each) for each in range(4)]
    assert alerts == Alerts(None, 4)
    assert told(DEFAULT, URGENT, Alerts(at("16 12:00")), at("16 12:00")) == Alerts(None, 1)


def test_an_emergency_told_of_beside_another_is_put_off_and_loses_no_text() -> None:
    assert joined(DEFAULT, Alerts(at("16 10:15"), 1), at("16 10:14")) == Alerts(at("16 10:29"), 1)
    assert joined(DEFAULT, Alerts(at("16 10:40"), 1), at("16 10:14")) == Alerts(at("16 10:40"), 1)
    assert joined(DEFAULT, Alerts(None, 4), at("16 10:14")) == Alerts(None, 4)


@pytest.mark.parametrize(
    ("alerts", "expected"),
    [
        (ONCE, Alerts(at("16 10:25"), 1)),
        (Alerts(at("16 10:15"), 1), Alerts(at("16 10:15"), 1)),  # told again anyhow
        (Alerts(None, 3), Alerts(at("16 10:25"), 3)),
        (SPENT, SPENT),
    ],
)
def test_a_text_that_did_not_arrive_is_followed_by_another(alerts: Alerts, expected: Alerts) -> None:
    assert missed(DEFAULT, alerts, at("16 10:10")) == expected


@pytest.mark.parametrize(
    ("alerts", "expected"),
    [
        (ONCE, Alerts(at("16 10:10"))),
        (Alerts(at("16 10:45"), 2), Alerts(at("16 10:10"))),
        (Alerts(at("16 12:00")), Alerts(at("16 12:00"))),  # nobody was told yet
    ],
)
def test_another_phone_hears_at_once_of_what_the_one_before_knew(alerts: Alerts, expected: Alerts) -> None:
    assert handed_over(alerts, at("16 10:10")) == expected


@pytest.mark.parametrize(
    ("alerts", "expected"),
    [
        (Alerts(at("16 10:15"), 1), Alerts(at("16 10:33"), 1)),
        (Alerts(at("16 10:45"), 2), Alerts(at("16 10:45"), 2)),
        (Alerts(None, 4), Alerts(None, 4)),
        (Alerts(at("16 10:15"), 0), Alerts(at("16 10:15"), 0)),  # not told of yet, so not taken
    ],
)
def test_take_silences_what_was_told_of(alerts: Alerts, expected: Alerts) -> None:
    assert silenced(alerts, at("16 10:33")) == expected


@pytest.mark.parametrize(
    ("priority", "now", "expected"),
    [
        (URGENT, "16 23:00", "17 07:00"),
        (URGENT, "17 03:00", "17 07:00"),
        (URGENT, "16 21:59", "16 21:59"),
        (URGENT, "16 10:00", "16 10:00"),
        (EMERGENCY, "17 03:00", "17 03:00"),
    ],
)
def test_only_an_emergency_rings_at_night(priority: Priority, now: str, expected: str) -> None:
    assert may_ring(DEFAULT, HOURS, priority, at(now)) == at(expected)


def test_quiet_hours_may_lie_within_one_day() -> None:
    early = replace(DEFAULT, on_call_quiet_from=time(1), on_call_quiet_until=time(6))
    assert may_ring(early, HOURS, URGENT, at("17 03:00")) == at("17 06:00")
    assert may_ring(early, HOURS, URGENT, at("16 23:00")) == at("16 23:00")


TAKES = [
    "TAKE",
    "take",
    " Take. ",
    "Take!",
    "“TAKE”",
    "taken",
    "I'll take it",
    "I’ll take this",
    "ok, taking it",
]
TAKES += ["T A K E"[::2], "I take", "Take it now", "*take*", "I will take over"]
NO_TAKES = [
    "",
    "no",
    "I can't take it",
    "don't take",
    "who takes it?",
    "take a look at Maria",
    "STOP",
    "ok",
    "took",
]
NO_TAKES += ["3 1 0", "TAKE " * 40, "mistake", "retake"]


@pytest.mark.parametrize("body", TAKES)
def test_take_is_understood_however_it_is_typed(body: str) -> None:
    assert takes(body)


@pytest.mark.parametrize("body", NO_TAKES)
def test_nothing_else_silences_the_phone(body: str) -> None:
    assert not takes(body)


def test_a_protocol_from_before_these_numbers_existed_has_their_defaults() -> None:
    written = json.loads(to_json(DEFAULT))
    for name in ("on_call_again_minutes", "on_call_times", "on_call_silence_minutes"):
        del written[name]
    assert from_json(json.dumps(written)) == DEFAULT
