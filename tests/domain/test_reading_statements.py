"""Ordinary statements, one for each symptom, in any order: each score goes where it belongs."""

from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recovery.domain.reading.read import read
from recovery.domain.vocabulary import CORE


@dataclass(frozen=True)
class Language:
    """How patients say things: `nouns` by symptom, what is said of one, what stands between and around."""

    nouns: tuple[tuple[str, ...], ...]
    numbers: tuple[str, ...]
    zeros: tuple[str, ...]
    between: tuple[str, ...]
    before: tuple[str, ...]
    after: tuple[str, ...]


ENGLISH = Language(
    nouns=(("redness", "my redness"), ("swelling", "the swelling", "puffiness"), ("itching", "the itching")),
    numbers=(
        "{n} {v}",
        "{n}: {v}",
        "{n} is a {v}",
        "{n} maybe a {v}",
        "{v} for {n}",
        "{n} {v}/10",
        "{n} {v} out of 10",
        "{n} I'd say {v}",
        "{n} is down to {v}",
        "{n} still a {v}",
        "I'd give {n} a {v}",
    ),
    zeros=("{n} gone", "{n} is all gone", "{n} none", "{n} has disappeared", "{n} nil"),
    between=(", ", ". ", " and ", ", and ", "; ", "\n", " but ", "... "),
    before=("", "Hi! ", "Day 3: ", "Hello this is Ana, ", "Took 2 tylenol at 9am. "),
    after=("", " thanks", " 🙂", ". Have a nice day", ". Should I keep using the cream?"),
)
SPANISH = Language(
    nouns=(("rojez", "la rojez"), ("hinchazón", "la hinchazon"), ("picazón", "comezón", "el picor")),
    numbers=("{n} {v}", "{n}: {v}", "{n} está en {v}", "{v} de {n}", "{n} {v}/10", "{n} como un {v}"),
    zeros=("{n} nada", "{n} ya no", "{n} se fue", "{n} cero"),
    between=(", ", ". ", " y ", ", y ", "; ", "\n", " pero ", "... "),
    before=("", "Hola! ", "Día 3: ", "Hola soy Ana, ", "Tomé 2 paracetamol a las 9. "),
    after=("", " gracias", " 🙂", ". Que tenga buen día", ". ¿Sigo con la crema?"),
)
FRENCH = Language(
    nouns=(("rougeur", "la rougeur"), ("gonflement", "le gonflement"), ("démangeaison", "la démangeaison")),
    numbers=("{n} {v}", "{n} : {v}", "{n} à {v}", "{v} pour {n}", "{n} {v}/10", "{n} je dirais {v}"),
    zeros=("{n} zéro", "{n} rien", "{n} disparue", "{n} non"),
    between=(", ", ". ", " et ", ", et ", " ; ", "\n", " mais ", "... "),
    before=("", "Bonjour, ", "Jour 3 : ", "Coucou, ici Ana, ", "Pris 2 doliprane à 9h. "),
    after=("", " merci", " 🙂", ". Bonne journée", ". Je continue la crème ?"),
)
LANGUAGES = {"en": ENGLISH, "es": SPANISH, "fr": FRENCH}


@pytest.mark.parametrize("lang", LANGUAGES)
@settings(max_examples=400, deadline=None)
@given(data=st.data())
def test_each_statement_scores_its_own_symptom(lang: str, data: st.DataObject) -> None:
    said, draw = LANGUAGES[lang], data.draw
    expected: dict[str, int] = {}
    statements = []
    for symptom in draw(st.permutations(CORE)):
        noun = draw(st.sampled_from(said.nouns[CORE.index(symptom)]))
        value = draw(st.integers(0, 10))
        has_number = draw(st.booleans())
        form = draw(st.sampled_from(said.numbers if has_number else said.zeros))
        statements.append(form.format(n=noun, v=value))
        expected[symptom] = value if has_number else 0
    first, second, third = statements
    middle, last = draw(st.sampled_from(said.between)), draw(st.sampled_from(said.between))
    before, after = draw(st.sampled_from(said.before)), draw(st.sampled_from(said.after))
    text = f"{before}{first}{middle}{second}{last}{third}{after}"

    reading = read(text, lang=lang)

    assert {name: score.value for name, score in reading.scores.items()} == expected, (text, reading.why)
    assert reading.red_flags == ()
