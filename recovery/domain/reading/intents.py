"""What a text asks of us besides its scores: to stop, to start, help, a nurse, or nothing at all."""

from collections import Counter
from collections.abc import Callable, Sequence
from itertools import pairwise

from recovery.domain.reading.denials import Denied
from recovery.domain.reading.normalise import QUOTED
from recovery.domain.reading.phrases import Phrase
from recovery.domain.reading.text import Text

_OWN_WORDS = 2  # so many words that mean nothing to us in a sentence with "?" are a question beside a report
_ENOUGH_WORDS = 2  # a question mark after so many words of their own is a question
_BESIDE_NONE = ("all", "now", "number", "fine", "and", "or")


def is_tapback(text: Text) -> bool:
    """Whether the phone only tells that our text was liked: 'Liked "Day 2 …"'."""
    quote = (QUOTED, '"')
    return "tapback" in text.meanings and any(
        phrase.has("tapback") and text.row[at + 1].mark in quote
        for at, phrase in enumerate(text.row[:-1][:6])
    )


def is_auto_reply(text: Text) -> bool:
    return "auto_reply" in text.meanings


def wants_out(text: Text) -> bool:
    """STOP and whatever a reasonable person understands so; not "please make the itching stop"."""
    if _is_body(text, "opt_out_word", "opt_out_body") or _has_alone(text, "opt_out_word"):
        return True
    if text.row and ("opt_out_start" in text.row[0].tags or _is_shouted_first(text)):
        return True
    return _is_said(text, "opt_out") or _is_refused(text, "opt_in")


def wants_in(text: Text) -> bool:
    if _is_body(text, "opt_in_word"):
        return True
    return _is_said(text, "opt_in") and not (_is_refused(text, "opt_in") or _is_list_of_visits(text))


def _is_list_of_visits(text: Text) -> bool:
    """Whether a list is not that of our texts: "put me back on the list for Friday appointments"."""
    if "on_list" not in text.meanings or "visit" not in text.meanings:
        return False
    lists = [text.clause(at) for at, phrase in enumerate(text.row) if phrase.has("opt_in")]
    return all("on_list" in clause and "visit" in clause and "texts" not in clause for clause in lists)


def wants_help(text: Text) -> bool:
    return _is_body(text, "help_word") or "help" in text.meanings


def is_wrong_person(text: Text) -> bool:
    """ "Wrong number", or "I am not" before a name, or "I'm Dave, not Linda"."""
    if (_is_said(text, "wrong_person") and not _is_mistyped(text)) or _is_named_otherwise(text):
        return True
    if "here" in text.meanings and _is_absent(text):
        return True
    return "self_not" in text.meanings and any(
        phrase.has("self_not") and _is_name(text, _after_title(text, at + 1))
        for at, phrase in enumerate(text.row)
    )


def _is_mistyped(text: Text) -> bool:
    """Whether the wrong number is a score: "oops wrong number, I meant 3 2 1"."""
    if "meant" not in text.meanings or not text.figures:
        return False
    at = next((at for at, phrase in enumerate(text.row) if phrase.has("wrong_person")), len(text.row))
    after = [index for index in range(at + 1, len(text.row)) if not text.row[index].mark]
    return len(after) > 1 and text.row[after[0]].has("meant") and text.row[after[1]].figure is not None


def _is_named_otherwise(text: Text) -> bool:
    """Whether one name is told and another denied: "I'm Dave, not Linda"."""
    for at, phrase in enumerate(text.row) if "introduces" in text.meanings else ():
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


def wants_nurse(text: Text) -> bool:
    """Whether a patient asks for a call or for help in more words than the keyword."""
    if "contact" in text.meanings and not _is_denied(text, "contact"):
        return True
    return "help_word" in text.meanings and not _is_body(text, "help_word") and text.row[0].has("help_word")


def asks(text: Text) -> bool:
    """Whether the text asks something that a nurse must read: in so many words, or a sentence with "?"."""
    if text.any("question", "ask") and any(place.asked for place in text.place):
        return True
    if "?" not in [phrase.mark for phrase in text.row]:
        return False
    if any(phrase.has("why") and not after.mark for phrase, after in pairwise(text.row)):
        return True  # "is it normal to be this dry?"
    own: Counter[int] = Counter()
    for phrase, place in zip(text.row, text.place, strict=True):
        own[place.sentence] += phrase.is_meaningless or phrase.has("fine", "nurse", "idiom")
    pairs = list(zip(text.row, text.place, strict=True))
    ends = {place.sentence for phrase, place in pairs if phrase.mark == "?"}
    telling = {place.sentence for phrase, place in pairs if phrase.figure or phrase.symptom}
    return any(own[sentence] >= (_OWN_WORDS if sentence in telling else 1) for sentence in ends)


def tells(text: Text) -> bool:
    """Whether a text without a score still has something that a nurse must read."""
    if "elsewhere" in text.meanings:
        return False
    own = sum(1 for phrase in text.row if phrase.is_word and not phrase.is_plain)
    asking = any(phrase.mark == "?" for phrase in text.row) and own >= _ENOUGH_WORDS
    first = next((phrase for phrase in text.row if not phrase.is_plain), None)
    asking = asking or (first is not None and first.has("ask") and own > _ENOUGH_WORDS)
    if asks(text) or asking or wants_nurse(text) or "nurse" in text.meanings:
        return True
    return _is_list_of_visits(text) or (
        "part.language" in text.meanings and text.any("texts", "these_texts", "yours")
    )


def is_fine(text: Text) -> bool:
    """ "Good", "fine", "ok" and nothing more: glad to hear, but no score."""
    kinds = {phrase.tags["fine"] for phrase in text.row if phrase.has("fine")}
    if not kinds or not all(
        phrase.is_plain or phrase.has("fine", "now", "before", "all") for phrase in text.row
    ):
        return False
    return "good" in kinds or "ack" not in text.meanings


def is_ack(text: Text) -> bool:
    """ "Ok thanks", a thumb: nothing to log, no answer needed."""
    return "ack" in text.meanings and all(
        phrase.is_plain or phrase.tags.get("fine") == "ok" or _is_of_thanks(text, at)
        for at, phrase in enumerate(text.row)
    )


def _is_of_thanks(text: Text, at: int) -> bool:
    """Whether a degree only tells how great the thanks are: "ok thank you | so much"."""
    return text.row[at].has("degree") and at > 0 and text.row[at - 1].has("ack")


def is_none(text: Text) -> bool:
    """The good answer to the question of day 28: "none", "no", "0", "no new patches, bumps or scars"."""
    if not (text.figures or text.any("none", "negation", "whole", "zero")):
        return False
    for at in range(len(text.row)):
        if not _fits_none(text, at):
            return False
    return any(_says_none(phrase) for phrase in text.row)


def _fits_none(text: Text, at: int) -> bool:
    """Whether a phrase leaves a "none" what it is: whatever can be seen must be denied."""
    phrase = text.row[at]
    if phrase.symptom or phrase.has("sight", "concern", "flag"):
        return text.place[at].denied is Denied.ABSENT
    return phrase.is_plain or phrase.has(*_BESIDE_NONE) or _says_none(phrase)


def _says_none(phrase: Phrase) -> bool:
    if phrase.figure is not None:
        return phrase.figure.value == 0
    return phrase.has("none", "negation", "whole", "zero")


def _is_body(text: Text, *kinds: str) -> bool:
    """Whether a keyword is the whole text, marks and politeness aside."""
    if not text.any(*kinds):
        return False
    found = [phrase for phrase in text.row if not (phrase.mark or phrase.has("filler", "ack"))]
    return bool(found) and all(phrase.has(*kinds) for phrase in found)


def _is_shouted_first(text: Text) -> bool:
    """Whether the keyword comes first, alone in capitals: "STOP it is oozing", not "STOP THE ITCHING"."""
    if not text.row[0].text[:2].isupper():
        return False
    first, _, rest = " ".join(phrase.text for phrase in text.row).strip().partition(" ")
    if not first.isupper() or len(first) < 2 or not rest or rest.isupper():
        return False
    _, tags = text.words.longest(text.words.tokens(first), 0)
    return "opt_out_word" in (tags or {})


def _has_alone(text: Text, kind: str) -> bool:
    """Whether a keyword is all that one part of the text says: "STOP, it is oozing", "3 1 0 stop"."""
    if kind not in text.meanings:
        return False
    parts: list[list[Phrase]] = [[]]
    for phrase in text.row:
        if phrase.is_strong or phrase.is_weak or phrase.has("contrast"):
            parts.append([])
        parts[-1].append(phrase)
    return any(_is_alone(part, lambda phrase: phrase.has(kind)) for part in parts)


def _is_alone(clause: list[Phrase], is_keyword: Callable[[Phrase], bool]) -> bool:
    own = [phrase for phrase in clause if not (phrase.mark or phrase.has("filler", "ack"))]
    keywords = [phrase for phrase in own if is_keyword(phrase)]
    return (
        bool(keywords)
        and (is_keyword(own[0]) or is_keyword(own[-1]))
        and all(is_keyword(each) or each.figure for each in own)
    )


def _is_said(text: Text, kind: str) -> bool:
    """Whether a phrase or words together of this kind are meant: neither denied nor supposed."""
    if kind not in text.meanings and not text.together:
        return False
    places = [(meant.first, meant.last) for meant in text.together if meant.kind == kind]
    if kind in text.meanings:
        places += [(at, at) for at, phrase in enumerate(text.row) if kind in phrase.tags]
    return bool(places) and any(_is_meant(text, *place) for place in places)


def _is_refused(text: Text, kind: str) -> bool:
    """Whether a phrase of this kind is told not to be: "don't start texting me again"."""
    return kind in text.meanings and any(
        phrase.has(kind) and at > 0 and text.row[at - 1].has("refusal", "negation")
        for at, phrase in enumerate(text.row)
    )


def _is_meant(text: Text, first: int, last: int) -> bool:
    before: list[Phrase] = []
    for phrase in text.row[max(0, first - 2) : first]:
        before = [] if phrase.mark else [*before, phrase]
    refused = any(phrase.has("refusal") for phrase in [*before, *text.row[first:last]])
    refused = refused or _is_declined(before)
    return not (refused or any(place.supposed for place in text.place[first : last + 1]))


def _is_declined(before: list[Phrase]) -> bool:
    """Whether the patient would rather not: "I'd rather not | stop the texts"."""
    if not before or before[-1].has("part.declines"):
        return bool(before)
    return before[-1].has("negation") and before[0].has("part.would_stop")


def _is_denied(text: Text, kind: str) -> bool:
    return all(
        text.place[at].denied is Denied.ABSENT or text.place[at].supposed
        for at, phrase in enumerate(text.row)
        if phrase.has(kind)
    )


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
