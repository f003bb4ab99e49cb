"""Texts through Twilio: what it is told, what it answers, and what then becomes of text and patient."""

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.pool import QueuePool

from recovery.db import db, reading, writing
from recovery.models.clinic import ProtocolVersion
from recovery.models.message import ProviderEvent, TextCount
from recovery.queries import patients as finding
from recovery.services import clock, outbox, patients
from tests.stories.sending.conftest import PUBLIC_URL, Opened
from tests.stories.sending.doubt import nurse_writes
from tests.stories.sending.story import Story, at, begin, now_is, run, tick
from tests.twilio_simulator import faults
from tests.twilio_simulator.faults import Fault
from tests.twilio_simulator.simulator import Simulator

pytestmark = pytest.mark.usefixtures("online")

NOON = at(0, "12:00")


def asked() -> Story:
    """A patient whose welcome went; the question of day 1 is due at 10:00."""
    story = begin()
    run("send-messages", NOON)
    return story


def call_back(twilio: Simulator, moment: datetime, *steps: str, code: int | None = None) -> None:
    """Twilio tells of every text that is on its way."""
    with now_is(moment):
        twilio.deliver_callbacks(steps=steps or ("sent", "delivered"), error_code=code)


def texts_counted() -> int:
    with reading():
        return db.session.scalar(sa.select(sa.func.sum(TextCount.texts))) or 0


def test_twilio_is_told_sender_service_callback_and_how_long_the_text_may_wait(twilio: Simulator) -> None:
    story = begin(clinic={"messaging_service_sid": "MG" + "1" * 32})
    run("send-messages", NOON)

    (seen,) = twilio.requests
    message = story.rows()[0]
    assert seen.form["From"] == "+14165550100"
    assert seen.form["MessagingServiceSid"] == "MG" + "1" * 32
    assert seen.form["StatusCallback"] == f"{PUBLIC_URL}/sms/status?message={message.id}"
    assert seen.form["ValidityPeriod"] == "14400"
    assert "SendAt" not in seen.form
    assert message.twilio_sid == twilio.messages[0].sid


def test_the_clinic_of_one_service_takes_it_from_the_settings(opened: Opened, twilio: Simulator) -> None:
    opened(TWILIO_MESSAGING_SERVICE_SID="MG" + "2" * 32)
    begin()

    run("send-messages", NOON)

    assert twilio.requests[0].form["MessagingServiceSid"] == "MG" + "2" * 32


@pytest.mark.parametrize(
    ("moment", "seconds"),
    [("10:00", 14_400), ("17:00", 3_600), ("17:59:30", 60)],
)
def test_a_question_waits_at_twilio_no_longer_than_its_window(
    twilio: Simulator, moment: str, seconds: int
) -> None:
    asked()

    run("send-check-ins", at(1, moment))

    assert int(twilio.requests[-1].form["ValidityPeriod"]) == pytest.approx(seconds, abs=5)


def test_a_welcome_in_the_evening_cannot_land_at_night(twilio: Simulator) -> None:
    begin(entered=at(0, "20:30"))

    run("send-messages", at(0, "20:30"))

    assert int(twilio.requests[-1].form["ValidityPeriod"]) == pytest.approx(1_800, abs=5)


def test_a_callback_makes_it_delivered_and_every_word_is_kept(twilio: Simulator) -> None:
    story = begin()
    run("send-messages", NOON)

    call_back(twilio, NOON)

    assert story.rows()[0].status == "delivered"
    with reading():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(ProviderEvent)) == 2


def test_callbacks_out_of_order_and_doubled_do_no_harm(twilio: Simulator) -> None:
    story = asked()
    call_back(twilio, NOON)
    run("send-check-ins", at(1, "10:00"))

    with now_is(at(1, "10:01")):
        twilio.deliver_callbacks(times=2, reorder=lambda calls: calls[::-1])

    assert story.rows()[-1].status == "delivered"
    assert story.asked()[1] == "delivered"


@pytest.mark.parametrize(
    "fault", [faults.drop(), faults.answer(500, accepts=True), faults.answer(503, accepts=True)]
)
def test_a_lost_answer_leaves_the_text_in_doubt_never_sent_again_and_a_callback_heals_it(
    twilio: Simulator, fault: Fault
) -> None:
    story = asked()
    twilio.fail_next(fault)

    counts = run("send-check-ins", at(1, "10:00"))
    doubted = story.rows()[-1].status
    for minute in ("10:00:15", "10:00:30"):
        run("send-check-ins", at(1, minute))
        run("send-messages", at(1, minute))
    call_back(twilio, at(1, "10:00:45"))

    assert (counts["in_doubt"], counts["sent"]) == (1, 0)
    assert doubted == "in_doubt"
    assert len(twilio.messages) == 2
    assert story.rows()[-1].status == "delivered"
    assert story.asked()[1] == "delivered"
    assert story.wall(story.question(1).sent_at) == "1 10:00"


def test_a_question_in_doubt_never_counts_as_unanswered(twilio: Simulator) -> None:
    story = asked()
    for day in (1, 2):
        twilio.fail_next(faults.drop())
        run("send-check-ins", at(day, "10:00"))
        run("review-recoveries", at(day, "18:00"))

    assert story.flags() == {}


def test_a_lost_answer_healed_by_a_failure_keeps_its_code(twilio: Simulator) -> None:
    story = asked()
    call_back(twilio, NOON)
    twilio.fail_next(faults.drop())
    run("send-check-ins", at(1, "10:00"))

    call_back(twilio, at(1, "10:01"), "undelivered", code=30005)

    assert (story.rows()[-1].status, story.rows()[-1].error_code) == ("undelivered", 30005)
    assert story.flags() == {"undeliverable": "routine"}


@pytest.mark.parametrize("fault", [faults.answer(429, 20429), faults.refuse(21611), faults.refuse(30001)])
def test_busy_means_later_and_the_place_in_the_cap_is_given_back(twilio: Simulator, fault: Fault) -> None:
    story = asked()
    before = texts_counted()
    twilio.fail_next(fault)

    counts = run("send-check-ins", at(1, "10:00"))
    waiting, counted = story.asked()[1], texts_counted()
    run("send-messages", at(1, "10:01") + timedelta(seconds=5))

    assert (counts["sent"], counts["refused"], counts["in_doubt"]) == (0, 0, 0)
    assert (waiting, counted - before) == ("sending", 0)
    assert story.kinds() == ["welcome", "check_in"]


def test_busy_all_day_means_expired_not_refused(twilio: Simulator) -> None:
    story = asked()
    for hour in ("10:00", "11:00", "14:00", "17:59"):
        twilio.fail_next(faults.answer(429))
        run("send-check-ins", at(1, hour))
    run("send-check-ins", at(1, "18:00"))

    assert story.asked()[1] == "expired"
    assert texts_counted() == 1  # the welcome
    assert story.flags() == {}


def test_no_connection_means_later(opened: Opened, twilio: Simulator) -> None:
    opened(TWILIO_API_BASE_URL="http://127.0.0.1:9")
    story = begin()

    counts = run("send-messages", NOON)

    assert set(counts.values()) == {0}
    assert story.rows()[0].status == "queued"
    assert texts_counted() == 0


@pytest.mark.parametrize("code", [21211, 21614, 30005, 30006])
def test_a_number_that_takes_no_texts_is_flagged_phone_the_patient(twilio: Simulator, code: int) -> None:
    story = asked()
    twilio.fail_next(faults.refuse(code))

    counts = run("send-check-ins", at(1, "10:00"))

    assert counts["refused"] == 1
    assert story.asked()[1] == "undelivered"
    assert story.flags() == {"undeliverable": "routine"}


def test_a_welcome_that_fails_is_flagged_higher(twilio: Simulator) -> None:
    story = begin()
    twilio.fail_next(faults.refuse(21614))

    run("send-messages", NOON)

    assert story.flags() == {"undeliverable": "soon"}


def test_two_texts_running_undelivered_are_flagged_one_is_not(twilio: Simulator) -> None:
    story = asked()
    call_back(twilio, NOON)
    flags = []
    for day in (1, 2):
        run("send-check-ins", at(day, "10:00"))
        call_back(twilio, at(day, "10:01"), "undelivered", code=30008)
        flags.append(story.flags())

    assert flags == [{}, {"undeliverable": "routine"}]


def test_one_text_of_a_nurse_that_does_not_arrive_is_flagged(twilio: Simulator) -> None:
    story = asked()
    call_back(twilio, NOON)
    nurse_writes(story, "Please come in today.", at(1, "11:00"))
    run("send-messages", at(1, "11:00"))
    call_back(twilio, at(1, "11:01"), "undelivered", code=30008)

    assert story.flags() == {"undeliverable": "routine"}


def test_a_text_of_a_nurse_that_never_went_in_time_is_flagged(twilio: Simulator) -> None:
    story = asked()
    nurse_writes(story, "Please come in today.", at(1, "11:00"))
    run("send-messages", at(2, "11:01"))

    assert (story.rows()[-1].status, story.flags()) == ("expired", {"undeliverable": "routine"})


def test_unreachable_now_is_tried_once_more_the_same_day(twilio: Simulator) -> None:
    story = asked()
    call_back(twilio, NOON)
    run("send-check-ins", at(1, "10:00"))
    call_back(twilio, at(1, "10:05"), "undelivered", code=30003)

    tick(at(1, "10:30"))
    tick(at(1, "11:06"))
    call_back(twilio, at(1, "11:07"))

    assert story.texts() == [("welcome", "0 12:00"), ("check_in", "1 10:00"), ("check_in", "1 11:06")]
    assert story.asked()[1] == "delivered"


def test_unreachable_twice_is_flagged_and_not_tried_a_third_time(twilio: Simulator) -> None:
    story = asked()
    call_back(twilio, NOON)
    run("send-check-ins", at(1, "10:00"))
    for minute in ("10:05", "11:07", "12:30", "14:00"):
        call_back(twilio, at(1, minute), "undelivered", code=30003)
        tick(at(1, minute) + timedelta(minutes=61), ("send-check-ins", "send-reminders"))

    assert story.kinds() == ["welcome", "check_in", "check_in"]
    assert story.asked()[1] == "undelivered"
    assert story.flags() == {"undeliverable": "routine"}


def test_a_stop_that_only_twilio_knows_opts_her_out_and_tells_the_nurse(twilio: Simulator) -> None:
    story = asked()
    twilio.opted_out.add(("+14165550100", story.patient.phone or ""))

    run("send-check-ins", at(1, "10:00"))
    run("send-check-ins", at(2, "10:00"))

    assert "opted_out" in story.flags()
    assert (story.asked()[1], story.asked()[2]) == ("undelivered", "cancelled")
    assert len([seen for seen in twilio.requests if seen.method == "POST"]) == 2


@pytest.mark.parametrize("code", [21408, 21608, 30034, 20003])
def test_a_wrong_set_up_is_logged_as_an_error_and_kept(
    twilio: Simulator, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    story = asked()
    twilio.fail_next(faults.refuse(code))

    run("send-check-ins", at(1, "10:00"))

    assert story.rows()[-1].error_code == code
    assert story.flags() == {}
    logged = capsys.readouterr()
    assert f"code={code}" in logged.err + logged.out
    assert "text_refused_by_set_up" in logged.err + logged.out


def test_mended_in_time_a_wrong_set_up_costs_no_text(twilio: Simulator) -> None:
    story = asked()
    twilio.fail_next(faults.refuse(20003))
    run("send-check-ins", at(1, "10:00"))

    run("send-check-ins", at(1, "10:16"))

    assert story.asked()[1] == "sent"
    assert texts_counted() == 2


def test_a_set_up_that_nobody_mends_is_told_to_the_nurse(twilio: Simulator) -> None:
    story = asked()
    for day in (1, 2):
        twilio.fail_next(faults.refuse(20003))
        run("send-check-ins", at(day, "10:00"))
        run("send-check-ins", at(day, "18:00"))

    assert (story.asked()[1], story.asked()[2]) == ("undelivered", "undelivered")
    assert story.flags() == {"undeliverable": "routine"}


def test_an_unknown_code_is_kept_and_crashes_nothing(twilio: Simulator) -> None:
    story = asked()
    twilio.fail_next(faults.refuse(99_999))

    run("send-check-ins", at(1, "10:00"))

    assert (story.rows()[-1].status, story.rows()[-1].error_code) == ("refused", 99_999)
    assert story.asked()[1] == "undelivered"


def test_a_failure_of_an_old_number_says_nothing_of_the_new_one(twilio: Simulator) -> None:
    story = asked()
    with writing():
        patient = finding.locked_patient(story.patient_id)
        assert patient is not None
        patients.change(patient, at(0, "12:30"), {"phone": "+1 647 555 9999"})

    call_back(twilio, at(0, "12:31"), "undelivered", code=30005)

    assert story.flags() == {}


def test_in_production_an_unsigned_protocol_sends_no_check_in(opened: Opened, twilio: Simulator) -> None:
    key = "Zx8Kq3Rw9Tn5Vb7Ym2Lp4Jh6Gf1Ds0Ac"
    opened(RECOVERY_ENV="production", SECRET_KEY=key)
    story = begin()
    tick(NOON)
    run("send-check-ins", at(1, "10:00"))
    run("send-check-ins", at(1, "18:00"))
    unsigned = story.asked()[1]
    with writing():
        db.session.execute(
            sa.update(ProtocolVersion).values(approved_by="Dr. Lee", approved_at=at(1, "19:00"))
        )

    tick(at(1, "19:00"))
    run("send-check-ins", at(2, "10:00"))

    assert unsigned == "expired"
    assert story.texts() == [("welcome", "1 19:00"), ("check_in", "2 10:00")]


def test_asking_the_time_leaves_no_transaction_open_while_twilio_is_called(online: Flask) -> None:
    held_at_the_call = []
    story = begin()
    connections = db.engine.pool
    assert isinstance(connections, QueuePool)
    gateway = online.extensions["recovery.gateway"]

    class Watching:
        """The real gateway, which first looks how many connections are in somebody's hands."""

        delivers_at_once = False

        def send(self, message: object) -> object:
            held_at_the_call.append(connections.checkedout())
            return gateway.send(message)

    online.extensions["recovery.gateway"] = Watching()
    try:
        outbox.send_due(outbox_clock)
    finally:
        online.extensions["recovery.gateway"] = gateway

    assert held_at_the_call == [0]
    assert story.kinds() == ["welcome"]


def outbox_clock() -> datetime:
    """The app's own clock, which looks into the database, moved to the story's noon."""
    return NOON + clock.offset()
