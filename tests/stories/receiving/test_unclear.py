"""What cannot be read with certainty is asked about, once, and never guessed."""

import pytest

from recovery.db import db, writing
from recovery.models.message import Message
from tests.webhooks.story import Story


def read_by(story: Story) -> str:
    assert story.heard is not None
    return story.heard


def test_a_part_is_kept_and_only_the_rest_is_asked(story: Story) -> None:
    assert story.asked(1).at(1, "10:05").text("redness 3 swelling 1") == "partial"
    assert "And itching today, 0 (none) to 10 (worst)? Reply 1 number" in read_by(story)
    assert story.scores == [(3, 1, None)]
    assert story.check_in(1).status == "answered"


def test_the_rest_is_understood_from_one_number(story: Story) -> None:
    story.asked(1).at(1, "10:05").text("redness 3 swelling 1")
    assert story.later(minutes=5).text("2") == "thanks_usual"
    assert story.scores == [(3, 1, None), (None, None, 2)]


def test_three_bare_numbers_are_always_the_three_symptoms_in_order(story: Story) -> None:
    story.asked(1).at(1, "10:05").text("itching 2")
    assert story.later(minutes=5).text("3 1 0") == "thanks_usual"
    assert story.scores == [(3, 1, 0)]  # within 15 minutes it corrects the part


def test_two_missing_symptoms_are_understood_from_two_numbers(story: Story) -> None:
    story.asked(1).at(1, "10:05").text("swelling 2")
    assert "redness or color change and itching" in read_by(story).replace("colour", "color")
    story.later(hours=1).text("4 0")
    assert story.scores == [(None, 2, None), (4, None, 0)]


def test_one_number_for_two_missing_symptoms_is_not_guessed(story: Story) -> None:
    story.asked(1).at(1, "10:05").text("swelling 2")
    assert story.later(minutes=20).text("4") == "clarification"
    assert story.scores == [(None, 2, None)]


@pytest.mark.parametrize("answer", ["No", "7"])
def test_an_answer_to_the_question_for_all_three_is_no_score_of_the_one_that_lacks(
    story: Story, answer: str
) -> None:
    story.asked(4).at(4, "10:05").text("redness 0 swelling 0")
    assert story.later(minutes=5).text("fine") == "clarification_fine"
    story.later(minutes=5).text(answer)
    assert story.scores == [(0, 0, None)]


def test_what_cannot_be_read_is_asked_about_once_with_an_example(story: Story) -> None:
    assert story.asked(1).at(1, "10:05").text("banana") == "clarification"
    assert "like 3 1 0" in read_by(story)
    assert story.flags == {}
    assert story.stored[0].body == "banana"


def test_the_second_time_a_nurse_reads_it(story: Story) -> None:
    story.at(1).text("banana")
    assert story.later(seconds=61).text("apple") == "clarification_second"
    assert story.flags == {("unread_message", ""): "soon"}
    assert "A nurse will read your message by Wed 11" in read_by(story)


def test_a_second_text_that_crossed_our_question_does_not_count(story: Story) -> None:
    story.at(1).text("banana")
    assert story.later(seconds=50).text("apple") is None
    assert story.flags == {}


def test_a_readable_text_between_begins_anew(story: Story) -> None:
    story.at(1).text("banana")
    story.later(minutes=5).text("3 1 0")
    assert story.later(hours=1).text("apple") == "clarification"
    assert story.flags == {}


def test_no_two_questions_within_ten_minutes(story: Story) -> None:
    assert story.at(1).text("fine") == "clarification_fine"
    assert story.later(seconds=30).text("banana") is None
    assert story.later(minutes=3).text("cherry") == "clarification_second"
    assert story.later(minutes=3).text("banana") is None
    assert len(story.stored) == 4


def test_fine_is_asked_about_in_its_own_way(story: Story) -> None:
    assert story.at(1).text("fine") == "clarification_fine"
    assert read_by(story).startswith("Glad to hear it!")
    assert story.reports == []


def test_a_second_fine_waits_for_a_nurse_in_good_time(story: Story) -> None:
    story.at(1).text("fine")
    story.later(minutes=3).text("all good")
    assert story.flags == {("unread_message", ""): "routine"}


@pytest.mark.parametrize(("body", "priority"), [("banana", "soon"), ("fine", "routine")])
def test_who_is_unreadable_once_a_day_is_seen_on_the_second_day(
    story: Story, body: str, priority: str
) -> None:
    story.asked(1).at(1, "10:30").text(body)
    assert story.flags == {}
    story.at(2, "10:00").run("send-check-ins")
    assert story.at(2, "10:30").text(body) == "clarification_second"
    assert story.flags == {("unread_message", ""): priority}


def test_a_day_that_was_read_between_two_unreadable_ones_begins_anew(story: Story) -> None:
    story.at(1).text("banana")
    story.at(2).text("3 1 0")
    assert story.at(3).text("banana") == "clarification"
    assert story.flags == {}


@pytest.mark.parametrize("body", ["3 1 12", "2 and 1", "better", "a bit worse than before", "day 3"])
def test_nothing_is_logged_that_a_nurse_would_not_be_sure_of(story: Story, body: str) -> None:
    assert story.at(1).text(body) == "clarification"
    assert story.reports == []


@pytest.mark.parametrize("body", ["ok thanks", "👍", 'Liked "Thank you. That is usual on day 1"'])
def test_an_acknowledgement_needs_no_answer(story: Story, body: str) -> None:
    assert story.at(1).text(body) is None
    assert story.flags == {}


# --- an answer in pieces -----------------------------------------------------------------------


def test_three_texts_of_one_number_are_one_report_and_one_question(story: Story) -> None:
    story.asked(1).at(1, "10:05")
    heard = [story.text("3"), story.later(seconds=40).text("1"), story.later(seconds=100).text("0")]

    assert heard == ["clarification", None, "thanks_usual"]
    assert story.scores == [(3, 1, 0)]
    assert story.flags == {}


def test_a_zero_among_the_pieces_is_no_all_clear(story: Story) -> None:
    story.at(1).text("0")
    story.later(seconds=30).text("4")
    story.later(seconds=30).text("0")
    assert story.scores == [(0, 4, 0)]


def test_a_zero_after_one_piece_waits_for_the_third(story: Story) -> None:
    story.at(1).text("3")
    assert story.later(seconds=30).text("0") is None
    assert story.reports == []
    assert story.later(seconds=30).text("2") == "thanks_usual"
    assert story.scores == [(3, 0, 2)]


def test_named_pieces_join_as_well_and_are_asked_about_once(story: Story) -> None:
    story.asked(1).at(1, "10:05")
    heard = [
        story.text("redness 3"),
        story.later(seconds=40).text("swelling 1"),
        story.later(seconds=40).text("itching 0"),
    ]
    assert heard == ["partial", None, "thanks_usual"]
    assert story.scores == [(3, 1, 0)]


def test_initials_with_their_numbers_join_too(story: Story) -> None:
    story.asked(1).at(1, "10:05")
    heard = [story.text("R3"), story.later(seconds=40).text("S1"), story.later(seconds=40).text("I0")]
    assert heard == ["clarification", None, "thanks_usual"]
    assert story.scores == [(3, 1, 0)]


def test_so_do_the_initials_of_another_language(story: Story) -> None:
    with writing():
        story.patient_row.language = "fr"
    story.asked(1).at(1, "10:05")
    for body in ("R 3", "G 1", "D 0"):
        story.later(seconds=30).text(body)
    assert story.scores == [(3, 1, 0)]


def test_a_question_among_the_pieces_parts_nothing(story: Story) -> None:
    story.asked(1).at(1, "10:05")
    for body in ("3", "can I wear makeup?", "1", "0"):
        story.later(seconds=30).text(body)
    assert story.scores == [(3, 1, 0)]
    assert story.flags == {("asks_for_contact", ""): "soon"}


@pytest.mark.parametrize("language", ["en", "es"])
def test_words_around_a_number_leave_it_a_piece(story: Story, language: str) -> None:
    with writing():
        story.patient_row.language = language
    bodies = {"en": ("about 3", "1 I think", "and 0"), "es": ("como un 3", "creo que uno", "y cero")}
    story.asked(1).at(1, "10:05")
    for body in bodies[language]:
        story.later(seconds=30).text(body)
    assert story.scores == [(3, 1, 0)]


def test_a_zero_long_after_a_piece_of_what_was_asked_is_asked_about(story: Story) -> None:
    story.asked(1).at(1, "10:05")
    story.text("redness 3")
    story.later(minutes=5).text("6")
    story.later(minutes=5).text("0")
    assert story.scores == [(3, None, None)]


def test_pieces_further_apart_are_not_joined(story: Story) -> None:
    story.at(1).text("3")
    assert story.later(seconds=125).text("1") == "clarification_second"
    story.later(seconds=125).text("0")
    assert story.reports == []


def test_a_zero_long_after_a_piece_is_asked_about_and_tells_nobody_that_she_is_well(story: Story) -> None:
    story.asked(4).at(4, "10:05")
    assert story.text("6 4") == "clarification"
    assert story.later(minutes=3).text("0") == "clarification_second"
    assert (story.reports, story.treatment.status) == ([], "recovering")
    assert story.later(minutes=3).text("6 4 0") == "thanks_flagged"


def test_a_zero_right_after_two_numbers_is_the_third(story: Story) -> None:
    story.asked(4).at(4, "10:05").text("6 4")
    story.later(seconds=50).text("0")
    assert story.scores == [(6, 4, 0)]


def test_the_next_days_zero_answers_the_next_days_question(story: Story) -> None:
    story.asked(2).at(2, "10:05").text("6 4")
    story.at(3, "10:00").run("send-check-ins")
    assert story.at(3, "10:01").text("0") == "thanks_clear"
    assert story.scores == [(0, 0, 0)]


def test_a_number_after_a_lone_zero_is_asked_about(story: Story) -> None:
    assert story.asked(1).at(1, "10:05").text("0") == "thanks_clear"
    assert story.later(seconds=30).text("4") == "clarification"
    assert story.later(seconds=30).text("0") == "thanks_usual"
    assert story.scores == [(0, 4, 0)]


def test_a_whole_answer_after_a_piece_stands_for_itself(story: Story) -> None:
    story.at(1).text("3")
    assert story.later(seconds=20).text("3 1 0") == "thanks_usual"
    assert story.scores == [(3, 1, 0)]


def test_a_number_after_a_finished_answer_begins_a_new_one(story: Story) -> None:
    for body in ("3", "1", "0", "4"):
        story.at(1).later(seconds=20 * len(story.stored)).text(body)
    assert story.scores == [(3, 1, 0)]


# --- as yesterday ------------------------------------------------------------------------------


def test_the_same_as_yesterday_is_yesterdays_scores(story: Story) -> None:
    story.at(1).text("4 2 1")
    story.at(2).text("same as yesterday")
    assert story.scores == [(4, 2, 1), (4, 2, 1)]


def test_the_same_as_a_yesterday_told_in_parts(story: Story) -> None:
    story.at(1).text("redness 4 swelling 2")
    story.later(minutes=30).text("1")
    story.at(2).text("same as yesterday")
    assert story.scores[-1] == (4, 2, 1)


def test_the_same_as_nothing_is_asked_about(story: Story) -> None:
    assert story.at(1).text("same as yesterday") == "clarification"
    assert story.reports == []


def test_how_a_text_was_read_is_kept_with_it(story: Story) -> None:
    story.at(1).text("banana")
    received = db.session.get_one(Message, story.stored[0].id)
    assert received.intent == "unclear"
    assert '"scores": {}' in (received.reading or "")
