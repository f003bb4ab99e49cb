"""Reading a patient's reply: what a careful nurse would log from it alone, with no guess."""

from collections.abc import Mapping, Sequence

from recovery.domain.reading.dangers.dangers import Dangers, dangers
from recovery.domain.reading.dictionary.lexicon import Lexicon
from recovery.domain.reading.dictionary.word_files import lexicon
from recovery.domain.reading.intents.leaving import wants_in, wants_out
from recovery.domain.reading.intents.no_news import is_ack, is_auto_reply, is_fine, is_none, is_tapback
from recovery.domain.reading.intents.persons import is_wrong_person
from recovery.domain.reading.intents.questions import asks, tells, wants_help, wants_nurse
from recovery.domain.reading.reading import Reading
from recovery.domain.reading.scopes.text import Text, take_apart
from recovery.domain.reading.scores.scoring import Scoring, score
from recovery.domain.vocabulary import CORE, Intent, Score


def read(
    text: str,
    *,
    asked: Sequence[str] = CORE,
    previous: Mapping[str, int | Score] | None = None,
    lang: str = "en",
) -> Reading:
    """What one text says. No text makes it raise, and every score lies in 0 to 10.

    `asked`: the symptoms that the last text asked for, in order. `previous`: the last complete
    report's scores, for "same as yesterday". `lang` is a hint; every language is read.
    """
    return read_with(lexicon(lang), text, asked=asked, previous=previous)


def read_with(
    words: Lexicon,
    text: str,
    *,
    asked: Sequence[str] = CORE,
    previous: Mapping[str, int | Score] | None = None,
) -> Reading:
    """The same with a lexicon at hand."""
    before = {name: _as_score(value) for name, value in (previous or {}).items()}
    taken = take_apart(text, tuple(asked), before, words)
    if is_tapback(taken):
        return Reading(Intent.ACK, why=("the phone only tells that our text was liked",))
    scoring = score(taken)
    other = scoring.other()
    return _reading(taken, scoring, other, dangers(taken, other))


def _as_score(value: int | Score) -> Score:
    return value if isinstance(value, Score) else Score.exact(value)


def _reading(text: Text, scoring: Scoring, other: Mapping[str, Score], danger: Dangers) -> Reading:
    scores = scoring.core()
    logged = bool(scores or other or danger.red_flags)
    intent, reason = _intent(text, danger, logged=logged)
    return Reading(
        intent=intent,
        scores=scores,
        other=other,
        red_flags=danger.red_flags,
        concerns=danger.concerns,
        also_question=logged and (asks(text) or wants_nurse(text) or (danger.put_aside and _is_asking(text))),
        is_fine=intent is Intent.UNCLEAR and is_fine(text),
        is_correction=text.is_correction,
        is_none=is_none(text),
        why=(*scoring.why, *danger.why, reason),
    )


def _is_asking(text: Text) -> bool:
    return any(phrase.mark == "?" for phrase in text.row)


def _intent(text: Text, danger: Dangers, *, logged: bool) -> tuple[Intent, str]:
    """The one main thing, by rank, and why."""
    if wants_out(text):
        return Intent.OPT_OUT, "asks for no more texts"
    if is_wrong_person(text):
        return Intent.WRONG_PERSON, "is not the patient"
    if wants_in(text):
        return Intent.OPT_IN, "asks for texts again"
    if logged:
        return Intent.REPORT, "something can be logged"
    if wants_help(text):
        return Intent.HELP, "asks who we are or how this works"
    if is_auto_reply(text):
        return Intent.ACK, "an automatic reply"
    if danger.concerns or danger.put_aside or tells(text):
        return Intent.QUESTION, "a nurse must read this"
    if is_ack(text):
        return Intent.ACK, "nothing to log, no answer needed"
    return Intent.UNCLEAR, "nothing sure enough to log"
