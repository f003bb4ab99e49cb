"""What Twilio's statuses and codes mean to us."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recovery.sms.codes import is_final, kind, rank
from recovery.sms.gateway import RefusalKind


@pytest.mark.parametrize("early", ["accepted", "queued", "scheduled"])
def test_a_status_rises_on_its_way_to_the_phone(early: str) -> None:
    way = [rank(status) for status in (early, "sending", "sent", "delivered")]

    assert all(before < after for before, after in pairwise(way))


@pytest.mark.parametrize("status", ["delivered", "undelivered", "failed", "canceled"])
def test_nothing_follows_a_final_status(status: str) -> None:
    assert is_final(status)
    assert all(rank(other) <= rank(status) for other in ("queued", "sending", "sent", "delivered", "failed"))


@pytest.mark.parametrize("status", ["accepted", "queued", "sending", "sent", "", "Delivered", "teleported"])
def test_other_statuses_are_not_final(status: str) -> None:
    assert not is_final(status)


@given(st.text())
def test_no_status_crashes_and_an_unknown_one_never_replaces_a_known_one(status: str) -> None:
    known = (
        "accepted",
        "queued",
        "scheduled",
        "sending",
        "sent",
        "delivered",
        "undelivered",
        "failed",
        "canceled",
    )

    assert status in known or rank(status) == 0 < rank("queued")


@pytest.mark.parametrize(
    ("code", "meaning"),
    [
        (21211, RefusalKind.PERMANENT),
        (21614, RefusalKind.PERMANENT),
        (30005, RefusalKind.PERMANENT),
        (30006, RefusalKind.PERMANENT),
        (21610, RefusalKind.OPTED_OUT),
        (21408, RefusalKind.ALARM),
        (21608, RefusalKind.ALARM),
        (30034, RefusalKind.ALARM),
        (30007, RefusalKind.ALARM),
        (20003, RefusalKind.ALARM),
        (30003, RefusalKind.LATER),
        (20429, RefusalKind.LATER),
        (21611, RefusalKind.LATER),
        (30001, RefusalKind.LATER),
        (99999, RefusalKind.UNKNOWN),
        (None, RefusalKind.UNKNOWN),
    ],
)
def test_a_code_has_one_meaning(code: int | None, meaning: RefusalKind) -> None:
    assert kind(code) is meaning
