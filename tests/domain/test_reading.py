"""What a reply says, by examples: our own labelled replies, and the golden rule in tables."""

import json
from pathlib import Path
from typing import Any

import pytest

from recovery.domain.reading.read import read
from recovery.domain.vocabulary import CORE, Concern, Intent, RedFlag, Score

FILES = sorted((Path(__file__).parent.parent / "data" / "replies").glob("*.jsonl"))


def fits(scores: dict[str, Score], labels: dict[str, Any]) -> bool:
    """Whether the scores are the labelled ones; a label may be a range of acceptable values."""
    ranges = {name: label if isinstance(label, list) else [label, label] for name, label in labels.items()}
    return scores.keys() == ranges.keys() and all(
        ranges[name][0] <= score.value <= ranges[name][1] for name, score in scores.items()
    )


def misread(reply: dict[str, Any]) -> list[str]:
    """What was read otherwise than labelled, and why; nothing, if all is well."""
    reading = read(reply["text"], asked=reply["asked"], previous=reply["previous"], lang=reply["lang"])
    right = {
        "intent": reading.intent == reply["intent"],
        "red_flags": sorted(reading.red_flags) == sorted(reply["red_flags"]),
    }
    if "scores" in reply:
        right["scores"] = fits(dict(reading.scores), reply["scores"])
        right["other"] = fits(dict(reading.other), reply["other"])
        right["also_question"] = reading.also_question == reply.get("also_question", False)
    wrong = [name for name, well in right.items() if not well]
    return [f"{reply['id']} {reply['text']!r}: {wrong}", *reading.why] if wrong else []


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_labelled_reply_is_read_as_labelled(file: Path) -> None:
    replies = [json.loads(line) for line in file.read_text("utf-8").splitlines()]

    wrong = [told for reply in replies for told in misread(reply)]
    assert wrong == [], "\n".join(wrong)
    assert len(replies) > 5


@pytest.mark.parametrize(
    "text",
    [
        "2 and 1",
        "3 1 12",
        "3 1 -1",
        "1010",
        "10/10 would do again",
        "0 regrets",
        "fine",
        "same",
        "better",
        "5",
    ],
)
def test_what_nobody_could_be_sure_of_is_asked_again(text: str) -> None:
    reading = read(text)

    assert reading.intent is Intent.UNCLEAR
    assert reading.scores == {}


@pytest.mark.parametrize(
    ("text", "score"),
    [
        ("slight redness", Score(2, 1, 3)),
        ("moderate redness", Score(5, 3, 6)),
        ("very red", Score(8, 6, 9)),
        ("unbearable redness", Score(10, 9, 10)),
        ("still red", Score(3, 1, 6)),
        ("redness 4", Score.exact(4)),
        ("no redness", Score.exact(0)),
    ],
)
def test_a_word_is_kept_as_its_range_and_a_fixed_number(text: str, score: Score) -> None:
    reading = read(text)

    assert reading.scores == {"redness": score}
    assert reading.approximate == (("redness",) if score.approximate else ())


def test_three_bare_numbers_are_the_three_even_after_a_partial_question() -> None:
    assert {name: score.value for name, score in read("3 1 0", asked=("swelling",)).scores.items()} == {
        "redness": 3,
        "swelling": 1,
        "itching": 0,
    }


def test_previous_may_hold_scores_with_a_range() -> None:
    earlier = {"redness": Score(2, 1, 3), "swelling": Score.exact(0), "itching": Score.exact(1)}

    assert read("same as yesterday", previous=earlier).scores == earlier


def test_a_second_report_of_every_symptom_gives_its_reasons() -> None:
    reading = read("redness 3, not itchy anymore")

    assert "'redness 3' → redness 3" in reading.why
    assert "'not itchy anymore' → itching 0" in reading.why


@pytest.mark.parametrize(
    ("text", "is_fine"),
    [
        ("good", True),
        ("I'm fine thanks", True),
        ("ok", True),
        ("ok thanks", False),
        ("fine, redness 2", False),
    ],
)
def test_fine_is_told_from_other_unclear_texts(text: str, is_fine: bool) -> None:
    assert read(text).is_fine is is_fine


@pytest.mark.parametrize(
    "text",
    ["ok thanks", "Sorry for the late reply!", "ok going now", "perdón por la demora", "dsl du retard"],
)
def test_what_only_announces_or_excuses_needs_no_answer(text: str) -> None:
    assert read(text).intent is Intent.ACK


@pytest.mark.parametrize(
    ("text", "is_none"),
    [
        *((word, True) for word in ("NONE", "none, thanks", "No", "nothing", "0", "ninguna", "Aucun", "no!")),
        *((word, False) for word in ("a few dark patches", "yes", "none but one dark spot", "no idea", "")),
        ("no new dark patches, bumps or scars", True),
        ("No new dark or light patches, bumps, or scars. Thanks!", True),
        ("I don't see any patches, bumps or scars", True),
        ("no new patches bumps or scars", True),
        ("no marks, no scarring", True),
        ("no tengo manchas nuevas, granitos ni cicatrices", True),
        ("ninguna mancha oscura o clara, ni granitos ni cicatrices", True),
        ("no veo nada", True),
        ("pas de nouvelles taches, boutons ou cicatrices", True),
        ("ni taches ni boutons", True),
        ("no bumps but a small scar", False),
        ("no bumps, one dark patch", False),
        ("not many bumps", False),
        ("no, I see a brown thing", False),
        ("no tengo granos pero si una mancha", False),
        ("aucun bouton, une cicatrice", False),
    ],
)
def test_the_good_answer_to_the_question_of_day_28(text: str, is_none: bool) -> None:
    assert read(text).is_none is is_none


@pytest.mark.parametrize("text", ["sorry, 3 1 0", "I meant 3 1 0", "*3 1 0", "3 1 0 typo", "oops 3 1 0"])
def test_a_cue_marks_a_correction(text: str) -> None:
    assert read(text).is_correction


LATE_APOLOGIES = [
    "sorry for the late reply 3 1 0",
    "Sorry I'm late! 3 1 0",
    "sorry just saw this, 3 1 0",
    "perdón por la demora 3 1 0",
    "désolée pour le retard, 3 1 0",
]


@pytest.mark.parametrize("text", ["3 1 0", "*3* *1* *0*", "3 1 0 :*", "3 1 0 ;-*", *LATE_APOLOGIES])
def test_no_cue_marks_none(text: str) -> None:
    assert not read(text).is_correction


@pytest.mark.parametrize(
    ("text", "concern"),
    [
        ("a rash on my chin", Concern.RASH),
        ("little bumps", Concern.BUMPS),
        ("hot to the touch", Concern.HOT),
        ("it is crusty", Concern.CRUST),
        ("it smells", Concern.SMELL),
        ("my cheek is numb", Concern.NUMB),
        ("there are burn marks", Concern.BURN_MARKS),
        ("I see grid marks", Concern.SCAR),
    ],
)
def test_a_worry_word_alone_is_for_a_nurse(text: str, concern: Concern) -> None:
    reading = read(text)

    assert reading.concerns == (concern,)
    assert reading.intent is Intent.QUESTION


def test_a_red_flag_and_an_opt_out_are_both_seen() -> None:
    reading = read("STOP, it is oozing pus")

    assert reading.intent is Intent.OPT_OUT
    assert reading.red_flags == (RedFlag.PUS,)


@pytest.mark.parametrize(
    "text",
    ["", " ", "\n\n", "🐡🐡🐡", "\0\0", "3 1\0 0", "x" * 5000, "3 1 0 " * 1000, "\ud800", "no " * 2000],
)
def test_any_odd_text_is_survived(text: str) -> None:
    assert read(text).intent in Intent


def test_only_the_first_1600_characters_are_read() -> None:
    assert read("3 1 0" + " " * 1600 + "pus").red_flags == ()


def test_a_lexicon_for_an_unknown_language_reads_them_all() -> None:
    assert set(read("redness 3, hinchazón 1, démangeaison 0", lang="pt").scores) == set(CORE)
