"""What a process still holds of a text once it is read: nothing that tells of a patient."""

import gc
import sys
from collections.abc import Iterator
from types import FunctionType, ModuleType

import pytest

from recovery.domain.reading.dictionary.word_files import lexicon
from recovery.domain.reading.read import read


def held() -> Iterator[str]:
    """Every string that a module of the domain holds, however deep."""
    modules = [vars(module) for name, module in sys.modules.items() if name.startswith("recovery.domain")]
    todo: list[object] = [value for held in modules for value in held.values()]
    seen: set[int] = set()
    while todo:
        each = todo.pop()
        if isinstance(each, str):
            yield each
        elif id(each) not in seen and not isinstance(each, FunctionType | ModuleType | type):
            seen.add(id(each))
            todo += gc.get_referents(each)
            todo += each if isinstance(each, dict) else ()  # the collector passes over keys that are strings


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("My name is Wilhelmina Oddfellow, redness 3", ("wilhelmina", "oddfellow")),
        ("Wilhelmina's swelling is 2 (Oddfellow's!)", ("wilhelmina", "oddfellow")),
        ("C'est d'Wilhelmina, 3/1/0", ("wilhelmina",)),
        ("Call +14165550199 or 416-555-0199 or (416) 555 0199", ("0199",)),
        ("l'" * 700 + "eau", ("l'l'l'l'",)),
    ],
)
def test_what_tells_of_a_patient_is_not_kept_after_reading(text: str, told: tuple[str, ...]) -> None:
    read(text)
    assert [each for each in held() if any(part in each.casefold() for part in told)] == []


def test_the_words_of_most_texts_are_kept() -> None:
    read("It's swollen, about 10")
    assert {"It's", "swollen", "about"} <= lexicon("en").spelling.apart.keys()
    assert "10" in held()
