"""Whether a patient wants no more texts, or wants them again."""

from recovery.domain.reading.intents.keywords import has_alone, is_body, is_refused, is_said
from recovery.domain.reading.scopes.text import Text

_ELSE = frozenset({"other_mail", "mail"})
_OBJECT = 5  # so many phrases on stands what is ended: "take me off the | Saturday | waiting list"


def wants_out(text: Text) -> bool:
    """STOP and whatever a reasonable person understands so; not "please make the itching stop"."""
    if is_body(text, "opt_out_word", "opt_out_body") or has_alone(text, "opt_out_word"):
        return True
    if text.row and ("opt_out_start" in text.row[0].tags or _is_shouted_first(text)):
        return True
    return (is_said(text, "opt_out") and not _is_of_other_mail(text)) or is_refused(text, "opt_in")


def leaves_others(text: Text) -> bool:
    """Whether something else than our texts shall end: "take me off the waiting list"."""
    return is_said(text, "opt_out") and _is_of_other_mail(text)


def _is_of_other_mail(text: Text) -> bool:
    """Whether the patient keeps our texts in so many words, or what is left is something else each time."""
    if text.meanings.isdisjoint(_ELSE):
        return False
    if any(phrase.has("keeps") and text.stands(at) for at, phrase in enumerate(text.row)):
        return True
    places = [(at, at) for at, phrase in enumerate(text.row) if phrase.has("opt_out")]
    places += [(meant.first, meant.last) for meant in text.together if meant.kind == "opt_out"]
    return all(_is_other_mail(text, *place) for place in places)


def _is_other_mail(text: Text, first: int, last: int) -> bool:
    """Whether a waiting list, or the like, is at once named as what it ends; not beside our texts."""
    if not text.clause(first).isdisjoint(("texts", "these_texts")):
        return False
    for phrase in text.row[last + 1 : last + _OBJECT]:
        if phrase.has("other_mail"):
            return True
        if phrase.has("yours") or not phrase.has("through", "of", "weekday"):
            return False  # "off this group chat", "of everything, the waiting list too"
    return False


def wants_in(text: Text) -> bool:
    if is_body(text, "opt_in_word"):
        return True
    return is_said(text, "opt_in") and not (is_refused(text, "opt_in") or is_list_of_visits(text))


def is_list_of_visits(text: Text) -> bool:
    """Whether a list is not that of our texts: "put me back on the list for Friday appointments"."""
    if "on_list" not in text.meanings or "visit" not in text.meanings:
        return False
    lists = [text.clause(at) for at, phrase in enumerate(text.row) if phrase.has("opt_in")]
    return all("on_list" in clause and "visit" in clause and "texts" not in clause for clause in lists)


def _is_shouted_first(text: Text) -> bool:
    """Whether the keyword comes first, alone in capitals: "STOP it is oozing", not "STOP THE ITCHING"."""
    if not text.row[0].text[:2].isupper():
        return False
    first, _, rest = " ".join(phrase.text for phrase in text.row).strip().partition(" ")
    if not first.isupper() or len(first) < 2 or not rest or rest.isupper():
        return False
    _, tags = text.words.longest(text.words.tokens(first), 0)
    return "opt_out_word" in (tags or {})
