"""The word files: no kind is misspelt, and a language of our texts lacks nothing that is needed."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from recovery.domain import reading
from recovery.domain.reading.dictionary.word_files import WORDS, entries, lexicon
from recovery.domain.reading.read import read
from recovery.domain.vocabulary import CORE, LANGUAGES, SYMPTOMS, Concern, RedFlag

FILES = entries()
GRAMMAR = "".join(path.read_text("utf-8") for path in Path(reading.__file__).parent.rglob("*.py"))
RULES = [rule for held in FILES.values() for rule in held.get("together", ())]
MEANT = {meaning for rule in RULES for part in (*rule["parts"], rule.get("unless", ())) for meaning in part}
DEGREES = {"slight", "moderate", "very", "worst"}
NAMES = {
    "noun": set(SYMPTOMS),
    "adjective": set(SYMPTOMS),
    "degree": DEGREES,
    "before": DEGREES,
    "number": {str(number) for number in range(11)},
    "weak_number": {str(number) for number in range(11)},
    "flag": set(RedFlag),
    "concern": set(Concern),
    "well": set(RedFlag),
    "returns": {"sure", "likely"},
    "initial": set(CORE),
}
MAY_LACK = {  # one language's own means, or what the languages share has it too
    *("affirm", "cured", "easing", "everyday", "miss", "more", "or_rather", "recent", "restrict"),
    *("supposed_asking", "these_texts", "wants", "wish"),
    *("help_word", "opt_in_word", "opt_out_body", "opt_out_start", "opt_out_word"),
}


def named(lang: str) -> Iterator[tuple[str, str]]:
    """Every kind that has names in a language's files, with each of them: ("flag", "fever")."""
    for kind, held in FILES[lang]["words"].items():
        if isinstance(held, dict):
            yield from ((kind, name) for name in held)


@pytest.mark.parametrize("lang", FILES)
def test_every_kind_is_one_that_the_grammar_knows(lang: str) -> None:
    kinds = [kind for kind in FILES[lang]["words"] if f'"{kind}"' not in GRAMMAR and kind not in MEANT]

    assert [kind for kind in kinds if kind != "part"] == []


@pytest.mark.parametrize("lang", FILES)
def test_every_name_is_one_that_the_vocabulary_knows(lang: str) -> None:
    assert [(kind, name) for kind, name in named(lang) if name not in NAMES.get(kind, {name})] == []


@pytest.mark.parametrize("lang", FILES)
def test_every_part_is_of_some_use(lang: str) -> None:
    assert [name for kind, name in named(lang) if kind == "part" and f"part.{name}" not in MEANT] == []


def test_every_rule_of_words_together_is_about_words_that_exist() -> None:
    known = {f"{kind}.{name}" for lang in FILES for kind, name in named(lang)}
    known |= {kind for held in FILES.values() for kind in held["words"]}

    assert sorted(MEANT - known) == []
    meant = [rule["means"].partition(".") for rule in RULES]
    assert [name for kind, _, name in meant if name not in NAMES.get(kind, {""})] == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_language_of_our_texts_names_every_danger_number_and_symptom(lang: str) -> None:
    words = FILES[lang]["words"]

    assert set(words["flag"]) == set(RedFlag)
    assert set(words["concern"]) == set(Concern)
    assert set(words["number"]) | set(words["weak_number"]) == NAMES["number"]
    assert set(words["noun"]) == set(SYMPTOMS)
    assert set(words["degree"]) == DEGREES


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_language_of_our_texts_has_every_kind_that_patients_cannot_do_without(lang: str) -> None:
    needed = {kind for held in FILES.values() for kind in held["words"]} - MAY_LACK

    assert {"reaffirm", "disowned", "self", "kin", "over", "negation"} <= needed
    assert sorted(kind for kind in needed if not FILES[lang]["words"].get(kind)) == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_part_of_a_danger_hides_a_score(lang: str) -> None:
    """ "10 out of 10" as a part of severe pain would take the number from whatever symptom it scores."""
    words = lexicon(lang)
    hiding = [
        phrase
        for part in entries()[lang]["words"]["part"].values()
        for phrase in part
        if (row := words.tokens(phrase)) and row[0].figure and row[0].figure.in_range and "10" in phrase
    ]

    assert hiding == []


def test_every_kind_of_word_is_explained() -> None:
    explained = (WORDS / "README.md").read_text("utf-8")

    assert [kind for held in FILES.values() for kind in held["words"] if f"`{kind}`" not in explained] == []


def test_the_languages_share_what_only_one_of_them_has() -> None:
    one, other = lexicon("en").tree, lexicon("fr").tree

    assert one["swollen"]
    assert one["swollen"] is other["swollen"]


@pytest.mark.parametrize(
    "text",
    ["worst its beeeen bleeding", "still a littttle bubbles", "nothing terrrrible pain"],
)
def test_a_drawn_out_word_is_tried_in_each_spelling(text: str) -> None:
    """The first may begin phrases, and none of those that are looked for."""
    assert read(text).red_flags
