"""What a text that was found late means: of the day on which it was sent, before what was said since."""

from datetime import timedelta

import pytest

from recovery.db import writing
from recovery.queries import patients as finding
from recovery.services import gate, treatments
from tests.stories.receiving.lost import LossyStory


def texting(lost: LossyStory) -> str:
    return gate.texting(lost.patient)


def test_it_answers_the_check_in_that_stood_open_when_it_was_sent(lost: LossyStory) -> None:
    lost.asked(1)
    lost.at(1, "20:00").lose("5 3 1")
    lost.asked(2)
    lost.at(2, "10:30").find()
    assert [(report.day, report.redness) for report in lost.reports] == [(1, 5)]
    assert (lost.check_in(1).status, lost.check_in(2).status) == ("answered", "delivered")


def test_it_never_corrects_a_newer_report(lost: LossyStory) -> None:
    lost.at(1, "10:00").lose("5 3 1")
    lost.later(minutes=30).text("4 3 1")
    lost.later(minutes=5).find()
    assert lost.scores == [(5, 3, 1), (4, 3, 1)]


def test_it_corrects_an_older_one_as_it_would_have(lost: LossyStory) -> None:
    lost.at(1, "10:00").text("9 3 1")
    lost.later(minutes=5).lose("sorry, 3 3 1")
    lost.later(minutes=30).find()
    assert (lost.scores, lost.flags) == ([(3, 3, 1)], {})


def test_what_she_corrected_meanwhile_is_not_brought_back(lost: LossyStory) -> None:
    lost.at(2, "10:00").lose("9 3 1")
    lost.later(minutes=2).text("0 3 1")
    lost.later(minutes=5).find()
    assert (lost.scores, lost.flags) == ([(0, 3, 1)], {})


def test_nor_what_she_took_back_with_a_word(lost: LossyStory) -> None:
    lost.at(2, "10:00").lose("9 3 1")
    lost.at(2, "16:00").text("sorry, 3 3 1")
    lost.later(minutes=5).find()
    assert (lost.scores, lost.flags) == ([(3, 3, 1)], {})


def test_its_danger_stands_though_the_scores_were_corrected(lost: LossyStory) -> None:
    lost.at(2, "10:00").lose("9 3 1 and a fever")
    lost.later(minutes=2).text("3 3 1")
    lost.later(minutes=5).find()
    assert lost.flags == {("infection_words", "fever"): "urgent"}


def test_a_score_that_was_higher_before_is_no_rise(lost: LossyStory) -> None:
    lost.at(3, "10:00").lose("4 0 0")
    lost.later(minutes=30).text("1 0 0")
    lost.later(minutes=5).find()
    assert (lost.scores, lost.flags) == ([(4, 0, 0), (1, 0, 0)], {})


def test_a_score_that_rose_since_is_a_rise(lost: LossyStory) -> None:
    lost.at(3, "10:00").lose("0 0 0")
    lost.later(minutes=30).text("5 0 0")
    assert lost.flags == {}
    lost.later(minutes=5).find()
    assert lost.flags == {("rebound", "redness"): "urgent"}


def test_same_as_yesterday_means_the_day_before_it_was_sent(lost: LossyStory) -> None:
    lost.at(1, "10:00").text("5 3 1")
    lost.at(2, "10:00").lose("same as yesterday")
    lost.at(2, "16:00").text("2 1 0")
    lost.find()
    assert lost.scores == [(5, 3, 1), (5, 3, 1), (2, 1, 0)]


def test_pieces_that_were_all_lost_are_put_together(lost: LossyStory) -> None:
    lost.asked(1).later(minutes=1)
    for body in ("3", "1", "0"):
        lost.lose(body)
        lost.later(seconds=20)
    lost.later(minutes=5).find()
    assert lost.scores[-1] == (3, 1, 0)
    assert [status for _, status in lost.answers].count("sent") == 1


def test_a_piece_that_was_lost_is_not_put_behind_later_ones(lost: LossyStory) -> None:
    lost.asked(1).later(minutes=1).lose("3")
    lost.later(seconds=20).text("1")
    lost.later(seconds=20).text("0")
    lost.later(seconds=20).find()
    assert (1, 0, 3) not in lost.scores


def test_the_same_words_sent_on_three_days_are_no_robot(lost: LossyStory) -> None:
    for day in (1, 2, 3):
        lost.at(day, "11:00").lose("call me")
    lost.at(3, "11:20").find()
    assert lost.answers[-1] == ("thanks_flagged", "sent")


def test_what_was_sent_before_a_new_treatment_belongs_to_the_one_before(lost: LossyStory) -> None:
    lost.at(3, "10:00").lose("there is pus")
    with writing():
        patient = finding.locked_patient(lost.patient_id)
        assert patient is not None
        treatments.begin(patient, lost.now + timedelta(hours=2), treated_at=lost.now + timedelta(hours=1))
    lost.at(3, "13:00").find()
    assert lost.flags == {("infection_words", "pus"): "urgent"}


def test_two_clear_reports_one_of_them_late_end_the_daily_texts(lost: LossyStory) -> None:
    lost.at(2, "10:00").lose("0")
    lost.at(3, "10:00").text("0")
    lost.at(3, "10:05").find()
    assert lost.treatment.status == "recovered"


def test_a_report_between_two_clear_ones_takes_the_recovery_back(lost: LossyStory) -> None:
    lost.at(2, "10:00").text("0")
    lost.at(3, "10:00").lose("3 1 0")
    lost.at(3, "12:00").text("0")
    assert lost.treatment.status == "recovered"
    lost.at(3, "12:05").find()
    assert lost.treatment.status == "recovering"


def test_bare_numbers_from_before_a_nurse_began_to_talk_are_logged(lost: LossyStory) -> None:
    lost.at(1, "10:00").lose("3 1 0")
    with writing():
        lost.patient_row.conversation_until = lost.later(minutes=10).now + timedelta(hours=4)
    lost.later(minutes=5).find()
    assert (lost.scores, lost.answers) == ([(3, 1, 0)], [])


def test_a_silence_goes_on_after_a_text_from_before_it(lost: LossyStory) -> None:
    lost.at(0, "18:00").lose("2 1 0")
    for day in (1, 2):
        lost.asked(day)
    lost.at(2, "18:30").run("review-recoveries")
    assert ("no_answer", "") in lost.flags
    lost.later(minutes=1).find()
    assert ("no_answer", "") in lost.flags


def test_a_silence_that_was_none_ends(lost: LossyStory) -> None:
    lost.asked(1)
    lost.at(1, "11:00").lose("2 1 0")
    lost.asked(2)
    lost.at(2, "18:30").run("review-recoveries")
    assert ("no_answer", "") in lost.flags
    lost.later(minutes=1).find()
    assert ("no_answer", "") not in lost.flags
    assert lost.check_in(1).status == "answered"


# --- STOP and START ------------------------------------------------------------------------------


def test_a_stop_is_obeyed_at_once_at_any_hour_and_however_late(lost: LossyStory) -> None:
    lost.at(1, "02:00").lose("STOP")
    lost.later(hours=5).find()
    assert texting(lost) == "opted_out"
    assert ("opted_out", "") in lost.flags


def test_a_stop_that_she_took_back_stops_nothing(lost: LossyStory) -> None:
    lost.at(1).lose("STOP")
    lost.later(minutes=2).text("START")
    lost.later(minutes=2).find()
    assert (texting(lost), lost.flags) == ("on", {})
    assert [wording for wording, _ in lost.answers] == ["opt_in"]


def test_a_danger_beside_a_stop_that_she_took_back_is_answered(lost: LossyStory) -> None:
    lost.at(1).lose("STOP, it is oozing pus")
    lost.later(minutes=2).text("START")
    lost.later(minutes=2).find()
    assert (texting(lost), lost.flags) == ("on", {("infection_words", "pus"): "urgent"})
    assert [wording for wording, _ in lost.answers] == ["opt_in", "infection_open"]


def test_a_start_from_before_a_stop_starts_nothing(lost: LossyStory) -> None:
    lost.at(1).lose("START")
    lost.later(minutes=2).text("STOP")
    lost.later(minutes=2).find()
    assert texting(lost) == "opted_out"


def test_a_start_between_two_stops_starts_nothing(lost: LossyStory) -> None:
    lost.at(1).text("STOP")
    lost.later(hours=1).lose("START")
    lost.later(minutes=2).text("STOP")
    lost.later(minutes=2).find()
    assert texting(lost) == "opted_out"


@pytest.mark.parametrize(
    ("first", "then", "state"), [("STOP", "START", "on"), ("START", "STOP", "opted_out")]
)
def test_the_last_word_of_two_that_were_lost_counts(
    lost: LossyStory, first: str, then: str, state: str
) -> None:
    lost.at(1).lose(first)
    lost.later(minutes=2).lose(then)
    lost.later(minutes=2).find()
    assert texting(lost) == state


def test_a_stop_so_close_to_a_start_that_nobody_knows_is_obeyed(lost: LossyStory) -> None:
    lost.at(1).lose("STOP")
    lost.later(seconds=5).text("START")
    lost.later(minutes=2).find()
    assert texting(lost) == "opted_out"
