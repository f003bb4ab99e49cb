"""docs/adding-a-language.md does what it says: its files are read out of it, and its answers are checked."""

import json
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

import config
from recovery.domain.reading.dictionary.lexicon import Lexicon
from recovery.domain.reading.dictionary.word_files import build, entries
from recovery.domain.reading.read import read_with
from recovery.domain.reading.reading import as_json
from tests.domain.test_reading import fits

PAGE = (Path(config.__file__).parent / "docs" / "adding-a-language.md").read_text("utf-8")


def blocks(kind: str) -> list[str]:
    """The page's blocks of one kind, in order."""
    found: list[str] = re.findall(rf"^```{kind}\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
    return found


WORDS, DANGERS, MENDED = map(tomllib.loads, blocks("toml"))
TYPED = [match for block in blocks("sh") for match in re.findall(r"echo '(.*)' \|", block)]
SHOWN = [json.loads(block) for block in blocks("json")]
REPLIES = [json.loads(line) for block in blocks("jsonl") for line in block.splitlines()]


def portuguese(*more: Mapping[str, Any]) -> Lexicon:
    """The languages that ship, and the page's own."""
    words = {kind: held for each in (WORDS, DANGERS, *more) for kind, held in each["words"].items()}
    return build({**entries(), "pt": {**WORDS, **DANGERS, "words": words}}, "pt")


@pytest.mark.parametrize(("typed", "shown"), list(zip(TYPED, SHOWN, strict=True)))
def test_an_answer_is_the_one_that_is_shown(typed: str, shown: dict[str, Any]) -> None:
    line = json.loads(typed)

    assert {"id": line["id"], **as_json(read_with(portuguese(), line["text"]))} == shown


def test_the_false_alarm_is_mended_as_it_says() -> None:
    text = json.loads(TYPED[-1])["text"]

    assert read_with(portuguese(), text).red_flags == ("pus",)
    assert read_with(portuguese(MENDED), text).red_flags == ()


@pytest.mark.parametrize("reply", REPLIES, ids=lambda reply: str(reply["id"]))
def test_its_replies_are_read_as_labelled(reply: dict[str, Any]) -> None:
    reading = read_with(portuguese(MENDED), reply["text"], asked=reply["asked"], previous=reply["previous"])

    assert (reading.intent, sorted(reading.red_flags)) == (reply["intent"], sorted(reply["red_flags"]))
    assert fits(dict(reading.scores), reply["scores"]), reading.why
    assert fits(dict(reading.other), reply["other"]), reading.why


def test_the_files_that_it_names_are_there() -> None:
    named = set(re.findall(r"`((?:recovery|tests|docs)/[\w/.*]+)`", PAGE))
    planned = {"recovery/domain/texts/pt.toml", "tests/data/replies/pt.jsonl"}
    root = Path(config.__file__).parent

    assert [path for path in sorted(named - planned) if not any(root.glob(path))] == []
    linked = re.findall(r"\]\(((?!http)[^)#]+)", PAGE)
    assert [path for path in linked if not (root / "docs" / path).exists()] == []
