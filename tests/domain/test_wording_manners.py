"""How we speak to a patient: kindly, formally, to women and men alike, and without a word too many."""

import re
import string

import pytest

from recovery.domain import wording
from recovery.domain.vocabulary import LANGUAGES
from tests.domain.sent_texts import KEYS, REGIONS, sent

TO_STAFF = ("on_call", "on_call_several", "on_call_other", "taken")
TO_PATIENTS = [key for key in KEYS if key not in TO_STAFF]

# Whoever glances at the phone learns no procedure and no diagnosis. Parts of words, accents aside.
PROCEDURES = (
    "needl", "roller", "dermap", "collag", "laser", "radiofreq", "rf ", "peel", "serum", "inject", "botox",
    "aguj", "puncion", "colageno", "radiofrec", "inyec", "inducc",
    "aiguill", "rouleau", "radiofreq", "injec", "induction", "perforation",
)  # fmt: skip
DIAGNOSES = (
    "infect", "infecc", "allerg", "alerg", "herpes", "cellulit", "celulit", "dermatit", "eczema", "keloid",
    "queloid", "cheloid", "granulom", "erythem", "eritem", "oedem", "edema", "sepsis", "septic", "impetig",
    "urticar", "anaphyl", "anafil", "hyperpig", "hiperpig", "abscess", "absceso", "abces", "suicid",
    "depress",
)  # fmt: skip
ALARMS = {"warning", "alert", "critical", "immediately", "die", "grave", "peligroso", "mortal", "mortel"}


def plainly(text: str) -> str:
    return text.lower().translate(str.maketrans("áéíóúàèùâêîôûç", "aeiouaeuaeiouc"))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", KEYS)
def test_no_text_names_a_procedure_or_a_diagnosis(key: str, language: str) -> None:
    for text in (plainly(each) for region in REGIONS for each in sent(key, language, region)):
        assert [word for word in (*PROCEDURES, *DIAGNOSES) if word in text] == []
        assert re.search(r"\bcit\b", text) is None


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", TO_PATIENTS)
def test_no_text_alarms(key: str, language: str) -> None:
    for text in sent(key, language):
        assert words_of(text) & ALARMS == set()
        assert "!" not in text or key == "clarification_fine"  # "Glad to hear it!"


KEYWORDS = {"STOP", "START", "TAKE", "NONE", "NADA", "RIEN", "AYUDA", "ER", "NHS", "A"}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", KEYS)
def test_only_what_is_to_be_typed_stands_in_capitals(key: str, language: str) -> None:
    for text in (each for region in REGIONS for each in sent(key, language, region)):
        assert set(re.findall(r"\b[A-Z]{2,}\b", text)) <= KEYWORDS


FAMILIAR = {
    "es": {"tu", "tú", "te", "ti", "tus", "vos", "tienes", "responde", "llama", "escribe", "envia", "puedes"},
    "fr": {"tu", "toi", "te", "ton", "ta", "tes", "reponds", "appelle", "ecris", "envoie", "peux", "veux"},
}
GENDERED = {
    "es": {"preocupado", "preocupada", "sola", "curado", "curada", "bienvenido", "bienvenida", "enfermera",
           "enfermero", "visto", "vista", "atendido", "atendida"},
    "fr": {"desole", "desolee", "inquiet", "vu", "vue", "gueri", "guerie", "seul", "seule", "content",
           "contente", "infirmiere", "infirmier", "pret", "prete", "surpris", "rassure", "rassuree"},
}  # fmt: skip


def words_of(text: str) -> set[str]:
    return set(re.findall(r"\w+", plainly(text)))


@pytest.mark.parametrize("language", ["es", "fr"])
@pytest.mark.parametrize("key", KEYS)
def test_patients_are_addressed_formally_and_without_a_gender(key: str, language: str) -> None:
    for text in (each for region in REGIONS for each in sent(key, language, region)):
        assert words_of(text) & (FAMILIAR[language] | GENDERED[language]) == set()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", [key for key in KEYS if "usual" not in key])
def test_usual_is_said_only_by_the_texts_for_it(key: str, language: str) -> None:
    for text in sent(key, language):
        assert words_of(text) & {"usual", "habitual", "habituel", "normal"} == set()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", [key for key in KEYS if key.endswith("_last")])
def test_without_a_check_in_tomorrow_none_is_promised(key: str, language: str) -> None:
    for text in sent(key, language):
        assert words_of(text) & {"tomorrow", "mañana", "demain"} == set()


ASKING = [
    key
    for key in KEYS
    if key.startswith(("check_in", "reminder", "clarification", "partial", "photo"))
    and key not in ("clarification_second", "photo_noted")
]
ENDS = {
    "en": ("0 (none)", "10 (worst)"),
    "es": ("0 (nada)", "10 (lo peor)"),
    "fr": ("0 (rien)", "10 (le pire)"),
}
HOW_MANY = {"en": "number", "es": "numero", "fr": "nombre"}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", ASKING)
def test_every_question_shows_both_ends_of_the_scale_and_how_many_numbers(key: str, language: str) -> None:
    for text in sent(key, language):
        assert all(end in text for end in ENDS[language])
        assert re.search(rf"\b[123] {HOW_MANY[language]}s?\b", text)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", ASKING)
def test_every_question_has_an_example(key: str, language: str) -> None:
    for text in sent(key, language):
        assert re.search(r"(like|como|comme) \d( \d){0,2}[.,]", text)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", [key for key in KEYS if key.startswith(("check_in", "reminder", "partial"))])
def test_every_question_is_about_today(key: str, language: str) -> None:
    today = {"en": "today", "es": "hoy", "fr": "aujourd'hui"}[language]
    for text in sent(key, language):
        assert today in text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("key", "questions"), [("check_in", 1), ("check_in_light", 1), ("clarification_fine", 0)]
)
def test_whether_all_is_gone_is_no_question_to_answer_with_yes(
    key: str, questions: int, language: str
) -> None:
    """How much is asked; that a lone 0 will do is only told."""
    for text in sent(key, language):
        assert text.count("?") == questions


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", ["welcome", "opt_in", "help"])
def test_the_first_texts_name_the_clinic_and_the_way_out(key: str, language: str) -> None:
    text = wording.text(key, language, "US", clinic="Lakeside Skin", phone="416 555 0100", em="911")
    assert "Lakeside Skin" in text
    assert "STOP" in text


CALLING = ["welcome", "opt_in", "help", "opt_out", "unknown_number", "emergency", "infection_open"]
CALLING += ["infection_closed", "urgent_scores_closed", "thanks_flagged", "clarification_second"]
CALLING += ["emergency_self_harm", "emergency_self_harm_no_line", "photo_noted", "thanks_noted"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", CALLING)
def test_what_matters_says_whom_to_call_in_an_emergency(key: str, language: str) -> None:
    assert "em" in wording.fields(wording.template(key, language))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", KEYS)
def test_no_question_is_answered_by_a_word_that_opts_in(key: str, language: str) -> None:
    marks = str.maketrans("", "", string.punctuation)
    for text in sent(key, language):
        assert "YES" not in text.upper().translate(marks).split()
