"""What a nurse does with a case: the table of states and actions, and what follows from a resolve."""

from uuid import UUID

import pytest

from recovery.db import new_id, writing
from recovery.domain.errors import Conflict, Invalid
from recovery.domain.vocabulary import Outcome
from recovery.models.case import FlaggedCase
from recovery.models.staff import Staff
from recovery.queries import cases as finding
from recovery.queries import patients
from recovery.services import cases
from tests.stories.sending.story import Story, at, begin, run

pytestmark = pytest.mark.usefixtures("app")

MOMENT = at(1, "14:00")


def flagged(*scores: int, day: int = 1) -> Story:
    story = begin()
    story.reports(at(day, "12:00"), *(scores or (9, 0, 0)))
    return story


def staff_of(story: Story, email: str = "nurse@rosewood.example") -> UUID:
    """A nurse who never signs in, so that no password is hashed."""
    with writing() as session:
        nurse = Staff(
            id=new_id(),
            clinic_id=story.clinic_id,
            email=email,
            name="Ines",
            role="nurse",
            password_hash="none",
            created_at=MOMENT,
        )
        session.add(nurse)
        return nurse.id


def act(
    story: Story,
    action: str,
    staff_id: UUID,
    *,
    case_id: UUID | None = None,
    outcome: Outcome = Outcome.ADVICE_GIVEN,
) -> None:
    """One action of a nurse, as the API and the pages do it."""
    case_id = case_id or story.case().id
    with writing():
        patient = patients.locked_patient(story.patient_id)
        row = finding.locked_case(case_id)
        assert patient is not None
        assert row is not None
        match action:
            case "acknowledge":
                cases.acknowledge(row, staff_id, MOMENT)
            case "notes":
                cases.note(row, staff_id, "phoned her", MOMENT)
            case "resolve":
                cases.resolve(patient, row, staff_id, outcome, None, MOMENT)
            case "reopen":
                cases.reopen(patient, row, staff_id, "she called back", MOMENT)


def bring(story: Story, status: str, staff_id: UUID) -> None:
    """Bring the open case into a state."""
    if status == "snoozed":
        with writing() as session:
            row = session.get_one(FlaggedCase, story.case().id)
            row.status, row.snoozed_until = "snoozed", at(3, "09:00")
    elif status != "open":
        act(story, {"acknowledged": "acknowledge", "resolved": "resolve"}[status], staff_id)


@pytest.mark.parametrize(
    ("status", "action", "after"),
    [
        ("open", "acknowledge", "acknowledged"),
        ("open", "notes", "open"),
        ("open", "resolve", "resolved"),
        ("open", "reopen", None),
        ("acknowledged", "acknowledge", "acknowledged"),
        ("acknowledged", "notes", "acknowledged"),
        ("acknowledged", "resolve", "resolved"),
        ("acknowledged", "reopen", None),
        ("snoozed", "acknowledge", "acknowledged"),
        ("snoozed", "notes", "snoozed"),
        ("snoozed", "resolve", "resolved"),
        ("snoozed", "reopen", None),
        ("resolved", "acknowledge", None),
        ("resolved", "notes", "resolved"),
        ("resolved", "resolve", None),
        ("resolved", "reopen", "open"),
    ],
)
def test_each_action_from_each_state(status: str, action: str, after: str | None) -> None:
    story = flagged()
    nurse = staff_of(story)
    bring(story, status, nurse)

    if after is None:
        with pytest.raises(Conflict):
            act(story, action, nurse)
    else:
        act(story, action, nurse)

    assert story.case().status == (after or status)


def test_the_same_person_acknowledges_twice_and_nothing_changes() -> None:
    story = flagged()
    nurse = staff_of(story)
    act(story, "acknowledge", nurse)
    before = story.case()

    act(story, "acknowledge", nurse)

    assert (story.case().version, story.case().acknowledged_at) == (before.version, before.acknowledged_at)


def test_another_person_who_acknowledges_it_is_told_so() -> None:
    story = flagged()
    act(story, "acknowledge", staff_of(story))

    with pytest.raises(Conflict, match="Somebody else"):
        act(story, "acknowledge", staff_of(story, "other@rosewood.example"))


def test_an_acknowledged_case_that_is_urgent_again_opens_and_keeps_its_history() -> None:
    story = flagged()
    act(story, "acknowledge", staff_of(story))

    story.reports(at(2, "12:00"), 10, 0, 0)

    assert (story.case().status, story.case().acknowledged_by_id) == ("open", None)
    with writing():
        actions = [event.action for event in finding.history(story.case().id)]
    assert actions[:2] == ["flagged", "acknowledge"]


def test_a_resolve_of_the_last_case_lets_a_clear_patient_recover() -> None:
    story = flagged(8, 0, 0, day=3)
    nurse = staff_of(story)
    story.reports(at(4, "12:00"), 0, 0, 0)
    before = story.status()

    act(story, "resolve", nurse)

    assert (before, story.status()) == ("recovering", "recovered")
    assert story.asked()[28] == "planned"


def test_cleared_is_the_systems_own_word() -> None:
    story = flagged()
    nurse = staff_of(story)

    with pytest.raises(Invalid, match="outcome"):
        act(story, "resolve", nurse, outcome=Outcome.CLEARED)


def test_a_case_is_not_reopened_beside_another_that_stands() -> None:
    story = flagged()
    nurse = staff_of(story)
    act(story, "resolve", nurse)
    first = story.case().id
    story.reports(at(3, "12:00"), 10, 8, 0)

    assert story.case().id != first
    with pytest.raises(Conflict, match="another case"):
        act(story, "reopen", nurse, case_id=first)


def test_a_reopened_case_waits_and_is_due_from_now() -> None:
    story = flagged()
    nurse = staff_of(story)
    act(story, "resolve", nurse)

    act(story, "reopen", nurse)

    case = story.case()
    assert (case.status, case.outcome, case.resolved_at, case.flagged_at) == ("open", None, None, MOMENT)


def test_a_snooze_that_ran_out_opens_the_case_again_once() -> None:
    story = flagged()
    bring(story, "snoozed", staff_of(story))

    early = run("review-recoveries", at(3, "08:59"))
    counts = run("review-recoveries", at(3, "09:00"))
    again = run("review-recoveries", at(3, "09:00"))

    assert (early["woken"], counts["woken"], again["woken"]) == (0, 1, 0)
    assert story.case().status == "open"


def test_a_target_passed_twice_raises_the_case_once() -> None:
    story = flagged(2, 0, 0, day=4)  # a Tuesday
    before = story.case().priority

    early = run("escalate-cases", at(6, "12:00"))
    counts = run("escalate-cases", at(14, "12:00"))
    again = run("escalate-cases", at(14, "12:00"))

    assert (early["escalated"], counts["escalated"], again["escalated"]) == (0, 1, 0)
    assert (before, story.case().priority) == ("routine", "soon")
