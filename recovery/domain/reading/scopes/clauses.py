"""Where each phrase stands: its sentence and clause; is it denied, past, only supposed or asked?"""

from collections.abc import Sequence, Set
from dataclasses import dataclass
from functools import lru_cache

from recovery.domain.reading.phrases.phrase import Phrase
from recovery.domain.reading.scopes.denials import Denied, denials
from recovery.domain.reading.scopes.earlier import DAYS, earlier_days

_SHORT = 2  # "if it is normal there is pus" supposes only the first of the two
_REASON = 7  # so many phrases a reason may take to name its day
_TWO = 2  # numbers: more of them are of more symptoms than one
_HEARSAY = 12  # nor does "she says"
_OTHER_DAYS = frozenset({"past", "recent", "was", "others_say"})
_TURNS = frozenset({"contrast", "restrict", "except"})
_SUPPOSING = frozenset({"supposed", "supposed_asking"})
_ASKING = frozenset({"question", "ask"})
_SCOPING = _OTHER_DAYS | _ASKING | _SUPPOSING | {"negation", "unsure", "change"}


@dataclass(slots=True)
class Scope:
    """The place of one phrase."""

    sentence: int
    clause: int
    denied: Denied
    past: bool
    supposed: bool
    asked: bool
    unsure: bool
    change: bool


def scopes(row: Sequence[Phrase], meanings: Set[str], *, believing: bool = False) -> list[Scope]:
    """One scope for each phrase, in order; `meanings` ("kind" and "kind.name") are those of the whole row.

    `believing` takes what others say for the patient's word.
    """
    sentence, clause = _places(row, may_turn=_may_turn(meanings))
    has_days = "now" in meanings and not DAYS.isdisjoint(meanings)
    listed = earlier_days(row, sentence, clause) if has_days else ()
    if meanings.isdisjoint(_SCOPING) and not any(listed):
        return list(map(_plain, sentence, clause))
    nowhere = [False] * len(row)
    denied = denials(row) if "negation" in meanings else [Denied.NO] * len(row)
    past = nowhere if _OTHER_DAYS.isdisjoint(meanings) else _past(row, sentence, clause, believing=believing)
    past = [one or other for one, other in zip(past, listed, strict=True)] if any(listed) else past
    supposed = nowhere if _SUPPOSING.isdisjoint(meanings) else _supposed(row)
    asked = nowhere if _ASKING.isdisjoint(meanings) else _clauses_with(clause, _asks(row))
    unsure = _clauses_with(clause, _tell(row, "unsure")) if "unsure" in meanings else nowhere
    change = _clauses_with(clause, _tell(row, "change")) if "change" in meanings else nowhere
    return list(map(Scope, sentence, clause, denied, past, supposed, asked, unsure, change))


@lru_cache(maxsize=1024)
def _plain(sentence: int, clause: int) -> Scope:
    """Where nothing is denied, past, supposed or asked; the same few for every text, and never changed."""
    return Scope(sentence, clause, Denied.NO, False, False, False, False, False)


def _may_turn(meanings: Set[str]) -> bool:
    """Whether a row may have a word, and not only marks, at which a clause begins."""
    if not _TURNS.isdisjoint(meanings) or "because" in meanings:
        return True
    if "now" in meanings and not meanings.isdisjoint(("was", "past")):
        return True
    return "and" in meanings and "negation" in meanings


def _places(row: Sequence[Phrase], *, may_turn: bool) -> tuple[list[int], list[int]]:
    sentence, clause = [], []
    in_sentence = in_clause = 0
    was = told = now = False
    two_days = may_turn and sum(phrase.figure is not None for phrase in row) == _TWO
    for at, phrase in enumerate(row):
        if may_turn and (phrase.tags or phrase.figure):
            if _turns(row, at, was=was) or (two_days and now and told and _is_of_another_day(row, at)):
                in_clause, was, told, now = in_clause + 1, False, False, False
            was = was or "was" in phrase.tags or "past" in phrase.tags
            now = now or "now" in phrase.tags
            told = told or phrase.figure is not None
        sentence.append(in_sentence)
        clause.append(in_clause)
        if phrase.mark:
            strong = phrase.is_strong
            in_sentence += strong
            is_emoji = phrase.tags and "percent" not in phrase.tags
            if strong or phrase.is_weak or is_emoji:
                in_clause, was, told, now = in_clause + 1, False, False, False
    return sentence, clause


def _turns(row: Sequence[Phrase], at: int, *, was: bool) -> bool:
    """Whether a word begins a clause: "but", "and no", or the "now" after a "was"."""
    tags = row[at].tags
    if not _TURNS.isdisjoint(tags) or (was and "now" in tags):
        return True
    if "and" in tags and at + 1 < len(row) and "negation" in row[at + 1].tags:
        return True
    return "because" in tags and _blames_another_day(row, at)


def _is_of_another_day(row: Sequence[Phrase], at: int) -> bool:
    """Whether another day begins with its number: "today redness 2 | yesterday 4"."""
    return "past" in row[at].tags and at + 1 < len(row) and row[at + 1].figure is not None


def _blames_another_day(row: Sequence[Phrase], at: int) -> bool:
    """Whether a reason begins that lies in the past: "redness 6 because yesterday I forgot my hat"."""
    if "because" not in row[at].tags:
        return False
    for phrase in row[at + 1 : at + _REASON]:
        if phrase.mark or phrase.has("past", "recent"):
            return not phrase.mark
    return False


def _tell(row: Sequence[Phrase], kind: str) -> list[bool]:
    return [kind in phrase.tags for phrase in row]


def _clauses_with(clause: list[int], holds: Sequence[bool]) -> list[bool]:
    found = {each for each, held in zip(clause, holds, strict=True) if held}
    return [each in found for each in clause]


def _asks(row: Sequence[Phrase]) -> list[bool]:
    """A question by its words alone, or by a weaker word that begins what a question mark ends."""
    ends_asking = False
    found = []
    for at in range(len(row) - 1, -1, -1):
        phrase = row[at]
        if phrase.is_strong:
            ends_asking = phrase.mark == "?"
        asks = "question" in phrase.tags or (ends_asking and "ask" in phrase.tags and _frames(row, at))
        found.append(asks)
    return found[::-1]


def _frames(row: Sequence[Phrase], at: int) -> bool:
    """Whether a word begins or ends what is asked: "is that ok?", "c'est fini quand ?"."""
    if at + 1 < len(row) and row[at + 1].mark == "?":
        return True
    before = row[at - 1] if at else None
    return before is None or bool(before.mark or before.figure) or before.has("and", "contrast", "ack")


def _past(row: Sequence[Phrase], sentence: list[int], clause: list[int], *, believing: bool) -> list[bool]:
    """Clauses about another day: "yesterday", or "was" with a "now" later in the sentence."""
    kinds: dict[int, set[str]] = {}
    last_now: dict[int, int] = {}
    for at, phrase in enumerate(row):
        compared = "past" in phrase.tags and any(
            each.has("same", "change") for each in row[max(0, at - 2) : at]
        )
        held = kinds.setdefault(clause[at], set())
        held.update(() if compared else phrase.tags.keys() - {"now"} if phrase.has("moved") else phrase.tags)
        if "now" in phrase.tags or "over" in phrase.tags:
            last_now[sentence[at]] = clause[at]
    reported = not believing and any("others_say" in held for held in kinds.values())
    found: list[bool] = []
    other_day = running = because = False
    outside = (False, False)  # of the brackets: "3 (was a 6), swelling 0"
    for at in range(len(row)):
        if at and clause[at] != clause[at - 1]:
            goes_on = sentence[at] == sentence[at - 1] and not (_begins_today(row[at]) or because)
            because = _blames_another_day(row, at)
            other_day, running = other_day and goes_on, running and goes_on
            outside = (other_day, running) if row[at - 1].mark == "(" else outside
            other_day, running = outside if row[at - 1].mark == ")" else (other_day, running)
        held = kinds[clause[at]]
        today = bool(held & {"now", "since"})
        past = "past" in held or "recent" in held or {"weekday", "was"} <= held
        other_day = (other_day or past) and not today
        running = (running or (other_day and "was" in held)) and not today
        was = "was" in held and last_now.get(sentence[at], -1) > clause[at]
        elsewhere = past or was or running or (reported and _is_reported(row, clause, at))
        found.append(elsewhere and not today)
    return found


def _is_reported(row: Sequence[Phrase], clause: list[int], at: int) -> bool:
    """Whether somebody else said so just before: "hubby says my redness is an 8"."""
    near = range(max(0, at - _HEARSAY), at + 1)
    return any(row[index].has("others_say") and clause[index] == clause[at] for index in near)


def _begins_today(phrase: Phrase) -> bool:
    return phrase.has("now", "contrast", "restrict", "since")


def _supposed(row: Sequence[Phrase]) -> list[bool]:
    """From "if" to the end of that part of the sentence, or to a new "there is"."""
    found: list[bool] = []
    since = None
    for at, phrase in enumerate(row):
        affirms = phrase.has("affirm") and since is not None and at - since > _SHORT
        is_emoji = bool(phrase.mark and phrase.tags)
        if affirms or is_emoji or phrase.is_strong or phrase.is_weak or phrase.has("contrast", "restrict"):
            since = None
        if phrase.has("supposed") or (phrase.has("supposed_asking") and not _affirms_first(row, at)):
            since = at
        found.append(since is not None)
    return found


def _affirms_first(row: Sequence[Phrase], at: int) -> bool:
    """Whether "si tengo" begins what is no question: more likely a "sí" without its accent."""
    if at and not (row[at - 1].is_strong or row[at - 1].is_weak or row[at - 1].symptom):
        return False
    for phrase in row[at + 1 :]:
        if phrase.is_strong or phrase.has("question", "ask", "contact"):
            return phrase.mark != "?" and phrase.is_strong
    return True
