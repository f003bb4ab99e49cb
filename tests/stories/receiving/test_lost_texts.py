"""A text whose webhook never came is found in Twilio's log: once, by any number of workers."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
import sqlalchemy as sa

from recovery.db import db, keyring, reading, writing
from recovery.models.message import InboundLook
from tests import make
from tests.stories.receiving.lost import LossyStory
from tests.twilio_simulator.faults import answer, drop
from tests.twilio_simulator.seen import Seen, looks
from tests.webhooks.story import new_phone


def pictures_listed(seen: Seen) -> bool:
    return seen.path.endswith("/Media.json")


def read_to(lost: LossyStory) -> object:
    with reading():
        return db.session.scalar(sa.select(InboundLook.newest_sent_at))


def test_it_is_stored_read_and_answered_by_a_call_of_ours(lost: LossyStory) -> None:
    lost.at(1).lose("3 1 0")

    assert lost.later(minutes=1).find() == 1

    assert lost.scores == [(3, 1, 0)]
    assert lost.answers == [("thanks_usual", "sent")]
    assert lost.twilio.inbox(lost.phone)[-1].startswith("Thank you. That is usual on day 1")


def test_it_keeps_the_time_at_which_it_was_sent(lost: LossyStory) -> None:
    lost.at(1).lose("3 1 0")
    sent = lost.now
    lost.later(minutes=5).find()
    assert [text.at for text in lost.stored] == [sent]
    assert [report.reported_at for report in lost.reports] == [sent]


def test_its_webhook_may_still_come_and_is_told_nothing_twice(lost: LossyStory) -> None:
    sid = lost.at(1).lose("3 1 0")
    lost.later(seconds=20).find()
    told = len(lost.twilio.inbox(lost.phone))

    assert lost.webhook(sid) == []

    assert len(lost.stored) == len(lost.reports) == len(lost.answers) == 1
    assert len(lost.twilio.inbox(lost.phone)) == told


def test_what_came_by_its_webhook_is_not_found_again(lost: LossyStory) -> None:
    lost.at(1).text("3 1 0")
    assert [lost.later(minutes=1).find() for _ in range(3)] == [0, 0, 0]
    assert len(lost.stored) == 1


@pytest.mark.both_databases
def test_several_workers_at_once_bring_it_once(lost: LossyStory) -> None:
    lost.at(1).lose("3 1 0")
    lost.later(seconds=10).lose("thank you!")
    lost.later(minutes=1)
    together = Barrier(4)

    def work(_: int) -> int:
        with lost.app.app_context():
            together.wait()
            return lost.find()

    with ThreadPoolExecutor(4) as workers:
        found = list(workers.map(work, range(4)))

    assert sum(found) == 2
    assert [text.body for text in lost.stored] == ["3 1 0", "thank you!"]
    assert [wording for wording, _ in lost.answers] == ["thanks_usual"]
    assert sum("usual on day 1" in body for body in lost.twilio.inbox(lost.phone)) == 1


@pytest.mark.both_databases
def test_found_while_its_webhook_is_under_way_it_is_still_one(lost: LossyStory) -> None:
    phones = [new_phone() for _ in range(4)]
    sids = [lost.at(1).lose("3 1 0", phone) for phone in phones]
    together = Barrier(5)

    def knock(sid: str) -> None:
        together.wait()
        lost.webhook(sid)

    def look() -> None:
        with lost.app.app_context():
            together.wait()
            lost.find()

    with ThreadPoolExecutor(5) as threads:
        running = [threads.submit(look), *(threads.submit(knock, sid) for sid in sids)]
        assert [each.result() for each in running] == [None] * 5

    lost.later(minutes=1).run("send-messages")
    assert len(lost.stored) == len(lost.answers) == 4
    assert [len(lost.twilio.inbox(phone)) for phone in phones] == [1, 1, 1, 1]


def test_out_of_reach_it_is_found_in_the_next_run(lost: LossyStory) -> None:
    lost.at(1).lose("there is pus")
    lost.twilio.fail_next(answer(503), drop(accepts=False), only=looks)
    assert [lost.later(minutes=1).find() for _ in range(3)] == [0, 0, 1]
    assert lost.flags == {("infection_words", "pus"): "urgent"}


def test_one_that_fails_stops_no_other_and_is_not_passed_by(lost: LossyStory) -> None:
    lost.at(1).lose("3 1 0")
    before = lost.now
    lost.later(minutes=1).lose("with a photo", new_phone(), photos=1)
    lost.later(minutes=1).lose("hello?", new_phone())
    lost.twilio.fail_next(answer(500), only=pictures_listed)

    assert lost.later(minutes=1).find() == 2
    assert read_to(lost) == before
    assert lost.later(minutes=1).find() == 1
    assert [text.body for text in lost.stored] == ["3 1 0", "hello?", "with a photo"]


def test_one_that_enters_the_log_after_a_later_one_is_found(lost: LossyStory) -> None:
    lost.at(1, "11:00").lose("3 1 0")
    lost.find()
    lost.later(minutes=-50).lose("hello?", new_phone())
    assert lost.at(1, "11:01").find() == 1


def test_after_days_without_a_look_all_of_them_are_found(lost: LossyStory) -> None:
    lost.at(1).lose("3 1 0")
    lost.find()
    for day in (2, 3):
        lost.at(day).lose("2 1 0")
    assert lost.at(5).find() == 2
    assert [report.day for report in lost.reports] == [1, 2, 3]


def test_the_first_look_goes_a_day_back_and_no_further(lost: LossyStory) -> None:
    lost.at(-3).lose("from before we were here", new_phone())
    lost.at(0, "02:00").lose("from the day the clinic was added", new_phone())
    assert lost.at(0, "12:30").find() == 1


def test_no_request_carries_a_date_of_our_own_clock(lost: LossyStory) -> None:
    lost.at(1).lose("3 1 0")
    lost.later(minutes=7, seconds=7).find()
    lost.later(minutes=7).find()
    dates = [seen.query.get("DateSent>") for seen in lost.twilio.requests if "PageSize" in seen.query]
    ours = [each for each in dates[-2:] if each is not None]
    assert ours == ["2026-11-17T15:00:00Z"]


def test_each_clinic_has_its_own_number_and_mark(lost: LossyStory) -> None:
    other = make.clinic(lost.now, name="Elm Skin", phone="+14165550199")
    theirs = make.patient(other, phone=lost.phone)
    treatment_id = make.treatment(theirs, lost.now, lost.now).id
    lost.at(1).lose("3 1 0")
    lost.later(minutes=1).lose("0", to="+14165550199")
    lost.twilio.fail_next(
        answer(500), only=lambda seen: looks(seen) and seen.query.get("To") == lost.clinic_phone
    )

    assert [lost.later(minutes=1).find() for _ in range(2)] == [1, 1]

    assert lost.scores == [(3, 1, 0)]
    lost.treatment_id = treatment_id
    assert lost.scores == [(0, 0, 0)]


def test_a_stranger_is_answered_once_and_stands_for_a_nurse(lost: LossyStory) -> None:
    phone = new_phone()
    lost.at(1).lose("is this the clinic?", phone)
    lost.find()
    lost.later(minutes=5).lose("hello?", phone)
    lost.find()
    assert lost.answers == [("unknown_number", "sent")]


def test_a_photo_comes_with_it(lost: LossyStory) -> None:
    sid = lost.at(1).lose("", photos=2)
    lost.find()
    [text] = lost.stored
    assert (text.media_count, len((text.media or "").split("\n"))) == (2, 2)
    assert f"/Messages/{sid}/Media/ME" in (text.media or "")
    assert lost.flags == {("unread_message", ""): "soon"}


def test_one_whose_words_were_emptied_there_is_seen_by_a_nurse(lost: LossyStory) -> None:
    """A dump was restored, and what came since had been taken in and redacted."""
    lost.twilio.account.find(lost.at(1).lose("there is pus")).body = ""
    lost.later(hours=3).find()
    assert lost.flags == {("unread_message", ""): "soon"}


def test_a_phone_on_call_is_never_read_as_a_patient(lost: LossyStory) -> None:
    phone = new_phone()
    with writing():
        lost.clinic_row.on_call_phone = phone
        lost.clinic_row.on_call_phone_hash = keyring().phone_hash(phone)
    lost.at(1).lose("TAKE", phone)
    assert (lost.find(), lost.answers) == (1, [("taken", "sent")])
    lost.lose("there is pus", phone)
    lost.later(hours=3)
    assert (lost.find(), lost.answers, lost.flags) == (1, [("taken", "sent")], {})
