"""A nurse texts a patient in her own words, and nothing automatic comes between them."""

from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

import pytest

from recovery.db import reading, writing
from recovery.domain.errors import Conflict
from recovery.domain.vocabulary import Outcome
from recovery.models.case import FlaggedCase
from recovery.models.message import Message
from recovery.models.patient import Patient
from recovery.queries import cases, patients
from recovery.services import cases as casework
from recovery.services import conversations, delivery, opt_outs
from recovery.services.gate import Verdict
from recovery.sms.gateway import RefusalKind, Refused
from tests import make
from tests.services.test_cases import act, bring, flagged, staff_of
from tests.stories.sending.story import Story, at, run

pytestmark = pytest.mark.usefixtures("app")

MORNING = at(2, "09:30")


def text(story: Story, staff_id: UUID, body: str = "How is it now?", once: str | None = None) -> None:
    with writing():
        patient = patients.locked_patient(story.patient_id)
        row = cases.locked_case(story.case().id)
        assert patient is not None
        assert row is not None
        conversations.text(patient, row, body, staff_id, MORNING, once)


def test_it_goes_at_once_and_the_check_in_waits_for_the_end_of_their_talk() -> None:
    story = flagged()
    run("send-messages", at(1, "13:00"))  # the welcome
    text(story, staff_of(story))

    assert run("send-messages", at(2, "09:31"))["sent"] == 1
    run("send-check-ins", at(2, "10:01"))
    waiting = story.asked()[2]
    run("send-check-ins", at(2, "13:31"))

    assert story.texts()[-2:] == [("nurse", "2 09:31"), ("check_in", "2 13:31")]
    assert (waiting, story.asked()[2]) == ("planned", "delivered")


def test_a_form_that_came_twice_texts_once() -> None:
    story = flagged()
    nurse = staff_of(story)
    for _ in range(2):
        text(story, nurse, once="6f0c")

    assert [row.body for row in story.rows() if row.kind == "nurse"] == ["How is it now?"]


def _without_consent(patient: Patient) -> None:
    patient.consented_at = None


def _stopped(patient: Patient) -> None:
    opt_outs.stop(patient, patient.phone_hash or b"", MORNING)


def _doubted(patient: Patient) -> None:
    patient.number_doubted_at = MORNING


@pytest.mark.parametrize(
    ("happened", "sentence"),
    [
        (_without_consent, "did not agree to texts"),
        (_stopped, "asked for no more texts"),
        (_doubted, "may be somebody else's"),
    ],
)
def test_who_may_not_be_texted_is_named_with_the_reason(
    happened: Callable[[Patient], None], sentence: str
) -> None:
    story = flagged()
    nurse = staff_of(story)
    with writing():
        happened(story.patient)

    with pytest.raises(Conflict, match=sentence):
        text(story, nurse)
    assert "nurse" not in [row.kind for row in story.rows()]


def _resolve(patient: Patient, row: FlaggedCase, staff_id: UUID) -> None:
    casework.resolve(patient, row, staff_id, Outcome.ADVICE_GIVEN, None, MORNING)


def _put_away(patient: Patient, row: FlaggedCase, staff_id: UUID) -> None:
    casework.snooze(row, at(3, "09:00"), staff_id, MORNING)


@pytest.mark.parametrize("leave", [_resolve, _put_away])
def test_numbers_that_come_when_nobody_waits_for_them_count(
    leave: Callable[[Patient, FlaggedCase, UUID], None],
) -> None:
    story = flagged()
    nurse = staff_of(story)
    text(story, nurse)
    with writing():
        patient, row = patients.locked_patient(story.patient_id), cases.locked_case(story.case().id)
        assert patient is not None
        assert row is not None
        leave(patient, row, nurse)

    story.says("8 8 8", at(2, "10:00"))

    assert (story.case().status, story.flags()["severe"]) == ("open", "urgent")


def test_their_talk_goes_on_while_another_case_of_hers_is_seen_to() -> None:
    story = flagged()
    nurse = staff_of(story)
    text(story, nurse)
    later = replace(story, treatment_id=make.treatment(story.patient, MORNING).id)
    later.reports(at(2, "09:40"), 9, 0, 0)

    act(later, "resolve", nurse)
    after_one = story.patient.conversation_until
    act(story, "resolve", nurse)

    assert (after_one, story.patient.conversation_until) == (at(2, "13:30"), None)


def _refused(message: Message) -> None:
    delivery.refused(message, Refused(30003, RefusalKind.LATER, "out of reach"), MORNING)


def _opted_out(message: Message) -> None:
    delivery.refused(message, Refused(21610, RefusalKind.OPTED_OUT, "stopped"), MORNING)


def _unreachable(message: Message) -> None:
    delivery.reported(message, "SM1", "undelivered", 30003, MORNING)


def _expired(message: Message) -> None:
    delivery.drop(message, Verdict.EXPIRE, MORNING)


@pytest.mark.parametrize("leave", ["acknowledged", "snoozed"])
@pytest.mark.parametrize("happened", [_refused, _opted_out, _unreachable, _expired])
def test_a_text_that_does_not_arrive_brings_its_case_back(
    happened: Callable[[Message], None], leave: str
) -> None:
    story = flagged()
    nurse = staff_of(story)
    text(story, nurse)
    bring(story, leave, nurse)
    with writing() as session:
        patients.locked_patient(story.patient_id)
        happened(session.get_one(Message, story.rows()[-1].id))

    row = story.case()
    assert (row.status, row.acknowledged_at, row.flagged_at) == ("open", None, MORNING)
    with reading():
        assert cases.history(row.id)[-1].action == "not_arrived"


def test_a_text_that_does_not_arrive_leaves_an_unseen_case_in_its_place() -> None:
    story = flagged()
    text(story, staff_of(story))
    with writing() as session:
        patients.locked_patient(story.patient_id)
        _refused(session.get_one(Message, story.rows()[-1].id))

    assert story.case().flagged_at == at(1, "12:00")
