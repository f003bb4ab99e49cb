"""Trying a text: how it would be read, why, and what we would ask next. Nothing is stored."""

from collections.abc import Sequence

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from recovery.db import reading
from recovery.domain import wording
from recovery.domain.answers import Situation, choose
from recovery.domain.reading.read import read
from recovery.domain.reading.reading import Reading, as_json
from recovery.domain.reading.spelling.normalise import LIMIT
from recovery.domain.vocabulary import CORE
from recovery.queries import clinics
from recovery.services.texts import compose
from recovery.web.forms import Trial
from recovery.web.readings import Told, tell
from recovery.web.sessions import signed_in

trial = Blueprint("trial", __name__, url_prefix="/try-a-text")

_QUESTIONS = ("clarification", "clarification_fine", "partial")


@trial.get("")
def show() -> ResponseReturnValue:
    """The empty form."""
    return render_template("trial.html", form=Trial(formdata=None))


@trial.post("")
def try_out() -> ResponseReturnValue:
    """The reading, on the answer itself: the text is in no address and in no row."""
    form = Trial()
    if not form.validate():
        return render_template("trial.html", form=form), 422
    text, asked, language = form.text.data, form.symptoms(), form.language.data
    form.asked.data = asked
    found = read(text, asked=asked, previous=form.previous(), lang=language)
    told, missing = tell(as_json(found)), _missing(found, asked)
    return render_template(
        "trial.html",
        form=form,
        read=told,
        scores=_scores(told, missing),
        asks=_next_question(found, missing, language),
        length=len(text),
        limit=LIMIT,
    )


def _missing(found: Reading, asked: Sequence[str]) -> tuple[str, ...]:
    """What a report leaves out of what was asked for; a text without any score leaves out nothing."""
    if not found.scores and not found.other:
        return ()
    return tuple(each for each in asked if each not in found.scores)


def _scores(told: Told, missing: Sequence[str]) -> list[tuple[str, str]]:
    """Every symptom that was told or should have been, with its score in words or nothing."""
    core = {**dict.fromkeys(missing, ""), **dict(told.scores)}
    return [*((each, core[each]) for each in CORE if each in core), *told.other]


def _next_question(found: Reading, missing: tuple[str, ...], language: str) -> str | None:
    """What we would ask, were this the first answer to today's check-in; None where nothing is asked."""
    flags = frozenset[str](found.red_flags)
    answer = choose(Situation(found.intent, red_flags=flags, is_fine=found.is_fine, missing=missing))
    if answer is None or answer.key not in _QUESTIONS:
        return None
    with reading():
        clinic = clinics.clinic(signed_in().clinic_id)
        assert clinic is not None  # noqa: S101 (she is of its staff)
        fillings = wording.partial(missing, language, clinic.region) if missing else {}
        return compose(answer.key, clinic, language, **fillings)
