"""Many texts at once: in no more statements than few, and nobody waits for one whom somebody else holds."""

from collections.abc import Collection, Sequence
from datetime import datetime
from threading import Event, Thread
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask

from recovery.db import db, reading, writing
from recovery.queries import patients as finding
from recovery.queries import treatments
from recovery.services import claiming, queued, recording
from recovery.services.claiming import Claim
from recovery.services.pace import Lines
from recovery.sms.gateway import Accepted
from tests.statements import statements
from tests.stories.sending.story import Story, at, begin, enter, run

NOON, MORNING = at(0, "12:00"), at(1, "10:00")
PATIENCE = 180.0  # seconds, for what comes at once or never, on a machine with much else to do


def patients(number: int) -> list[Story]:
    first = begin()
    return [first, *(enter(first.clinic_id, NOON) for _ in range(number - 1))]


@pytest.mark.usefixtures("app")
@pytest.mark.both_databases
def test_many_texts_are_claimed_and_recorded_with_as_many_statements_as_two() -> None:
    stories = patients(11)

    assert claimed_and_recorded(stories[2:]) == claimed_and_recorded(stories[:2])


@pytest.mark.usefixtures("app")
@pytest.mark.both_databases
def test_so_are_many_questions_with_the_reminders_that_follow() -> None:
    stories = patients(11)
    run("send-messages", NOON)
    for story in stories:
        ask(story)

    at_once = claimed_and_recorded(stories[2:], MORNING)

    assert at_once == claimed_and_recorded(stories[:2], MORNING)
    assert at_once == (9, 8), "the statements of a batch's claim, and of recording it, have changed in number"
    assert [story.question(1).reminder_at is not None for story in stories] == [True] * 11


@pytest.mark.usefixtures("app")
@pytest.mark.both_databases
def test_a_reminder_that_went_is_not_its_question() -> None:
    """The question waits to be sent once more by then: it was not sent with the reminder."""
    story = begin()
    run("send-messages", NOON)
    ask(story, kind="reminder", status="sent")
    held = claiming.claim(story.rows()[-1].id, MORNING, wait=True)
    assert isinstance(held, Claim)

    with writing():
        story.treatment.check_ins[0].status = "sending"
    with writing():
        recording.record_all([(held, Accepted("SM1", "queued"))], MORNING)

    assert story.texts("sent", "delivered")[-1][0] == "reminder"
    assert (story.question(1).status, story.question(1).sent_at) == ("sending", None)


def ask(story: Story, kind: str = "check_in", status: str = "sending") -> None:
    """The first question is queued, or a reminder of it, and not sent yet."""
    with writing():
        question = story.treatment.check_ins[0]
        question.status = status
        queued.add(
            kind=kind,
            wording=None,
            body="How is your skin today?",
            dedupe_key=f"{kind}:{question.id}",
            clinic=story.clinic,
            phone=story.patient.phone or "",
            now=MORNING,
            due_at=MORNING,
            expires_at=question.expires_at,
            patient=story.patient,
            treatment_id=story.treatment_id,
            check_in_id=question.id,
        )


def claimed_and_recorded(stories: list[Story], now: datetime = NOON) -> tuple[int, int]:
    """How many statements it takes to claim their latest texts at once, and to record that they went."""
    ids = [story.rows()[-1].id for story in stories]
    with statements() as claiming_took:
        held = list(claiming.claim_all(ids, now, wait=False).values())
    went = [(each, Accepted(f"SM{each.message_id}", "queued")) for each in held if isinstance(each, Claim)]
    with statements() as recording_took, writing():
        became = recording.record_all(went, now)
    assert list(became.values()) == ["sent"] * len(stories)
    assert [story.kinds("queued", "sending") for story in stories] == [[]] * len(stories)
    return len(claiming_took), len(recording_took)


@pytest.mark.usefixtures("app")
@pytest.mark.both_databases
def test_many_questions_are_written_down_with_one_statement() -> None:
    stories = patients(5)
    run("send-messages", NOON)

    with statements() as sent:
        counts = run("send-check-ins", MORNING)

    assert (counts["queued"], counts["sent"]) == (5, 5)
    assert sum(each.startswith("INSERT INTO message") for each in sent) == 1
    assert [story.asked()[1] for story in stories] == ["delivered"] * 5


@pytest.mark.both_databases
def test_nobodys_question_waits_for_a_patient_whom_somebody_else_holds(app: Flask) -> None:
    """On PostgreSQL; on SQLite there is one writer, and all wait."""
    held, other = patients(2)
    run("send-messages", NOON)
    sqlite = db.engine.dialect.name == "sqlite"
    holding = Event()
    asked_first: list[bool] = []

    def hold() -> None:
        with app.app_context(), writing():
            finding.locked_patient(held.patient_id)
            holding.set()
            asked_first.append(sqlite or is_asked(app, other))

    holder = Thread(target=hold)
    holder.start()
    assert holding.wait(PATIENCE)
    counts = run("send-check-ins", MORNING)
    holder.join()

    assert asked_first == [True]
    assert (counts["queued"], counts["sent"]) == (2, 2)


@pytest.mark.both_databases
def test_what_another_worker_takes_meanwhile_is_looked_for_once(app: Flask) -> None:
    """On PostgreSQL; on SQLite there is one writer, and the batch itself waits for it."""
    stories = patients(8)
    run("send-messages", NOON)
    holding = Event()

    def take_them_all() -> None:
        with app.app_context(), writing() as session:
            finding.locked_patients([story.patient_id for story in stories], wait=True)
            holding.set()
            if db.engine.dialect.name == "postgresql":
                assert is_waited_for()
            for story in stories:
                story.treatment.check_ins[0].status = "answered"
            session.flush()

    other = Thread(target=take_them_all)
    other.start()
    assert holding.wait(PATIENCE)
    with statements() as sent:
        counts = run("send-check-ins", MORNING)
    other.join()

    assert (counts["queued"], counts["sent"]) == (0, 0)
    locks = [each for each in sent if "FROM patient" in each and "FOR NO KEY UPDATE" in each]
    assert len(locks) <= 2, "the batch's and one more"
    looks = [each for each in sent if each.startswith("SELECT check_in.treatment_id")]
    assert len(looks) <= 5, "for all, the batch, the one that is waited for, the next, and then the rest"


@pytest.mark.usefixtures("app")
@pytest.mark.both_databases
def test_what_is_taken_one_by_one_is_looked_for_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that many cost no more each, and a look that fails ends neither the rest nor the sending."""
    stories = patients(3)
    run("send-messages", NOON)
    find = treatments.treatments_with_due_check_ins
    looks: list[int] = []

    def the_batchs_look_fails_and_one_more(
        now: datetime, among: Collection[UUID] | None = None
    ) -> Sequence[UUID]:
        if among is not None:
            looks.append(len(among))
        if len(looks) in (1, 2):
            raise ConnectionError
        return find(now, among)

    monkeypatch.setattr(treatments, "treatments_with_due_check_ins", the_batchs_look_fails_and_one_more)
    counts = run("send-check-ins", MORNING)

    assert looks == [3, 1, 1, 1]
    assert (counts["queued"], counts["sent"]) == (2, 2)
    assert sorted(story.asked()[1] for story in stories) == ["delivered", "delivered", "planned"]


def is_waited_for() -> bool:
    """Whether somebody waits for a lock before long."""
    waiting = sa.text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    for _ in range(int(PATIENCE / 0.05)):
        with db.engine.connect() as connection:
            if connection.scalar(waiting):
                return True
        Event().wait(0.05)
    return False


def is_asked(app: Flask, story: Story) -> bool:
    """Whether her question is written down before long, seen from a connection of its own."""
    found: list[bool] = []

    def look() -> None:
        with app.app_context():
            for _ in range(int(PATIENCE / 0.1)):
                with reading():
                    if story.treatment.check_ins[0].status != "planned":
                        found.append(True)
                        return
                Event().wait(0.1)

    looking = Thread(target=look)
    looking.start()
    looking.join()
    return bool(found)


def test_a_phone_has_one_line_and_there_are_only_so_many() -> None:
    lines = Lines(2)

    assert lines.take(b"maria")
    assert not lines.take(b"maria")  # she is being texted
    assert lines.take(b"ana")
    assert not lines.take(b"li")  # none is free

    lines.hang_up(b"maria")
    assert not lines.take(b"maria")  # what came of the call is not written down yet
    assert lines.take(b"li")
    lines.free(b"maria")
    lines.free(b"ana")
    assert lines.take(b"maria")
