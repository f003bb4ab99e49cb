"""Whether the number belongs to somebody else."""

from collections.abc import Sequence

from recovery.domain.reading.intents.keywords import is_said
from recovery.domain.reading.phrases.phrase import Phrase
from recovery.domain.reading.scopes.text import Text
from recovery.domain.vocabulary import CORE


def is_wrong_person(text: Text) -> bool:
    """ "Wrong number", or "I am not" before a name, or "I'm Dave, not Linda"."""
    if (is_said(text, "wrong_person") and not _is_mistyped(text)) or _is_named_otherwise(text):
        return True
    if "here" in text.meanings and _is_absent(text):
        return True
    return "self_not" in text.meanings and any(
        phrase.has("self_not") and _is_name(text, _after_title(text, at + 1))
        for at, phrase in enumerate(text.row)
    )


def _is_mistyped(text: Text) -> bool:
    """Whether the wrong number is a score: "oops wrong number, I meant 3 2 1", "wrong number, redness 3"."""
    if _named_scores(text) > 1:
        return True
    if "meant" not in text.meanings or not text.figures:
        return False
    at = next((at for at, phrase in enumerate(text.row) if phrase.has("wrong_person")), len(text.row))
    after = [index for index in range(at + 1, len(text.row)) if not text.row[index].mark]
    return len(after) > 1 and text.row[after[0]].has("meant") and text.row[after[1]].figure is not None


def _reports(text: Text) -> bool:
    """Whether a text reports scores, as no stranger would: "It's Aoife, not Eva. redness 2"."""
    return len(text.figures) >= len(CORE) or _named_scores(text) > 0


def _named_scores(text: Text) -> int:
    return sum(at - 1 in text.named for at in text.figures)


def _is_named_otherwise(text: Text) -> bool:
    """Whether one name is told and another denied: "I'm Dave, not Linda"."""
    if "introduces" not in text.meanings or _reports(text):
        return False
    for at, phrase in enumerate(text.row):
        if "introduces" not in phrase.tags or at + 3 >= len(text.row) or not text.row[at + 1].is_capitalised:
            continue
        no = at + 2 + (text.row[at + 2].mark == ",")
        told, denied = text.row[at + 1], text.row[no + 1 : no + 2]
        is_name = denied and denied[0].is_capitalised and (denied[0].is_meaningless or denied[0].is_plain)
        if told.is_meaningless and text.row[no].has("negation") and is_name:
            return True
    return False


def _is_absent(text: Text) -> bool:
    """Whether nobody of a name is there, and nothing else is told: "there's no Linda here"."""
    if text.figures or text.named or text.any("flag", "concern") or "?" in [each.mark for each in text.row]:
        return False
    for at, no in enumerate(text.row[:-2]):
        name_at = _after_title(text, at + 1 + text.row[at + 1].has("of"))  # "il n'y a pas d'Isabelle"
        if no.has("part.nobody") and _is_name_and_here(text.row[name_at : name_at + 2]):
            return True
    return False


def _is_name_and_here(row: Sequence[Phrase]) -> bool:
    if len(row) < 2 or not row[0].is_capitalised or not row[1].has("here") or row[1].is_capitalised:
        return False
    return row[0].is_meaningless or row[0].tags.keys() == {"filler"}


def _after_title(text: Text, at: int) -> int:
    """Where a name stands that may have a title: "I am not Mrs. Dubois"."""
    if at >= len(text.row) or not text.row[at].has("title"):
        return at
    return at + 2 if at + 1 < len(text.row) and text.row[at + 1].mark == "." else at + 1


def _is_name(text: Text, at: int) -> bool:
    if at >= len(text.row) or not (text.row[at].is_meaningless and text.row[at].is_capitalised):
        return False
    after = text.row[at + 1] if at + 1 < len(text.row) else None
    return after is None or after.is_capitalised or not after.is_unknown
