"""One case: what a nurse reads, and what she can do."""

from uuid import UUID, uuid4

import pytest

from recovery.models.clinic import Clinic
from recovery.models.staff import Staff
from tests import make
from tests.statements import statements
from tests.web import stories
from tests.web.visitor import Visitor, words


def test_it_shows_how_each_text_was_read_and_why(signed_in: Visitor, clinic: Clinic) -> None:
    case_id = stories.flagged(clinic, "5 4 2 and there is pus", days=2)
    said = words(signed_in.get(f"/flagged-cases/{case_id}"))
    assert "Urgent: Pus, named on day 2." in said
    assert "Read as: redness 5, swelling 4, itching 2, pus" in said
    assert "'pus' means pus" in said


def test_it_names_a_danger_so_that_nobody_takes_it_for_good_news(signed_in: Visitor, clinic: Clinic) -> None:
    case_id = stories.flagged(clinic, "2 1 0 but it's hard to breathe", days=2)
    said = words(signed_in.get(f"/flagged-cases/{case_id}"))
    danger = "trouble breathing, or swelling of the face or throat"
    assert f"Read as: redness 2, swelling 1, itching 0, {danger}" in said
    assert f"2 2 1 0 5 {danger} text," in said, "the line of the report"


def test_it_says_for_how_long_a_text_of_hers_holds_ours_back(signed_in: Visitor, clinic: Clinic) -> None:
    case_id = stories.flagged(clinic)
    before = words(signed_in.get(f"/flagged-cases/{case_id}"))
    make.protocol_says(conversation_hours=1)

    after = words(signed_in.get(f"/flagged-cases/{case_id}"))

    assert "wait for 4 hours, and plain numbers that the patient answers with" in before
    assert "wait for 1 hour, and" in after


@pytest.mark.both_databases
def test_its_page_takes_19_statements_at_most(signed_in: Visitor, clinic: Clinic) -> None:
    case_id = stories.flagged(clinic)
    signed_in.get(f"/flagged-cases/{case_id}")  # which reads its text
    with statements() as asked:
        signed_in.get(f"/flagged-cases/{case_id}")
    assert len(asked) <= 19, asked


def test_she_acknowledges_it(signed_in: Visitor, clinic: Clinic, nurse: Staff) -> None:
    case_id = stories.flagged(clinic)
    assert "the others see that you take care of it" in _do(signed_in, case_id, "acknowledge")
    assert stories.case(case_id).acknowledged_by_id == nurse.id


def test_what_somebody_else_did_first_is_said_in_a_sentence(
    signed_in: Visitor, clinic: Clinic, visitor: Visitor
) -> None:
    case_id = stories.flagged(clinic)
    make.nurse(clinic, "second@rosewood.example")
    _do(signed_in, case_id, "acknowledge")
    second = Visitor(visitor.client.application.test_client())
    second.sign_in("second@rosewood.example")
    assert "Somebody else has acknowledged this case already." in _do(second, case_id, "acknowledge")


def test_she_adds_a_note(signed_in: Visitor, clinic: Clinic) -> None:
    case_id = stories.flagged(clinic)
    said = _do(signed_in, case_id, "notes", text="Phoned: a cold compress.\x00")
    assert "The note is kept." in said
    assert "Phoned: a cold compress." in said


def test_an_empty_note_is_asked_for_again(signed_in: Visitor, clinic: Clinic) -> None:
    case_id = stories.flagged(clinic)
    answer = signed_in.post(f"/flagged-cases/{case_id}/notes", text="  ")
    assert answer.status_code == 422
    assert "Please write something." in words(answer)


def test_she_resolves_and_reopens_it(signed_in: Visitor, clinic: Clinic) -> None:
    case_id = stories.flagged(clinic, name="Priya Nair")
    resolved = _do(signed_in, case_id, "resolve", outcome="advice_given", note="Cream twice a day.")
    assert "advice given" in resolved
    assert "Priya" not in words(signed_in.get("/flagged-cases"))
    assert "Priya" in words(signed_in.get("/flagged-cases?status=resolved"))
    assert "Opened again." in _do(signed_in, case_id, "reopen", reason="She phoned again.")
    assert stories.case(case_id).status == "open"


def test_what_is_not_allowed_now_is_said_and_changes_nothing(signed_in: Visitor, clinic: Clinic) -> None:
    case_id = stories.flagged(clinic)
    assert "Only a resolved case can be reopened." in _do(signed_in, case_id, "reopen", reason="why not")
    _do(signed_in, case_id, "resolve", outcome="treated")
    assert "This case is resolved; reopen it first." in _do(signed_in, case_id, "acknowledge")
    assert stories.case(case_id).outcome == "treated"


def test_an_outcome_must_be_one_of_the_list(signed_in: Visitor, clinic: Clinic) -> None:
    case_id = stories.flagged(clinic)
    for outcome in ("", "cleared", "nonsense"):
        assert signed_in.post(f"/flagged-cases/{case_id}/resolve", outcome=outcome).status_code == 422
    assert stories.case(case_id).status == "open"


def test_a_case_that_is_none_is_not_found(signed_in: Visitor) -> None:
    assert signed_in.get(f"/flagged-cases/{uuid4()}").status_code == 404
    assert signed_in.get("/flagged-cases/not-an-id").status_code == 404
    assert signed_in.post(f"/flagged-cases/{uuid4()}/acknowledge").status_code == 404


def _do(visitor: Visitor, case_id: UUID, action: str, **form: str) -> str:
    """Post one thing and give what the page then says."""
    answer = visitor.post(f"/flagged-cases/{case_id}/{action}", **form)
    if answer.status_code == 409:
        return words(answer)
    assert answer.status_code == 303
    return words(visitor.get(answer.location))
