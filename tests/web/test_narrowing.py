"""The list narrowed as a nurse asks, with how many cases each way would show; and kept fresh."""

import re
from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask

from recovery.db import db, reading, writing
from recovery.models.case import FlaggedCase
from recovery.models.clinic import Clinic
from recovery.models.staff import Staff
from recovery.models.system import AuditEvent
from recovery.services import clock
from recovery.web import counts
from tests import make
from tests.web import stories
from tests.web.visitor import Visitor, words

Cases = dict[str, UUID]


@pytest.fixture
def cases(clinic: Clinic, nurse: Staff) -> Cases:
    """One of hers that is urgent, a colleague's that is soon, and one that nobody has, routine."""
    ana = make.nurse(clinic, "ana@rosewood.example").id
    found = {
        "mine": stories.flagged(clinic, "there is pus", days=2, name="Ursula Urgent"),
        "theirs": stories.flagged(clinic, "4 0 0", name="Sonja Soon"),
        "nobodys": stories.flagged(clinic, "2 0 0", name="Rita Routine"),
    }
    _set(found["mine"], status="acknowledged", acknowledged_by_id=nurse.id, acknowledged_at=make.NOON)
    _set(found["theirs"], assigned_to_id=ana)
    return found


@pytest.mark.both_databases
def test_each_way_of_narrowing_shows_as_many_as_it_says(signed_in: Visitor, cases: Cases) -> None:
    said = words(signed_in.get("/flagged-cases"))
    assert "Waiting 3 Put away 0 Resolved Everybody’s 3 Mine 1 Nobody’s yet 1" in said
    assert "Any 3 Emergency 0 Urgent 1 Soon 1 Routine 1" in said
    assert "Any reason Signs of infection (1) Persisting (2)" in said

    assert _listed(signed_in, "who=mine") == ["Ursula Urgent"]
    assert _listed(signed_in, "who=nobody") == ["Rita Routine"]
    assert _listed(signed_in, "priority=soon") == ["Sonja Soon"]
    assert _listed(signed_in, "rule=persisting") == ["Sonja Soon", "Rita Routine"]
    assert _listed(signed_in, "q=ri+rout") == ["Rita Routine"]
    phone = stories.case(cases["theirs"]).patient.phone or ""
    assert _listed(signed_in, f"q={phone.removeprefix('+1')}") == ["Sonja Soon"]
    assert _listed(signed_in, "who=mine&priority=routine") == []


def test_the_counts_beside_a_choice_keep_to_the_others(signed_in: Visitor, cases: Cases) -> None:
    said = words(signed_in.get("/flagged-cases?rule=persisting&priority=soon"))
    assert "Waiting 1 Put away 0 Resolved Everybody’s 1 Mine 0 Nobody’s yet 0" in said
    assert "Any 2 Emergency 0 Urgent 0 Soon 1 Routine 1" in said


def test_the_reasons_of_a_very_long_list_are_offered_and_not_counted(
    signed_in: Visitor, cases: Cases, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counts, "MOST_BY_RULE", 2)
    said = words(signed_in.get("/flagged-cases"))
    assert "Everybody’s 3 Mine 1 Nobody’s yet 1" in said
    assert "Any reason Signs of an emergency Signs of infection Severe Worsening" in said
    assert "Any reason Signs of infection (1)" in words(signed_in.get("/flagged-cases?who=mine"))
    assert _listed(signed_in, "rule=persisting") == ["Sonja Soon", "Rita Routine"]


@pytest.mark.both_databases
def test_the_resolved_are_narrowed_alike_and_not_counted(signed_in: Visitor, cases: Cases) -> None:
    _set(cases["theirs"], status="resolved", resolved_at=make.NOON, outcome="advice_given")
    said = words(signed_in.get("/flagged-cases?status=resolved"))
    assert "Waiting 2 Put away 0 Resolved Everybody’s Mine Nobody’s yet Any Emergency Urgent" in said
    assert "Any reason Signs of an emergency Signs of infection Severe Worsening" in said
    assert _listed(signed_in, "status=resolved&rule=persisting") == ["Sonja Soon"]
    assert _listed(signed_in, "status=resolved&rule=severe") == []


def test_a_word_that_is_none_is_no_page(signed_in: Visitor) -> None:
    for query in ("status=new", "who=me", "priority=high", "rule=x", "cursor=forged"):
        assert signed_in.get(f"/flagged-cases?{query}").status_code in (400, 404), query
    assert signed_in.get("/flagged-cases?q=%00%F0%28&who=").status_code == 200


def test_she_acknowledges_from_the_list_and_stays_there(
    app: Flask, signed_in: Visitor, cases: Cases, nurse: Staff
) -> None:
    page = signed_in.get("/flagged-cases?priority=routine").text
    form = dict(re.findall(r'name="(seen|back)" value="([^"]*)"', page))
    path = f"/flagged-cases/{cases['nobodys']}/acknowledge"
    assert signed_in.post(path, **form).location == "/flagged-cases?priority=routine"
    assert stories.case(cases["nobodys"]).acknowledged_by_id == nurse.id
    ana = Visitor(app.test_client())
    ana.sign_in("ana@rosewood.example")
    late = ana.post(path, **form)
    assert late.location == "/flagged-cases?priority=routine"
    assert "This case has changed since you looked at it" in words(ana.get(late.location))


@pytest.mark.both_databases
def test_a_page_that_is_fresh_is_told_so_and_one_that_is_not_gets_the_lines(
    signed_in: Visitor, cases: Cases
) -> None:
    page = signed_in.get("/flagged-cases").text
    tag = re.findall(r'data-tag="([^"]+)"', page)[0]
    status, again, text = _fresh(signed_in, tag)
    assert (status, text) == (304, "")
    assert _fresh(signed_in, again)[0] == 304, "what says so later says the same"

    _set(cases["nobodys"], unread_messages=3)
    status, newer, text = _fresh(signed_in, tag)
    assert (status, newer == tag, "3 new texts" in text, "<html" in text) == (200, False, True, False)
    assert _fresh(signed_in, newer)[0] == 304
    with clock.set_to(make.NOON + timedelta(minutes=1)):
        assert _fresh(signed_in, newer)[0] == 200, "the targets are a minute nearer"


def test_a_look_at_what_she_saw_is_no_view_and_one_at_something_new_is(
    signed_in: Visitor, cases: Cases, clinic: Clinic
) -> None:
    tag = re.findall(r'data-tag="([^"]+)"', signed_in.get("/flagged-cases").text)[0]
    before = _views()
    _set(cases["nobodys"], unread_messages=3)
    _, tag, _ = _fresh(signed_in, tag)
    _set(cases["theirs"], status="resolved", resolved_at=make.NOON, outcome="treated")
    _, tag, _ = _fresh(signed_in, tag)
    assert _views() == before
    new = stories.flagged(clinic, "8 0 0")
    _fresh(signed_in, tag)
    assert _views() == [*before, [str(new)]]


def test_a_tag_of_another_browser_of_hers_is_worth_nothing(
    app: Flask, signed_in: Visitor, cases: Cases
) -> None:
    tag = re.findall(r'data-tag="([^"]+)"', signed_in.get("/flagged-cases").text)[0]
    elsewhere = Visitor(app.test_client())
    elsewhere.sign_in()
    before = len(_views())
    assert _fresh(elsewhere, tag)[0] == 200
    assert len(_views()) == before + 1


def test_another_nurses_tag_and_a_forged_one_are_worth_nothing(
    signed_in: Visitor, stranger: Visitor, cases: Cases
) -> None:
    tag = re.findall(r'data-tag="([^"]+)"', signed_in.get("/flagged-cases").text)[0]
    for foreign in (tag, "forged", ""):
        assert _fresh(stranger, foreign)[0] == 200
    assert "Ursula" not in _fresh(stranger, tag)[2]


def _set(case_id: UUID, **values: object) -> None:
    with writing():
        db.session.execute(sa.update(FlaggedCase).where(FlaggedCase.id == case_id).values(**values))


def _listed(visitor: Visitor, query: str) -> list[str]:
    return re.findall(r'data-part="open">([^<]*)<', visitor.get(f"/flagged-cases?{query}").text)


def _fresh(visitor: Visitor, tag: str) -> tuple[int, str, str]:
    answer = visitor.open("GET", "/flagged-cases/lines", headers={"If-None-Match": f'"{tag}"'})
    return answer.status_code, answer.get_etag()[0] or "", answer.text


def _views() -> list[list[str]]:
    """The ids of every list that was shown, oldest first."""
    with reading():
        found = sa.select(AuditEvent.subject_ids).where(AuditEvent.action == "list").order_by(AuditEvent.id)
        return list(db.session.scalars(found))
