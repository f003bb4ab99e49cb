"""Several workers, killed workers, bad rows and limits: nobody is texted twice, nobody is forgotten."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier

import pytest
import sqlalchemy as sa
from flask import Flask

from recovery.db import db, new_id, reading, writing
from recovery.models.message import DAILY_CAP, Message, TextCount
from recovery.queries import patients as finding
from recovery.services import caps, circumstances, gate, outbox, queued
from recovery.services.pace import Pace
from recovery.sms.gateway import Outgoing, Sent, Unknown
from tests import make
from tests.stories.sending.conftest import Opened
from tests.stories.sending.story import JOBS, Story, at, begin, enter, run, tick
from tests.twilio_simulator.simulator import Simulator

pytestmark = pytest.mark.both_databases

NOON = at(0, "12:00")


def together(app: Flask, *works: Callable[[], object]) -> list[object]:
    """Each piece of work in a thread of its own, all started at once; a failure of any is raised."""
    start = Barrier(len(works))

    def alone(work: Callable[[], object]) -> object:
        with app.app_context():
            start.wait()
            return work()

    with ThreadPoolExecutor(len(works)) as threads:
        return [each.result() for each in [threads.submit(alone, work) for work in works]]


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize("name", [*JOBS, "escalate-cases", "purge-expired"])
def test_every_job_run_twice_at_one_moment_does_nothing_the_second_time(name: str) -> None:
    story = begin()
    tick(NOON)
    enter(story.clinic_id, at(0, "13:00"), patient={"phone": None})
    for day in (1, 2):
        run("send-check-ins", at(day, "10:00"))
    moment = at(3, "18:30")

    run(name, moment)

    assert set(run(name, moment).values()) == {0}


def test_two_workers_at_once_text_nobody_twice_and_forget_nobody(online: Flask, twilio: Simulator) -> None:
    story = begin()
    others = [enter(story.clinic_id, NOON) for _ in range(7)]
    moment = at(1, "10:00")

    together(online, *[lambda: run("send-messages", NOON) for _ in range(3)])
    together(online, *[lambda: run("send-check-ins", moment) for _ in range(3)])

    for each in [story, *others]:
        assert len(twilio.inbox(each.patient.phone or "")) == 2
        assert each.asked()[1] == "sent"


def test_every_job_beside_a_reply_and_callbacks_at_once_ends_in_no_deadlock(
    online: Flask, twilio: Simulator
) -> None:
    stories = [begin()]
    stories += [enter(stories[0].clinic_id, NOON) for _ in range(3)]
    run("send-messages", NOON)
    moment = at(1, "10:00")

    together(
        online,
        lambda: tick(moment),
        lambda: tick(moment),
        lambda: [each.says("3 1 0", moment + timedelta(seconds=1)) for each in stories],
        lambda: twilio.deliver_callbacks(times=2),
    )

    for each in stories:
        assert len(twilio.inbox(each.patient.phone or "")) <= 3  # welcome, question, answer
        assert each.asked()[1] in ("answered", "sent", "delivered", "cancelled")


def test_one_answer_to_a_stranger_is_sent_once_by_two_workers(online: Flask, twilio: Simulator) -> None:
    story = begin()
    story.says("who are you?", NOON, phone="+14165550177")

    together(online, *[lambda: run("send-messages", NOON) for _ in range(3)])

    assert [each.to for each in twilio.messages].count("+14165550177") == 1


class Killed(BaseException):
    """The worker is gone in the middle of a call."""


class Killing:
    """A gateway during whose call the worker dies."""

    name = "killing"
    delivers_at_once = True

    def send(self, message: Outgoing) -> Sent:
        raise Killed

    def verifies(self, url: str, parameters: object, signature: str) -> bool:
        return False


def test_a_claim_whose_worker_was_killed_is_in_doubt_and_never_sent_again(app: Flask) -> None:
    story = begin()
    honest, app.extensions["recovery.gateway"] = app.extensions["recovery.gateway"], Killing()
    with pytest.raises(Killed):
        run("send-messages", NOON)
    app.extensions["recovery.gateway"] = honest

    early = run("reconcile-messages", NOON + timedelta(minutes=1))
    counts = run("reconcile-messages", NOON + timedelta(minutes=3))
    again = run("reconcile-messages", NOON + timedelta(minutes=3))
    sent = run("send-messages", NOON + timedelta(minutes=4))

    assert (early["updated"], counts["updated"], again["updated"]) == (0, 1, 0)
    assert sent["sent"] == 0
    assert story.kinds("in_doubt") == ["welcome"]


def test_a_claim_older_than_ten_seconds_is_not_called_on_and_waits_again(app: Flask) -> None:
    story = begin()

    def jumping() -> datetime:
        """Eleven seconds pass as soon as the text is claimed."""
        return NOON + timedelta(seconds=11) if story.rows()[0].status == "sending" else NOON

    counts = outbox.send_due(jumping)

    assert counts.sent == 0
    assert story.rows()[0].status == "queued"
    with reading():
        assert db.session.scalar(sa.select(TextCount.texts)) == 0


def test_a_word_that_comes_before_the_call_returns_is_not_overwritten(app: Flask) -> None:
    """A callback was faster than the answer, which then was lost."""
    story = begin()

    class Slow(Killing):
        def send(self, message: Outgoing) -> Sent:
            with app.app_context(), writing():
                row = db.session.scalars(sa.select(Message)).one()
                row.status, row.twilio_sid = "delivered", "SM1"
            return Unknown("ReadTimeout")

    honest, app.extensions["recovery.gateway"] = app.extensions["recovery.gateway"], Slow()
    counts = run("send-messages", NOON)
    app.extensions["recovery.gateway"] = honest

    assert (counts["sent"], counts["in_doubt"]) == (1, 0)
    assert story.rows()[0].status == "delivered"


@pytest.mark.usefixtures("app")
def test_a_text_that_cannot_be_opened_stops_no_other(capsys: pytest.CaptureFixture[str]) -> None:
    bad = begin()
    good = enter(bad.clinic_id, at(0, "12:01"))
    spoil("message", "body", bad.patient_id)

    counts = run("send-messages", at(0, "12:02"))

    assert counts["sent"] == 1
    assert good.kinds() == ["welcome"]
    assert "text_failed" in "".join(capsys.readouterr())


@pytest.mark.usefixtures("app")
def test_a_patient_who_cannot_be_opened_stops_no_other() -> None:
    bad = begin()
    good = enter(bad.clinic_id, at(0, "12:01"))
    tick(at(0, "12:02"))
    run("send-check-ins", at(1, "10:00"))
    spoil("patient", "phone", bad.patient_id, column="id")

    for moment in (at(1, "13:00"), at(1, "18:00"), at(2, "10:00")):
        tick(moment)

    assert good.kinds() == ["welcome", "check_in", "reminder", "check_in"]
    assert good.asked()[1] == "missed"


def spoil(table: str, sealed: str, patient_id: object, column: str = "patient_id") -> None:
    """Bytes that no key opens."""
    rows = db.metadata.tables[table]
    with writing():
        db.session.execute(
            sa.update(rows)
            .where(rows.c[column] == patient_id)
            .values({rows.c[sealed]: sa.literal(b"spoilt", sa.LargeBinary)})
        )


@pytest.mark.usefixtures("app")
def test_the_cap_of_a_number_holds_over_all_clinics_and_lets_go_on_the_next_utc_day() -> None:
    maria = begin(patient={"phone": "+16475550001"})
    other = make.clinic(name="Elm Skin", phone="+14165550199")
    with reading():
        elm = db.session.merge(other).id
    again = enter(elm, NOON, patient={"phone": "+16475550001"})
    with writing():
        phone_hash = maria.patient.phone_hash or b""
        for _ in range(DAILY_CAP - 1):
            assert caps.count(phone_hash, NOON)

    counts = run("send-messages", NOON)
    waiting = sorted([maria.rows()[0].status, again.rows()[0].status])
    run("send-messages", at(0, "19:00"))  # midnight in UTC

    assert counts["sent"] == 1
    assert waiting == ["delivered", "queued"]
    assert maria.kinds() == again.kinds() == ["welcome"]


@pytest.mark.usefixtures("app")
def test_the_cap_is_the_databases_own() -> None:
    with pytest.raises(sa.exc.IntegrityError), writing():
        db.session.add(TextCount(phone_hash=b"x" * 32, day=NOON.date(), texts=DAILY_CAP + 1))


def test_the_cap_is_never_passed_by_many_at_once(app: Flask) -> None:
    def some() -> int:
        counted = 0
        for _ in range(5):
            with writing():
                counted += caps.count(b"y" * 32, NOON)
        return counted

    assert sum(map(int, together(app, some, some, some, some))) == DAILY_CAP  # type: ignore[call-overload]


@pytest.mark.usefixtures("app")
def test_at_the_cap_a_safety_text_still_goes() -> None:
    story = begin()
    with writing():
        for _ in range(DAILY_CAP):
            caps.count(story.patient.phone_hash or b"", NOON)

    story.says("I have trouble breathing", NOON)
    run("send-messages", NOON)

    assert story.kinds() == ["safety"]


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize(
    ("change", "verdict"),
    [
        ({}, "send"),
        ({"consented_at": None}, "cancel"),
        ({"number_doubted_at": NOON}, "cancel"),
        ({"erased_at": NOON}, "cancel"),
    ],
)
def test_a_nurses_own_text_goes_only_to_a_patient_who_may_be_texted(
    change: dict[str, object], verdict: str
) -> None:
    story = begin()
    story.set("patient", **change)
    with writing():
        message_id = nurses_text(story)
        message, patient = db.session.get_one(Message, message_id), finding.locked_patient(story.patient_id)

        about = circumstances.of([(message, patient)], NOON, held=False)[message.id]

        assert gate.verdict(message, about, at(0, "23:00"))[0].value == verdict


def nurses_text(story: Story) -> object:
    return queued.add(
        kind="nurse",
        wording=None,
        body="Please send us a photo.",
        dedupe_key=f"nurse:{new_id()}",
        clinic=story.clinic,
        phone=story.patient.phone or "",
        now=NOON,
        due_at=NOON,
        expires_at=NOON + timedelta(days=1),
        patient=story.patient,
        treatment_id=story.treatment_id,
    )


def test_texts_are_handed_over_no_faster_than_the_limit() -> None:
    time_is, slept = [0.0], []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        time_is[0] += seconds

    pace = Pace(4, now=lambda: time_is[0], sleep=sleep)
    for _ in range(9):
        pace.wait()
        pace.called()

    assert time_is[0] == pytest.approx(2.0)
    assert len(slept) == 8


def test_what_is_claimed_and_not_sent_uses_up_no_time() -> None:
    pace = Pace(1, now=lambda: 0.0, sleep=lambda seconds: pytest.fail(f"slept {seconds} s"))

    for _ in range(5):
        pace.wait()


def test_the_limit_is_taken_from_the_settings(opened: Opened, twilio: Simulator) -> None:
    opened(SMS_RATE_PER_SECOND="20")
    story = begin()
    for _ in range(3):
        enter(story.clinic_id, NOON)

    started = time.monotonic()
    run("send-messages", NOON)

    assert len(twilio.messages) == 4
    assert time.monotonic() - started >= 3 / 20  # four texts have three pauses between them
