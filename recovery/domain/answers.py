"""Which one text, if any, answers what a patient just wrote.

The ranks stand in `_RANKS`, first to last; the first that has something to say decides, and no text
gets two answers. Two decisions where the rules meet: someone who opted out earlier gets nothing at
all, not even a safety text (a nurse sees the case and phones); and a nurse's conversation silences
everything but emergency and infection texts and the one confirmation of an opt-out.
"""

from collections.abc import Callable
from dataclasses import dataclass

from recovery.domain.vocabulary import EMERGENCIES, Intent, Priority, RedFlag

SAFETY = frozenset({"emergency", "emergency_self_harm", "infection_open", "infection_closed", "opt_out"})
ASKED_AGAIN = ("clarification", "clarification_fine")  # for all three symptoms
ASKING = frozenset({"clarification", "clarification_fine", "clarification_second", "photo"})

_SILENCE = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """A key of `wording`; `safety` texts have slots of their own, outside the cap and the off switch."""

    key: str
    safety: bool


@dataclass(frozen=True, slots=True)
class Situation:
    """All that the choice depends on, as it stands with this text stored and triaged."""

    # What was read.
    intent: Intent
    red_flags: frozenset[str] = frozenset()  # stated as happening now
    is_fine: bool = False  # "good", "fine", "ok"
    photo: bool = False
    scores: tuple[int, ...] = ()  # redness, swelling, itching of the day, joined with earlier parts
    missing: tuple[str, ...] = ()  # core symptoms that the day's joined report still lacks
    approximate: bool = False  # some score was a word
    other_symptoms: bool = False  # one above 0 that keeps a report from being clear
    # What became of it.
    flagged: Priority | None = None  # the highest among the reasons that this text opens or repeats
    case_open: bool = False  # a case stands, whatever this text added
    recovers: bool = False  # with this report the patient is recovered
    day: int = 1
    usual_limit: int = 0
    check_in_tomorrow: bool = False  # a check-in is planned for the next local day
    clinic_open: bool = True
    # Who wrote, and what went before.
    known: bool = True  # False: no patient's number
    treated: bool = True  # False: a patient of whom no treatment stands
    unknown_answered: bool = False  # such a number had its one answer of the day
    silenced: bool = False  # opted out, or held as a wrong person's number, before this text
    keyword_by_provider: bool = False  # a whole-body STOP, START or HELP that the provider answers
    conversation: bool = False  # a nurse is in conversation with the patient
    same_text_third: bool = False  # the third identical text within `same_text_minutes`
    late_question: bool = False  # it answers the late question
    is_none: bool = False  # ... with "none"
    fragment: bool = False  # within `fragment_minutes` of an incomplete text that got its question
    unread_again: bool = False  # unreadable, `unread_again_minutes` or more after our question
    asked_recently: frozenset[str] = frozenset()  # keys of ASKING sent within `clarification_minutes`
    safety_recently: frozenset[str] = frozenset()  # keys of SAFETY sent within `safety_text_minutes`


def choose(situation: Situation) -> Answer | None:
    """The answer to a text, or None when silence is right."""
    for rank in _RANKS:
        key = rank(situation)
        if key is not None:
            return Answer(key, key in SAFETY) if key else None
    return None


def _unheard(s: Situation) -> str | None:
    """Two robots talking, or someone who wants no texts (START is the way back)."""
    silent = s.same_text_third or (s.silenced and s.intent != Intent.OPT_IN)
    return _SILENCE if silent else None


def _emergency(s: Situation) -> str | None:
    """Each at most once in a while, and nothing milder instead; only a STOP is confirmed all the same."""
    if not s.red_flags & EMERGENCIES:
        return None
    key = "emergency_self_harm" if RedFlag.SELF_HARM in s.red_flags else "emergency"
    if key not in s.safety_recently:
        return key
    return None if s.intent == Intent.OPT_OUT else _SILENCE


def _leaving(s: Situation) -> str | None:
    if s.intent == Intent.OPT_OUT:
        confirmed = s.keyword_by_provider or "opt_out" in s.safety_recently
        return _SILENCE if confirmed else "opt_out"
    return "wrong_person" if s.intent == Intent.WRONG_PERSON and s.known else None


def _infection(s: Situation) -> str | None:
    """A repeated one within a while goes on to the ranks below."""
    if not s.red_flags:
        return None
    key = "infection_open" if s.clinic_open else "infection_closed"
    return None if key in s.safety_recently else key


def _someone_else(s: Situation) -> str | None:
    """A nurse answers, or the provider does, or nobody follows the number: it is told whom to call."""
    if s.conversation or s.keyword_by_provider:
        return _SILENCE
    if s.known and s.treated:
        return None
    if s.unknown_answered:
        return _SILENCE
    return "help" if s.known else "unknown_number"


def _urgent(s: Situation) -> str | None:
    if s.flagged is None or s.flagged.rank < Priority.URGENT.rank:
        return None
    return "thanks_flagged" if s.clinic_open else "urgent_scores_closed"


def _keyword(s: Situation) -> str | None:
    return {Intent.OPT_IN: "opt_in", Intent.HELP: "help"}.get(s.intent)


def _late(s: Situation) -> str | None:
    """No score is asked for or thanked for in an answer to the late question."""
    if not s.late_question:
        return None
    if s.flagged is not None:
        return _flagged(s)
    if s.is_none:
        return "thanks_clear" if s.check_in_tomorrow else "day_28_none"  # with a new treatment, not the last
    return _SILENCE if s.intent == Intent.ACK else "thanks_noted_last"


def _partial(s: Situation) -> str | None:
    if s.intent != Intent.REPORT or not s.missing:
        return None
    return _SILENCE if s.fragment else "partial"


def _photo(s: Situation) -> str | None:
    """A photo beside a mild report is thanked for with it; one alone also asks for the numbers."""
    if not s.photo:
        return None
    if s.intent in (Intent.UNCLEAR, Intent.ACK):
        return _SILENCE if "photo" in s.asked_recently else "photo"
    mild = s.flagged == Priority.ROUTINE and s.intent == Intent.REPORT
    return "photo_noted" if mild else None


def _unread(s: Situation) -> str | None:
    """Asked about once, then a nurse reads it; never two questions within a while."""
    if s.intent != Intent.UNCLEAR:
        return None
    if s.unread_again and "clarification_second" not in s.asked_recently:
        return "clarification_second"
    if s.fragment or s.asked_recently:
        return _SILENCE
    return "clarification_fine" if s.is_fine else "clarification"


def _flagged(s: Situation) -> str | None:
    if s.flagged is None:
        return None
    return "thanks_flagged_routine" if s.flagged == Priority.ROUTINE else "thanks_flagged"


def _thanks(s: Situation) -> str | None:
    """Never "usual" on the day of treatment nor while a case stands; tomorrow only if one is planned."""
    if s.intent == Intent.ACK:
        return _SILENCE
    if s.recovers:
        return "recovered"
    key = "thanks_noted"
    if s.scores and not s.other_symptoms:
        if not any(s.scores):
            key = "thanks_clear"
        elif s.day > 0 and max(s.scores) <= s.usual_limit and not s.approximate and not s.case_open:
            key = "thanks_usual"
    return key if s.check_in_tomorrow else f"{key}_last"


_RANKS: tuple[Callable[[Situation], str | None], ...] = (
    _unheard,
    _emergency,
    _leaving,
    _infection,
    _someone_else,
    _urgent,
    _keyword,
    _late,
    _partial,
    _photo,
    _unread,
    _flagged,
    _thanks,
)
