"""What a text makes a nurse see: scores by day, words at once, whatever else the text wants."""

import pytest

from tests.webhooks.story import Story


def test_redness_on_day_four_is_flagged_with_its_reason(story: Story) -> None:
    story.asked(4).at(4, "10:10").text("3 0 0")

    assert story.flags == {("persisting", "redness"): "routine"}
    assert story.case is not None
    assert story.case.flags[0].explanation == "Redness 3/10 on day 4; expected to be gone after day 3."


def test_the_same_redness_on_day_two_is_usual(story: Story) -> None:
    assert story.asked(2).at(2, "10:10").text("3 0 0") == "thanks_usual"
    assert story.flags == {}


def test_pus_on_day_two_is_urgent_and_sends_the_patient_to_the_phone(story: Story) -> None:
    assert story.asked(2).at(2, "10:10").text("there is yellow pus on my cheek") == "infection_open"
    assert story.flags == {("infection_words", "pus"): "urgent"}
    assert story.heard is not None
    assert "Please call (416) 555-0100 now" in story.heard


def test_pus_while_the_clinic_is_closed_sends_the_patient_to_urgent_care(story: Story) -> None:
    assert story.at(2, "21:30").text("3 1 0 and there is pus") == "infection_closed"
    assert story.at(5, "11:00").text("there is still pus") == "infection_closed"  # a Saturday


def test_an_emergency_at_three_in_the_morning_is_answered_at_three_in_the_morning(story: Story) -> None:
    assert story.at(2, "03:00").text("I can't breathe") == "emergency"
    assert story.flags == {("emergency_words", "breathing"): "emergency"}
    assert story.case is not None
    assert (story.case.due_at - story.case.flagged_at).total_seconds() == 15 * 60
    assert story.heard is not None
    assert "Call 911 now" in story.heard


def test_self_harm_has_its_own_text_with_the_crisis_line(story: Story) -> None:
    assert story.text("I want to kill myself") == "emergency_self_harm"
    assert story.flags == {("emergency_words", "self_harm"): "emergency"}
    assert story.heard is not None
    assert "988" in story.heard


def test_each_safety_text_goes_once_in_half_an_hour_but_every_word_counts(story: Story) -> None:
    heard = [story.at(2, "11:00").text("there is pus")]
    heard.append(story.later(minutes=5).text("more pus now"))
    heard.append(story.later(minutes=24).text("pus everywhere"))
    heard.append(story.later(minutes=2).text("so much pus"))

    assert heard == ["infection_open", "thanks_flagged", "thanks_flagged", "infection_open"]
    assert story.case is not None
    assert len(story.case.flags[0].sources) == 4


def test_an_emergency_goes_out_a_moment_after_an_infection_text(story: Story) -> None:
    assert story.at(2).text("there is pus") == "infection_open"
    assert story.later(minutes=1).text("now I can't breathe") == "emergency"
    assert story.later(minutes=1).text("help I can't breathe") is None
    assert story.flags[("emergency_words", "breathing")] == "emergency"


@pytest.mark.parametrize(
    "words", ["I'm scared of pus", "no pus, no fever", "should I worry if I get a fever?"]
)
def test_a_danger_that_is_not_there_is_no_danger(story: Story, words: str) -> None:
    story.at(2).text(words)
    assert not {rule for rule, _ in story.flags} & {"infection_words", "emergency_words"}


def test_a_question_beside_a_report_is_logged_and_read_by_a_nurse(story: Story) -> None:
    assert story.asked(1).at(1, "10:10").text("3 1 0 can I wear makeup?") == "thanks_flagged"
    assert story.scores == [(3, 1, 0)]
    assert story.flags == {("asks_for_contact", ""): "soon"}


@pytest.mark.parametrize("body", ["call me please", "HELP my skin looks odd", "can I go swimming?"])
def test_whoever_wants_to_be_called_is_seen_soon(story: Story, body: str) -> None:
    assert story.at(1).text(body) == "thanks_flagged"
    assert story.flags == {("asks_for_contact", ""): "soon"}


def test_help_alone_is_answered_and_flags_nothing(story: Story) -> None:
    assert story.at(1).text("HELP") == "help"
    assert story.flags == {}


def test_help_while_a_case_is_open_asks_for_contact(story: Story) -> None:
    story.at(4).text("3 0 0")
    story.later(hours=1).text("HELP")
    assert story.flags[("asks_for_contact", "")] == "soon"


def test_a_worry_word_is_seen_soon_under_its_own_name(story: Story) -> None:
    story.asked(2).at(2, "10:10").text("I have a rash")
    assert story.check_in(2).status == "delivered"  # no report: the question still stands
    assert story.flags[("asks_for_contact", "rash")] == "soon"


def test_dark_patches_named_in_the_first_week_are_a_late_effect(story: Story) -> None:
    story.at(3).text("2 0 0 and dark patches")
    assert story.flags == {("late_effect", "pigment"): "soon"}


def test_the_clinic_promises_no_hour_in_which_it_is_closed(story: Story) -> None:
    story.at(4, "16:00").text("5 0 0")  # a Friday afternoon: a clinic day later is Monday
    assert story.heard is not None
    assert "by Mon 4 pm" in story.heard


def test_a_photo_alone_is_seen_by_a_nurse_and_asks_for_the_numbers(story: Story) -> None:
    assert story.at(1).text("", photos=1) == "photo"
    assert story.flags == {("unread_message", ""): "soon"}
    assert story.stored[0].media_count == 1


def test_a_photo_beside_a_mild_report_waits_longer(story: Story) -> None:
    assert story.at(1).text("3 1 0", photos=2) == "photo_noted"
    assert story.flags == {("unread_message", ""): "routine"}
    assert story.scores == [(3, 1, 0)]


def test_a_photo_beside_a_danger_is_a_photo_of_the_danger(story: Story) -> None:
    assert story.at(1).text("this is pus", photos=1) == "infection_open"
    assert story.flags == {("infection_words", "pus"): "urgent", ("unread_message", ""): "soon"}


def test_severe_scores_while_the_clinic_is_closed_say_so(story: Story) -> None:
    assert story.at(2, "22:00").text("3 8 1") == "urgent_scores_closed"
    assert story.flags[("severe", "swelling")] == "urgent"


def test_a_symptom_without_a_number_of_ours_still_asks_for_the_three(story: Story) -> None:
    assert story.at(1).text("burning 5") == "partial"
    assert story.heard is not None
    assert "redness or color change, swelling and itching" in story.heard.replace("colour", "color")


def test_who_is_improving_after_an_urgent_score_is_not_told_to_hurry(story: Story) -> None:
    story.at(4).text("8 0 0")
    assert story.at(5, "19:00").text("1 0 0") == "thanks_flagged_routine"
    assert "urgent" in story.flags.values()  # a nurse still sees the gravest
    assert story.later(hours=1).text("8 0 0") == "urgent_scores_closed"


@pytest.mark.parametrize("body", ["I have a rash", "I have a rash, can you call me?"])
def test_a_worry_is_one_reason_and_not_two(story: Story, body: str) -> None:
    story.at(2).text(body)
    assert story.flags == {("asks_for_contact", "rash"): "soon"}
