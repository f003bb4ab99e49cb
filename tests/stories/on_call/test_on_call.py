"""The phone on call: told at once of an emergency, by day of what waits too long, and silenced by TAKE."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from recovery.db import add_if_new, db, keyring, reading, writing
from recovery.models.clinic import Clinic
from recovery.models.message import DAILY_CAP, TextCount
from recovery.services import clinics, on_call, statuses, switches
from tests.stories.on_call.duty import DANGER, Duty, new_phone
from tests.stories.sending.story import at, run
from tests.stories.sending.test_workers import together
from tests.twilio_simulator import faults
from tests.twilio_simulator.simulator import Simulator

Begin = Callable[..., Duty]

ONE = (
    "Rosewood Skin: 1 emergency case is waiting. Please sign in. Reply TAKE to stop alerts for 30 minutes. "
    "https://clinic.example"
)
URGENT = ONE.replace("emergency", "urgent")
TOWARDS_MORNING = at(1, "05:00")
NIGHT = at(1, "03:00")  # a Saturday


def minutes(told: list[str]) -> list[str]:
    return [each[:5] for each in told]


def test_an_emergency_is_told_of_at_once_at_any_hour_then_every_quarter_of_an_hour(begin: Begin) -> None:
    duty = begin()
    duty.maria.says(DANGER, NIGHT)

    told = duty.until(NIGHT, at(1, "04:30"))

    assert told == [f"{moment} {ONE}" for moment in ("03:00", "03:15", "03:30", "03:45")]


def test_it_names_no_patient_and_no_symptom(begin: Begin) -> None:
    duty = begin()
    duty.maria.says("pus and I can't breathe, Maria Lopez", NIGHT)
    (text,) = duty.until(NIGHT, NIGHT)
    assert text == f"03:00 {ONE}"


def test_two_seconds_after_the_webhook_the_text_is_on_its_way(begin: Begin) -> None:
    duty = begin()
    duty.maria.says(DANGER, NIGHT)
    run("send-messages", NIGHT + timedelta(seconds=2))
    assert duty.heard() == [ONE]


@pytest.mark.both_databases
def test_acknowledging_ends_it_and_withdraws_what_was_not_sent(begin: Begin) -> None:
    duty = begin()
    duty.maria.says(DANGER, NIGHT)
    duty.until(NIGHT, at(1, "03:15"))
    assert on_call.queue_due(lambda: at(1, "03:30")) == 1
    duty.acknowledges(at(1, "03:30"))

    assert duty.until(at(1, "03:30"), at(1, "05:00")) == []
    assert len(duty.heard()) == 2


def test_an_emergency_that_was_seen_is_not_told_of_because_an_urgent_case_waits(begin: Begin) -> None:
    duty = begin()
    duty.another().says("there is pus", at(0, "20:00"))
    assert len(duty.until(at(0, "20:00"), at(0, "20:00"))) == 1
    duty.maria.says(DANGER, at(0, "20:30"))
    assert on_call.queue_due(lambda: at(0, "20:30")) == 1
    duty.acknowledges(at(0, "20:30"))
    assert duty.until(at(0, "20:30"), at(0, "20:35")) == []


def test_what_is_flagged_anew_after_that_is_told_of_anew(begin: Begin) -> None:
    duty = begin()
    duty.maria.says(DANGER, NIGHT)
    duty.until(NIGHT, NIGHT)
    duty.acknowledges(at(1, "03:01"))
    duty.maria.says("I fainted", at(1, "03:20"))
    assert minutes(duty.until(at(1, "03:20"), at(1, "03:35"))) == ["03:20", "03:35"]


def test_a_new_danger_rings_again_after_the_last_text_of_what_nobody_saw(begin: Begin) -> None:
    duty = begin()
    duty.maria.says("I fainted", NIGHT)
    assert len(duty.until(NIGHT, at(1, "04:30"))) == 4
    duty.maria.says(DANGER, at(1, "09:00"))
    assert minutes(duty.until(at(1, "09:00"), at(1, "09:15"))) == ["09:00", "09:15"]


def test_an_urgent_case_is_told_of_once_when_the_clinic_is_closed_but_not_at_night(begin: Begin) -> None:
    evening, night = begin(), at(1, "23:30")
    evening.maria.says("there is pus", at(0, "18:00"))
    assert evening.until(at(0, "18:00"), at(0, "18:30")) == [f"18:00 {URGENT}"]

    evening.acknowledges(at(1, "08:00"))
    evening.maria.says("there is pus, and a fever", night)
    assert evening.until(night, at(2, "07:30"), timedelta(minutes=30)) == [f"07:00 {URGENT}"]


def test_by_day_an_urgent_case_is_told_of_at_half_its_target(begin: Begin) -> None:
    duty = begin()
    duty.maria.says("there is pus", at(3, "10:00"))
    assert duty.until(at(3, "10:00"), at(3, "16:00"), timedelta(minutes=30)) == [f"12:00 {URGENT}"]


def test_cases_that_fall_due_together_are_one_text(begin: Begin) -> None:
    duty = begin()
    others = [duty.another() for _ in range(2)]
    for each in (duty.maria, *others):
        each.says("there is pus", at(1, "23:00"))
    told = duty.until(at(2, "06:55"), at(2, "07:10"))
    assert told == [f"07:00 {URGENT.replace('1 urgent case is', '3 urgent cases are')}"]


@pytest.mark.both_databases
def test_emergencies_that_stand_together_are_told_of_together(begin: Begin) -> None:
    duty = begin()
    duty.maria.says(DANGER, NIGHT)
    duty.until(NIGHT, at(1, "03:05"))
    duty.another().says(DANGER, at(1, "03:10"))
    told = duty.until(at(1, "03:10"), at(1, "04:30"))

    assert minutes(told) == ["03:10", "03:25", "03:40", "03:55"]
    assert all("2 emergency cases are waiting" in each for each in told)


@pytest.mark.both_databases
@pytest.mark.parametrize("word", ["TAKE", " take. "])
def test_take_silences_for_half_an_hour_and_is_confirmed(begin: Begin, word: str) -> None:
    duty = begin()
    duty.maria.says(DANGER, NIGHT)
    duty.until(NIGHT, at(1, "03:05"))

    (answer,) = duty.says(word, at(1, "03:05"))

    assert answer.startswith("Rosewood Skin: these alerts are off for 30 minutes.")
    assert minutes(duty.until(at(1, "03:05"), at(1, "05:00"))) == ["03:35", "03:50", "04:05"]


def test_take_does_not_silence_an_emergency_that_comes_after_it(begin: Begin) -> None:
    duty = begin()
    duty.maria.says(DANGER, NIGHT)
    duty.until(NIGHT, NIGHT)
    duty.says("TAKE", at(1, "03:04"))
    duty.another().says(DANGER, at(1, "03:10"))
    assert minutes(duty.until(at(1, "03:10"), at(1, "03:12"))) == ["03:10"]


def test_anything_else_is_kept_and_answered_calmly_once_in_a_while(begin: Begin) -> None:
    duty = begin()
    first = duty.says("who is it? I can't breathe", NIGHT)
    second = duty.says("I am driving", at(1, "03:01"))

    assert len(first) == 1
    assert "read only TAKE here" in first[0]
    assert second == []
    assert duty.until(at(1, "03:01"), at(1, "03:05")) == []


def test_a_hold_and_the_clinics_switch_stop_no_alert(begin: Begin) -> None:
    duty = begin()
    with writing():
        switches.hold(NIGHT)
        db.session.get_one(Clinic, duty.clinic_id).texting_off_at = NIGHT
    duty.maria.says(DANGER, NIGHT)
    assert minutes(duty.until(NIGHT, at(1, "03:15"))) == ["03:00", "03:15"]
    assert len(duty.says("TAKE", at(1, "03:17"))) == 1


def test_no_days_cap_keeps_an_emergency_from_the_phone(begin: Begin) -> None:
    duty = begin()
    counted = {"phone_hash": keyring().phone_hash(duty.phone), "day": NIGHT.astimezone(UTC).date()}
    with writing():
        add_if_new(TextCount, **counted, texts=DAILY_CAP)
    duty.maria.says(DANGER, NIGHT)
    assert minutes(duty.until(NIGHT, NIGHT)) == ["03:00"]


def test_a_changed_phone_gets_what_still_waited_and_a_removed_one_nothing(begin: Begin) -> None:
    duty, other = begin(), new_phone()
    duty.maria.says(DANGER, NIGHT)
    assert on_call.queue_due(lambda: NIGHT) == 1
    _change(duty, other)
    run("send-messages", NIGHT)
    assert (duty.heard(), duty.heard(other)) == ([], [ONE])

    assert on_call.queue_due(lambda: at(1, "03:15")) == 1
    _change(duty, "")
    run("send-messages", at(1, "03:15"))
    assert (duty.heard(), duty.heard(other)) == ([], [ONE])


def test_a_phone_that_is_named_later_hears_of_what_still_waits(begin: Begin) -> None:
    duty = begin(on_call_phone=None)
    duty.maria.says(DANGER, NIGHT)
    assert duty.until(NIGHT, at(1, "03:20"), timedelta(minutes=5)) == []
    _change(duty, duty.phone)
    assert minutes(duty.until(at(1, "03:25"), at(1, "03:30"))) == ["03:25"]


def test_another_phone_hears_of_what_the_one_before_was_told_in_vain(begin: Begin) -> None:
    duty, other = begin(), new_phone()
    duty.maria.says("there is pus", at(1, "12:00"))
    assert len(duty.until(at(1, "12:00"), at(1, "12:30"))) == 1
    _change(duty, other, at(1, "13:00"))
    duty.until(at(1, "13:00"), at(1, "14:00"))
    assert (len(duty.heard()), duty.heard(other)) == (1, [URGENT])


@pytest.mark.both_databases
def test_two_workers_text_once(begin: Begin, online: Flask) -> None:
    duty = begin()
    duty.maria.says(DANGER, NIGHT)
    together(online, *[lambda: run("escalate-cases", NIGHT) for _ in range(3)])
    assert duty.heard() == [ONE]


def test_escalating_counts_what_it_sent(begin: Begin) -> None:
    duty = begin()
    duty.maria.says(DANGER, NIGHT)
    assert run("escalate-cases", NIGHT) == {"escalated": 0, "texted": 1}
    assert run("escalate-cases", NIGHT) == {"escalated": 0, "texted": 0}


def test_while_the_provider_is_down_no_alert_is_used_up(begin: Begin, twilio: Simulator) -> None:
    duty = begin()
    duty.maria.says(DANGER, NIGHT)
    twilio.fail_next(*[faults.answer(429)] * 3)
    told = duty.until(NIGHT, at(1, "05:00"))
    assert len(told) == 4
    assert _unreached(duty) is False


def test_an_urgent_alert_held_back_into_the_night_waits_for_the_morning(begin: Begin) -> None:
    duty = begin()
    duty.maria.says("there is pus", at(1, "21:59"))
    assert on_call.queue_due(lambda: at(1, "21:59")) == 1
    assert duty.until(at(1, "22:00"), at(2, "06:30"), timedelta(minutes=30)) == []
    assert not _unreached(duty, at(2, "06:30"))
    assert _unreached(duty, at(2, "07:04"))
    assert duty.until(at(2, "07:00"), at(2, "08:00"), timedelta(minutes=30)) == [f"07:00 {URGENT}"]


def test_an_alert_that_does_not_arrive_is_known(begin: Begin, twilio: Simulator) -> None:
    duty = begin()
    twilio.opted_out.add(("+14165550100", duty.phone))
    duty.maria.says(DANGER, NIGHT)
    duty.until(NIGHT, NIGHT)
    assert _unreached(duty)

    twilio.opted_out.clear()
    duty.until(at(1, "03:15"), at(1, "03:15"))
    assert not _unreached(duty)


@pytest.mark.both_databases
def test_an_urgent_alert_that_is_not_delivered_is_repeated(begin: Begin, twilio: Simulator) -> None:
    duty, noon = begin(), at(1, "12:00")
    duty.maria.says("there is pus", noon)
    assert len(duty.until(noon, noon)) == 1
    (alert,) = (each for each in twilio.messages if each.to == duty.phone)
    with writing():
        statuses.take(alert.sid, "undelivered", 30003, None, at(1, "12:01"), {})
    assert minutes(duty.until(at(1, "12:05"), at(1, "13:00"))) == ["12:20"]


def _change(duty: Duty, phone: str, now: datetime = NIGHT) -> None:
    with writing():
        clinics.change(db.session.get_one(Clinic, duty.clinic_id), {"on_call_phone": phone}, now)


def _unreached(duty: Duty, now: datetime = TOWARDS_MORNING) -> bool:
    with reading():
        clinic = db.session.get_one(Clinic, duty.clinic_id)
        return on_call.unreached_since(clinic, now) is not None
